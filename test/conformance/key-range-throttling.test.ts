/** Partitions that have nothing left: who is throttled, with which words and reasons, and what batches do with it. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { Clock } from '../../src/foundation/clock.ts'
import { systemClock } from '../../src/foundation/clock.ts'
import type { Answer, Body, Client } from './client.ts'
import { answered, assertRefused } from './refusals.ts'
import { startServer } from './server.ts'
import { attributes, createTables, get, hashTable, keys } from './tables.ts'

/** Capacity comes back only when a test says so. */
let monotonicMs = 0
const clock: Clock = { ...systemClock, monotonicMs: () => monotonicMs }

let client: Client
let stop: () => Promise<void>
before(async () => {
  // A partition that was not used has 300 units.
  const args = ['--partition-write-units', '1', '--partition-read-units', '1']
  ;({ client, stop } = await startServer({ clock, args }))
})
after(() => stop())

let table = ''
let tableCount = 0
beforeEach(async () => {
  tableCount++
  table = `Table${tableCount}`
  await createTables(client, [{ ...indexed, TableName: table }])
})

const indexed = {
  ...hashTable,
  AttributeDefinitions: attributes({ pk: 'S', g: 'S' }),
  GlobalSecondaryIndexes: [{ IndexName: 'global', KeySchema: keys('g'), Projection: { ProjectionType: 'ALL' } }],
}

const arn = () => `arn:aws:dynamodb:us-east-1:000000000000:table/${table}`

const onDemandMessage =
  'Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or ' +
  'index so please try again shortly. If exceptions persist, check if you have a hot key: ' +
  'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html'
const indexMessage =
  'Throughput exceeds the current capacity for one or more global secondary indexes. DynamoDB is automatically ' +
  'scaling your index so please try again shortly.'

/** 400 write units, or 100 to read. */
const large = 'x'.repeat(409_000)

function put(pk: string, more: Body = {}): Promise<Answer> {
  return client.call('PutItem', { TableName: table, Item: { pk: { S: pk }, ...more } })
}

function read(pk: string): Promise<Answer> {
  return client.call('GetItem', { TableName: table, Key: { pk: { S: pk } }, ConsistentRead: true })
}

function assertThrottled(answer: Answer, message: string, reason: string, resource: string): void {
  assertRefused(answer, 'ThrottlingException', message)
  assert.deepEqual(answer.body['throttlingReasons'], [{ reason, resource }])
}

/** Keys that lie in other partitions than `pk`, found by their being served when it is not. */
async function elsewhere(): Promise<string[]> {
  const found: string[] = []
  for (let at = 0; found.length < 3; at++) {
    const answer = await put(`other${at}`)
    if (answer.status === 200) found.push(`other${at}`)
  }
  return found
}

test('a partition that is used up throttles its keys and no others', async () => {
  await answered(put('hot', { a: { S: large } }))
  assertThrottled(await put('hot'), onDemandMessage, 'TableWriteKeyRangeThroughputExceeded', arn())
  assertThrottled(
    await client.call('DeleteItem', { TableName: table, Key: { pk: { S: 'hot' } } }),
    onDemandMessage,
    'TableWriteKeyRangeThroughputExceeded',
    arn(),
  )
  assert.equal((await elsewhere()).length, 3)
  assert.equal((await read('hot')).status, 200, 'reads have units of their own')
})

test('what is used comes back with time', async () => {
  await answered(put('hot', { a: { S: large } }))
  monotonicMs += 90_000
  assert.equal((await put('hot')).status, 400)
  monotonicMs += 20_000
  await answered(put('hot'))
})

test('a failed condition costs as much as the write would have', async () => {
  await answered(put('hot', { a: { S: 'x'.repeat(250_000) } }))
  const conditional = { TableName: table, Item: { pk: { S: 'hot' } }, ConditionExpression: 'attribute_not_exists(pk)' }
  assert.equal((await client.call('PutItem', conditional)).code, 'ConditionalCheckFailedException')
  assert.equal((await put('hot')).code, 'ThrottlingException')
})

test('reads of a partition', async () => {
  await answered(put('hot', { a: { S: large } }))
  for (let at = 0; at < 3; at++) await answered(read('hot'))
  assertThrottled(await read('hot'), onDemandMessage, 'TableReadKeyRangeThroughputExceeded', arn())
  const query = {
    TableName: table,
    KeyConditionExpression: 'pk = :p',
    ExpressionAttributeValues: { ':p': { S: 'hot' } },
  }
  assertThrottled(await client.call('Query', query), onDemandMessage, 'TableReadKeyRangeThroughputExceeded', arn())
  const [other] = await elsewhere()
  await answered(read(other as string))
})

test('a partition of an index throttles the writes that go there, and what it holds back is not written', async () => {
  await answered(put('first', { g: { S: 'hot' }, a: { S: large } }))
  for (const pk of await elsewhere()) {
    assertThrottled(
      await put(pk, { g: { S: 'hot' } }),
      indexMessage,
      'IndexWriteKeyRangeThroughputExceeded',
      `${arn()}/index/global`,
    )
    assert.deepEqual(await get(client, table, { pk: { S: pk } }), { pk: { S: pk } })
  }
})

test('reads of an index', async () => {
  await answered(put('first', { g: { S: 'hot' }, a: { S: large } }))
  const query = {
    TableName: table,
    IndexName: 'global',
    KeyConditionExpression: 'g = :g',
    ExpressionAttributeValues: { ':g': { S: 'hot' } },
  }
  for (let at = 0; at < 6; at++) await answered(client.call('Query', query))
  assertThrottled(
    await client.call('Query', query),
    onDemandMessage,
    'IndexReadKeyRangeThroughputExceeded',
    `${arn()}/index/global`,
  )
  await answered(read('first'))
})

test('a batch leaves undone what is throttled, and fails when all of it is', async () => {
  await answered(put('hot', { a: { S: large } }))
  const [other] = (await elsewhere()) as [string]
  const putRequest = (pk: string) => ({ PutRequest: { Item: { pk: { S: pk }, b: { S: 'new' } } } })
  const write = (...pks: string[]) => client.call('BatchWriteItem', { RequestItems: { [table]: pks.map(putRequest) } })
  const { UnprocessedItems: left } = await answered(write('hot', other))
  assert.deepEqual(left, { [table]: [putRequest('hot')] })
  assert.deepEqual(await get(client, table, { pk: { S: other } }), { pk: { S: other }, b: { S: 'new' } })
  assertThrottled(await write('hot'), onDemandMessage, 'TableWriteKeyRangeThroughputExceeded', arn())
})

test('a batch leaves undone what an index holds back', async () => {
  await answered(put('first', { g: { S: 'hot' }, a: { S: large } }))
  const [one, two] = (await elsewhere()) as [string, string]
  const held = { PutRequest: { Item: { pk: { S: one }, g: { S: 'hot' } } } }
  const free = { PutRequest: { Item: { pk: { S: two }, b: { S: 'new' } } } }
  const answer = await answered(client.call('BatchWriteItem', { RequestItems: { [table]: [held, free] } }))
  assert.deepEqual(answer['UnprocessedItems'], { [table]: [held] })
  assert.deepEqual(await get(client, table, { pk: { S: one } }), { pk: { S: one } })
  assert.deepEqual(await get(client, table, { pk: { S: two } }), { pk: { S: two }, b: { S: 'new' } })
})

test('a batch of reads leaves undone what is throttled', async () => {
  await answered(put('hot', { a: { S: large } }))
  const [other] = (await elsewhere()) as [string]
  for (let at = 0; at < 3; at++) await answered(read('hot'))
  const batch = (...pks: string[]) =>
    client.call('BatchGetItem', { RequestItems: { [table]: { Keys: pks.map((pk) => ({ pk: { S: pk } })) } } })
  const answer = await answered(batch('hot', other))
  assert.deepEqual((answer['Responses'] as Body)[table], [{ pk: { S: other } }])
  assert.deepEqual(answer['UnprocessedKeys'], { [table]: { Keys: [{ pk: { S: 'hot' } }] } })
  assertThrottled(await batch('hot'), onDemandMessage, 'TableReadKeyRangeThroughputExceeded', arn())
})

test('a scan uses the partitions that it reads', async () => {
  await answered(put('hot', { a: { S: large } }))
  const [other] = (await elsewhere()) as [string]
  for (let at = 0; at < 3; at++) {
    await answered(client.call('Scan', { TableName: table, ConsistentRead: true }))
  }
  // The other items that the scans read took their share of the units: a little is left.
  await answered(read('hot'))
  assertThrottled(await read('hot'), onDemandMessage, 'TableReadKeyRangeThroughputExceeded', arn())
  await answered(read(other))
})

test('on a provisioned table it is the exception of provisioned tables', async () => {
  const provisioned = { ReadCapacityUnits: 900, WriteCapacityUnits: 900 }
  const { GlobalSecondaryIndexes: _, ...plain } = indexed
  const name = `Provisioned${tableCount}`
  await createTables(client, [
    {
      ...plain,
      AttributeDefinitions: attributes({ pk: 'S' }),
      TableName: name,
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: provisioned,
    },
  ])
  table = name
  await answered(put('hot', { a: { S: large } }))
  const refused = await put('hot')
  assertRefused(
    refused,
    'ProvisionedThroughputExceededException',
    'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning ' +
      'level with the UpdateTable API.',
  )
  assert.deepEqual(refused.body['ThrottlingReasons'], [
    { reason: 'TableWriteKeyRangeThroughputExceeded', resource: arn() },
  ])
})
