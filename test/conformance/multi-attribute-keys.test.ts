/** A global index whose key is one partition key attribute and four sort key attributes. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Body, Client } from './client.ts'
import { answered, type Refusal, refuses } from './refusals.ts'
import { startServer } from './server.ts'
import { attributes, createTables, hashTable, put } from './tables.ts'

let client: Client
let stop: () => Promise<void>
before(async () => {
  ;({ client, stop } = await startServer())
  await createTables(client, [table])
  await put(client, 'Deep', ...items)
})
after(() => stop())

const table = {
  ...hashTable,
  TableName: 'Deep',
  AttributeDefinitions: attributes({ pk: 'S', h: 'S', a: 'S', b: 'N', c: 'S', d: 'B' }),
  GlobalSecondaryIndexes: [
    {
      IndexName: 'deep',
      KeySchema: ['h', 'a', 'b', 'c', 'd'].map((AttributeName, at) => ({
        AttributeName,
        KeyType: at === 0 ? 'HASH' : 'RANGE',
      })),
      Projection: { ProjectionType: 'ALL' },
    },
  ],
}

function item(pk: string, a: string, b: string, c: string | undefined, d: string): Body {
  return {
    pk: { S: pk },
    h: { S: 'one' },
    a: { S: a },
    b: { N: b },
    ...(c !== undefined && { c: { S: c } }),
    d: { B: Buffer.from(d).toString('base64') },
  }
}

/** In the order of the index but for the last, which lacks a key attribute and so is not in it. */
const items = [
  item('1', 'f', '9', 'a', 'x'),
  item('2', 't', '-2', 'a', 'x'),
  item('3', 't', '7', 'a', 'x'),
  item('4', 't', '7', 'a', 'y'),
  item('5', 't', '7', 'b', 'x'),
  item('6', 't', '10', 'a', 'x'),
  item('7', 't', '7', undefined, 'x'),
]

const values: Body = {
  ':h': { S: 'one' },
  ':a': { S: 't' },
  ':b': { N: '7' },
  ':c': { S: 'a' },
  ':x': { B: Buffer.from('x').toString('base64') },
}

function asking(condition: string, more: Body = {}): Body {
  const used = Object.entries(values).filter(([name]) => condition.includes(name))
  return {
    TableName: 'Deep',
    IndexName: 'deep',
    KeyConditionExpression: condition,
    ExpressionAttributeValues: Object.fromEntries(used),
    ...more,
  }
}

const found: readonly (readonly [condition: string, keys: string])[] = [
  ['h = :h', '123456'],
  ['h = :h AND a = :a', '23456'],
  ['h = :h AND a < :a', '1'],
  ['h = :h AND a = :a AND b = :b', '345'],
  ['h = :h AND a = :a AND b < :b', '2'],
  ['h = :h AND a = :a AND b > :b', '6'],
  ['h = :h AND a = :a AND b = :b AND c = :c', '34'],
  ['h = :h AND a = :a AND b = :b AND c > :c', '5'],
  ['h = :h AND a = :a AND b = :b AND c = :c AND d > :x', '4'],
  ['h = :h AND a = :a AND b = :b AND c = :c AND begins_with(d, :x)', '3'],
  ['h = :h AND a = :a AND b = :b AND c = :c AND d BETWEEN :x AND :x', '3'],
  ['b = :b AND h = :h AND a = :a', '345'],
]
for (const [condition, expected] of found) {
  test(`${condition} finds ${expected}, and backwards the other way`, async () => {
    const keys = async (more: Body): Promise<string> => {
      const answer = await answered(client.call('Query', asking(condition, more)))
      return (answer['Items'] as readonly { pk: { S: string } }[]).map((each) => each.pk.S).join('')
    }
    assert.equal(await keys({}), expected)
    assert.equal(await keys({ ScanIndexForward: false }), [...expected].reverse().join(''))
  })
}

test('a page ends with the table key and every attribute of the index key, and goes on from it', async () => {
  const first = await answered(client.call('Query', asking('h = :h AND a = :a', { Limit: 2 })))
  const last = first['LastEvaluatedKey'] as Body
  assert.deepEqual(Object.keys(last).sort(), ['a', 'b', 'c', 'd', 'h', 'pk'])
  const rest = await answered(client.call('Query', asking('h = :h AND a = :a', { ExclusiveStartKey: last })))
  assert.deepEqual(rest['Items'], items.slice(3, 6))
})

function gap(missing: string, present: string): string {
  return (
    `RANGE key attributes ${missing} must have equality conditions specified in the query because a condition is ` +
    `present on key attribute ${present}`
  )
}

const refused: readonly (readonly [name: string, condition: string, message: string])[] = [
  ['a gap', 'h = :h AND a = :a AND c = :c', gap('b', 'c')],
  ['an inequality before the last', 'h = :h AND a = :a AND b > :b AND c = :c', gap('b', 'c')],
  ['a start in the middle', 'h = :h AND b = :b', gap('a', 'b')],
  ['no partition key', 'a = :a', 'Query condition missed key schema element: h'],
]
refuses(
  () => client,
  'Query',
  refused.map(([name, condition, message]): Refusal => ({ name, input: asking(condition), message })),
)
