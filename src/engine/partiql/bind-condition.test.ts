/** A WHERE clause means what the same condition means as a FilterExpression: both are bound and tried on random items. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { evaluateCondition } from '../expressions/evaluate-condition.ts'
import { parseExpressions } from '../expressions/parse-expressions.ts'
import type { AttributeValue, Item } from '../items/attribute-value.ts'
import { checkItem, checkValue } from '../items/check-item.ts'
import { bindStatement } from './bind-statement.ts'

/** One condition in both languages; values are parameters of the one and placeholders of the other. */
interface Both {
  readonly partiql: string
  readonly filter: string
  readonly values: readonly AttributeValue[]
}

const paths = ['a', 'b', 'm.x', 'l[0]', 'm.list[1].y'] as const
const path = fc.constantFrom(...paths).map((text): Both => ({ partiql: text, filter: text, values: [] }))

const scalar: fc.Arbitrary<AttributeValue> = fc.oneof(
  fc.constantFrom('', 'a', 'ab', 'b', 'é').map((S) => ({ S })),
  fc.constantFrom('0', '1', '-1', '1.5', '20').map((N) => ({ N })),
  fc.constantFrom('', 'AQ==', 'AQI=').map((B) => ({ B })),
)
const value: fc.Arbitrary<AttributeValue> = fc.oneof(
  scalar,
  fc.boolean().map((BOOL) => ({ BOOL })),
  fc.constant<AttributeValue>({ NULL: true }),
  fc.constantFrom<AttributeValue>(
    { SS: ['a', 'b'] },
    { NS: ['1', '2'] },
    { L: [{ S: 'a' }] },
    { M: { x: { N: '1' } } },
  ),
)

function given(constant: AttributeValue): Both {
  return { partiql: '?', filter: ':v', values: [constant] }
}

const operand = fc.oneof(path, value.map(given))
const scalarOperand = fc.oneof(path, scalar.map(given))
const sized = path.map((one): Both => ({ partiql: `size(${one.partiql})`, filter: `size(${one.filter})`, values: [] }))

function joined(parts: readonly Both[], partiql: (texts: readonly string[]) => string, filter = partiql): Both {
  return {
    partiql: partiql(parts.map((part) => part.partiql)),
    filter: filter(parts.map((part) => part.filter)),
    values: parts.flatMap(({ values }) => values),
  }
}

const comparison = fc.oneof(
  fc
    .tuple(operand, fc.constantFrom('=', '<>'), operand)
    .map(([a, sign, b]) => joined([a, b], ([x, y]) => `${x} ${sign} ${y}`)),
  fc
    .tuple(fc.oneof(scalarOperand, sized), fc.constantFrom('<', '<=', '>', '>='), scalarOperand)
    .map(([a, sign, b]) => joined([a, b], ([x, y]) => `${x} ${sign} ${y}`)),
  fc
    .tuple(path, scalarOperand, scalarOperand)
    .map((parts) => joined(parts, ([x, low, high]) => `${x} BETWEEN ${low} AND ${high}`)),
  fc.tuple(operand, fc.array(operand, { minLength: 1, maxLength: 3 })).map(([a, list]) =>
    joined(
      [a, ...list],
      ([x, ...rest]) => `${x} IN [${rest.join(', ')}]`,
      ([x, ...rest]) => `${x} IN (${rest.join(', ')})`,
    ),
  ),
  path.map((one) =>
    joined(
      [one],
      ([x]) => `${x} IS MISSING`,
      ([x]) => `attribute_not_exists(${x})`,
    ),
  ),
  path.map((one) =>
    joined(
      [one],
      ([x]) => `${x} IS NOT MISSING`,
      ([x]) => `attribute_exists(${x})`,
    ),
  ),
  path.map((one) => joined([one], ([x]) => `attribute_exists(${x})`)),
  path.map((one) =>
    joined(
      [one, given({ S: 'NULL' })],
      ([x]) => `(${x} IS NULL OR attribute_type(${x}, ?))`,
      ([x, type]) => `attribute_type(${x}, ${type})`,
    ),
  ),
  fc
    .tuple(path, fc.constantFrom('S', 'N', 'SS', 'L', 'M', 'BOOL'))
    .map(([one, type]) => joined([one, given({ S: type })], ([x, y]) => `attribute_type(${x}, ${y})`)),
  fc
    .tuple(path, fc.constantFrom<AttributeValue>({ S: 'a' }, { B: 'AQ==' }))
    .map(([one, prefix]) => joined([one, given(prefix)], ([x, y]) => `begins_with(${x}, ${y})`)),
  fc.tuple(path, value).map(([one, member]) => joined([one, given(member)], ([x, y]) => `contains(${x}, ${y})`)),
)

const { condition } = fc.letrec<{ condition: Both }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'condition' },
    comparison,
    fc
      .tuple(tie('condition'), fc.constantFrom('AND', 'OR'), tie('condition'))
      .map(([a, word, b]) => joined([a, b], ([x, y]) => `(${x} ${word} ${y})`)),
    tie('condition').map((one) =>
      joined(
        [one],
        ([x]) => `NOT (${x})`,
        ([x]) => `NOT ${x?.startsWith('(') ? x : `(${x})`}`,
      ),
    ),
  ),
}))

const someValue = fc.option(value, { nil: undefined })
const item: fc.Arbitrary<Item> = fc
  .record({
    a: someValue,
    b: someValue,
    m: fc.oneof(
      value,
      fc
        .record({ x: value, y: value })
        .map(({ x, y }): AttributeValue => ({ M: { x, list: { L: [y, { M: { y } }] } } })),
    ),
    l: fc.oneof(
      value,
      value.map((first): AttributeValue => ({ L: [first] })),
    ),
  })
  .map((members) => checkItem(JSON.parse(JSON.stringify(members))).item)

/** `:v` takes its place in the order of the values. */
function withPlaceholders({ filter, values }: Both): { filter: string; values: Record<string, unknown> | undefined } {
  let count = 0
  const text = filter.replace(/:v/g, () => `:v${count++}`)
  if (count === 0) return { filter: text, values: undefined }
  return { filter: text, values: Object.fromEntries(values.slice(0, count).map((each, at) => [`:v${at}`, each])) }
}

/** What a binding comes to: a condition, or the refusal without the name of its parameter. */
function outcome<T>(work: () => T): T | string {
  try {
    return work()
  } catch (error) {
    return (error as Error).message.replace('Invalid FilterExpression: ', '')
  }
}

test('WHERE agrees with FilterExpression', () => {
  let compared = 0
  fc.assert(
    fc.property(condition, fc.array(item, { minLength: 1, maxLength: 5 }), (both, items) => {
      const parameters = both.values.map(checkValue)
      const bound = outcome(() => {
        const statement = bindStatement(`SELECT * FROM t WHERE ${both.partiql}`, parameters)
        return statement.kind === 'select' ? statement.where : undefined
      })
      const filter = outcome(() => parseExpressions(withPlaceholders(both)).filter)
      if (typeof bound === 'string' || typeof filter === 'string') {
        assert.equal(typeof bound, typeof filter, `${both.partiql}: ${String(bound)} / ${String(filter)}`)
        return
      }
      assert.ok(bound !== undefined && filter !== undefined)
      compared += 1
      for (const each of items) {
        assert.equal(evaluateCondition(bound, each), evaluateCondition(filter, each), JSON.stringify(each))
      }
    }),
    { numRuns: 2_000 },
  )
  assert.ok(compared > 500, `${compared} conditions were compared`)
})
