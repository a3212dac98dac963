/** What is recorded of each kind of change, in each view. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Body, Client } from './client.ts'
import { answered } from './refusals.ts'
import { startServer } from './server.ts'
import { iteratorAt, readAll, readShard, recordsAt, type StreamRecord, shardsOf, streamOf } from './stream-calls.ts'
import { attributes, createTables, keys } from './tables.ts'

let client: Client
let stop: () => Promise<void>
before(async () => ({ client, stop } = await startServer()))
after(() => stop())

const sequenceForm = /^1\d{20}$/

async function streamed(TableName: string, view: string, more: Body = {}): Promise<string> {
  await createTables(client, [
    {
      TableName,
      AttributeDefinitions: attributes({ pk: 'S', sk: 'N' }),
      KeySchema: keys('pk', 'sk'),
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: { ReadCapacityUnits: 100, WriteCapacityUnits: 100 },
      StreamSpecification: { StreamEnabled: true, StreamViewType: view },
      ...more,
    },
  ])
  return streamOf(client, TableName)
}

/** A put, the same put, another put, an update, one that changes nothing, a delete, and one of nothing. */
async function story(TableName: string): Promise<void> {
  const Key = { pk: { S: 'a' }, sk: { N: '1' } }
  await answered(client.call('PutItem', { TableName, Item: { ...Key, x: { S: 'one' }, y: { SS: ['p', 'q'] } } }))
  await answered(client.call('PutItem', { TableName, Item: { y: { SS: ['q', 'p'] }, x: { S: 'one' }, ...Key } }))
  await answered(client.call('PutItem', { TableName, Item: { ...Key, x: { S: 'two' } } }))
  const set = { UpdateExpression: 'SET z = :z', ExpressionAttributeValues: { ':z': { N: '1.0' } } }
  await answered(client.call('UpdateItem', { TableName, Key, ...set }))
  await answered(client.call('UpdateItem', { TableName, Key, ...set }))
  await answered(
    client.call('UpdateItem', { TableName, Key: { pk: { S: 'n' }, sk: { N: '0' } }, UpdateExpression: 'REMOVE z' }),
  )
  await answered(client.call('DeleteItem', { TableName, Key }))
  await answered(client.call('DeleteItem', { TableName, Key }))
}

const key = { pk: { S: 'a' }, sk: { N: '1' } }
const one = { ...key, x: { S: 'one' }, y: { SS: ['p', 'q'] } }
const two = { ...key, x: { S: 'two' } }
const three = { ...two, z: { N: '1' } }
const changes = [
  { name: 'INSERT', before: undefined, after: one },
  { name: 'MODIFY', before: one, after: two },
  { name: 'MODIFY', before: two, after: three },
  { name: 'REMOVE', before: three, after: undefined },
]
/** By DynamoDB's rules: the key's, and those of the three states. */
const sizes = new Map<object, number>([
  [key, 7],
  [one, 14],
  [two, 11],
  [three, 14],
])

for (const view of ['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES']) {
  test(`${view}: each change leaves one record, and what changes nothing leaves none`, async () => {
    const table = `Story_${view}`
    const startedAt = Math.floor(Date.now() / 1000)
    const arn = await streamed(table, view)
    await story(table)
    const records = await readAll(client, arn)
    const expected = changes.map(({ name, before, after }) => {
      const newImage = view.startsWith('NEW') ? after : undefined
      const oldImage = view.includes('OLD') ? before : undefined
      const size = 7 + (newImage ? (sizes.get(newImage) ?? 0) : 0) + (oldImage ? (sizes.get(oldImage) ?? 0) : 0)
      return {
        eventName: name,
        eventVersion: '1.1',
        eventSource: 'aws:dynamodb',
        awsRegion: 'us-east-1',
        dynamodb: {
          Keys: key,
          ...(newImage && { NewImage: newImage }),
          ...(oldImage && { OldImage: oldImage }),
          SizeBytes: size,
          StreamViewType: view,
        },
      }
    })
    assert.deepEqual(records.map(timeless), expected)
    assert.equal(new Set(records.map(({ eventID }) => eventID)).size, records.length)
    for (const { eventID, dynamodb } of records) {
      assert.match(eventID, /^[0-9a-f]{32}$/)
      assert.match(dynamodb.SequenceNumber, sequenceForm)
      assert.ok(Number.isInteger(dynamodb.ApproximateCreationDateTime), 'whole seconds')
      assert.ok(dynamodb.ApproximateCreationDateTime >= startedAt)
    }
  })
}

/** The record without what differs from run to run. */
function timeless({ eventID: _id, dynamodb, ...rest }: StreamRecord): object {
  const { ApproximateCreationDateTime: _time, SequenceNumber: _number, ...kept } = dynamodb
  return { ...rest, dynamodb: kept }
}

test('a record read again is the same to the byte', async () => {
  const arn = await streamed('Again', 'NEW_AND_OLD_IMAGES')
  await story('Again')
  const [shard] = await shardsOf(client, arn)
  const first = await readShard(client, arn, shard?.ShardId ?? '')
  assert.deepEqual(await readShard(client, arn, shard?.ShardId ?? ''), first)
})

test('a batch leaves a record for each of its writes', async () => {
  const arn = await streamed('Batch', 'KEYS_ONLY')
  const item = (n: number) => ({ pk: { S: `p${n}` }, sk: { N: '0' } })
  await answered(client.call('PutItem', { TableName: 'Batch', Item: item(0) }))
  const puts = [1, 2, 3].map((n) => ({ PutRequest: { Item: item(n) } }))
  const requests = [...puts, { DeleteRequest: { Key: item(0) } }, { DeleteRequest: { Key: item(9) } }]
  await answered(client.call('BatchWriteItem', { RequestItems: { Batch: requests } }))
  const records = await readAll(client, arn)
  assert.deepEqual(
    records.map(({ eventName, dynamodb }) => [eventName, dynamodb.Keys]),
    [
      ['INSERT', item(0)],
      ['INSERT', item(1)],
      ['INSERT', item(2)],
      ['INSERT', item(3)],
      ['REMOVE', item(0)],
    ],
  )
})

test('a refused write leaves no record', async () => {
  const arn = await streamed('Refused', 'KEYS_ONLY')
  const Item = { pk: { S: 'a' }, sk: { N: '1' } }
  const ConditionExpression = 'attribute_exists(pk)'
  assert.equal((await client.call('PutItem', { TableName: 'Refused', Item, ConditionExpression })).status, 400)
  assert.deepEqual(await readAll(client, arn), [])
})

test('a table on demand has several shards, and an item keeps to one of them', async () => {
  const arn = await streamed('Sharded', 'NEW_IMAGE', {
    BillingMode: 'PAY_PER_REQUEST',
    ProvisionedThroughput: undefined,
  })
  const shards = await shardsOf(client, arn)
  assert.ok(shards.length > 1)
  assert.deepEqual(
    shards,
    shards.toSorted((a, b) => (a.ShardId < b.ShardId ? -1 : 1)),
  )
  for (let round = 0; round < 3; round += 1) {
    for (let n = 0; n < 40; n += 1) {
      const Item = { pk: { S: `p${n}` }, sk: { N: '0' }, round: { N: String(round) } }
      await answered(client.call('PutItem', { TableName: 'Sharded', Item }))
    }
  }
  const shardOf = new Map<string, string>()
  const roundsOf = new Map<string, string[]>()
  let busy = 0
  for (const { ShardId: shard, SequenceNumberRange: range } of shards) {
    assert.match(shard, /^shardId-\d{20}-[0-9a-f]{8}$/)
    assert.match(range.StartingSequenceNumber, sequenceForm)
    const { records, ended } = await readShard(client, arn, shard)
    assert.equal(ended, false)
    if (records.length > 0) busy += 1
    for (const { dynamodb } of records) {
      const item = JSON.stringify(dynamodb.Keys)
      assert.ok(dynamodb.SequenceNumber > range.StartingSequenceNumber)
      assert.equal(shardOf.get(item) ?? shard, shard)
      shardOf.set(item, shard)
      const round = (dynamodb.NewImage as { round: { N: string } }).round.N
      roundsOf.set(item, [...(roundsOf.get(item) ?? []), round])
    }
  }
  assert.equal(busy, shards.length)
  assert.equal(roundsOf.size, 40)
  for (const rounds of roundsOf.values()) assert.deepEqual(rounds, ['0', '1', '2'])
})

test('an answer holds at most 1,000 records, and no more than 1 MB', async () => {
  const arn = await streamed('Many', 'NEW_IMAGE', {
    ProvisionedThroughput: { ReadCapacityUnits: 100, WriteCapacityUnits: 1000 },
  })
  const item = (n: number, size: number) => ({ pk: { S: 'p' }, sk: { N: String(n) }, x: { S: 'x'.repeat(size) } })
  const write = async (count: number, from: number, size: number) => {
    for (let at = 0; at < count; at += 25) {
      const puts = Array.from({ length: Math.min(25, count - at) }, (_, n) => ({
        PutRequest: { Item: item(from + at + n, size) },
      }))
      const answer = await answered(client.call('BatchWriteItem', { RequestItems: { Many: puts } }))
      assert.deepEqual(answer['UnprocessedItems'], {})
    }
  }
  await write(1010, 0, 1)
  await write(12, 2000, 100_000)
  const [shard] = await shardsOf(client, arn)
  const iterator = await iteratorAt(client, arn, shard?.ShardId ?? '')
  const few = await recordsAt(client, iterator, 7)
  assert.equal(few.Records.length, 7)
  const first = await recordsAt(client, iterator)
  assert.equal(first.Records.length, 1000)
  assert.deepEqual(first.Records.slice(0, 7), few.Records)
  const second = await recordsAt(client, first.NextShardIterator ?? '')
  const bytes = (records: readonly StreamRecord[]) => records.reduce((sum, { dynamodb }) => sum + dynamodb.SizeBytes, 0)
  assert.equal(second.Records.length, 10 + 10)
  assert.ok(bytes(second.Records) <= 2 ** 20)
  const third = await recordsAt(client, second.NextShardIterator ?? '')
  assert.equal(third.Records.length, 2)
  const fourth = await recordsAt(client, third.NextShardIterator ?? '')
  assert.deepEqual(fourth.Records, [])
  assert.ok(fourth.NextShardIterator !== undefined, 'an open shard goes on')
})
