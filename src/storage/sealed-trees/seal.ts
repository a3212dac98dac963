/**
 * Sealing: AES-256-GCM under a data key, with the page's place bound in.
 *
 * A sealed page: format u8 (1) · three zero bytes · epoch u32 · nonce 12 bytes · tag 16 bytes · ciphertext.
 * Authenticated with it: format, epoch, page id (tree and number) and version, so that a page cannot be moved, swapped
 * or edited unnoticed. Nonces are a counter, never used twice under a data key: each process start opens a new epoch
 * with a key of its own (key-ring.ts).
 */
import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto'
import type { PageId } from '../page-store.ts'
import { StoreCorrupt } from '../trees.ts'

const format = 1
const nonceAt = 8
const nonceBytes = 12
const tagAt = nonceAt + nonceBytes
const tagBytes = 16
const bodyAt = tagAt + tagBytes
export const sealOverheadBytes = bodyAt

const cipherName = 'aes-256-gcm'
const associated = Buffer.alloc(24)

function bind(id: PageId, version: number, epoch: number): Buffer {
  associated.writeUInt32BE(format, 0)
  associated.writeUInt32BE(epoch, 4)
  associated.writeUInt32BE(Math.floor(id / 2 ** 32), 8)
  associated.writeUInt32BE(id % 2 ** 32, 12)
  associated.writeUInt32BE(Math.floor(version / 2 ** 32), 16)
  associated.writeUInt32BE(version % 2 ** 32, 20)
  return associated
}

/** Writes the sealed page to the start of `target`; answers its length. `nonce` must never have been used with `key`. */
export function sealInto(
  target: Buffer,
  plain: Uint8Array,
  id: PageId,
  version: number,
  epoch: number,
  key: KeyObject,
  nonce: Buffer,
): number {
  const cipher = createCipheriv(cipherName, key, nonce)
  cipher.setAAD(bind(id, version, epoch))
  const body = cipher.update(plain)
  cipher.final()
  target.writeUInt32BE(format << 24, 0)
  target.writeUInt32BE(epoch, 4)
  target.set(nonce, nonceAt)
  target.set(cipher.getAuthTag(), tagAt)
  target.set(body, bodyAt)
  return bodyAt + body.length
}

/** The epoch a sealed page says it was sealed in. The bytes before it are outside the seal, so they must be exact. */
export function epochOf(sealed: Uint8Array): number {
  const begun = sealed[0] === format && sealed[1] === 0 && sealed[2] === 0 && sealed[3] === 0
  if (sealed.length < bodyAt || !begun) throw new StoreCorrupt('a page has no seal')
  return (
    ((sealed[4] as number) * 2 ** 24 +
      ((sealed[5] as number) << 16) +
      ((sealed[6] as number) << 8) +
      (sealed[7] as number)) >>>
    0
  )
}

/** StoreCorrupt when the page is torn, edited, or not the one asked for. */
export function openPage(sealed: Uint8Array, id: PageId, version: number, epoch: number, key: KeyObject): Buffer {
  if (epochOf(sealed) !== epoch) throw new StoreCorrupt('a page says it is of another epoch')
  const decipher = createDecipheriv(cipherName, key, sealed.subarray(nonceAt, tagAt), { authTagLength: tagBytes })
  decipher.setAAD(bind(id, version, epoch))
  decipher.setAuthTag(sealed.subarray(tagAt, bodyAt))
  const plain = decipher.update(sealed.subarray(bodyAt))
  try {
    decipher.final()
  } catch {
    throw new StoreCorrupt('a page does not open: torn, moved or edited')
  }
  return plain
}
