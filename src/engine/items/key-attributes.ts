/** Key attributes of items and keys against a schema: presence, type, emptiness, size. Messages: errors reference, 5. */
import { assert } from '../../foundation/assert.ts'
import { invalidValues, keyMismatch, requestFault } from '../errors.ts'
import type { IndexRecord, KeyAttribute, KeySchema } from '../tables/table.ts'
import { type AttributeValue, attributeOf, type Item, typeOf } from './attribute-value.ts'
import { binaryLength, utf8Length } from './item-size.ts'

const hashKeyBytesMax = 2048
const rangeKeyBytesMax = 1024

/** The attributes' texts (S as is, N canonical, B base64); undefined when one is missing or of another type. */
export function keyTexts(attributes: readonly KeyAttribute[], item: Item): string[] | undefined {
  const texts: string[] = []
  for (const { name, type } of attributes) {
    const value = attributeOf(item, name) as Record<string, string> | undefined
    const text = value?.[type]
    if (text === undefined) return undefined
    texts.push(text)
  }
  return texts
}

export function missingKey(): Error {
  return keyMismatch()
}

/** A Key parameter: exactly the table's key attributes, of their types, not empty, not too long. */
export function checkKey(schema: KeySchema, key: Item): void {
  const expected = schema.hash.length + schema.range.length
  let given = 0
  for (const name in key) if (Object.hasOwn(key, name)) given++
  for (const attribute of schema.hash) if (!hasType(key, attribute)) throw keyMismatch()
  for (const attribute of schema.range) if (!hasType(key, attribute)) throw keyMismatch()
  if (given !== expected) throw keyMismatch()
  checkKeyValues(schema, key)
}

/** The key attributes of an item to be put: present, of their types, not empty, not too long. */
export function checkItemKeys(schema: KeySchema, item: Item): void {
  for (const { name, type } of [...schema.hash, ...schema.range]) {
    const value = attributeOf(item, name)
    if (value === undefined) throw invalidValues(`Missing the key ${name} in the item`)
    const actual = typeOf(value)
    if (actual !== type) throw invalidValues(`Type mismatch for key ${name} expected: ${type} actual: ${actual}`)
  }
  checkKeyValues(schema, item)
}

function checkKeyValues(schema: KeySchema, item: Item): void {
  for (const attribute of schema.hash) checkKeyValue(attribute, item, true)
  for (const attribute of schema.range) checkKeyValue(attribute, item, false)
}

function checkKeyValue({ name }: KeyAttribute, item: Item, hash: boolean): void {
  const value = attributeOf(item, name)
  assert(value !== undefined, 'key attributes were found before their values are checked')
  const bytes = keyBytesOf(value)
  if (bytes === 0) {
    const empty = 'B' in value ? 'binary' : 'string'
    throw requestFault(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${empty} value. Key: ${name}`,
    )
  }
  if (hash && bytes > hashKeyBytesMax)
    throw invalidValues(`Size of hashkey has exceeded the maximum size limit of${hashKeyBytesMax} bytes`)
  if (!hash && bytes > rangeKeyBytesMax) {
    throw invalidValues(`Aggregated size of all range keys has exceeded the size limit of ${rangeKeyBytesMax} bytes`)
  }
}

/**
 * Index keys may be absent from an item (it is then not in the index), but not of another type, empty or too long. An
 * update's empty values are refused in other words than a put's (recorded 2026).
 */
export function checkIndexKeys(index: IndexRecord, item: Item, madeBy: 'put' | 'update'): void {
  checkIndexAttributes(index, index.keySchema.hash, item, hashKeyBytesMax, madeBy)
  checkIndexAttributes(index, index.keySchema.range, item, rangeKeyBytesMax, madeBy)
}

function checkIndexAttributes(
  index: IndexRecord,
  attributes: readonly KeyAttribute[],
  item: Item,
  bytesMax: number,
  madeBy: 'put' | 'update',
): void {
  for (const { name, type } of attributes) {
    const value = attributeOf(item, name)
    if (value === undefined) continue
    const actual = typeOf(value)
    if (actual !== type) {
      throw invalidValues(
        `Type mismatch for Index Key ${name} Expected: ${type} Actual: ${actual} IndexName: ${index.name}`,
      )
    }
    const bytes = keyBytesOf(value)
    if (bytes === 0) {
      const empty = type === 'B' ? 'binary' : 'string'
      const what =
        madeBy === 'put'
          ? 'A value specified for a secondary index key is not supported.'
          : 'The update expression attempted to update a secondary index key to a value that is not supported.'
      const where = madeBy === 'put' ? ` IndexName: ${index.name}, IndexKey: ${name}` : ''
      throw requestFault(
        `One or more parameter values are not valid. ${what} The AttributeValue for a key attribute cannot contain an empty ${empty} value.${where}`,
      )
    }
    if (bytes > bytesMax) {
      throw bytesMax === hashKeyBytesMax
        ? invalidValues(`Size of hashkey has exceeded the maximum size limit of${hashKeyBytesMax} bytes`)
        : invalidValues(`Aggregated size of all range keys has exceeded the size limit of ${rangeKeyBytesMax} bytes`)
    }
  }
}

function hasType(item: Item, { name, type }: KeyAttribute): boolean {
  const value = attributeOf(item, name)
  return value !== undefined && Object.hasOwn(value, type)
}

/** A number is never empty and always short enough. */
function keyBytesOf(value: AttributeValue): number {
  if ('S' in value) return utf8Length(value.S)
  if ('B' in value) return binaryLength(value.B)
  return 1
}

/** Only these attributes of an item. */
export function pickAttributes(item: Item, names: Iterable<string>): Item {
  const picked = Object.create(null) as Record<string, AttributeValue>
  for (const name of names) {
    const value = attributeOf(item, name)
    if (value !== undefined) picked[name] = value
  }
  return picked
}
