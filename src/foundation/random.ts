import { randomBytes } from 'node:crypto'

/** Chance comes in through this door, so that a test can own it. */
export interface Random {
  /** Unpredictable bytes, fit for keys. */
  bytes(count: number): Buffer
}

export const systemRandom: Random = { bytes: (count) => randomBytes(count) }
