/** The pauses of one piece of background work: long enough for callers while there are any. */
import type { Clock } from '../../foundation/clock.ts'
import type { Foreground } from './foreground.ts'

const pauseBusyMs = 8
const piecesQuiet = 64
/**
 * While callers are at work a commit takes as many pieces of work as there were calls since the last, within these bounds:
 * so what follows from calls, such as deleting what they write with an expiry, is done about as fast as it comes.
 */
const piecesBusy = { least: 8, most: 32 }

/** Work that reads whole items reads no more of them in one commit: with large ones, few are a long turn. */
export const bytesPerCommit = 2 ** 20

export class Pace {
  readonly #foreground: Pick<Foreground, 'calls'>
  readonly #clock: Clock
  #seen: number
  #calls = 0

  constructor(foreground: Pick<Foreground, 'calls'>, clock: Clock) {
    this.#foreground = foreground
    this.#clock = clock
    this.#seen = foreground.calls()
  }

  /** How many items the next commit may touch. */
  get piecesPerCommit(): number {
    if (this.#calls === 0) return piecesQuiet
    return Math.min(Math.max(this.#calls, piecesBusy.least), piecesBusy.most)
  }

  /** To be awaited after each commit. A turn for whoever waits; longer when callers were at work since the last pause. */
  async giveWay(signal: AbortSignal): Promise<void> {
    const calls = this.#foreground.calls()
    this.#calls = calls - this.#seen
    this.#seen = calls
    if (this.#calls > 0) await this.#clock.sleep(pauseBusyMs, signal)
    await nextTurn()
  }
}

export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
