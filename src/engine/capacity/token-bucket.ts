/** Units that refill at a steady rate up to a burst; a call may overdraw it, the next then waits. */
export class TokenBucket {
  #ratePerSecond: number
  #burst: number
  #tokens: number
  #atMs: number

  constructor(ratePerSecond: number, burstSeconds: number, nowMs: number) {
    this.#ratePerSecond = ratePerSecond
    this.#burst = ratePerSecond * burstSeconds
    this.#tokens = this.#burst
    this.#atMs = nowMs
  }

  get ratePerSecond(): number {
    return this.#ratePerSecond
  }

  /** Follows a changed setting; what was saved up stays, within the new burst. */
  changeRate(ratePerSecond: number, burstSeconds: number, nowMs: number): void {
    this.#refill(nowMs)
    this.#ratePerSecond = ratePerSecond
    this.#burst = ratePerSecond * burstSeconds
    this.#tokens = Math.min(this.#tokens, this.#burst)
  }

  /** Goes on from where another bucket of the same rate stands. */
  continueFrom(other: TokenBucket): void {
    this.#tokens = Math.min(other.#tokens, this.#burst)
    this.#atMs = other.#atMs
  }

  hasTokens(nowMs: number): boolean {
    if (this.#tokens > 0) return true
    this.#refill(nowMs)
    return this.#tokens > 0
  }

  spend(units: number, nowMs: number): void {
    this.#refill(nowMs)
    this.#tokens -= units
  }

  #refill(nowMs: number): void {
    const seconds = (nowMs - this.#atMs) / 1000
    if (seconds <= 0) return
    this.#tokens = Math.min(this.#burst, this.#tokens + seconds * this.#ratePerSecond)
    this.#atMs = nowMs
  }
}
