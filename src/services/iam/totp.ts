/** Time-based one-time passwords: RFC 6238 over HMAC-SHA-1, six digits, a step of 30 seconds, as MFA apps have it. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Random } from '../../foundation/random.ts'

const stepMs = 30_000
const digits = 6
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
/** 64 characters, as AWS's seeds have. */
const seedBytes = 40

export function newSeed(random: Random): string {
  return base32(random.bytes(seedBytes))
}

export function stepAt(atMs: number): number {
  return Math.floor(atMs / stepMs)
}

export function codeAt(seed: string, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const digest = createHmac('sha1', fromBase32(seed)).update(counter).digest()
  const offset = (digest[digest.length - 1] ?? 0) & 15
  const number = digest.readUInt32BE(offset) & 0x7fff_ffff
  return String(number % 10 ** digits).padStart(digits, '0')
}

/** The first step from `first` to `last` that has this code. */
export function matchingStep(seed: string, code: string, first: number, last: number): number | undefined {
  if (code.length !== digits) return undefined
  const given = Buffer.from(code, 'latin1')
  for (let step = Math.max(first, 0); step <= last; step++) {
    if (timingSafeEqual(Buffer.from(codeAt(seed, step), 'latin1'), given)) return step
  }
  return undefined
}

/** RFC 4648 without padding; lengths of whole groups only. */
export function base32(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let value = 0
  for (const byte of bytes) {
    value = (value << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += alphabet[(value >> bits) & 31] ?? ''
    }
    value &= (1 << bits) - 1
  }
  return text
}

export function fromBase32(text: string): Buffer {
  const bytes: number[] = []
  let bits = 0
  let value = 0
  for (const character of text) {
    value = (value << 5) | alphabet.indexOf(character)
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes.push((value >> bits) & 255)
    }
    value &= (1 << bits) - 1
  }
  return Buffer.from(bytes)
}
