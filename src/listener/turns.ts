/**
 * Shares the serving thread between connections. Requests that arrive together are begun in order, but only so many in one
 * turn of the event loop as fit a few milliseconds; the rest wait for the next. Without it sixty heavy queries in one turn
 * would hold up every socket that waits to be written on, for as long as all of them take, again and again.
 */
import type { Clock } from '../foundation/clock.ts'

const turnMsMax = 4

export class Turns {
  readonly #clock: Clock
  readonly #waiting: (() => void)[] = []
  #underWay = false
  #endsAtMs = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Runs `work` now or in a later turn; it must not throw. */
  run(work: () => void): void {
    if (this.#waiting.length === 0 && this.#hasTime()) work()
    else this.#waiting.push(work)
  }

  #hasTime(): boolean {
    const now = this.#clock.monotonicMs()
    if (!this.#underWay) {
      this.#underWay = true
      this.#endsAtMs = now + turnMsMax
      setImmediate(() => this.#next())
      return true
    }
    return now < this.#endsAtMs
  }

  #next(): void {
    this.#underWay = false
    let begun = 0
    while (begun < this.#waiting.length && this.#hasTime()) this.#waiting[begun++]?.()
    this.#waiting.splice(0, begun)
  }
}
