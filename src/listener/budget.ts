/** An amount that several holders share: connections, or bytes of request bodies. */
export class Budget {
  readonly #max: number
  #used = 0

  constructor(max: number) {
    this.#max = max
  }

  /** False, and nothing taken, when it would be more than there is. */
  take(amount: number): boolean {
    if (this.#used + amount > this.#max) return false
    this.#used += amount
    return true
  }

  give(amount: number): void {
    this.#used -= amount
  }
}
