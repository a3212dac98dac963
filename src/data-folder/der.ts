/** The part of ASN.1's distinguished encoding (X.690) that certificates need. Every function answers one encoded value. */
import { assert } from '../foundation/assert.ts'

export function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts))
}

export function setOf(part: Buffer): Buffer {
  return tagged(0x31, part)
}

/** An unsigned big-endian number. */
export function integer(magnitude: Buffer): Buffer {
  const first = magnitude.findIndex((byte) => byte !== 0)
  const digits = first === -1 ? Buffer.from([0]) : magnitude.subarray(first)
  return tagged(0x02, (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), digits]) : digits)
}

export function boolean(value: boolean): Buffer {
  return tagged(0x01, Buffer.from([value ? 0xff : 0]))
}

/** `unusedBits`: how many low bits of the last byte do not count. */
export function bitString(bytes: Buffer, unusedBits = 0): Buffer {
  return tagged(0x03, Buffer.concat([Buffer.from([unusedBits]), bytes]))
}

export function octetString(bytes: Buffer): Buffer {
  return tagged(0x04, bytes)
}

export function utf8String(text: string): Buffer {
  return tagged(0x0c, Buffer.from(text, 'utf8'))
}

/** Such as `2.5.29.19`. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

/** Seconds are kept, milliseconds dropped. UTCTime up to 2049, GeneralizedTime after, as RFC 5280 wants it. */
export function time(atMs: number): Buffer {
  const digits = new Date(atMs).toISOString().replace(/[-:T]/g, '').slice(0, 14)
  if (digits < '2050') return tagged(0x17, Buffer.from(`${digits.slice(2)}Z`))
  return tagged(0x18, Buffer.from(`${digits}Z`))
}

/** An explicitly tagged value: `[number] EXPLICIT`. */
export function explicit(number: number, content: Buffer): Buffer {
  return tagged(0xa0 | number, content)
}

/** An implicitly tagged primitive value: `[number] IMPLICIT`. */
export function implicit(number: number, content: Buffer): Buffer {
  return tagged(0x80 | number, content)
}

function tagged(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag]), encodedLength(content.length), content])
}

function encodedLength(length: number): Buffer {
  assert(length < 0x10000, 'a certificate is shorter than 64 KiB')
  if (length < 0x80) return Buffer.from([length])
  if (length < 0x100) return Buffer.from([0x81, length])
  return Buffer.from([0x82, length >> 8, length & 0xff])
}

function base128(number: number): readonly number[] {
  const digits = [number & 0x7f]
  for (let rest = number >>> 7; rest > 0; rest >>>= 7) digits.unshift((rest & 0x7f) | 0x80)
  return digits
}
