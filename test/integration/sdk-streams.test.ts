/** Streams by the official SDK: typed answers, typed errors, and iterators that outlive a restart. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  CreateTableCommand,
  DynamoDBClient,
  PutItemCommand,
  TransactWriteItemsCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb-streams'
import { type RunningCoffer, runCoffer } from '../run-coffer.ts'

let coffer: RunningCoffer
let client: DynamoDBClient
let streams: DynamoDBStreamsClient
before(async () => {
  coffer = await runCoffer()
  const { endpoint, region, credentials } = coffer
  client = new DynamoDBClient({ endpoint, region, credentials })
  streams = new DynamoDBStreamsClient({ endpoint, region, credentials })
})
after(async () => {
  client?.destroy()
  streams?.destroy()
  await coffer?.stop()
})

async function streamed(TableName: string): Promise<{ StreamArn: string; ShardId: string }> {
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: { ReadCapacityUnits: 50, WriteCapacityUnits: 50 },
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  )
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName })
  const { Streams: [stream] = [] } = await streams.send(new ListStreamsCommand({ TableName }))
  const StreamArn = stream?.StreamArn ?? ''
  const { StreamDescription: description } = await streams.send(new DescribeStreamCommand({ StreamArn }))
  assert.equal(description?.StreamStatus, 'ENABLED')
  return { StreamArn, ShardId: description?.Shards?.[0]?.ShardId ?? '' }
}

test('a record comes back typed', async () => {
  const shard = await streamed('Typed')
  const Item = { id: { S: 'a' }, data: { B: Uint8Array.of(1, 2, 3) }, tags: { SS: ['x', 'y'] } }
  await client.send(new PutItemCommand({ TableName: 'Typed', Item }))
  const { ShardIterator: iterator } = await streams.send(
    new GetShardIteratorCommand({ ...shard, ShardIteratorType: 'TRIM_HORIZON' }),
  )
  const { Records: [record] = [], NextShardIterator: next } = await streams.send(
    new GetRecordsCommand({ ShardIterator: iterator }),
  )
  assert.ok(next !== undefined)
  assert.equal(record?.eventName, 'INSERT')
  assert.equal(record?.userIdentity, undefined)
  assert.ok(record?.dynamodb?.ApproximateCreationDateTime instanceof Date)
  assert.deepEqual(record?.dynamodb?.NewImage, Item)
  assert.equal(record?.dynamodb?.SizeBytes, 3 + 3 + 7 + 6)
})

test('an iterator is good after a restart, and tells of what a transaction wrote since', async () => {
  const shard = await streamed('Restarted')
  const TableName = 'Restarted'
  await client.send(new PutItemCommand({ TableName, Item: { id: { S: 'before' } } }))
  const { ShardIterator: iterator } = await streams.send(
    new GetShardIteratorCommand({ ...shard, ShardIteratorType: 'LATEST' }),
  )
  await coffer.kill('SIGTERM')
  await coffer.restart()
  await client.send(
    new TransactWriteItemsCommand({
      TransactItems: [
        { Put: { TableName, Item: { id: { S: 'one' } } } },
        { Delete: { TableName, Key: { id: { S: 'before' } } } },
        { ConditionCheck: { TableName, Key: { id: { S: 'two' } }, ConditionExpression: 'attribute_not_exists(id)' } },
      ],
    }),
  )
  const { Records: records = [] } = await streams.send(new GetRecordsCommand({ ShardIterator: iterator }))
  assert.deepEqual(
    records.map(({ eventName, dynamodb }) => [eventName, dynamodb?.Keys?.['id']?.S]),
    [
      ['INSERT', 'one'],
      ['REMOVE', 'before'],
    ],
  )
})

test('errors are the SDK’s classes', async () => {
  const StreamArn = 'arn:aws:dynamodb:us-east-1:000000000000:table/Nowhere/stream/2015-05-11T21:21:33.291'
  await assert.rejects(streams.send(new DescribeStreamCommand({ StreamArn })), ResourceNotFoundException)
})
