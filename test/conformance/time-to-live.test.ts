/** UpdateTimeToLive and DescribeTimeToLive, and what goes by itself afterwards. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ImpatientClock } from '../manual-clock.ts'
import type { Body, Client } from './client.ts'
import { answered, assertRefused, atMost, broken, notNull, type Refusal, refuses, violated } from './refusals.ts'
import { startServer } from './server.ts'
import { readAll, streamOf } from './stream-calls.ts'
import { compositeTable, createTables, get, hashTable, put } from './tables.ts'

const clock = new ImpatientClock()
let client: Client
let stop: () => Promise<void>
before(async () => {
  ;({ client, stop } = await startServer({ clock }))
  await createTables(client, [hashTable, compositeTable])
})
after(() => stop())

const hour = 3_600_000
const nowSeconds = (): number => Math.floor(clock.nowMs() / 1000)

function setting(TableName: string, Enabled: boolean, AttributeName = 'expires'): Body {
  return { TableName, TimeToLiveSpecification: { Enabled, AttributeName } }
}

async function described(TableName: string): Promise<unknown> {
  return (await answered(client.call('DescribeTimeToLive', { TableName })))['TimeToLiveDescription']
}

/** Asks again and again until the answer is the one that is awaited. */
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) {
    if (await holds()) return
    await sleep(10)
  }
  assert.fail(what)
}

async function settled(TableName: string, status: string): Promise<void> {
  await until(`${TableName} becomes ${status}`, async () => {
    return ((await described(TableName)) as Body)['TimeToLiveStatus'] === status
  })
}

async function refused(input: Body, message: string): Promise<void> {
  assertRefused(await client.call('UpdateTimeToLive', input), 'ValidationException', message)
}

const specification = 'timeToLiveSpecification'
const requests: readonly Refusal[] = [
  {
    name: 'no table',
    input: { TimeToLiveSpecification: { Enabled: true, AttributeName: 'a' } },
    message: "The parameter 'TableName' is required but was not present in the request",
  },
  {
    name: 'no specification',
    input: { TableName: 'Hash' },
    message: violated(broken('null', specification, notNull)),
  },
  {
    name: 'a specification of nothing',
    input: { TableName: 'Hash', TimeToLiveSpecification: {} },
    message: violated(
      broken('null', `${specification}.enabled`, notNull),
      broken('null', `${specification}.attributeName`, notNull),
    ),
  },
  {
    name: 'a long attribute name',
    input: setting('Hash', true, 'x'.repeat(256)),
    message: violated(broken(`'${'x'.repeat(256)}'`, `${specification}.attributeName`, atMost(255))),
  },
  {
    name: 'an empty attribute name',
    input: setting('Hash', true, ''),
    message: 'TimeToLiveSpecification.AttributeName must be non empty',
  },
  {
    name: 'a text for a truth',
    input: { TableName: 'Hash', TimeToLiveSpecification: { Enabled: 7, AttributeName: 'a' } },
    code: 'SerializationException',
    message: 'NUMBER_VALUE cannot be converted to Boolean',
  },
  {
    name: 'a table that is not there, once the request itself is right',
    input: setting('Nowhere', true),
    code: 'ResourceNotFoundException',
    message: 'Requested resource not found: Table: Nowhere not found',
  },
  {
    name: 'to disable what never was enabled',
    input: setting('Hash', false),
    message: 'TimeToLive is already disabled',
  },
]
refuses(() => client, 'UpdateTimeToLive', requests)

refuses(() => client, 'DescribeTimeToLive', [
  {
    name: 'no table',
    input: {},
    message: "The parameter 'TableName' is required but was not present in the request",
  },
  {
    name: 'a table that is not there',
    input: { TableName: 'Nowhere' },
    code: 'ResourceNotFoundException',
    message: 'Requested resource not found: Table: Nowhere not found',
  },
])

test('time to live goes on and off, one change an hour', async () => {
  const TableName = 'Switched'
  await createTables(client, [{ ...hashTable, TableName }])
  assert.deepEqual(await described(TableName), { TimeToLiveStatus: 'DISABLED' })
  assert.deepEqual(await answered(client.call('UpdateTimeToLive', setting(TableName, true))), {
    TimeToLiveSpecification: { Enabled: true, AttributeName: 'expires' },
  })
  await settled(TableName, 'ENABLED')
  assert.deepEqual(await described(TableName), { TimeToLiveStatus: 'ENABLED', AttributeName: 'expires' })

  // What the request says is looked at before how soon it comes.
  await refused(setting(TableName, true), 'TimeToLive is already enabled')
  const other = 'TimeToLive is active on a different AttributeName: current AttributeName is expires'
  await refused(setting(TableName, true, 'other'), other)
  await refused(setting(TableName, false, 'other'), other)
  const tooSoon = 'Time to live has been modified multiple times within a fixed interval'
  await refused(setting(TableName, false), tooSoon)
  clock.putOn(hour - 60_000)
  await refused(setting(TableName, false), tooSoon)
  clock.putOn(60_000)
  assert.deepEqual(await answered(client.call('UpdateTimeToLive', setting(TableName, false))), {
    TimeToLiveSpecification: { Enabled: false, AttributeName: 'expires' },
  })
  await settled(TableName, 'DISABLED')
  assert.deepEqual(await described(TableName), { TimeToLiveStatus: 'DISABLED' })
  await refused(setting(TableName, false), 'TimeToLive is already disabled')
  await refused(setting(TableName, true), tooSoon)
  clock.putOn(hour)
  await answered(client.call('UpdateTimeToLive', setting(TableName, true, 'other')))
  await settled(TableName, 'ENABLED')
  assert.deepEqual(await described(TableName), { TimeToLiveStatus: 'ENABLED', AttributeName: 'other' })
})

test('the limit is of the table, not of its name', async () => {
  const TableName = 'Remade'
  for (let round = 0; round < 2; round++) {
    await createTables(client, [{ ...hashTable, TableName }])
    await answered(client.call('UpdateTimeToLive', setting(TableName, true)))
    await answered(client.call('DeleteTable', { TableName }))
  }
})

test('a table may be named by its ARN', async () => {
  const { Table } = (await answered(client.call('DescribeTable', { TableName: 'Hash' }))) as { Table: Body }
  assert.deepEqual(await described(String(Table['TableArn'])), { TimeToLiveStatus: 'DISABLED' })
  await refused(setting(String(Table['TableArn']), false), 'TimeToLive is already disabled')
})

test('expired items go, from every index; what has not expired, and what cannot, stays', async () => {
  const TableName = 'Composite'
  const now = nowSeconds()
  const item = (pk: string, expires: unknown): Body => ({
    ...{ pk: { S: pk }, sk: { S: 's' }, l1: { S: 'l1' }, l2: { S: 'l2' }, n: { N: '1' } },
    ...(expires === undefined ? {} : { expires }),
  })
  const gone = ['past', 'fraction', 'four-years']
  const items = {
    past: { N: String(now - 10) },
    fraction: { N: `${now - 10}.5` },
    'four-years': { N: String(now - 4 * 365 * 86_400) },
    future: { N: String(now + hour / 1000) },
    'six-years': { N: String(now - 6 * 365 * 86_400) },
    zero: { N: '0' },
    negative: { N: '-1' },
    milliseconds: { N: String(now * 1000) },
    text: { S: String(now - 10) },
    set: { NS: [String(now - 10)] },
    list: { L: [{ N: String(now - 10) }] },
    map: { M: { expires: { N: String(now - 10) } } },
    nothing: undefined,
  }
  await put(client, TableName, ...Object.entries(items).map(([pk, expires]) => item(pk, expires)))
  const names = async (IndexName?: string): Promise<unknown> => {
    const { Items } = await answered(client.call('Scan', { TableName, ...(IndexName !== undefined && { IndexName }) }))
    return (Items as { pk: { S: string } }[]).map(({ pk }) => pk.S).sort()
  }
  assert.deepEqual(await names(), Object.keys(items).sort(), 'expired items stay visible while time to live is off')
  await answered(client.call('UpdateTimeToLive', setting(TableName, true)))
  const staying = Object.keys(items)
    .filter((name) => !gone.includes(name))
    .sort()
  await until('the expired items go', async () => ((await names()) as string[]).length === staying.length)
  for (const index of [undefined, 'local1', 'local2', 'global1', 'global2', 'global3']) {
    assert.deepEqual(await names(index), staying, index)
  }

  // Written, put off, and brought forward while time to live is on.
  await put(client, TableName, item('late', { N: String(nowSeconds() + 300) }), item('later', { N: String(now + 310) }))
  const update = (pk: string, to: number): Body => ({
    ...{ TableName, Key: { pk: { S: pk }, sk: { S: 's' } }, UpdateExpression: 'SET expires = :to' },
    ExpressionAttributeValues: { ':to': { N: String(to) } },
  })
  await answered(client.call('UpdateItem', update('late', now + 100_000)))
  await answered(client.call('UpdateItem', update('future', now - 5)))
  await until('what was brought forward goes', async () => !((await names()) as string[]).includes('future'))
  clock.putOn(400_000)
  await until('what has come due goes', async () => !((await names()) as string[]).includes('later'))
  assert.ok(((await names()) as string[]).includes('late'), 'what was put off stays')
  const { Table } = (await answered(client.call('DescribeTable', { TableName }))) as { Table: Body }
  assert.equal(Table['ItemCount'], staying.length)
  assert.equal(Table['TableStatus'], 'ACTIVE')
})

test('what expires costs nothing', async () => {
  const TableName = 'Frugal'
  const units = { ReadCapacityUnits: 10_000, WriteCapacityUnits: 1 }
  await createTables(client, [{ ...hashTable, TableName, BillingMode: 'PROVISIONED', ProvisionedThroughput: units }])
  await answered(client.call('UpdateTimeToLive', setting(TableName, true)))
  // Each takes 20 units of the 300 that the table has saved; deleting them would take as many again, and refuse the last.
  const expires = { N: String(nowSeconds() - 10) }
  const heavy = (pk: string): Body => ({ pk: { S: pk }, expires, data: { S: 'x'.repeat(20_000) } })
  for (let round = 0; round < 14; round++) {
    await put(client, TableName, heavy('heavy'))
    await until('it goes', async () => (await get(client, TableName, { pk: { S: 'heavy' } })) === undefined)
  }
})

test('time to live may watch a key attribute', async () => {
  const TableName = 'ByTime'
  await createTables(client, [
    {
      ...hashTable,
      TableName,
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'N' }],
    },
  ])
  await put(client, TableName, { pk: { N: String(nowSeconds() - 5) } }, { pk: { N: String(nowSeconds() + 5000) } })
  await answered(client.call('UpdateTimeToLive', setting(TableName, true, 'pk')))
  await until('the old one goes', async () => {
    return (await answered(client.call('Scan', { TableName })))['Count'] === 1
  })
})

test('a stream says who deleted an item, and that its time had come', async () => {
  const TableName = 'Streamed'
  const StreamSpecification = { StreamEnabled: true, StreamViewType: 'OLD_IMAGE' }
  await createTables(client, [{ ...hashTable, TableName, StreamSpecification }])
  await answered(client.call('UpdateTimeToLive', setting(TableName, true)))
  await settled(TableName, 'ENABLED')
  const own = { pk: { S: 'own' } }
  const expired = { pk: { S: 'expired' }, expires: { N: String(nowSeconds() - 10) } }
  await put(client, TableName, own)
  await answered(client.call('DeleteItem', { TableName, Key: own }))
  await put(client, TableName, expired)
  await until('the item goes', async () => (await get(client, TableName, { pk: expired.pk })) === undefined)
  const records = await readAll(client, await streamOf(client, TableName))
  const removals = records.filter(({ eventName }) => eventName === 'REMOVE')
  assert.deepEqual(
    removals.map(({ dynamodb: { OldImage }, userIdentity }) => ({ OldImage, userIdentity })),
    [
      { OldImage: own, userIdentity: undefined },
      { OldImage: expired, userIdentity: { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' } },
    ],
  )
})
