/** Request ids in AWS's form: 52 characters, A-Z and 0-9, each carrying five random bits. */
import type { Random } from '../foundation/random.ts'

const requestIdCharacters = 52
const idsPerPool = 512
const alphabet = Buffer.from('0123456789ABCDEFGHIJKLMNOPQRSTUV')

/** Draws randomness for many ids at once, since a draw costs more than what it draws. */
export function requestIds(random: Random): () => string {
  let pool: Buffer = Buffer.alloc(0)
  let position = 0
  return () => {
    if (position >= pool.length) {
      pool = random.bytes(requestIdCharacters * idsPerPool)
      for (let at = 0; at < pool.length; at++) pool[at] = alphabet[(pool[at] ?? 0) & 31] ?? 0
      position = 0
    }
    position += requestIdCharacters
    return pool.toString('latin1', position - requestIdCharacters, position)
  }
}
