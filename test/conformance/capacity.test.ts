/** What calls use, as ReturnConsumedCapacity tells it: sizes, rounding, indexes; and what happens when it runs out. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Body, Client } from './client.ts'
import { answered, assertRefused } from './refusals.ts'
import { startServer } from './server.ts'
import { attributes, compositeTable, createTables, hashTable, keys, put } from './tables.ts'

let client: Client
let stop: () => Promise<void>
before(async () => {
  ;({ client, stop } = await startServer())
  await createTables(client, [hashTable, compositeTable, projectedTable])
})
after(() => stop())

/** A global index with KEYS_ONLY, to see writes that do not change an entry. */
const projectedTable = {
  ...hashTable,
  TableName: 'Projected',
  AttributeDefinitions: attributes({ pk: 'S', g: 'S' }),
  GlobalSecondaryIndexes: [{ IndexName: 'keys', KeySchema: keys('g'), Projection: { ProjectionType: 'KEYS_ONLY' } }],
}

async function used(operation: string, input: Body, mode = 'TOTAL'): Promise<unknown> {
  const answer = await answered(client.call(operation, { ...input, ReturnConsumedCapacity: mode }))
  return answer['ConsumedCapacity']
}

async function units(operation: string, input: Body): Promise<unknown> {
  return ((await used(operation, input)) as Body)['CapacityUnits']
}

/** An item of exactly so many bytes: `pk`, its value of three letters, and `a`. */
function itemOf(key: string, bytes: number): Body {
  return { pk: { S: key }, a: { S: 'x'.repeat(bytes - 2 - key.length - 1) } }
}

const writes: readonly (readonly [bytes: number, units: number])[] = [
  [10, 1],
  [1024, 1],
  [1025, 2],
  [4096, 4],
  [409_600, 400],
]
for (const [bytes, expected] of writes) {
  test(`an item of ${bytes} bytes costs ${expected} to put and as much to delete`, async () => {
    const Item = itemOf('put', bytes)
    assert.equal(await units('PutItem', { TableName: 'Hash', Item }), expected)
    assert.equal(await units('DeleteItem', { TableName: 'Hash', Key: { pk: { S: 'put' } } }), expected)
  })
}

test('a write costs by the larger of the item before and after', async () => {
  await put(client, 'Hash', itemOf('big', 3000))
  assert.equal(await units('PutItem', { TableName: 'Hash', Item: itemOf('big', 100) }), 3)
  assert.equal(await units('PutItem', { TableName: 'Hash', Item: itemOf('big', 2500) }), 3)
  const update = { UpdateExpression: 'REMOVE a', TableName: 'Hash', Key: { pk: { S: 'big' } } }
  assert.equal(await units('UpdateItem', update), 3)
})

test('a delete of nothing costs 1', async () => {
  assert.equal(await units('DeleteItem', { TableName: 'Hash', Key: { pk: { S: 'nothing' } } }), 1)
})

const reads: readonly (readonly [bytes: number, strong: number])[] = [
  [10, 1],
  [4096, 1],
  [4097, 2],
  [20_000, 5],
]
for (const [bytes, strong] of reads) {
  test(`an item of ${bytes} bytes costs ${strong} to read consistently and half otherwise`, async () => {
    await put(client, 'Hash', itemOf('get', bytes))
    const input = { TableName: 'Hash', Key: { pk: { S: 'get' } } }
    assert.equal(await units('GetItem', { ...input, ConsistentRead: true }), strong)
    assert.equal(await units('GetItem', input), strong / 2)
    assert.equal(await units('GetItem', { ...input, ProjectionExpression: 'pk' }), strong / 2)
  })
}

test('a read of nothing costs what the smallest item costs', async () => {
  const input = { TableName: 'Hash', Key: { pk: { S: 'nothing' } } }
  assert.equal(await units('GetItem', input), 0.5)
  assert.equal(await units('GetItem', { ...input, ConsistentRead: true }), 1)
})

test('a query costs by the sum of what it read, rounded once', async () => {
  const items = Array.from({ length: 10 }, (_, at) => ({
    pk: { S: 'sum' },
    sk: { S: String(at) },
    a: { S: 'x'.repeat(1000) },
  }))
  await put(client, 'Composite', ...items)
  const input = {
    TableName: 'Composite',
    KeyConditionExpression: 'pk = :p',
    ExpressionAttributeValues: { ':p': { S: 'sum' } },
  }
  assert.equal(await units('Query', { ...input, ConsistentRead: true }), 3)
  assert.equal(await units('Query', input), 1.5)
  const filtered = { ...input, FilterExpression: 'attribute_exists(nothing)' }
  assert.equal(await units('Query', filtered), 1.5)
  assert.equal(await units('Query', { ...input, Limit: 1 }), 0.5)
})

test('a query of nothing costs half a unit', async () => {
  const input = {
    TableName: 'Composite',
    KeyConditionExpression: 'pk = :p',
    ExpressionAttributeValues: { ':p': { S: 'none' } },
  }
  assert.equal(await units('Query', input), 0.5)
})

test('INDEXES tells table and indexes apart, and names only indexes that were touched', async () => {
  const Item = { pk: { S: 'i' }, sk: { S: 'a' }, l1: { S: 'x' } }
  assert.deepEqual(await used('PutItem', { TableName: 'Composite', Item }, 'INDEXES'), {
    TableName: 'Composite',
    CapacityUnits: 3,
    Table: { CapacityUnits: 1 },
    LocalSecondaryIndexes: { local1: { CapacityUnits: 1 } },
    GlobalSecondaryIndexes: { global1: { CapacityUnits: 1 } },
  })
  assert.equal(await units('DeleteItem', { TableName: 'Composite', Key: { pk: { S: 'i' }, sk: { S: 'a' } } }), 3)
})

test('a read of an index costs the table nothing', async () => {
  const input = {
    TableName: 'Composite',
    IndexName: 'global1',
    KeyConditionExpression: 'l1 = :p',
    ExpressionAttributeValues: { ':p': { S: 'none' } },
  }
  assert.deepEqual(await used('Query', input, 'INDEXES'), {
    TableName: 'Composite',
    CapacityUnits: 0.5,
    Table: { CapacityUnits: 0 },
    GlobalSecondaryIndexes: { global1: { CapacityUnits: 0.5 } },
  })
})

test('the same item again costs the table only', async () => {
  const Item = { pk: { S: 'again' }, sk: { S: 'a' }, l1: { S: 'x' }, n: { N: '1' } }
  assert.equal(await units('PutItem', { TableName: 'Composite', Item }), 4)
  assert.deepEqual(await used('PutItem', { TableName: 'Composite', Item }, 'INDEXES'), {
    TableName: 'Composite',
    CapacityUnits: 1,
    Table: { CapacityUnits: 1 },
  })
})

test('an index costs by what changes of its entry', async () => {
  const Key = { pk: { S: 'p' } }
  const update = (expression: string, value: string): Promise<unknown> =>
    units('UpdateItem', {
      TableName: 'Projected',
      Key,
      UpdateExpression: expression,
      ExpressionAttributeValues: { ':v': { S: value } },
    })
  assert.equal(await units('PutItem', { TableName: 'Projected', Item: Key }), 1)
  assert.equal(await update('SET g = :v', 'one'), 2)
  assert.equal(await update('SET more = :v', 'x'), 1)
  assert.equal(await update('SET g = :v', 'two'), 3)
  assert.equal(await units('DeleteItem', { TableName: 'Projected', Key }), 2)
})

test('NONE tells nothing', async () => {
  const input = { TableName: 'Hash', Key: { pk: { S: 'a' } }, ReturnConsumedCapacity: 'NONE' }
  assert.deepEqual(await answered(client.call('GetItem', input)), {})
})

test('a table of one unit refuses when its burst is used up, and says why', async () => {
  await createTables(client, [
    {
      ...hashTable,
      TableName: 'Small',
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
    },
  ])
  const large = { TableName: 'Small', Item: itemOf('large', 409_600) }
  const answers = []
  for (let at = 0; at < 4; at += 1) answers.push(await client.call('PutItem', large))
  const refused = answers.at(-1)
  assert.ok(refused !== undefined)
  assertRefused(
    refused,
    'ProvisionedThroughputExceededException',
    'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning ' +
      'level with the UpdateTable API.',
  )
  assert.deepEqual(refused.body['ThrottlingReasons'], [
    {
      reason: 'TableWriteProvisionedThroughputExceeded',
      resource: 'arn:aws:dynamodb:us-east-1:000000000000:table/Small',
    },
  ])
})
