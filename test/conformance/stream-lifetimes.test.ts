/** How streams, shards, records and iterators end: by being disabled, by age, and with their table. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Body, Client } from './client.ts'
import { type MovingClock, movingClock } from './moving-clock.ts'
import { answered, assertRefused } from './refusals.ts'
import { startServer } from './server.ts'
import {
  call,
  describe,
  iteratorAt,
  readAll,
  readShard,
  recordsAt,
  type Shard,
  shardsOf,
  streamOf,
} from './stream-calls.ts'
import { activeTable, createTables, hashTable, put } from './tables.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

let client: Client
let stop: () => Promise<void>
let clock: MovingClock
before(async () => {
  clock = movingClock()
  const server = await startServer({ clock })
  client = server.client
  stop = server.stop
})
after(() => stop())

const specification = { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' }

/** A table of one partition with a stream. */
async function streamed(TableName: string): Promise<string> {
  const units = { ReadCapacityUnits: 100, WriteCapacityUnits: 100 }
  const billing = { BillingMode: 'PROVISIONED', ProvisionedThroughput: units }
  await createTables(client, [{ ...hashTable, ...billing, TableName, StreamSpecification: specification }])
  return streamOf(client, TableName)
}

function item(n: number): Body {
  return { pk: { S: 'a' }, n: { N: String(n) } }
}

/** Waits for what the server does in the background, and never for ever. */
async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const found = await look()
    if (found !== undefined) return found
    // A duty that was at work while the clock was moved sleeps for another minute of it.
    if (attempt % 50 === 49) clock.moveOn(minuteMs)
    await sleep(10)
  }
  return assert.fail('it did not happen')
}

async function only(arn: string): Promise<Shard> {
  const [shard, ...rest] = await shardsOf(client, arn)
  assert.ok(shard !== undefined && rest.length === 0)
  return shard
}

async function labelsOf(TableName: string): Promise<readonly unknown[]> {
  const answer = await answered(call(client, 'ListStreams', { TableName }))
  return (answer['Streams'] as readonly Body[]).map((stream) => stream['StreamLabel'])
}

test('a stream is described', async () => {
  const arn = await streamed('Described')
  const table = await activeTable(client, 'Described')
  const description = await describe(client, arn)
  const { Shards: shards, CreationRequestDateTime: created, ...rest } = description
  assert.deepEqual(rest, {
    StreamArn: arn,
    StreamLabel: table['LatestStreamLabel'],
    StreamStatus: 'ENABLED',
    StreamViewType: 'NEW_AND_OLD_IMAGES',
    TableName: 'Described',
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  })
  assert.ok(typeof created === 'number' && Math.abs(created * 1000 - clock.nowMs()) < minuteMs)
  const [{ ParentShardId: parent, SequenceNumberRange: range }] = shards as readonly [Shard]
  assert.equal(parent, undefined)
  assert.equal(range.EndingSequenceNumber, undefined)
})

test('each kind of iterator begins where it says', async () => {
  const arn = await streamed('Iterated')
  const shard = await only(arn)
  const start = shard.SequenceNumberRange.StartingSequenceNumber
  const early = await iteratorAt(client, arn, shard.ShardId, 'LATEST')
  await put(client, 'Iterated', item(1), item(2), item(3))
  const numbers = async (type: string, sequence?: string) => {
    const page = await recordsAt(client, await iteratorAt(client, arn, shard.ShardId, type, sequence))
    return page.Records.map(({ dynamodb }) => (dynamodb.NewImage as { n: { N: string } }).n.N)
  }
  const all = (await readAll(client, arn)).map(({ dynamodb }) => dynamodb.SequenceNumber)
  assert.deepEqual(await numbers('TRIM_HORIZON'), ['1', '2', '3'])
  assert.deepEqual(await numbers('LATEST'), [])
  assert.deepEqual(await numbers('AT_SEQUENCE_NUMBER', start), ['1', '2', '3'])
  assert.deepEqual(await numbers('AFTER_SEQUENCE_NUMBER', start), ['1', '2', '3'])
  assert.deepEqual(await numbers('AT_SEQUENCE_NUMBER', all[1]), ['2', '3'])
  assert.deepEqual(await numbers('AFTER_SEQUENCE_NUMBER', all[1]), ['3'])
  assert.deepEqual(await numbers('AFTER_SEQUENCE_NUMBER', all[2]), [])
  const later = await recordsAt(client, early)
  assert.equal(later.Records.length, 3, 'LATEST of an empty shard comes before its first record')
  const idle = await recordsAt(client, later.NextShardIterator ?? '')
  assert.deepEqual(idle.Records, [])
  await put(client, 'Iterated', item(4))
  assert.equal((await recordsAt(client, idle.NextShardIterator ?? '')).Records.length, 1)
})

test('a disabled stream stays readable for a day; another one begins anew', async () => {
  const arn = await streamed('Switched')
  await put(client, 'Switched', item(1), item(2))
  const records = await readAll(client, arn)
  const disabled = await answered(
    client.call('UpdateTable', { TableName: 'Switched', StreamSpecification: { StreamEnabled: false } }),
  )
  assert.equal((disabled['TableDescription'] as Body)['LatestStreamArn'], arn)
  await put(client, 'Switched', item(3))
  assert.equal((await describe(client, arn))['StreamStatus'], 'DISABLED')
  const shard = await only(arn)
  const ending = shard.SequenceNumberRange.EndingSequenceNumber ?? ''
  assert.ok(ending >= (records[1]?.dynamodb.SequenceNumber ?? ''))
  assert.deepEqual(await readShard(client, arn, shard.ShardId), { records, ended: true })
  const latest = await recordsAt(client, await iteratorAt(client, arn, shard.ShardId, 'LATEST'))
  assert.deepEqual(latest, { Records: [] })

  await answered(client.call('UpdateTable', { TableName: 'Switched', StreamSpecification: specification }))
  const again = await streamOf(client, 'Switched')
  assert.notEqual(again, arn)
  assert.equal((await labelsOf('Switched')).length, 2)
  await put(client, 'Switched', item(4))
  const [record, ...rest] = await readAll(client, again)
  assert.deepEqual(rest, [])
  assert.deepEqual(record?.dynamodb.OldImage, item(3), 'the change made in between was not recorded')
  assert.deepEqual(await readAll(client, arn), records)

  clock.moveOn(24 * hourMs + minuteMs)
  const left = await eventually(async () => {
    const labels = await labelsOf('Switched')
    return labels.length === 1 ? labels : undefined
  })
  assert.ok(again.endsWith(String(left[0])))
  const message = `Requested resource not found: Stream: ${arn} not found`
  assertRefused(await call(client, 'DescribeStream', { StreamArn: arn }), 'ResourceNotFoundException', message)
})

test('a stream outlives its table by a day, beside that of a new table of the same name', async () => {
  const arn = await streamed('Mortal')
  await put(client, 'Mortal', item(1))
  const records = await readAll(client, arn)
  await answered(client.call('DeleteTable', { TableName: 'Mortal' }))
  assert.equal((await describe(client, arn))['StreamStatus'], 'DISABLED')
  assert.deepEqual(await readAll(client, arn), records)
  const next = await streamed('Mortal')
  assert.equal((await labelsOf('Mortal')).length, 2)
  assert.deepEqual(await readAll(client, next), [])
  assert.deepEqual(await readAll(client, arn), records)
  clock.moveOn(24 * hourMs + minuteMs)
  await eventually(async () => ((await labelsOf('Mortal')).length === 1 ? true : undefined))
  await put(client, 'Mortal', item(2))
  assert.equal((await readAll(client, next)).length, 1)
})

test('an iterator is good for 15 minutes, and the one that follows it for another 15', async () => {
  const arn = await streamed('Expiring')
  const first = await iteratorAt(client, arn, (await only(arn)).ShardId)
  clock.moveOn(14 * minuteMs)
  const { NextShardIterator: second = '' } = await recordsAt(client, first)
  clock.moveOn(2 * minuteMs)
  const expired = await call(client, 'GetRecords', { ShardIterator: first })
  assertRefused(expired, 'ExpiredIteratorException', 'The provided iterator exceeds the maximum age allowed.')
  await recordsAt(client, second)
})

test('after four hours a shard that was used goes on in a child', async () => {
  const arn = await streamed('Rolling')
  const parent = await only(arn)
  await put(client, 'Rolling', item(1))
  const held = await iteratorAt(client, arn, parent.ShardId, 'LATEST')
  clock.moveOn(4 * hourMs + minuteMs)
  const [closed, child] = await eventually(async () => {
    const shards = await shardsOf(client, arn)
    return shards.length === 2 ? shards : undefined
  })
  assert.equal(closed?.ShardId, parent.ShardId)
  assert.equal(child?.ParentShardId, parent.ShardId)
  const ending = closed?.SequenceNumberRange.EndingSequenceNumber ?? ''
  assert.ok(ending < (child?.SequenceNumberRange.StartingSequenceNumber ?? ''))
  await put(client, 'Rolling', item(2))
  const before = await readShard(client, arn, parent.ShardId)
  const after = await readShard(client, arn, child?.ShardId ?? '')
  assert.deepEqual([before.records.length, before.ended], [1, true])
  assert.deepEqual([after.records.length, after.ended], [1, false])
  assertRefused(
    await call(client, 'GetRecords', { ShardIterator: held }),
    'ExpiredIteratorException',
    'The provided iterator exceeds the maximum age allowed.',
  )
  const children = { Type: 'CHILD_SHARDS', ShardId: parent.ShardId }
  assert.deepEqual(await shardsOf(client, arn, { ShardFilter: children }), [child])
  const none = { Type: 'CHILD_SHARDS', ShardId: child?.ShardId }
  assert.deepEqual(await shardsOf(client, arn, { ShardFilter: none }), [])
  assert.deepEqual(await shardsOf(client, arn, { Limit: 1 }), [closed])
  assert.equal((await describe(client, arn, { Limit: 1 }))['LastEvaluatedShardId'], parent.ShardId)
  const second = await describe(client, arn, { Limit: 1, ExclusiveStartShardId: parent.ShardId })
  assert.deepEqual([second['Shards'], second['LastEvaluatedShardId']], [[child], undefined])
  const beyond = 'zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz'
  assert.deepEqual(await shardsOf(client, arn, { ExclusiveStartShardId: beyond }), [])

  clock.moveOn(25 * hourMs)
  const oldest = await eventually(async () => {
    const [first] = await shardsOf(client, arn)
    return first?.ShardId === parent.ShardId ? undefined : first
  })
  assert.equal(oldest.ParentShardId, parent.ShardId, 'a child names its parent even when that is gone')
  const gone = { StreamArn: arn, ShardId: parent.ShardId, ShardIteratorType: 'TRIM_HORIZON' }
  const message = 'Requested resource not found: Shard does not exist'
  assertRefused(await call(client, 'GetShardIterator', gone), 'ResourceNotFoundException', message)
})

test('records go after a day, and who is late is told so', async () => {
  const arn = await streamed('Trimmed')
  await put(client, 'Trimmed', item(1), item(2))
  const shard = await only(arn)
  const [old, second] = (await readAll(client, arn)).map(({ dynamodb }) => dynamodb.SequenceNumber)
  clock.moveOn(24 * hourMs - 5 * minuteMs)
  await eventually(async () => ((await shardsOf(client, arn)).length === 2 ? true : undefined))
  await put(client, 'Trimmed', item(3))
  const late = await iteratorAt(client, arn, shard.ShardId, 'AFTER_SEQUENCE_NUMBER', old)
  const inTime = await iteratorAt(client, arn, shard.ShardId, 'AFTER_SEQUENCE_NUMBER', second)
  clock.moveOn(6 * minuteMs)
  await eventually(async () => ((await readAll(client, arn)).length === 1 ? true : undefined))
  const trimmed = 'The data you are trying to access has been trimmed'
  const refused = async (operation: string, input: Body) =>
    assertRefused(await call(client, operation, input), 'TrimmedDataAccessException', trimmed)
  await refused('GetRecords', { ShardIterator: late })
  assert.deepEqual(await recordsAt(client, inTime), { Records: [] }, 'who has read all of it misses nothing')
  const at = { StreamArn: arn, ShardId: shard.ShardId, ShardIteratorType: 'AT_SEQUENCE_NUMBER' }
  await refused('GetShardIterator', { ...at, SequenceNumber: second })
  await refused('GetShardIterator', { ...at, ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: old })
  await iteratorAt(client, arn, shard.ShardId, 'AFTER_SEQUENCE_NUMBER', second)
  const [left] = await readAll(client, arn)
  assert.deepEqual(left?.dynamodb.NewImage, item(3))
})

test('an item that expires is deleted by the service, and the record says so', async () => {
  const TableName = 'Expired'
  const arn = await streamed(TableName)
  const TimeToLiveSpecification = { AttributeName: 'until', Enabled: true }
  await answered(client.call('UpdateTimeToLive', { TableName, TimeToLiveSpecification }))
  const expired = { pk: { S: 'old' }, until: { N: String(Math.floor(clock.nowMs() / 1000) - 100) } }
  await put(client, TableName, expired)
  const records = await eventually(async () => {
    const found = await readAll(client, arn)
    return found.length === 2 ? found : undefined
  })
  assert.deepEqual(
    records.map(({ eventName, userIdentity }) => [eventName, userIdentity]),
    [
      ['INSERT', undefined],
      ['REMOVE', { PrincipalId: 'dynamodb.amazonaws.com', Type: 'Service' }],
    ],
  )
  assert.deepEqual(records[1]?.dynamodb.OldImage, expired)
})
