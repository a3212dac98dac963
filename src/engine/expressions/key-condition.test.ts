import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AttributeValue } from '../items/attribute-value.ts'
import type { KeyAttribute } from '../tables/table.ts'
import { keyConditionOf } from './key-condition.ts'
import { legacyKeyConditions } from './legacy.ts'
import { parseExpressions } from './parse-expressions.ts'
import type { Condition, KeyCondition } from './syntax.ts'

const values: Readonly<Record<string, AttributeValue>> = {
  ':s': { S: 's' },
  ':t': { S: 't' },
  ':empty': { S: '' },
  ':none': { B: '' },
  ':n': { N: '1' },
  ':m': { N: '2' },
}
const pk: KeyAttribute = { name: 'pk', type: 'S' }
const sk: KeyAttribute = { name: 'sk', type: 'N' }
const keys = (...names: readonly string[]): readonly KeyAttribute[] => names.map((name) => ({ name, type: 'S' }))

function conditionOf(text: string): Condition {
  const used = Object.fromEntries([...new Set(text.match(/:\w+/g))].map((name) => [name, values[name]]))
  const { keyCondition } = parseExpressions({ keyCondition: text, values: used })
  assert.ok(keyCondition !== undefined)
  return keyCondition
}

const s = { S: 's' }
const one = { N: '1' }
const bound: readonly (readonly [text: string, condition: KeyCondition])[] = [
  ['pk = :s', { hash: [s], range: [] }],
  [':s = pk', { hash: [s], range: [] }],
  ['pk = :s AND sk = :n', { hash: [s], range: [{ kind: 'compare', comparator: '=', value: one }] }],
  ['sk < :n AND pk = :s', { hash: [s], range: [{ kind: 'compare', comparator: '<', value: one }] }],
  ['pk = :s AND :n < sk', { hash: [s], range: [{ kind: 'compare', comparator: '>', value: one }] }],
  ['pk = :s AND :n >= sk', { hash: [s], range: [{ kind: 'compare', comparator: '<=', value: one }] }],
  ['(pk = :s) AND (sk BETWEEN :n AND :m)', { hash: [s], range: [{ kind: 'between', low: one, high: { N: '2' } }] }],
]
for (const [text, condition] of bound) {
  test(text, () => assert.deepEqual(keyConditionOf(conditionOf(text), [pk], [sk]), condition))
}

test('begins_with binds a text', () => {
  assert.deepEqual(keyConditionOf(conditionOf('begins_with(b, :t) AND a = :s'), keys('a'), keys('b')), {
    hash: [s],
    range: [{ kind: 'begins-with', prefix: { S: 't' } }],
  })
})

const missed = (name: string): string => `Query condition missed key schema element: ${name}`
const notSupported = 'Query key condition not supported'
const wrongType = 'One or more parameter values were invalid: Condition parameter type does not match schema type'
const refused: readonly (readonly [text: string, message: string])[] = [
  ['sk = :n', missed('pk')],
  ['extra = :s', missed('pk')],
  ['pk = :s AND extra = :s', missed('sk')],
  ['pk = :s AND sk = :n AND extra = :s', notSupported],
  ['pk > :s', notSupported],
  ['begins_with(pk, :s) AND sk = :n', notSupported],
  ['pk = :n', wrongType],
  ['pk > :n', wrongType],
  ['pk = :s AND sk = :s', wrongType],
  ['pk = :s AND begins_with(sk, :s)', wrongType],
  [
    'pk = :empty',
    'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk',
  ],
]
for (const [text, message] of refused) {
  test(`${text} is refused`, () =>
    assert.throws(() => keyConditionOf(conditionOf(text), [pk], [sk]), { name: 'ValidationException', message }))
}

test('a table without range key takes one condition', () => {
  assert.throws(() => keyConditionOf(conditionOf('pk = :s AND sk = :n'), [pk], []), { message: notSupported })
})

test('empty values of index keys have a message of their own', () => {
  assert.throws(() => keyConditionOf(conditionOf('pk = :none'), [{ name: 'pk', type: 'B' }], [], 'byOwner'), {
    message:
      'One or more parameter values are not valid. A value specified for a secondary index key is not supported. ' +
      'The AttributeValue for a key attribute cannot contain an empty binary value. IndexName: byOwner, IndexKey: pk',
  })
})

// Multi-attribute keys: recorded on the service in October 2026.
test('all hash attributes and a prefix of the range attributes, in any order of writing', () => {
  const condition = conditionOf('c > :t AND b = :s AND g = :t AND a = :s AND h = :s')
  assert.deepEqual(keyConditionOf(condition, keys('h', 'g'), keys('a', 'b', 'c', 'd')), {
    hash: [s, { S: 't' }],
    range: [
      { kind: 'compare', comparator: '=', value: s },
      { kind: 'compare', comparator: '=', value: s },
      { kind: 'compare', comparator: '>', value: { S: 't' } },
    ],
  })
})

const gap = (names: string, present: string): string =>
  `RANGE key attributes ${names} must have equality conditions specified in the query because a condition is present on key attribute ${present}`
const gaps: readonly (readonly [text: string, message: string])[] = [
  ['h = :s AND a = :s AND c = :s', gap('b', 'c')],
  ['h = :s AND a = :s AND b > :s AND c = :s', gap('b', 'c')],
  ['h = :s AND b = :s', gap('a', 'b')],
  ['h = :s AND c = :s', gap('a, b', 'c')],
  ['a = :s', missed('h')],
]
for (const [text, message] of gaps) {
  test(`${text} is refused for a key of several attributes`, () =>
    assert.throws(() => keyConditionOf(conditionOf(text), keys('h'), keys('a', 'b', 'c', 'd')), { message }))
}

test('legacy key conditions bind the same', () => {
  const condition = legacyKeyConditions({
    sk: { ComparisonOperator: 'BETWEEN', AttributeValueList: [{ N: '1.0' }, { N: '2' }] },
    pk: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 's' }] },
  })
  assert.deepEqual(keyConditionOf(condition, [pk], [sk]), {
    hash: [s],
    range: [{ kind: 'between', low: one, high: { N: '2' } }],
  })
})

test('legacy operators that no key knows are refused', () => {
  for (const [ComparisonOperator, AttributeValueList] of [
    ['NE', [{ S: 's' }]],
    ['NULL', []],
    ['NOT_NULL', []],
    ['CONTAINS', [{ S: 's' }]],
    ['NOT_CONTAINS', [{ S: 's' }]],
    ['IN', [{ S: 's' }]],
  ] as const) {
    const condition = legacyKeyConditions({ pk: { ComparisonOperator, AttributeValueList } })
    assert.throws(() => keyConditionOf(condition, [pk], [sk]), {
      message: 'Attempted conditional constraint is not an indexable operation',
    })
  }
})
