import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Item } from '../items/attribute-value.ts'
import { evaluateCondition } from './evaluate-condition.ts'
import {
  type LegacyCondition,
  type LegacyExpectation,
  type LegacyUpdate,
  legacyExpected,
  legacyFilter,
  legacyKeyConditions,
  legacyUpdates,
} from './legacy.ts'

const item: Item = {
  s: { S: 'hello' },
  n: { N: '5' },
  flag: { BOOL: true },
  set: { SS: ['a', 'b'] },
  list: { L: [{ N: '1' }] },
}

const filters: readonly (readonly [name: string, condition: LegacyCondition, answer: boolean])[] = [
  ['s', { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'hello' }] }, true],
  ['n', { ComparisonOperator: 'EQ', AttributeValueList: [{ N: '5.0' }] }, true],
  ['n', { ComparisonOperator: 'EQ', AttributeValueList: [{ S: '5' }] }, false],
  ['flag', { ComparisonOperator: 'EQ', AttributeValueList: [{ BOOL: true }] }, true],
  ['list', { ComparisonOperator: 'EQ', AttributeValueList: [{ L: [{ N: '1' }] }] }, true],
  ['s', { ComparisonOperator: 'NE', AttributeValueList: [{ S: 'x' }] }, true],
  ['n', { ComparisonOperator: 'LT', AttributeValueList: [{ N: '5' }] }, false],
  ['n', { ComparisonOperator: 'LE', AttributeValueList: [{ N: '5' }] }, true],
  ['n', { ComparisonOperator: 'GT', AttributeValueList: [{ N: '4' }] }, true],
  ['n', { ComparisonOperator: 'GE', AttributeValueList: [{ N: '6' }] }, false],
  ['n', { ComparisonOperator: 'BETWEEN', AttributeValueList: [{ N: '5' }, { N: '6' }] }, true],
  ['n', { ComparisonOperator: 'IN', AttributeValueList: [{ N: '4' }, { N: '5' }] }, true],
  ['s', { ComparisonOperator: 'BEGINS_WITH', AttributeValueList: [{ S: 'he' }] }, true],
  ['s', { ComparisonOperator: 'CONTAINS', AttributeValueList: [{ S: 'ell' }] }, true],
  ['set', { ComparisonOperator: 'CONTAINS', AttributeValueList: [{ S: 'a' }] }, true],
  ['set', { ComparisonOperator: 'NOT_CONTAINS', AttributeValueList: [{ S: 'a' }] }, false],
  ['s', { ComparisonOperator: 'NOT_NULL' }, true],
  ['gone', { ComparisonOperator: 'NULL', AttributeValueList: [] }, true],
  ['gone', { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'x' }] }, false],
]
for (const [name, condition, answer] of filters) {
  test(`${name} ${JSON.stringify(condition)} is ${answer}`, () => {
    assert.equal(evaluateCondition(legacyFilter({ [name]: condition }), item), answer)
    assert.equal(evaluateCondition(legacyExpected({ [name]: condition }), item), answer)
  })
}

const expectations: readonly (readonly [name: string, expectation: LegacyExpectation, answer: boolean])[] = [
  ['s', { Value: { S: 'hello' } }, true],
  ['s', { Exists: true, Value: { S: 'x' } }, false],
  ['s', { Exists: false }, false],
  ['gone', { Exists: false }, true],
  ['n', { ComparisonOperator: 'GT', Value: { N: '1' } }, true],
]
for (const [name, expectation, answer] of expectations) {
  test(`${name} ${JSON.stringify(expectation)} expected is ${answer}`, () =>
    assert.equal(evaluateCondition(legacyExpected({ [name]: expectation }), item), answer))
}

test('AND wants all, OR one', () => {
  const both = {
    s: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'hello' }] },
    n: { ComparisonOperator: 'EQ', AttributeValueList: [{ N: '6' }] },
  } as const
  assert.equal(evaluateCondition(legacyFilter(both), item), false)
  assert.equal(evaluateCondition(legacyFilter(both, 'AND'), item), false)
  assert.equal(evaluateCondition(legacyFilter(both, 'OR'), item), true)
  assert.equal(evaluateCondition(legacyExpected({}), item), true)
})

const invalid = 'One or more parameter values were invalid: '
const wrongExpectations: readonly (readonly [expectation: LegacyExpectation, problem: string])[] = [
  [{}, 'Value must be provided when Exists is null for Attribute: a'],
  [{ Exists: true }, 'Value must be provided when Exists is true for Attribute: a'],
  [{ Exists: false, Value: { S: 'a' } }, 'Value cannot be used when Exists is false for Attribute: a'],
  [
    { ComparisonOperator: 'LT' },
    'Value or AttributeValueList must be used with ComparisonOperator: LT for Attribute: a',
  ],
  [
    { Exists: true, ComparisonOperator: 'LT' },
    'Exists and ComparisonOperator cannot be used together for Attribute: a',
  ],
  [
    { AttributeValueList: [{ S: 'a' }], Value: { S: 'a' }, ComparisonOperator: 'LT' },
    'Value and AttributeValueList cannot be used together for Attribute: a',
  ],
  [
    { AttributeValueList: [{ S: 'a' }] },
    'AttributeValueList can only be used with a ComparisonOperator for Attribute: a',
  ],
  [
    { Exists: true, AttributeValueList: [{ S: 'a' }] },
    'AttributeValueList can only be used with a ComparisonOperator for Attribute: a',
  ],
  [{ ComparisonOperator: 'NULL', Value: { S: 'a' } }, 'Invalid number of argument(s) for the NULL ComparisonOperator'],
  [
    { ComparisonOperator: 'BETWEEN', Value: { S: 'a' } },
    'Invalid number of argument(s) for the BETWEEN ComparisonOperator',
  ],
]
for (const [expectation, problem] of wrongExpectations) {
  test(`${JSON.stringify(expectation)} cannot be expected`, () =>
    assert.throws(() => legacyExpected({ a: expectation }), {
      name: 'ValidationException',
      message: invalid + problem,
    }))
}

const wrongConditions: readonly (readonly [condition: LegacyCondition, message: string])[] = [
  [
    { ComparisonOperator: 'EQ', AttributeValueList: [] },
    `${invalid}Invalid number of argument(s) for the EQ ComparisonOperator`,
  ],
  [{ ComparisonOperator: 'IN' }, `${invalid}Invalid number of argument(s) for the IN ComparisonOperator`],
  [
    { ComparisonOperator: 'NOT_NULL', AttributeValueList: [{ S: 'a' }] },
    `${invalid}Invalid number of argument(s) for the NOT_NULL ComparisonOperator`,
  ],
  [
    { ComparisonOperator: 'BETWEEN', AttributeValueList: [{ N: '1' }, { N: '10' }, { N: '12' }] },
    `${invalid}Invalid number of argument(s) for the BETWEEN ComparisonOperator`,
  ],
  [
    { ComparisonOperator: 'IN', AttributeValueList: [{ N: '1' }, { S: 'a' }] },
    `${invalid}AttributeValues inside AttributeValueList must be of same type`,
  ],
  [
    { ComparisonOperator: 'LT', AttributeValueList: [{ BOOL: true }] },
    `${invalid}ComparisonOperator LT is not valid for BOOL AttributeValue type`,
  ],
  [
    { ComparisonOperator: 'BEGINS_WITH', AttributeValueList: [{ N: '1' }] },
    `${invalid}ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type`,
  ],
  [
    { ComparisonOperator: 'CONTAINS', AttributeValueList: [{ SS: ['a'] }] },
    `${invalid}ComparisonOperator CONTAINS is not valid for SS AttributeValue type`,
  ],
  [
    { ComparisonOperator: 'BETWEEN', AttributeValueList: [{ S: 'b' }, { S: 'a' }] },
    'The BETWEEN condition was provided a range where the lower bound is greater than the upper bound',
  ],
  [
    { ComparisonOperator: 'EQ', AttributeValueList: [{}] },
    'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes',
  ],
]
for (const [condition, message] of wrongConditions) {
  test(`${JSON.stringify(condition)} is refused`, () => {
    for (const make of [legacyFilter, legacyKeyConditions]) {
      assert.throws(() => make({ a: condition }), { name: 'ValidationException', message })
    }
  })
}

test('ConditionalOperator joins two or more', () => {
  const alone = { s: { ComparisonOperator: 'NOT_NULL' } } as const
  assert.throws(() => legacyFilter({}, 'AND'), {
    message: `${invalid}ConditionalOperator cannot be used without Filter or Expected`,
  })
  assert.throws(() => legacyFilter(alone, 'OR'), {
    message: `${invalid}ConditionalOperator can only be used when Filter or Expected has two or more elements`,
  })
})

test('no key conditions are too few', () => {
  assert.throws(() => legacyKeyConditions({}), { message: 'Conditions can be of length 1 or 2 only' })
})

test('attribute updates are updates', () => {
  assert.deepEqual(
    legacyUpdates({
      a: { Action: 'PUT', Value: { N: '1.0' } },
      b: { Value: { S: 'x' } },
      c: { Action: 'DELETE' },
      d: { Action: 'DELETE', Value: { SS: ['b', 'a'] } },
      e: { Action: 'ADD', Value: { N: '2' } },
    }),
    {
      legacy: true,
      actions: [
        { kind: 'set', path: ['a'], value: { kind: 'value', value: { N: '1' } } },
        { kind: 'set', path: ['b'], value: { kind: 'value', value: { S: 'x' } } },
        { kind: 'remove', path: ['c'] },
        { kind: 'delete', path: ['d'], value: { SS: ['a', 'b'] } },
        { kind: 'add', path: ['e'], value: { N: '2' } },
      ],
    },
  )
})

const wrongUpdates: readonly (readonly [update: LegacyUpdate, problem: string])[] = [
  [{}, 'Only DELETE action is allowed when no attribute value is specified'],
  [{ Action: 'ADD' }, 'Only DELETE action is allowed when no attribute value is specified'],
  [{ Action: 'DELETE', Value: { S: '1' } }, 'DELETE action with value is not supported for the type S'],
  [{ Action: 'DELETE', Value: { L: [] } }, 'DELETE action with value is not supported for the type L'],
  [{ Action: 'ADD', Value: { B: 'Yg==' } }, 'ADD action is not supported for the type B'],
  [{ Action: 'ADD', Value: { M: {} } }, 'ADD action is not supported for the type M'],
]
for (const [update, problem] of wrongUpdates) {
  test(`the update ${JSON.stringify(update)} is refused`, () =>
    assert.throws(() => legacyUpdates({ a: update }), { name: 'ValidationException', message: invalid + problem }))
}
