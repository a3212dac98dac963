/** A clock that stands still until it is moved, so that hours pass in a test without anyone waiting. */
import type { Clock } from '../../src/foundation/clock.ts'

interface Sleeper {
  readonly untilMs: number
  readonly wake: () => void
}

const minuteMs = 60_000

export class SteppingClock implements Clock {
  #nowMs: number
  readonly #startMs: number
  readonly #sleepers = new Set<Sleeper>()
  #waiting: (() => void)[] = []

  /** Any moment will do; credentials are signed by this clock too. */
  constructor(startMs: number) {
    this.#startMs = startMs
    this.#nowMs = startMs
  }

  nowMs(): number {
    return this.#nowMs
  }

  monotonicMs(): number {
    return this.#nowMs - this.#startMs
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const wake = () => {
        this.#sleepers.delete(sleeper)
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      const sleeper = { untilMs: this.#nowMs + ms, wake }
      this.#sleepers.add(sleeper)
      signal?.addEventListener('abort', wake)
      for (const look of this.#waiting) look()
    })
  }

  /** Moves time on, and waits until whoever it woke sleeps again. */
  async advance(ms: number): Promise<void> {
    this.#nowMs += ms
    for (const sleeper of [...this.#sleepers]) if (sleeper.untilMs <= this.#nowMs) sleeper.wake()
    await this.atRest()
  }

  /** To the start of the next minute, or of the one that many later; each is stopped at. */
  async toMinute(count = 1): Promise<void> {
    for (let each = 0; each < count; each++) await this.advance(minuteMs - (this.#nowMs % minuteMs))
  }

  /** Resolves while a duty that looks every minute sleeps: it has then done all that was to be done. */
  atRest(): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        const soon = [...this.#sleepers].some(
          ({ untilMs }) => untilMs > this.#nowMs && untilMs <= this.#nowMs + minuteMs,
        )
        if (!soon) return
        this.#waiting = this.#waiting.filter((each) => each !== look)
        resolve()
      }
      this.#waiting.push(look)
      look()
    })
  }
}
