/** The root of trust of the store: 256 bits in `root.key`. Without it the data is lost, with it it is readable. */
import { createSecretKey, type KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { exists, readSecret, secretFileMode, writeDurably } from '../foundation/durable-files.ts'
import { OperatorError } from '../foundation/operator-error.ts'
import type { Random } from '../foundation/random.ts'

const keyBytes = 32
/** What the store's engine writes first; a folder that has it has a key, or has lost it. */
export const storeFile = 'pages.db'

/** Reads the key; makes one in a folder without data. OperatorError when data is there and its key is not. */
export async function rootKey(folder: string, random: Random): Promise<KeyObject> {
  const path = join(folder, 'root.key')
  const kept = await readSecret(path)
  if (kept !== undefined) return parseRootKey(path, kept)
  if (await exists(join(folder, storeFile))) {
    throw new OperatorError(`${path} is missing, and without it the data beside it cannot be opened; put it back`)
  }
  const made = random.bytes(keyBytes)
  await writeDurably(path, `${made.toString('hex')}\n`, secretFileMode)
  return createSecretKey(made)
}

function parseRootKey(path: string, text: string): KeyObject {
  const hex = text.trim()
  if (!/^[0-9a-f]{64}$/i.test(hex)) throw new OperatorError(`${path} is not a root key: 64 hexadecimal digits were due`)
  return createSecretKey(Buffer.from(hex, 'hex'))
}
