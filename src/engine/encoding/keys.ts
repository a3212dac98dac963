/**
 * Order-preserving key bytes. A key is: partition hash 8 · for each hash attribute length u16 and bytes · the range
 * attributes, each encoded so that byte order is value order and none is a prefix of another. An index entry's key
 * ends with the whole key of its item, so that equal index keys never collide.
 *
 * Range attributes: N as numbers.ts has it; S and B with 0x00 written as 00 ff, ended by 00 01.
 */
import type { KeyAttributeType } from '../items/attribute-value.ts'
import { encodeNumberKey } from './numbers.ts'
import { writePartitionHash } from './partition-hash.ts'

export const partitionHashBytes = 8

const terminator = Buffer.of(0, 1)

/** A key attribute's own bytes: UTF-8, the binary itself, or the number's key encoding. */
export function attributeBytes(type: KeyAttributeType, text: string): Buffer {
  switch (type) {
    case 'S':
      return Buffer.from(text, 'utf8')
    case 'B':
      return Buffer.from(text, 'base64')
    case 'N':
      return encodeNumberKey(text)
  }
}

/** Hash, then every hash attribute framed by its length: the prefix that all items of a partition key share. */
export function partitionPrefix(parts: readonly Buffer[]): Buffer {
  let size = partitionHashBytes
  for (const part of parts) size += 2 + part.length
  const prefix = Buffer.allocUnsafe(size)
  let at = partitionHashBytes
  for (const part of parts) {
    prefix.writeUInt16BE(part.length, at)
    prefix.set(part, at + 2)
    at += 2 + part.length
  }
  writePartitionHash(prefix, prefix, partitionHashBytes)
  return prefix
}

/** A range attribute, self-terminating. */
export function rangePart(type: KeyAttributeType, bytes: Buffer): Buffer {
  return type === 'N' ? bytes : Buffer.concat([escaped(bytes), terminator])
}

/** A range attribute's beginning, for begins_with: everything that starts with it lies in one range. */
export function rangePrefix(bytes: Buffer): Buffer {
  return escaped(bytes)
}

function escaped(bytes: Buffer): Buffer {
  const zero = bytes.indexOf(0)
  if (zero < 0) return bytes
  const out: number[] = []
  for (const byte of bytes) {
    out.push(byte)
    if (byte === 0) out.push(0xff)
  }
  return Buffer.from(out)
}

/** The first key after all keys that begin with `prefix`; undefined when there is none. */
export function afterPrefix(prefix: Buffer): Buffer | undefined {
  let end = prefix.length
  while (end > 0 && prefix[end - 1] === 0xff) end--
  if (end === 0) return undefined
  const next = Buffer.from(prefix.subarray(0, end))
  next[end - 1] = (next[end - 1] as number) + 1
  return next
}

/** The first key after `key` itself. */
export function afterKey(key: Uint8Array): Buffer {
  return Buffer.concat([key, Buffer.of(0)])
}

/** Where a parallel scan's segment begins, as a hash prefix; undefined past the last. */
export function segmentStart(segment: number, total: number): Buffer | undefined {
  if (segment >= total) return undefined
  const start = Buffer.alloc(partitionHashBytes)
  start.writeBigUInt64BE((BigInt(segment) << 64n) / BigInt(total))
  return start
}
