import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonicalNumber } from '../encoding/numbers.ts'
import type { AttributeValue } from './attribute-value.ts'
import { attributeSize, binaryLength, itemSize, numberSize, utf8Length, valueSize } from './item-size.ts'

/** Measured on the service by items one byte below and above the limit (public conformance suite, August 2026). */
const numbers: readonly (readonly [written: string, bytes: number])[] = [
  ['0', 1],
  ['1', 2],
  ['12', 2],
  ['123', 3],
  ['1234', 3],
  ['12345678901234567890123456789012345678', 20],
  ['0042', 2],
  ['100', 2],
  ['1010', 3],
  ['0.0000001', 2],
  ['1E125', 2],
  ['1E-100', 2],
  ['1.5', 3],
  ['15', 2],
  ['1.2', 3],
  ['1.200', 3],
  ['1.234', 4],
  ['3.14159', 5],
  ['123456', 4],
  ['100.5', 4],
  ['0.15', 2],
  ['-42', 3],
  ['-0', 1],
]
for (const [written, bytes] of numbers) {
  test(`the number ${written} takes ${bytes} bytes`, () => assert.equal(numberSize(canonicalNumber(written)), bytes))
}

const values: readonly (readonly [value: AttributeValue, bytes: number])[] = [
  [{ S: '' }, 0],
  [{ S: 'aé€😀' }, 10],
  [{ S: 'é'.repeat(100) }, 200],
  [{ N: '-0.5' }, 3],
  [{ B: '' }, 0],
  [{ B: 'YQ==' }, 1],
  [{ B: 'YWI=' }, 2],
  [{ B: 'YWJj' }, 3],
  [{ BOOL: false }, 1],
  [{ NULL: true }, 1],
  [{ SS: ['a', 'bc'] }, 3],
  [{ NS: ['1', '100.5'] }, 6],
  [{ BS: ['YQ==', 'YWI='] }, 3],
  [{ L: [] }, 3],
  [{ L: [{ S: 'ab' }, { N: '1' }] }, 9],
  [{ M: {} }, 3],
  [{ M: { key: { S: 'ab' } } }, 9],
  [{ M: { key: { L: [{ NULL: true }] } } }, 12],
]
for (const [value, bytes] of values) {
  test(`${JSON.stringify(value).slice(0, 60)} takes ${bytes} bytes`, () => assert.equal(valueSize(value), bytes))
}

test('names count in UTF-8, and an item is the sum of its attributes', () => {
  assert.equal(attributeSize('né', { S: 'x' }), 4)
  assert.equal(itemSize({ pk: { S: 'a' }, né: { S: 'x' } }), 7)
  assert.equal(itemSize({}), 0)
})

test('lengths are those of the bytes', () =>
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 100 }), fc.uint8Array({ maxLength: 50 }), (text, bytes) => {
      assert.equal(utf8Length(text), Buffer.from(text, 'utf8').length)
      assert.equal(binaryLength(Buffer.from(bytes).toString('base64')), bytes.length)
    }),
  ))
