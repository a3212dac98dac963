/**
 * How often an MFA device's code may be guessed. Six digits are found in minutes by whoever may try without end (RFC 4226,
 * 7.3): whoever stole a user's key alone must not come by the second factor that way. Kept in memory, so a restart forgets.
 */
import { BoundedCache } from '../../foundation/bounded-cache.ts'

/** Ours. Of any quarter of an hour; with three codes right at a time, a whole day of guesses finds one in 350 times. */
const wrongMax = 10
const windowMs = 15 * 60_000
const devicesMax = 10_000

export class CodeGuesses {
  /** When wrong codes were shown, by the device. */
  readonly #wrong = new BoundedCache<string, readonly number[]>(devicesMax)

  /** False: not even a right code counts now, or the answer would tell it from a wrong one. */
  mayGuess(deviceId: string, nowMs: number): boolean {
    return this.#recent(deviceId, nowMs).length < wrongMax
  }

  noteWrong(deviceId: string, nowMs: number): void {
    this.#wrong.set(deviceId, [...this.#recent(deviceId, nowMs), nowMs])
  }

  #recent(deviceId: string, nowMs: number): readonly number[] {
    return (this.#wrong.get(deviceId) ?? []).filter((atMs) => atMs > nowMs - windowMs)
  }
}
