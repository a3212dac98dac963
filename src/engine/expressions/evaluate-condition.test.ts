import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { AttributeValue, Item } from '../items/attribute-value.ts'
import { evaluateCondition } from './evaluate-condition.ts'
import { parseExpressions } from './parse-expressions.ts'

const item: Item = {
  s: { S: 'hello' },
  smile: { S: '😀a' },
  n: { N: '10' },
  b: { B: 'AQID' },
  flag: { BOOL: true },
  nothing: { NULL: true },
  ss: { SS: ['a', 'b'] },
  ns: { NS: ['1', '2.5'] },
  bs: { BS: ['AQ==', 'AgM='] },
  arr: { L: [{ S: 'a' }, { N: '2.5' }, { M: { deep: { L: [{ B: 'AQ==' }] } } }] },
  m: { M: { x: { N: '1' }, arr: { L: [{ S: 'q' }] } } },
}
const values: Readonly<Record<string, AttributeValue>> = {
  ':hello': { S: 'hello' },
  ':he': { S: 'he' },
  ':a': { S: 'a' },
  ':z': { S: 'z' },
  ':empty': { S: '' },
  ':1': { N: '1' },
  ':3': { N: '3' },
  ':5': { N: '5' },
  ':10': { N: '10' },
  ':20': { N: '20' },
  ':2_5': { N: '2.5' },
  ':bin12': { B: 'AQI=' },
  ':bin23': { B: 'AgM=' },
  ':bin1': { B: 'AQ==' },
  ':ff': { B: '/w==' },
  ':true': { BOOL: true },
  ':null': { NULL: true },
  ':ss': { SS: ['b', 'a'] },
  ':ss1': { SS: ['a'] },
  ':list': { L: [{ S: 'q' }] },
  ':map': { M: { deep: { L: [{ B: 'AQ==' }] } } },
  ':S': { S: 'S' },
  ':SS': { S: 'SS' },
  ':M': { S: 'M' },
  ':NULL': { S: 'NULL' },
}

function holds(text: string, against: Item | undefined): boolean {
  const used = Object.fromEntries(
    [...new Set(text.match(/:\w+/g))].map((placeholder) => {
      const value = values[placeholder]
      assert.ok(value !== undefined, placeholder)
      return [placeholder, value]
    }),
  )
  const { condition } = parseExpressions({
    condition: text,
    values: Object.keys(used).length === 0 ? undefined : used,
  })
  assert.ok(condition !== undefined)
  return evaluateCondition(condition, against)
}

const cases: readonly (readonly [text: string, answer: boolean])[] = [
  ['s = :hello', true],
  ['s = :he', false],
  ['s <> :he', true],
  ['s < :z', true],
  ['s <= :hello', true],
  ['s > :hello', false],
  ['n > :5', true],
  ['n >= :10', true],
  ['n < :20', true],
  [':5 < n', true],
  ['n = :hello', false],
  ['n <> :hello', true],
  ['n < :hello', false],
  ['n >= :hello', false],
  ['b < :ff', true],
  ['flag = :true', true],
  ['nothing = :null', true],
  ['ss = :ss', true],
  ['ss <> :ss1', true],
  ['m.arr = :list', true],
  ['arr[2] = :map', true],
  ['arr[2].deep[0] = :bin1', true],
  ['arr[9] = :a', false],
  ['s[0] = :a', false],
  ['s.x = :a', false],
  ['arr.x = :a', false],
  ['m[0] = :a', false],
  ['absent = :a', false],
  ['absent <> :a', true],
  ['absent < :a', false],
  ['absent <> gone', true],
  ['absent = gone', false],
  ['NOT absent = :a', true],
  ['n BETWEEN :5 AND :20', true],
  ['n BETWEEN :10 AND :10', true],
  ['n BETWEEN :20 AND absent', false],
  ['s BETWEEN :5 AND :20', false],
  ['absent BETWEEN :5 AND :20', false],
  ['n IN (:5, :10)', true],
  ['n IN (:5, :hello, absent)', false],
  ['absent IN (gone)', false],
  ['m.x IN (:1)', true],
  ['attribute_exists(m.arr[0])', true],
  ['attribute_exists(m.arr[1])', false],
  ['attribute_not_exists(m.arr[1])', true],
  ['attribute_exists(nothing)', true],
  ['attribute_type(s, :S)', true],
  ['attribute_type(ss, :SS)', true],
  ['attribute_type(arr[2], :M)', true],
  ['attribute_type(nothing, :NULL)', true],
  ['attribute_type(n, :S)', false],
  ['attribute_type(absent, :S)', false],
  ['begins_with(s, :he)', true],
  ['begins_with(s, :empty)', true],
  ['begins_with(s, :z)', false],
  ['begins_with(n, :he)', false],
  ['begins_with(absent, :he)', false],
  ['begins_with(b, :bin12)', true],
  ['begins_with(b, :bin23)', false],
  ['begins_with(:bin1, b)', false],
  ['contains(s, :he)', true],
  ['contains(s, :z)', false],
  ['contains(b, :bin23)', true],
  ['contains(b, :ff)', false],
  ['contains(ss, :a)', true],
  ['contains(ss, :he)', false],
  ['contains(ns, :2_5)', true],
  ['contains(ns, :a)', false],
  ['contains(bs, :bin23)', true],
  ['contains(arr, :a)', true],
  ['contains(arr, :2_5)', true],
  ['contains(arr, :map)', true],
  ['contains(arr, :z)', false],
  ['contains(n, :10)', false],
  ['contains(m, :1)', false],
  ['contains(absent, :a)', false],
  ['size(s) = :5', true],
  ['size(smile) = :3', true],
  ['size(b) = :3', true],
  ['size(arr) = :3', true],
  ['size(ns) < :3', true],
  ['size(m) < :3', true],
  ['size(n) > :1', false],
  ['size(n) <> :1', true],
  ['size(absent) = :1', false],
  ['size(s) = n OR size(s) < n', true],
  ['s = :he AND n = :10 OR flag = :true', true],
  ['s = :he AND (n = :10 OR flag = :true)', false],
  ['NOT s = :he AND n = :5', false],
  ['NOT (s = :he AND n = :5)', true],
  ['attribute_not_exists(toString)', true],
]
for (const [text, answer] of cases) {
  test(`${text} is ${answer}`, () => assert.equal(holds(text, item), answer))
}

test('an item that is not there has no attributes', () => {
  assert.equal(holds('attribute_not_exists(s)', undefined), true)
  assert.equal(holds('s <> :a', undefined), true)
  assert.equal(holds('s = :a', undefined), false)
})

/** A condition's text beside what it should answer, worked out on small whole numbers; absent is undefined. */
interface Case {
  readonly text: string
  readonly answer: (numbers: Readonly<Record<string, number | undefined>>) => boolean
}
const attribute = fc.constantFrom('a', 'b', 'c')
const small = fc.integer({ min: 0, max: 3 })
const comparators: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  '=': (left, right) => left === right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
}
const { condition } = fc.letrec<{ condition: Case }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.tuple(attribute, fc.constantFrom(...Object.keys(comparators)), small).map(
      ([name, comparator, value]): Case => ({
        text: `${name} ${comparator} :${value}`,
        answer: ({ [name]: number }) => number !== undefined && comparators[comparator]?.(number, value) === true,
      }),
    ),
    fc
      .tuple(attribute, small)
      .map(
        ([name, value]): Case => ({ text: `${name} <> :${value}`, answer: ({ [name]: number }) => number !== value }),
      ),
    attribute.map(
      (name): Case => ({
        text: `attribute_exists(${name})`,
        answer: ({ [name]: number }) => number !== undefined,
      }),
    ),
    fc.tuple(attribute, fc.array(small, { minLength: 1, maxLength: 3 })).map(
      ([name, list]): Case => ({
        text: `${name} IN (${list.map((value) => `:${value}`).join(', ')})`,
        answer: ({ [name]: number }) => number !== undefined && list.includes(number),
      }),
    ),
    fc.array(tie('condition'), { minLength: 2, maxLength: 3 }).map(
      (parts): Case => ({
        text: parts.map(({ text }) => (/ OR /.test(text) ? `(${text})` : text)).join(' AND '),
        answer: (numbers) => parts.every(({ answer }) => answer(numbers)),
      }),
    ),
    // AND binds tighter, so its parts need no parentheses here.
    fc.array(tie('condition'), { minLength: 2, maxLength: 3 }).map(
      (parts): Case => ({
        text: parts.map(({ text }) => text).join(' OR '),
        answer: (numbers) => parts.some(({ answer }) => answer(numbers)),
      }),
    ),
    tie('condition').map(
      ({ text, answer }): Case => ({ text: `NOT (${text})`, answer: (numbers) => !answer(numbers) }),
    ),
  ),
}))

test('conditions agree with their obvious meaning', () => {
  const numbers = fc.record({ a: small, b: small, c: small }, { requiredKeys: [] })
  const placeholders = Object.fromEntries([0, 1, 2, 3].map((value) => [`:${value}`, { N: String(value) }]))
  fc.assert(
    fc.property(condition, numbers, ({ text, answer }, given) => {
      fc.pre(text.length < 2_000)
      const used = Object.entries(placeholders).filter(([placeholder]) => text.includes(placeholder))
      const parsed = parseExpressions({
        condition: text,
        values: used.length === 0 ? undefined : Object.fromEntries(used),
      })
      assert.ok(parsed.condition !== undefined)
      const against = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, { N: String(value) }]))
      assert.equal(evaluateCondition(parsed.condition, against), answer(given), text)
    }),
    { numRuns: 1_000 },
  )
})
