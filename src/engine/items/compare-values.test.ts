import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { AttributeValue } from './attribute-value.ts'
import { compareScalars, compareTexts, isOrdered, valuesEqual } from './compare-values.ts'

const values: readonly AttributeValue[] = [
  { S: '' },
  { S: 'a' },
  { N: '1' },
  { B: 'YQ==' },
  { BOOL: true },
  { BOOL: false },
  { NULL: true },
  { SS: ['a'] },
  { SS: ['a', 'b'] },
  { NS: ['1'] },
  { BS: ['YQ=='] },
  { L: [] },
  { L: [{ S: 'a' }, { N: '1' }] },
  { L: [{ N: '1' }, { S: 'a' }] },
  { M: {} },
  { M: { a: { S: 'a' } } },
  { M: { a: { S: 'a' }, b: { L: [{ NULL: true }] } } },
  { M: { b: { S: 'a' } } },
]

test('a value equals its copy and nothing else', () => {
  for (const [position, value] of values.entries()) {
    for (const [other, against] of values.entries()) {
      const copy = JSON.parse(JSON.stringify(against)) as AttributeValue
      assert.equal(valuesEqual(value, copy), position === other, `${JSON.stringify(value)} and ${JSON.stringify(copy)}`)
    }
  }
})

test('sets and maps have no order', () => {
  assert.ok(valuesEqual({ SS: ['a', 'b'] }, { SS: ['b', 'a'] }))
  assert.ok(valuesEqual({ M: { a: { N: '1' }, b: { N: '2' } } }, { M: { b: { N: '2' }, a: { N: '1' } } }))
  assert.ok(!valuesEqual({ SS: ['a', 'b'] }, { SS: ['a', 'c'] }))
})

test('names that objects inherit are not taken for members', () => {
  assert.ok(!valuesEqual({ M: { constructor: { S: 'a' } } }, { M: { other: { S: 'a' } } }))
})

test('texts sort by their UTF-8 bytes', () =>
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 6 }), fc.string({ unit: 'binary', maxLength: 6 }), (a, b) => {
      assert.equal(Math.sign(compareTexts(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)))
    }),
    {
      numRuns: 2_000,
      examples: [
        ['\uffff', '\u{10000}'],
        ['a', 'a\u{10000}'],
        ['\ud7ff', '\ue000'],
      ],
    },
  ))

test('numbers sort by value and binaries by unsigned bytes', () => {
  assert.ok((compareScalars({ N: '9' }, { N: '10' }) ?? 0) < 0)
  assert.ok((compareScalars({ N: '-9' }, { N: '-10' }) ?? 0) > 0)
  assert.ok((compareScalars({ B: 'fw==' }, { B: 'gA==' }) ?? 0) < 0)
  assert.ok((compareScalars({ B: 'AQ==' }, { B: 'AQA=' }) ?? 0) < 0)
  assert.equal(compareScalars({ B: 'AQ==' }, { B: 'AQ==' }), 0)
})

test('other types and mixed types have no order', () => {
  assert.equal(compareScalars({ S: '1' }, { N: '1' }), undefined)
  assert.equal(compareScalars({ N: '1' }, { B: 'YQ==' }), undefined)
  assert.equal(compareScalars({ BOOL: true }, { BOOL: false }), undefined)
  assert.equal(compareScalars({ L: [] }, { L: [] }), undefined)
  assert.deepEqual(values.filter(isOrdered), [{ S: '' }, { S: 'a' }, { N: '1' }, { B: 'YQ==' }])
})
