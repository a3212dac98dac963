import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { validationError } from '../../foundation/service-error.ts'
import type { AttributeValue } from './attribute-value.ts'
import { checkItem, checkValue, EnvelopedError, envelopeForWrites } from './check-item.ts'
import { itemSize } from './item-size.ts'
import { checkWireTypes } from './wire-types.ts'

const empty = 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'
const several =
  'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes'
const invalid = 'One or more parameter values were invalid: '
const notNumeric = 'The parameter cannot be converted to a numeric value'

const bare: readonly (readonly [value: unknown, message: string])[] = [
  [{}, empty],
  [{ a: '' }, empty],
  [{ S: null }, empty],
  [null, empty],
  [{ M: { a: {} } }, empty],
  [{ L: [{ S: 'a' }, null] }, empty],
  [{ S: 'a', N: '1' }, several],
  [{ BOOL: false, L: [] }, several],
]
for (const [value, message] of bare) {
  test(`${JSON.stringify(value)} is refused without envelope`, () => {
    assert.throws(() => checkValue(value), { name: 'ValidationException', message })
    assert.throws(
      () => checkValue(value),
      (error) => envelopeForWrites(error) === error,
    )
  })
}

const enveloped: readonly (readonly [value: unknown, message: string])[] = [
  [{ SS: [] }, `${invalid}An string set  may not be empty`],
  [{ NS: [] }, `${invalid}An number set  may not be empty`],
  [{ BS: [] }, `${invalid}Binary sets should not be empty`],
  [{ SS: ['a', 'b', 'a'] }, `${invalid}Input collection [a, b, a] contains duplicates.`],
  [{ BS: ['Yg==', 'Yg=='] }, `${invalid}Input collection [Yg==, Yg==]of type BS contains duplicates.`],
  [{ NS: ['1', '1.0'] }, 'Input collection contains duplicates'],
  [{ NS: ['1', ''] }, notNumeric],
  [{ NS: ['1', 'b', 'a'] }, `${notNumeric}: b`],
  [{ N: '' }, notNumeric],
  [{ N: 'b' }, `${notNumeric}: b`],
  [{ S: 'a', N: 'b' }, `${notNumeric}: b`],
  [{ N: '1e126' }, 'Number overflow. Attempting to store a number with magnitude larger than supported range'],
  [{ L: [{ M: { x: { SS: [] } } }] }, `${invalid}An string set  may not be empty`],
]
for (const [value, message] of enveloped) {
  test(`${JSON.stringify(value)} is refused, in an envelope by write calls`, () => {
    assert.throws(() => checkItem({ a: value }), { name: 'ValidationException', message })
    assert.throws(
      () => checkValue(value),
      (error) => {
        const outer = envelopeForWrites(error)
        assert.ok(outer instanceof Error)
        assert.equal(outer.message, `1 validation error detected: ${message}`)
        return error instanceof EnvelopedError && !(outer instanceof EnvelopedError)
      },
    )
  })
}

test('the envelope is for its own errors alone', () => {
  const other = validationError('x')
  assert.equal(envelopeForWrites(other), other)
  assert.equal(envelopeForWrites(undefined), undefined)
})

const canonical: readonly (readonly [value: unknown, stored: AttributeValue])[] = [
  [{ N: '0042.10' }, { N: '42.1' }],
  [{ NS: ['10', '9.0', '-0'] }, { NS: ['0', '9', '10'] }],
  [{ SS: ['b', '', 'é', 'a'] }, { SS: ['', 'a', 'b', 'é'] }],
  [{ SS: ['\u{10000}', '\uffff'] }, { SS: ['\uffff', '\u{10000}'] }],
  [{ BS: ['gA==', '', 'AQ=='] }, { BS: ['', 'AQ==', 'gA=='] }],
  [{ BOOL: 'yes' }, { BOOL: true }],
  [{ BOOL: '0' }, { BOOL: false }],
  [{ NULL: 'true' }, { NULL: true }],
  [{ S: 'a', N: null, unknown: 3 }, { S: 'a' }],
  [{ L: [{ S: 'a' }, { N: '1.0' }] }, { L: [{ S: 'a' }, { N: '1' }] }],
]
for (const [value, stored] of canonical) {
  test(`${JSON.stringify(value)} is stored as ${JSON.stringify(stored)}`, () => {
    assert.deepEqual(checkValue(value), stored)
  })
}

test('what is canonical comes back as it is', () => {
  const value = JSON.parse(
    '{"M":{"s":{"S":""},"n":{"N":"-1.5"},"b":{"B":""},"l":{"L":[{"NULL":true},{"BOOL":false},{"SS":["a","b"]},{"NS":["-1","2"]}]}}}',
  )
  assert.equal(checkValue(value), value)
  const item = { a: value, c: { S: 'x' } }
  assert.equal(checkItem(item).item, item)
})

test('names that objects inherit are names like any other', () => {
  const raw = JSON.parse('{"__proto__":{"N":"1.0"},"constructor":{"S":"c"},"toString":{"M":{"__proto__":{"N":"02"}}}}')
  const { item, sizeBytes } = checkItem(raw)
  assert.deepEqual(Object.keys(item), ['__proto__', 'constructor', 'toString'])
  assert.equal(
    JSON.stringify(item),
    '{"__proto__":{"N":"1"},"constructor":{"S":"c"},"toString":{"M":{"__proto__":{"N":"2"}}}}',
  )
  assert.equal(sizeBytes, itemSize(item))
})

test('nesting ends at 32 levels, the attribute being the first', () => {
  const nested = (maps: number): unknown => {
    let value: unknown = { S: 'leaf' }
    for (let level = 0; level < maps; level += 1) value = level % 2 === 0 ? { M: { n: value } } : { L: [value] }
    return value
  }
  assert.ok(checkItem({ data: nested(31) }))
  assert.throws(() => checkItem({ data: nested(32) }), {
    name: 'ValidationException',
    message:
      'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit',
  })
})

const member = fc.string({ unit: 'grapheme', maxLength: 4 })
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.record({ S: member }),
    fc.record({
      N: fc.tuple(fc.integer(), fc.integer({ min: -20, max: 20 })).map(([digits, places]) => `${digits}e${places}`),
    }),
    fc.record({ NS: fc.uniqueArray(fc.integer().map(String), { minLength: 1, maxLength: 5 }) }),
    fc.record({ SS: fc.uniqueArray(member, { minLength: 1, maxLength: 5 }) }),
    fc.record({ BS: fc.uniqueArray(fc.uint8Array({ maxLength: 3 }).map(toBase64), { minLength: 1, maxLength: 5 }) }),
    fc.record({ L: fc.array(tie('value'), { maxLength: 3 }) }),
    fc.record({ M: fc.dictionary(member, tie('value'), { maxKeys: 3 }) }),
  ),
}))

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}

test('a checked item passes again unchanged, and its size is its size', () =>
  fc.assert(
    fc.property(fc.dictionary(member, value, { maxKeys: 5 }), (raw) => {
      for (const name of Object.keys(raw)) checkWireTypes(raw[name])
      const first = checkItem(raw)
      assert.equal(first.sizeBytes, itemSize(first.item))
      assert.equal(checkItem(first.item).item, first.item)
      assert.deepEqual(Object.keys(first.item), Object.keys(raw))
    }),
  ))
