/**
 * Tokens that carry their own content: sealed with AES-256-GCM under a key of their own, derived from one that the
 * store keeps. So nothing is kept for a session, and nobody but this server can read or make one.
 *
 * A token is base64 of: version 1 · salt 16 · nonce 12 · tag 16 · sealed deflated JSON. The salt derives the key, so a
 * nonce never meets the same key again.
 */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Random } from '../../foundation/random.ts'

/** What a token is for; one that was made for something else does not open. */
export type TokenPurpose = 'session' | 'authorization-message'

const version = 1
const saltBytes = 16
const nonceBytes = 12
const tagBytes = 16
const headBytes = 1 + saltBytes + nonceBytes + tagBytes
const contentBytesMax = 256 * 1024

export class SealedTokens {
  readonly #key: Buffer
  readonly #random: Random

  /** `key`: 32 bytes. */
  constructor(key: Buffer, random: Random) {
    this.#key = key
    this.#random = random
  }

  seal(purpose: TokenPurpose, content: object): string {
    const salt = this.#random.bytes(saltBytes)
    const nonce = this.#random.bytes(nonceBytes)
    const cipher = createCipheriv('aes-256-gcm', this.#keyFor(purpose, salt), nonce, { authTagLength: tagBytes })
    const sealed = Buffer.concat([cipher.update(deflateRawSync(JSON.stringify(content))), cipher.final()])
    return Buffer.concat([Buffer.of(version), salt, nonce, cipher.getAuthTag(), sealed]).toString('base64')
  }

  /** Undefined for whatever this server did not make for this purpose. */
  open(purpose: TokenPurpose, token: string): unknown {
    const bytes = Buffer.from(token, 'base64')
    if (bytes.length <= headBytes || bytes[0] !== version || bytes.toString('base64') !== token) return undefined
    const salt = bytes.subarray(1, 1 + saltBytes)
    const nonce = bytes.subarray(1 + saltBytes, 1 + saltBytes + nonceBytes)
    const decipher = createDecipheriv('aes-256-gcm', this.#keyFor(purpose, salt), nonce, { authTagLength: tagBytes })
    decipher.setAuthTag(bytes.subarray(headBytes - tagBytes, headBytes))
    try {
      const opened = Buffer.concat([decipher.update(bytes.subarray(headBytes)), decipher.final()])
      return JSON.parse(inflateRawSync(opened, { maxOutputLength: contentBytesMax }).toString('utf8'))
    } catch {
      // Not ours: forged, torn, or made for another purpose or by another server.
      return undefined
    }
  }

  #keyFor(purpose: TokenPurpose, salt: Uint8Array): Buffer {
    return createHmac('sha256', this.#key).update(`${purpose}\n`).update(salt).digest()
  }
}

/** The bytes that a part of a token's content takes once packed. */
export function packedBytes(content: object): number {
  return deflateRawSync(JSON.stringify(content)).length
}
