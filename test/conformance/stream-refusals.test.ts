/** Requests that the four calls refuse, with the words they get. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Client } from './client.ts'
import { answered, assertRefused, atLeast, atMost, broken, notNull, refuses, violated } from './refusals.ts'
import { startServer } from './server.ts'
import { call, iteratorAt, shardsOf, streamOf, streams } from './stream-calls.ts'
import { createTables, hashTable } from './tables.ts'

let client: Client
let stop: () => Promise<void>
let arn: string
let shard: string
before(async () => {
  const server = await startServer()
  client = server.client
  stop = server.stop
  const StreamSpecification = { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' }
  await createTables(client, [
    { ...hashTable, StreamSpecification },
    { ...hashTable, TableName: 'Plain' },
  ])
  arn = await streamOf(client, 'Hash')
  shard = (await shardsOf(client, arn))[0]?.ShardId ?? ''
})
after(() => stop())

const nowhere = 'arn:aws:dynamodb:us-east-1:000000000000:table/Nowhere/stream/2015-05-11T21:21:33.291'
const elsewhere = nowhere.replace('us-east-1', 'eu-west-1')
const foreign = nowhere.replace('000000000000', '111122223333')
const noArn = 'this is as long as an ARN must be, and is none'
const someShard = 'shardId-00000001414576573621-f55eea83'
const notFound = (stream: string) => `Requested resource not found: Stream: ${stream} not found`
const code = 'ResourceNotFoundException'
const shortArn = broken("'short'", 'streamArn', atLeast(37))

refuses(() => client, streams('ListStreams'), [
  {
    name: 'a short table name',
    input: { TableName: 'ab' },
    message: violated(broken("'ab'", 'tableName', atLeast(3))),
  },
  {
    name: 'a limit of 0',
    input: { Limit: 0 },
    message: violated(broken("'0'", 'limit', 'Member must have value greater than or equal to 1')),
  },
  {
    name: 'a limit of 101',
    input: { Limit: 101 },
    message: violated(broken("'101'", 'limit', 'Member must have value less than or equal to 100')),
  },
  { name: 'a start that is no ARN', input: { ExclusiveStartStreamArn: noArn }, message: 'Invalid StreamArn' },
  {
    name: 'a limit as text',
    input: { Limit: '5' },
    code: 'SerializationException',
    message: 'STRING_VALUE cannot be converted to Integer',
  },
])

refuses(() => client, streams('DescribeStream'), [
  { name: 'nothing', input: {}, message: violated(broken('null', 'streamArn', notNull)) },
  { name: 'a short ARN', input: { StreamArn: 'short' }, message: violated(shortArn) },
  { name: 'what is no ARN', input: { StreamArn: noArn }, message: 'Invalid StreamArn' },
  { name: 'a stream that is not there', input: { StreamArn: nowhere }, code, message: notFound(nowhere) },
  { name: 'a stream of another region', input: { StreamArn: elsewhere }, code, message: notFound(elsewhere) },
  {
    name: 'a stream of another account',
    input: { StreamArn: foreign },
    code: 'AccessDeniedException',
    message: `User: arn:aws:iam::000000000000:root is not authorized to perform: dynamodb:DescribeStream on resource: ${foreign}`,
  },
  {
    name: 'a short shard id and a limit of 0',
    input: { StreamArn: nowhere, Limit: 0, ExclusiveStartShardId: 'x' },
    message: violated(
      broken("'0'", 'limit', 'Member must have value greater than or equal to 1'),
      broken("'x'", 'exclusiveStartShardId', atLeast(28)),
    ),
  },
  {
    name: 'a filter of another kind',
    input: { StreamArn: nowhere, ShardFilter: { Type: 'PARENTS', ShardId: someShard } },
    message: violated(broken("'PARENTS'", 'shardFilter.type', 'Member must satisfy enum value set: [CHILD_SHARDS]')),
  },
  {
    name: 'a filter without a shard',
    input: { StreamArn: nowhere, ShardFilter: { Type: 'CHILD_SHARDS' } },
    message: 'One or more parameter values were invalid: ShardFilter requires ShardId',
  },
])

const from = { StreamArn: nowhere, ShardId: someShard, ShardIteratorType: 'LATEST' }
refuses(() => client, streams('GetShardIterator'), [
  {
    name: 'nothing',
    input: {},
    message: violated(
      broken('null', 'streamArn', notNull),
      broken('null', 'shardId', notNull),
      broken('null', 'shardIteratorType', notNull),
    ),
  },
  {
    name: 'values out of bounds',
    input: { StreamArn: 'short', ShardId: 'x', ShardIteratorType: 'NOW', SequenceNumber: '1' },
    message: violated(
      shortArn,
      broken("'x'", 'shardId', atLeast(28)),
      broken(
        "'NOW'",
        'shardIteratorType',
        'Member must satisfy enum value set: [AFTER_SEQUENCE_NUMBER, LATEST, AT_SEQUENCE_NUMBER, TRIM_HORIZON]',
      ),
      broken("'1'", 'sequenceNumber', atLeast(21)),
    ),
  },
  {
    name: 'a sequence number with LATEST',
    input: { ...from, SequenceNumber: '100000000000000000001' },
    message:
      'One or more parameter values were invalid: SequenceNumber must not be specified when ShardIteratorType is LATEST',
  },
  {
    name: 'AT_SEQUENCE_NUMBER without one',
    input: { ...from, ShardIteratorType: 'AT_SEQUENCE_NUMBER' },
    message:
      'One or more parameter values were invalid: SequenceNumber must be specified when ShardIteratorType is AT_SEQUENCE_NUMBER',
  },
  { name: 'a stream that is not there', input: from, code, message: notFound(nowhere) },
])

test('GetShardIterator refuses a shard that is not there, and sequence numbers that are not the shard’s', async () => {
  const input = { StreamArn: arn, ShardId: shard, ShardIteratorType: 'AT_SEQUENCE_NUMBER' }
  const missing = { ...input, ShardId: someShard, ShardIteratorType: 'LATEST' }
  const noShard = 'Requested resource not found: Shard does not exist'
  assertRefused(await call(client, 'GetShardIterator', missing), code, noShard)
  for (const SequenceNumber of ['100000000000000000000', 'a'.repeat(21), '9'.repeat(40), '000000000000000000001']) {
    const answer = await call(client, 'GetShardIterator', { ...input, SequenceNumber })
    assertRefused(answer, 'ValidationException', 'Invalid SequenceNumber for the shard')
  }
})

refuses(() => client, streams('GetRecords'), [
  { name: 'nothing', input: {}, message: violated(broken('null', 'shardIterator', notNull)) },
  {
    name: 'an empty iterator and a limit of 1,001',
    input: { ShardIterator: '', Limit: 1001 },
    message: violated(
      broken("''", 'shardIterator', atLeast(1)),
      broken("'1001'", 'limit', 'Member must have value less than or equal to 1000'),
    ),
  },
  {
    name: 'an iterator that is too long',
    input: { ShardIterator: 'x'.repeat(2049) },
    message: violated(broken(`'${'x'.repeat(2049)}'`, 'shardIterator', atMost(2048))),
  },
  { name: 'what is no iterator', input: { ShardIterator: noArn }, message: 'Invalid ShardIterator' },
  { name: 'an iterator without a token', input: { ShardIterator: `${nowhere}|1|` }, message: 'Invalid ShardIterator' },
  {
    name: 'an iterator of another account',
    input: { ShardIterator: `${foreign}|1|AAAA` },
    code: 'AccessDeniedException',
    message: `User: arn:aws:iam::000000000000:root is not authorized to perform: dynamodb:GetRecords on resource: ${foreign}`,
  },
])

test('GetRecords refuses an iterator in which anything was changed', async () => {
  const iterator = await iteratorAt(client, arn, shard)
  await answered(call(client, 'GetRecords', { ShardIterator: iterator }))
  assert.ok(iterator.startsWith(`${arn}|1|`))
  const token = iterator.slice(arn.length + 3)
  const harmed = [...token].map(
    (character, at) => token.slice(0, at) + (character === 'A' ? 'B' : 'A') + token.slice(at + 1),
  )
  const renamed = iterator.replace('table/Hash', 'table/Plain')
  for (const ShardIterator of [...harmed.map((text) => `${arn}|1|${text}`), renamed, `${iterator}=`, ` ${iterator}`]) {
    const answer = await call(client, 'GetRecords', { ShardIterator })
    assertRefused(answer, 'ValidationException', 'Invalid ShardIterator')
  }
})

test('ListStreams goes through the streams of all tables in pages, or of one', async () => {
  const StreamSpecification = { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' }
  const names = ['Listed1', 'Listed2', 'Listed3']
  await createTables(
    client,
    names.map((TableName) => ({ ...hashTable, TableName, StreamSpecification })),
  )
  const found: unknown[] = []
  let start: unknown
  for (let page = 0; page < 10; page += 1) {
    const answer = await answered(call(client, 'ListStreams', { Limit: 2, ExclusiveStartStreamArn: start }))
    found.push(...(answer['Streams'] as readonly { TableName: string }[]).map(({ TableName }) => TableName))
    start = answer['LastEvaluatedStreamArn']
    if (start === undefined) break
  }
  assert.deepEqual(found, ['Hash', ...names])
  const one = await answered(call(client, 'ListStreams', { TableName: 'Hash' }))
  assert.deepEqual(one, { Streams: [{ StreamArn: arn, TableName: 'Hash', StreamLabel: arn.slice(-23) }] })
  assert.deepEqual(await answered(call(client, 'ListStreams', { TableName: 'Plain' })), { Streams: [] })
  assert.deepEqual(await answered(call(client, 'ListStreams', { TableName: 'Nowhere' })), { Streams: [] })
  const behind = { TableName: 'Hash', ExclusiveStartStreamArn: arn.replace('Hash', 'Zebra') }
  assert.deepEqual(await answered(call(client, 'ListStreams', behind)), { Streams: [] })
})

test('operations of one target are not those of the other', async () => {
  for (const operation of ['DynamoDB_20120810.GetRecords', 'DynamoDBStreams_20120810.GetItem']) {
    const answer = await client.call(operation, {})
    assert.equal(answer.code, 'UnknownOperationException')
  }
})
