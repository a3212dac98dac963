/** The key attributes that lie in a tree key, and where they end. */
import { partitionHashBytes } from '../encoding/keys.ts'
import { decodeNumberKey } from '../encoding/numbers.ts'
import type { KeyAttributeType } from '../items/attribute-value.ts'
import type { KeySchema } from '../tables/table.ts'

/** Where the partition key ends. */
export function partitionKeyEnd(schema: KeySchema, key: Buffer): number {
  let at = partitionHashBytes
  for (let each = 0; each < schema.hash.length; each++) at += 2 + key.readUInt16BE(at)
  return at
}

/** Where the sort key ends; in an index entry's key more follows. */
export function sortKeyEnd(schema: KeySchema, key: Buffer, partitionEnd: number): number {
  let at = partitionEnd
  for (const { type } of schema.range) at = type === 'N' ? numberEnd(key, at) : textEnd(key, at)
  return at
}

/** The texts of the key attributes (S as is, N in decimals, B in base64), those of the sort key where it is there. */
export function keyTexts(schema: KeySchema, key: Buffer): string[] {
  const texts: string[] = []
  let at = partitionHashBytes
  for (const { type } of schema.hash) {
    const length = key.readUInt16BE(at)
    texts.push(attributeText(type, key.subarray(at + 2, at + 2 + length)))
    at += 2 + length
  }
  for (const { type } of schema.range) {
    if (at >= key.length) break
    const end = type === 'N' ? numberEnd(key, at) : textEnd(key, at)
    texts.push(attributeText(type, type === 'N' ? key.subarray(at, end) : unescaped(key.subarray(at, end - 2))))
    at = end
  }
  return texts
}

function attributeText(type: KeyAttributeType, bytes: Buffer): string {
  switch (type) {
    case 'S':
      return bytes.toString('utf8')
    case 'B':
      return bytes.toString('base64')
    case 'N':
      return decodeNumberKey(bytes)
  }
}

/** Numbers end themselves: see encoding/numbers.ts. */
function numberEnd(key: Buffer, from: number): number {
  if (key[from] === 0x80) return from + 1
  const end = key[from] === 0x81 ? 0x00 : 0xff
  let at = from + 2
  while (at < key.length && key[at] !== end) at++
  return at + 1
}

/** Texts and bytes end with 00 01: see encoding/keys.ts. */
function textEnd(key: Buffer, from: number): number {
  let at = key.indexOf(0, from)
  while (at >= 0 && key[at + 1] !== 1) at = key.indexOf(0, at + 2)
  return at < 0 ? key.length : at + 2
}

function unescaped(bytes: Buffer): Buffer {
  if (!bytes.includes(0)) return bytes
  const out: number[] = []
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number
    out.push(byte)
    if (byte === 0) at++
  }
  return Buffer.from(out)
}
