/** Expected, QueryFilter, ScanFilter, KeyConditions, AttributeUpdates and AttributesToGet. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Body, Client } from './client.ts'
import { answered, assertRefused, type Refusal, refuses } from './refusals.ts'
import { startServer } from './server.ts'
import { compositeTable, createTables, get, hashTable, put } from './tables.ts'

let client: Client
let stop: () => Promise<void>
before(async () => {
  ;({ client, stop } = await startServer())
  await createTables(client, [hashTable, compositeTable])
  await put(client, 'Composite', ...items)
})
after(() => stop())

const items: readonly Body[] = ['a', 'b', 'c', 'd'].map((sk, at) => ({
  pk: { S: 'p' },
  sk: { S: sk },
  n: { N: String(at) },
  s: { SS: ['x', sk] },
  ...(at % 2 === 0 && { even: { BOOL: true } }),
}))

const invalid = 'One or more parameter values were invalid:'

refuses(
  () => client,
  'PutItem',
  expectations([
    ['an expectation of nothing', { a: {} }, `${invalid} Value must be provided when Exists is null for Attribute: a`],
    [
      'existence without value',
      { a: { Exists: true } },
      `${invalid} Value must be provided when Exists is true for Attribute: a`,
    ],
    [
      'a value of what is not there',
      { a: { Exists: false, Value: { S: 'x' } } },
      `${invalid} Value cannot be used when Exists is false for Attribute: a`,
    ],
    [
      'a value and a list of values',
      { a: { Value: { S: 'x' }, AttributeValueList: [{ S: 'x' }] } },
      `${invalid} Value and AttributeValueList cannot be used together for Attribute: a`,
    ],
    [
      'existence and a comparison',
      { a: { Exists: true, ComparisonOperator: 'NULL' } },
      `${invalid} Exists and ComparisonOperator cannot be used together for Attribute: a`,
    ],
    [
      'a comparison with nothing',
      { a: { ComparisonOperator: 'EQ' } },
      `${invalid} Value or AttributeValueList must be used with ComparisonOperator: EQ for Attribute: a`,
    ],
    [
      'values without a comparison',
      { a: { AttributeValueList: [{ S: 'x' }] } },
      `${invalid} AttributeValueList can only be used with a ComparisonOperator for Attribute: a`,
    ],
    [
      'BETWEEN of one',
      { a: { ComparisonOperator: 'BETWEEN', AttributeValueList: [{ S: 'x' }] } },
      `${invalid} Invalid number of argument(s) for the BETWEEN ComparisonOperator`,
    ],
    [
      'NULL of something',
      { a: { ComparisonOperator: 'NULL', AttributeValueList: [{ S: 'x' }] } },
      `${invalid} Invalid number of argument(s) for the NULL ComparisonOperator`,
    ],
  ]),
)

function expectations(rows: readonly (readonly [name: string, expected: Body, message: string])[]): readonly Refusal[] {
  return rows.map(([name, Expected, message]) => ({
    name,
    input: { TableName: 'Hash', Item: { pk: { S: 'a' } }, Expected },
    message,
  }))
}

test('Expected lets a put pass, or keeps it from happening', async () => {
  const expecting = (Item: Body, Expected: Body, more: Body = {}) =>
    client.call('PutItem', { TableName: 'Hash', Item, Expected, ...more })
  const failed = ['ConditionalCheckFailedException', 'The conditional request failed'] as const
  const first = { pk: { S: 'e' }, n: { N: '1' } }
  await answered(expecting(first, { pk: { Exists: false } }))
  assertRefused(await expecting(first, { pk: { Exists: false } }), ...failed)
  await answered(expecting({ ...first, n: { N: '2' } }, { n: { Value: { N: '1.0' } } }))
  assertRefused(await expecting(first, { n: { Value: { N: '1' } } }), ...failed)
  const between = { ComparisonOperator: 'BETWEEN', AttributeValueList: [{ N: '5' }, { N: '9' }] }
  assertRefused(await expecting(first, { n: between, pk: { Value: { S: 'e' } } }), ...failed)
  await answered(expecting(first, { n: between, pk: { Value: { S: 'e' } } }, { ConditionalOperator: 'OR' }))
})

async function query(parameters: Body): Promise<string> {
  const answer = await answered(
    client.call('Query', {
      TableName: 'Composite',
      KeyConditions: { pk: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'p' }] } },
      ...parameters,
    }),
  )
  return keysOf(answer)
}

function keysOf(answer: Body): string {
  return (answer['Items'] as readonly { sk: { S: string } }[])
    .map((item) => item.sk.S)
    .sort()
    .join('')
}

const pk = { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'p' }] }
const ranges: readonly (readonly [operator: string, values: readonly Body[], found: string])[] = [
  ['EQ', [{ S: 'b' }], 'b'],
  ['LT', [{ S: 'c' }], 'ab'],
  ['LE', [{ S: 'c' }], 'abc'],
  ['GT', [{ S: 'c' }], 'd'],
  ['GE', [{ S: 'c' }], 'cd'],
  ['BETWEEN', [{ S: 'b' }, { S: 'c' }], 'bc'],
  ['BEGINS_WITH', [{ S: 'a' }], 'a'],
]
for (const [ComparisonOperator, AttributeValueList, found] of ranges) {
  test(`KeyConditions with ${ComparisonOperator} find ${found}`, async () => {
    assert.equal(await query({ KeyConditions: { pk, sk: { ComparisonOperator, AttributeValueList } } }), found)
  })
}

const filters: readonly (readonly [filter: Body, found: string])[] = [
  [{ n: { ComparisonOperator: 'EQ', AttributeValueList: [{ N: '1' }] } }, 'b'],
  [{ n: { ComparisonOperator: 'NE', AttributeValueList: [{ N: '1' }] } }, 'acd'],
  [{ n: { ComparisonOperator: 'IN', AttributeValueList: [{ N: '1' }, { N: '3' }] } }, 'bd'],
  [{ n: { ComparisonOperator: 'GE', AttributeValueList: [{ N: '2' }] } }, 'cd'],
  [{ n: { ComparisonOperator: 'BETWEEN', AttributeValueList: [{ N: '1' }, { N: '2' }] } }, 'bc'],
  [{ even: { ComparisonOperator: 'NOT_NULL' } }, 'ac'],
  [{ even: { ComparisonOperator: 'NULL' } }, 'bd'],
  [{ s: { ComparisonOperator: 'CONTAINS', AttributeValueList: [{ S: 'b' }] } }, 'b'],
  [{ s: { ComparisonOperator: 'NOT_CONTAINS', AttributeValueList: [{ S: 'b' }] } }, 'acd'],
  [
    {
      n: { ComparisonOperator: 'LT', AttributeValueList: [{ N: '3' }] },
      even: { ComparisonOperator: 'NOT_NULL' },
    },
    'ac',
  ],
]
for (const [filter, found] of filters) {
  test(`QueryFilter and ScanFilter ${JSON.stringify(filter)} find ${found}`, async () => {
    assert.equal(await query({ QueryFilter: filter }), found)
    const scanned = await answered(client.call('Scan', { TableName: 'Composite', ScanFilter: filter }))
    assert.equal(keysOf(scanned), found)
  })
}

test('ConditionalOperator OR joins filters', async () => {
  const filter = {
    n: { ComparisonOperator: 'EQ', AttributeValueList: [{ N: '3' }] },
    even: { ComparisonOperator: 'NOT_NULL' },
  }
  assert.equal(await query({ QueryFilter: filter, ConditionalOperator: 'OR' }), 'acd')
})

refuses(() => client, 'Query', [
  {
    name: 'a legacy filter on a key attribute',
    input: {
      TableName: 'Composite',
      KeyConditions: { pk },
      QueryFilter: { sk: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'a' }] } },
    },
    message: 'QueryFilter can only contain non-primary key attributes: Primary key attribute: sk',
  },
  {
    name: 'three legacy key conditions',
    input: { TableName: 'Composite', KeyConditions: { pk, a: pk, b: pk } },
    message: 'Conditions can be of length 1 or 2 only',
  },
  {
    name: 'a key condition of too many values',
    input: {
      TableName: 'Composite',
      KeyConditions: { pk: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'a' }, { S: 'b' }] } },
    },
    message: `${invalid} Invalid number of argument(s) for the EQ ComparisonOperator`,
  },
])

test('AttributesToGet answers what it names', async () => {
  const input = { TableName: 'Composite', Key: { pk: { S: 'p' }, sk: { S: 'a' } }, AttributesToGet: ['n', 'none'] }
  assert.deepEqual(await answered(client.call('GetItem', input)), { Item: { n: { N: '0' } } })
})

test('AttributeUpdates put, add and delete', async () => {
  await put(client, 'Hash', { pk: { S: 'u' }, n: { N: '1' }, gone: { S: 'x' }, set: { SS: ['a', 'b'] } })
  const answer = await answered(
    client.call('UpdateItem', {
      TableName: 'Hash',
      Key: { pk: { S: 'u' } },
      AttributeUpdates: {
        n: { Action: 'ADD', Value: { N: '4' } },
        gone: { Action: 'DELETE' },
        set: { Action: 'DELETE', Value: { SS: ['a'] } },
        fresh: { Value: { S: 'new' } },
      },
      ReturnValues: 'ALL_NEW',
    }),
  )
  const expected = { pk: { S: 'u' }, n: { N: '5' }, set: { SS: ['b'] }, fresh: { S: 'new' } }
  assert.deepEqual(answer['Attributes'], expected)
  assert.deepEqual(await get(client, 'Hash', { pk: { S: 'u' } }), expected)
})

refuses(() => client, 'UpdateItem', [
  {
    name: 'an update of nothing to something',
    input: { TableName: 'Hash', Key: { pk: { S: 'a' } }, AttributeUpdates: { a: { Action: 'PUT' } } },
    message: `${invalid} Only DELETE action is allowed when no attribute value is specified`,
  },
  {
    name: 'a legacy deletion of a text',
    input: {
      TableName: 'Hash',
      Key: { pk: { S: 'a' } },
      AttributeUpdates: { a: { Action: 'DELETE', Value: { S: 'x' } } },
    },
    message: `${invalid} DELETE action with value is not supported for the type S`,
  },
  {
    name: 'a legacy addition of a text',
    input: {
      TableName: 'Hash',
      Key: { pk: { S: 'a' } },
      AttributeUpdates: { a: { Action: 'ADD', Value: { S: 'x' } } },
    },
    message: `${invalid} ADD action is not supported for the type S`,
  },
])
