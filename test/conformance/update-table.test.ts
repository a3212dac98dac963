/** UpdateTable: what goes together, what is refused, what becomes of the table; the limits that need time to pass. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Clock } from '../../src/foundation/clock.ts'
import { systemClock } from '../../src/foundation/clock.ts'
import type { Answer, Body, Client } from './client.ts'
import { answered, assertRefused, broken, notNull, type Refusal, refuses, violated } from './refusals.ts'
import { startServer } from './server.ts'
import { activeTable, attributes, createTables, keys, put } from './tables.ts'

/** Noon of some day, so that no test crosses a day unless it means to. */
let offsetMs = Date.UTC(2026, 9, 8, 12) - systemClock.nowMs()
const clock: Clock = { ...systemClock, nowMs: () => systemClock.nowMs() + offsetMs }

let client: Client
let stop: () => Promise<void>
before(async () => {
  ;({ client, stop } = await startServer({ clock }))
  await createTables(client, [onDemand('OnDemand'), provisioned('Provisioned'), withIndexes('Indexed')])
})
after(() => stop())

const invalid = 'One or more parameter values were invalid:'

function units(read: number, write: number): Body {
  return { ReadCapacityUnits: read, WriteCapacityUnits: write }
}

function onDemand(name: string): Body {
  return {
    TableName: name,
    AttributeDefinitions: attributes({ pk: 'S' }),
    KeySchema: keys('pk'),
    BillingMode: 'PAY_PER_REQUEST',
  }
}

function provisioned(name: string): Body {
  return { ...onDemand(name), BillingMode: 'PROVISIONED', ProvisionedThroughput: units(10, 10) }
}

/** On demand, with a local index `local` and a global one `global` on `a`. */
function withIndexes(name: string): Body {
  return {
    ...onDemand(name),
    AttributeDefinitions: attributes({ pk: 'S', sk: 'S', a: 'S' }),
    KeySchema: keys('pk', 'sk'),
    LocalSecondaryIndexes: [{ IndexName: 'local', KeySchema: keys('pk', 'a'), Projection: { ProjectionType: 'ALL' } }],
    GlobalSecondaryIndexes: [{ IndexName: 'global', KeySchema: keys('a'), Projection: { ProjectionType: 'ALL' } }],
  }
}

function rows(
  table: string,
  list: readonly (readonly [name: string, changes: object, message: string, code?: string])[],
): readonly Refusal[] {
  return list.map(([name, changes, message, code]) => ({
    name,
    input: { TableName: table, ...changes },
    message,
    ...(code !== undefined && { code }),
  }))
}

const nothingAsked =
  'At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, ' +
  'SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, ' +
  'DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required'
const newIndex = { IndexName: 'fresh', KeySchema: keys('b'), Projection: { ProjectionType: 'ALL' } }
const b = attributes({ b: 'S' })
const create = { AttributeDefinitions: b, GlobalSecondaryIndexUpdates: [{ Create: newIndex }] }
const oneOnline = 'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table'

refuses(
  () => client,
  'UpdateTable',
  rows('OnDemand', [
    ['nothing', {}, nothingAsked],
    ['definitions alone', { AttributeDefinitions: b }, nothingAsked],
    ['an empty list of index updates alone', { GlobalSecondaryIndexUpdates: [] }, nothingAsked],
    [
      'an empty list of index updates beside something',
      { GlobalSecondaryIndexUpdates: [], DeletionProtectionEnabled: true },
      `${invalid} List of GlobalSecondaryIndexUpdates is empty`,
    ],
    [
      'encryption beside something',
      { SSESpecification: { Enabled: true }, DeletionProtectionEnabled: true },
      `${invalid} Server-Side Encryption modification must be the only operation in the request`,
    ],
    [
      'the table class beside something',
      { TableClass: 'STANDARD', DeletionProtectionEnabled: true },
      `${invalid} TableClass modification must be the only operation in the request`,
    ],
    [
      'deletion protection beside something',
      { BillingMode: 'PAY_PER_REQUEST', DeletionProtectionEnabled: true },
      `${invalid} DeletionProtection modification must be the only operation in the request`,
    ],
    [
      'warm throughput beside something',
      { BillingMode: 'PAY_PER_REQUEST', WarmThroughput: { ReadUnitsPerSecond: 13_000 } },
      `${invalid} WarmThroughput must be the only operation in the request`,
    ],
    [
      'warm throughput beside a new index',
      { ...create, WarmThroughput: { ReadUnitsPerSecond: 13_000 } },
      `${invalid} Create global secondary index cannot be specified when updating WarmThroughput`,
    ],
    [
      'ceilings beside a stream',
      {
        OnDemandThroughput: { MaxReadRequestUnits: 5 },
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      },
      `${invalid} OnDemandThroughput can only be combined with BillingMode in an UpdateTable request`,
    ],
    [
      'a stream beside a new index',
      { ...create, StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } },
      `${invalid} You cannot create or delete index while changing stream status`,
    ],
    [
      'units of a table on demand',
      { ProvisionedThroughput: units(1, 1) },
      `${invalid} Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST`,
    ],
    [
      'units of a switch to on demand',
      { BillingMode: 'PAY_PER_REQUEST', ProvisionedThroughput: units(1, 1) },
      `${invalid} ProvisionedThroughput cannot be specified when BillingMode is PAY_PER_REQUEST`,
    ],
    [
      'a switch without units',
      { BillingMode: 'PROVISIONED' },
      `${invalid} ProvisionedThroughput must be specified when BillingMode is PROVISIONED`,
    ],
    [
      'a stream without view type',
      { StreamSpecification: { StreamEnabled: true } },
      `${invalid} If stream is being enabled then UpdateViewType is required`,
    ],
    [
      'no stream with a view type',
      { StreamSpecification: { StreamEnabled: false, StreamViewType: 'NEW_IMAGE' } },
      `${invalid} If stream is being disabled, then UpdateViewType must not be specified`,
    ],
    [
      'the end of no stream',
      { StreamSpecification: { StreamEnabled: false } },
      'Table has no stream to disable: TableName: OnDemand',
    ],
    [
      'the end of no encryption',
      { SSESpecification: { Enabled: false } },
      `${invalid} Table is already encrypted by default`,
    ],
    [
      'warm throughput below the present',
      { WarmThroughput: { WriteUnitsPerSecond: 1 } },
      `${invalid} Requested WriteUnitsPerSecond for WarmThroughput for table is lower than current WarmThroughput, ` +
        'decreasing WarmThroughput is not supported',
    ],
    [
      'a ceiling of zero',
      { OnDemandThroughput: { MaxWriteRequestUnits: 0 } },
      `${invalid} Requested MaxWriteRequestUnits for OnDemandThroughput for table is outside of valid range`,
    ],
    [
      'a ceiling above the quota',
      { OnDemandThroughput: { MaxReadRequestUnits: 40_001 } },
      'Subscriber limit exceeded: Requested MaxReadRequestUnits for OnDemandThroughput for table exceeds ' +
        'TableMaxReadCapacityUnits of the account in region us-east-1',
      'LimitExceededException',
    ],
    [
      'replicas',
      { ReplicaUpdates: [{ Create: { RegionName: 'eu-west-1' } }] },
      `${invalid} ReplicaUpdates is not supported by this server`,
    ],
  ]),
)

refuses(
  () => client,
  'UpdateTable',
  rows('Provisioned', [
    [
      'the units that it has',
      { ProvisionedThroughput: units(10, 10) },
      'The provisioned throughput for the table will not change. The requested value equals the current value. ' +
        'Current ReadCapacityUnits provisioned for the table: 10. Requested ReadCapacityUnits: 10. ' +
        'Current WriteCapacityUnits provisioned for the table: 10. Requested WriteCapacityUnits: 10. ' +
        'Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.',
    ],
    [
      'units of zero',
      { ProvisionedThroughput: units(0, 10) },
      violated(
        broken("'0'", 'provisionedThroughput.readCapacityUnits', 'Member must have value greater than or equal to 1'),
      ),
    ],
    [
      'a ceiling',
      { OnDemandThroughput: { MaxReadRequestUnits: 5 } },
      `${invalid} MaxReadRequestUnits for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED`,
    ],
    [
      'units above the quota',
      { ProvisionedThroughput: units(10, 40_001) },
      'The requested WriteCapacityUnits, 40001, is above the per table maximum for the account in us-east-1. ' +
        'Per table maximum: 40000. Refer to the Amazon DynamoDB Developer Guide for current limits and how to ' +
        'request higher limits.',
      'LimitExceededException',
    ],
    [
      'a new index and units of the table',
      { ...create, ProvisionedThroughput: units(20, 20) },
      `${invalid} You cannot create or delete index while updating table IOPS`,
    ],
    [
      'a stream and units of the table',
      {
        ProvisionedThroughput: units(20, 20),
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      },
      `${invalid} You cannot modify stream status while updating table IOPS`,
    ],
    [
      'a new index without units',
      create,
      `${invalid} Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: fresh`,
    ],
  ]),
)

refuses(
  () => client,
  'UpdateTable',
  rows('Indexed', [
    [
      'an index update of nothing',
      { GlobalSecondaryIndexUpdates: [{}] },
      `${invalid} One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, ` +
        'GlobalSecondaryIndexUpdate.Delete must not be null',
    ],
    [
      'an index update of two actions',
      {
        AttributeDefinitions: b,
        GlobalSecondaryIndexUpdates: [{ Create: newIndex, Delete: { IndexName: 'global' } }],
      },
      `${invalid} Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object`,
    ],
    [
      'an index update without name',
      { GlobalSecondaryIndexUpdates: [{ Delete: {} }] },
      violated(broken('null', 'globalSecondaryIndexUpdates.1.member.delete.indexName', notNull)),
    ],
    [
      'two actions on one index',
      {
        AttributeDefinitions: b,
        GlobalSecondaryIndexUpdates: [
          { Delete: { IndexName: 'global' } },
          { Create: { ...newIndex, IndexName: 'global' } },
        ],
      },
      `${invalid} Only one global secondary index update per index is allowed simultaneously. Index: global`,
    ],
    [
      'a new index without definitions',
      { GlobalSecondaryIndexUpdates: [{ Create: newIndex }] },
      `${invalid} AttributeDefinitions is not specified for index: fresh`,
    ],
    [
      'a new index on an undefined attribute',
      { AttributeDefinitions: attributes({ c: 'S' }), GlobalSecondaryIndexUpdates: [{ Create: newIndex }] },
      `${invalid} Some index key attributes are not defined in AttributeDefinitions. Keys: [b], ` +
        'AttributeDefinitions: [sk, a, c, pk]',
    ],
    [
      'a new index of a name that is taken',
      { AttributeDefinitions: b, GlobalSecondaryIndexUpdates: [{ Create: { ...newIndex, IndexName: 'global' } }] },
      'Attempting to create an index which already exists',
    ],
    [
      'units of a new index on demand',
      {
        AttributeDefinitions: b,
        GlobalSecondaryIndexUpdates: [{ Create: { ...newIndex, ProvisionedThroughput: units(1, 1) } }],
      },
      `${invalid} Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: fresh when BillingMode ` +
        'is PAY_PER_REQUEST',
    ],
    [
      'units of an index on demand',
      { GlobalSecondaryIndexUpdates: [{ Update: { IndexName: 'global', ProvisionedThroughput: units(1, 1) } }] },
      `${invalid} The only Updates for index: global when TableThroughputMode is PAY_PER_REQUEST can be to ` +
        'OnDemandThroughput, WarmThroughput',
    ],
    [
      'warm throughput of nothing for an index',
      { GlobalSecondaryIndexUpdates: [{ Update: { IndexName: 'global', WarmThroughput: {} } }] },
      `${invalid} WarmThroughput must have at least one of ReadUnitsPerSecond or WriteUnitsPerSecond specified for ` +
        'index: global',
    ],
    [
      'the end of an index that is not there',
      { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'absent' } }] },
      'Requested resource not found: Index absent for table Indexed',
      'ResourceNotFoundException',
    ],
    [
      'an update of an index that is not there',
      { GlobalSecondaryIndexUpdates: [{ Update: { IndexName: 'absent', WarmThroughput: { ReadUnitsPerSecond: 1 } } }] },
      'Requested resource not found: Index absent for table Indexed',
      'ResourceNotFoundException',
    ],
    [
      'the end of a local index',
      { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'local' } }] },
      'Cannot delete an index that is not a GlobalSecondaryIndex: local',
    ],
    [
      'two new indexes at once',
      {
        AttributeDefinitions: attributes({ b: 'S', c: 'S' }),
        GlobalSecondaryIndexUpdates: [
          { Create: newIndex },
          { Create: { ...newIndex, IndexName: 'other', KeySchema: keys('c') } },
        ],
      },
      oneOnline,
      'LimitExceededException',
    ],
    [
      'a new index and the end of another at once',
      {
        AttributeDefinitions: b,
        GlobalSecondaryIndexUpdates: [{ Create: newIndex }, { Delete: { IndexName: 'global' } }],
      },
      oneOnline,
      'LimitExceededException',
    ],
    [
      'a switch without units for an index',
      { BillingMode: 'PROVISIONED', ProvisionedThroughput: units(1, 1) },
      `${invalid} ProvisionedThroughput must be specified for index: global`,
    ],
  ]),
)

async function update(table: string, changes: object): Promise<Body> {
  const answer = await answered(client.call('UpdateTable', { TableName: table, ...changes }))
  return answer['TableDescription'] as Body
}

function unitsOf(shown: Body): readonly unknown[] {
  const throughput = shown['ProvisionedThroughput'] as Body
  return [throughput['ReadCapacityUnits'], throughput['WriteCapacityUnits'], throughput['NumberOfDecreasesToday']]
}

test('the answer to a change of units shows the old ones, DescribeTable then the new', async () => {
  await createTables(client, [provisioned('Changing')])
  const shown = await update('Changing', { ProvisionedThroughput: units(20, 20) })
  assert.deepEqual([shown['TableStatus'], ...unitsOf(shown)], ['UPDATING', 10, 10, 0])
  const active = await activeTable(client, 'Changing')
  assert.deepEqual(unitsOf(active), [20, 20, 0])
  assert.deepEqual(active['WarmThroughput'], {
    ReadUnitsPerSecond: 20,
    WriteUnitsPerSecond: 20,
    Status: 'ACTIVE',
  })
})

test('warm throughput stays where the units once were', async () => {
  await createTables(client, [provisioned('Cooling')])
  await update('Cooling', { ProvisionedThroughput: units(5, 5) })
  const active = await activeTable(client, 'Cooling')
  assert.deepEqual(active['WarmThroughput'], { ReadUnitsPerSecond: 10, WriteUnitsPerSecond: 10, Status: 'ACTIVE' })
})

test('four decreases a day are free, the next waits an hour or for midnight', async () => {
  await createTables(client, [provisioned('Shrinking')])
  const shrink = (read: number): Promise<Answer> =>
    client.call('UpdateTable', { TableName: 'Shrinking', ProvisionedThroughput: units(read, 10) })
  for (const read of [9, 8, 7, 6]) {
    await answered(shrink(read))
    await activeTable(client, 'Shrinking')
  }
  assert.deepEqual(unitsOf(await activeTable(client, 'Shrinking')), [6, 10, 4])
  const refused = await shrink(5)
  assert.equal(refused.code, 'LimitExceededException')
  assert.match(
    refused.message ?? '',
    /^Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day\. After the first 4 decreases, each subsequent decrease in the same UTC day can be performed at most once every 3600 seconds\. Number of decreases today: 4\. Last decrease at Thursday, October 8, 2026 at 12:\d\d:\d\d PM Coordinated Universal Time\. Next decrease can be made at Thursday, October 8, 2026 at 1:\d\d:\d\d PM Coordinated Universal Time$/,
  )
  await answered(client.call('UpdateTable', { TableName: 'Shrinking', ProvisionedThroughput: units(6, 20) }))
  await activeTable(client, 'Shrinking')
  offsetMs += 3_600_000
  await answered(client.call('UpdateTable', { TableName: 'Shrinking', ProvisionedThroughput: units(5, 20) }))
  assert.deepEqual(unitsOf(await activeTable(client, 'Shrinking')), [5, 20, 5])
  assert.equal((await shrink(4)).code, 'LimitExceededException')
  offsetMs += 12 * 3_600_000
  assert.deepEqual(unitsOf(await activeTable(client, 'Shrinking')), [5, 20, 0])
  await answered(client.call('UpdateTable', { TableName: 'Shrinking', ProvisionedThroughput: units(4, 20) }))
})

test('a table goes on demand and back', async () => {
  await createTables(client, [provisioned('Switching')])
  const shown = await update('Switching', { BillingMode: 'PAY_PER_REQUEST' })
  assert.deepEqual(shown['BillingModeSummary'], { BillingMode: 'PAY_PER_REQUEST' })
  const active = await activeTable(client, 'Switching')
  assert.deepEqual(unitsOf(active), [0, 0, 0])
  assert.equal(typeof (active['BillingModeSummary'] as Body)['LastUpdateToPayPerRequestDateTime'], 'number')
  assert.deepEqual(active['WarmThroughput'], {
    ReadUnitsPerSecond: 12_000,
    WriteUnitsPerSecond: 4_000,
    Status: 'ACTIVE',
  })
  await update('Switching', { BillingMode: 'PROVISIONED', ProvisionedThroughput: units(1, 2) })
  const back = await activeTable(client, 'Switching')
  assert.deepEqual(unitsOf(back), [1, 2, 0])
  assert.equal((back['BillingModeSummary'] as Body)['BillingMode'], 'PROVISIONED')
})

test('asking for the billing mode that it has changes nothing', async () => {
  await update('OnDemand', { BillingMode: 'PAY_PER_REQUEST' })
  assert.equal((await activeTable(client, 'OnDemand'))['TableStatus'], 'ACTIVE')
})

test('ceilings are given and taken one by one', async () => {
  await createTables(client, [onDemand('Capped')])
  const ceilings = async (OnDemandThroughput: object): Promise<unknown> => {
    await update('Capped', { OnDemandThroughput })
    return (await activeTable(client, 'Capped'))['OnDemandThroughput']
  }
  assert.deepEqual(await ceilings({ MaxReadRequestUnits: 1000, MaxWriteRequestUnits: 500 }), {
    MaxReadRequestUnits: 1000,
    MaxWriteRequestUnits: 500,
  })
  assert.deepEqual(await ceilings({ MaxReadRequestUnits: -1 }), { MaxWriteRequestUnits: 500 })
  assert.equal(await ceilings({ MaxWriteRequestUnits: -1 }), undefined)
})

test('a stream that ends stays named, and a new one gets a new name', async () => {
  await createTables(client, [onDemand('Streaming')])
  const enable = { StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' } }
  await update('Streaming', enable)
  const first = await activeTable(client, 'Streaming')
  assert.deepEqual(first['StreamSpecification'], enable.StreamSpecification)
  assertRefused(
    await client.call('UpdateTable', { TableName: 'Streaming', ...enable }),
    'ValidationException',
    'Table already has an enabled stream: TableName: Streaming',
  )
  await update('Streaming', { StreamSpecification: { StreamEnabled: false } })
  const ended = await activeTable(client, 'Streaming')
  assert.equal('StreamSpecification' in ended, false)
  assert.equal(ended['LatestStreamArn'], first['LatestStreamArn'])
  offsetMs += 1000
  await update('Streaming', enable)
  assert.notEqual((await activeTable(client, 'Streaming'))['LatestStreamArn'], first['LatestStreamArn'])
})

test('encryption, table class and deletion protection change and are shown', async () => {
  await createTables(client, [onDemand('Set')])
  await update('Set', { SSESpecification: { Enabled: true } })
  await update('Set', { TableClass: 'STANDARD_INFREQUENT_ACCESS' })
  await activeTable(client, 'Set')
  await update('Set', { DeletionProtectionEnabled: true })
  const shown = await activeTable(client, 'Set')
  assert.match(
    String((shown['SSEDescription'] as Body)['KMSMasterKeyArn']),
    /^arn:aws:kms:us-east-1:000000000000:key\//,
  )
  assert.equal((shown['TableClassSummary'] as Body)['TableClass'], 'STANDARD_INFREQUENT_ACCESS')
  assert.equal(typeof (shown['TableClassSummary'] as Body)['LastUpdateDateTime'], 'number')
  assert.equal(shown['DeletionProtectionEnabled'], true)
})

test('the class of a table changes twice in thirty days', async () => {
  const TableName = 'Classed'
  const day = 86_400_000
  await createTables(client, [onDemand(TableName)])
  const change = async (TableClass: string): Promise<Answer> => client.call('UpdateTable', { TableName, TableClass })
  const tooOften = 'Subscriber limit exceeded: Updates to TableClass are limited to 2 times in 30 day(s).'
  await answered(change('STANDARD_INFREQUENT_ACCESS'))
  offsetMs += day
  await answered(change('STANDARD'))
  await answered(change('STANDARD'))
  assertRefused(await change('STANDARD_INFREQUENT_ACCESS'), 'LimitExceededException', tooOften)
  offsetMs += 29 * day
  await answered(change('STANDARD_INFREQUENT_ACCESS'))
  assertRefused(await change('STANDARD'), 'LimitExceededException', tooOften)
})

test('an index added to a table with items finds them, and an index dropped takes its definition along', async () => {
  await createTables(client, [onDemand('Growing')])
  const items = Array.from({ length: 30 }, (_, at) => ({ pk: { S: `k${at}` }, b: { S: at % 3 === 0 ? 'x' : 'y' } }))
  await put(client, 'Growing', ...items)
  const shown = await update('Growing', create)
  assert.equal(shown['TableStatus'], 'UPDATING')
  const [index] = shown['GlobalSecondaryIndexes'] as readonly Body[]
  assert.deepEqual([index?.['IndexStatus'], index?.['Backfilling']], ['CREATING', false])
  const active = await activeTable(client, 'Growing')
  assert.deepEqual(active['AttributeDefinitions'], attributes({ b: 'S', pk: 'S' }))
  const found = await answered(
    client.call('Query', {
      TableName: 'Growing',
      IndexName: 'fresh',
      KeyConditionExpression: 'b = :b',
      ExpressionAttributeValues: { ':b': { S: 'x' } },
      Select: 'COUNT',
    }),
  )
  assert.equal(found['Count'], 10)
  await update('Growing', { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'fresh' } }] })
  const after = await activeTable(client, 'Growing')
  assert.equal('GlobalSecondaryIndexes' in after, false)
  assert.deepEqual(after['AttributeDefinitions'], attributes({ pk: 'S' }))
})

test('an attribute of a dropped index may have another type in the next', async () => {
  await createTables(client, [onDemand('Retyped')])
  await update('Retyped', create)
  await activeTable(client, 'Retyped')
  await update('Retyped', { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'fresh' } }] })
  await activeTable(client, 'Retyped')
  await update('Retyped', { ...create, AttributeDefinitions: attributes({ b: 'N' }) })
  assert.deepEqual((await activeTable(client, 'Retyped'))['AttributeDefinitions'], attributes({ b: 'N', pk: 'S' }))
})

test('the answer to new units of an index shows the old ones', async () => {
  const table = {
    ...provisioned('Units'),
    AttributeDefinitions: attributes({ pk: 'S', a: 'S' }),
    GlobalSecondaryIndexes: [
      {
        IndexName: 'global',
        KeySchema: keys('a'),
        Projection: { ProjectionType: 'ALL' },
        ProvisionedThroughput: units(1, 1),
      },
    ],
  }
  await createTables(client, [table])
  const asked = {
    GlobalSecondaryIndexUpdates: [{ Update: { IndexName: 'global', ProvisionedThroughput: units(2, 2) } }],
  }
  const [shown] = (await update('Units', asked))['GlobalSecondaryIndexes'] as readonly Body[]
  assert.deepEqual([shown?.['IndexStatus'], ...unitsOf(shown ?? {})], ['UPDATING', 1, 1, 0])
  const [index] = (await activeTable(client, 'Units'))['GlobalSecondaryIndexes'] as readonly Body[]
  assert.deepEqual(unitsOf(index ?? {}), [2, 2, 0])
  const again = await client.call('UpdateTable', { TableName: 'Units', ...asked })
  assertRefused(
    again,
    'ValidationException',
    'The provisioned throughput for the index global will not change. The requested value equals the current value. ' +
      'Current ReadCapacityUnits provisioned for index global: 2. Requested ReadCapacityUnits: 2. ' +
      'Current WriteCapacityUnits provisioned for index global: 2. Requested WriteCapacityUnits: 2. ' +
      'Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.',
  )
})
