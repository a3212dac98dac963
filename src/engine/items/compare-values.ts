/** Equality and order of checked attribute values, as conditions and keys see them. */
import { compareNumbers } from '../encoding/numbers.ts'
import { type AttributeValue, type Item, typeOf } from './attribute-value.ts'

/** Deep equality: types must match, sets have no order, numbers and binaries are canonical. */
export function valuesEqual(a: AttributeValue, b: AttributeValue): boolean {
  if (a === b) return true
  if ('S' in a) return 'S' in b && a.S === b.S
  if ('N' in a) return 'N' in b && a.N === b.N
  if ('B' in a) return 'B' in b && a.B === b.B
  if ('BOOL' in a) return 'BOOL' in b && a.BOOL === b.BOOL
  if ('NULL' in a) return 'NULL' in b
  if ('M' in a) return 'M' in b && mapsEqual(a.M, b.M)
  if ('L' in a) return 'L' in b && listsEqual(a.L, b.L)
  if ('SS' in a) return 'SS' in b && setsEqual(a.SS, b.SS)
  if ('NS' in a) return 'NS' in b && setsEqual(a.NS, b.NS)
  return 'BS' in b && setsEqual(a.BS, b.BS)
}

/**
 * Below, equal to or above zero as `a` sorts before, with or after `b`: texts by their UTF-8 bytes, numbers by value,
 * binaries by unsigned bytes. Undefined when the types differ or have no order.
 */
export function compareScalars(a: AttributeValue, b: AttributeValue): number | undefined {
  if ('S' in a) return 'S' in b ? compareTexts(a.S, b.S) : undefined
  if ('N' in a) return 'N' in b ? compareNumbers(a.N, b.N) : undefined
  if ('B' in a) return 'B' in b ? compareBinaries(a.B, b.B) : undefined
  return undefined
}

/** Order of the UTF-8 bytes of two texts, which is the order of their code points. */
export function compareTexts(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let position = 0; position < length; position += 1) {
    const left = a.charCodeAt(position)
    const right = b.charCodeAt(position)
    if (left !== right) return utf8Rank(left) - utf8Rank(right)
  }
  return a.length - b.length
}

/** Order of the bytes behind two canonical base64 texts. */
export function compareBinaries(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a, 'base64'), Buffer.from(b, 'base64'))
}

/** Surrogates stand for code points above U+FFFF, so they sort after every other unit. */
function utf8Rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}

function listsEqual(a: readonly AttributeValue[], b: readonly AttributeValue[]): boolean {
  if (a.length !== b.length) return false
  for (let position = 0; position < a.length; position += 1) {
    const left = a[position]
    const right = b[position]
    if (left === undefined || right === undefined || !valuesEqual(left, right)) return false
  }
  return true
}

function mapsEqual(a: Item, b: Item): boolean {
  const names = Object.keys(a)
  if (names.length !== Object.keys(b).length) return false
  for (const name of names) {
    if (!Object.hasOwn(b, name)) return false
    const left = a[name]
    const right = b[name]
    if (left === undefined || right === undefined || !valuesEqual(left, right)) return false
  }
  return true
}

/** Checked sets are in order, so equal ones are equal place by place; the rest is for sets that are not. */
function setsEqual(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false
  let position = 0
  while (position < a.length && a[position] === b[position]) position += 1
  if (position === a.length) return true
  const members = new Set(b)
  return a.every((member) => members.has(member))
}

/** True for the types that a key or a comparison by order may have. */
export function isOrdered(value: AttributeValue): boolean {
  const type = typeOf(value)
  return type === 'S' || type === 'N' || type === 'B'
}
