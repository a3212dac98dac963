/** CreateTable, DescribeTable, ListTables and DeleteTable: every rule of a table's definition, and what is shown of it. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Body, Client } from './client.ts'
import { answered, assertRefused, atLeast, broken, notNull, type Refusal, refuses, violated } from './refusals.ts'
import { startServer } from './server.ts'
import { activeTable, attributes, compositeTable, createTables, keys } from './tables.ts'

let client: Client
let stop: () => Promise<void>
before(async () => ({ client, stop } = await startServer()))
after(() => stop())

const invalid = 'One or more parameter values were invalid:'
const enums = 'Member must satisfy enum value set'
const units = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 }

/** A sound request on demand, with parts of it replaced; undefined takes a part away. */
function table(changes: object): object {
  const sound = {
    TableName: 'Refused',
    AttributeDefinitions: attributes({ pk: 'S' }),
    KeySchema: keys('pk'),
    BillingMode: 'PAY_PER_REQUEST',
  }
  return { ...sound, ...changes }
}

function rows(list: readonly (readonly [name: string, changes: object, message: string])[]): readonly Refusal[] {
  return list.map(([name, changes, message]) => ({ name, input: table(changes), message }))
}

/** A sound request with indexes: attributes pk, sk, a and b. */
function indexed(changes: object): object {
  return {
    AttributeDefinitions: attributes({ pk: 'S', sk: 'S', a: 'S' }),
    KeySchema: keys('pk', 'sk'),
    ...changes,
  }
}

const all = { ProjectionType: 'ALL' }
function local(changes: object = {}): object {
  return { IndexName: 'index', KeySchema: keys('pk', 'a'), Projection: all, ...changes }
}
function global(changes: object = {}): object {
  return { IndexName: 'index', KeySchema: keys('a'), Projection: all, ...changes }
}

refuses(() => client, 'CreateTable', [
  ...rows([
    ['no name', { TableName: undefined }, "The parameter 'TableName' is required but was not present in the request"],
    ['a name of two characters', { TableName: 'ab' }, violated(broken("'ab'", 'tableName', atLeast(3)))],
    [
      'no attribute definitions',
      { AttributeDefinitions: undefined },
      violated(broken('null', 'attributeDefinitions', notNull)),
    ],
    ['no key schema', { KeySchema: undefined }, violated(broken('null', 'keySchema', notNull))],
    ['an empty key schema', { KeySchema: [] }, violated(broken("'[]'", 'keySchema', atLeast(1)))],
    [
      'a key schema of three',
      {
        AttributeDefinitions: attributes({ pk: 'S', sk: 'S', extra: 'S' }),
        KeySchema: [...keys('pk', 'sk'), { AttributeName: 'extra', KeyType: 'RANGE' }],
      },
      violated(
        broken(
          "'[KeySchemaElement(attributeName=pk, keyType=HASH), KeySchemaElement(attributeName=sk, keyType=RANGE), " +
            "KeySchemaElement(attributeName=extra, keyType=RANGE)]'",
          'keySchema',
          'Member must have length less than or equal to 2',
        ),
      ),
    ],
    [
      'a bad key type',
      { KeySchema: [{ AttributeName: 'pk', KeyType: 'INVALID' }] },
      violated(broken("'INVALID'", 'keySchema.1.member.keyType', `${enums}: [HASH, RANGE]`)),
    ],
    [
      'a bad attribute type',
      { AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'INVALID' }] },
      violated(broken("'INVALID'", 'attributeDefinitions.1.member.attributeType', `${enums}: [B, N, S]`)),
    ],
    [
      'a bad billing mode',
      { BillingMode: 'FREE' },
      violated(broken("'FREE'", 'billingMode', `${enums}: [PROVISIONED, PAY_PER_REQUEST]`)),
    ],
    [
      'a key element without name and type',
      { KeySchema: [{}] },
      violated(
        broken('null', 'keySchema.1.member.attributeName', notNull),
        broken('null', 'keySchema.1.member.keyType', notNull),
      ),
    ],
    [
      'units of zero',
      { BillingMode: undefined, ProvisionedThroughput: { ReadCapacityUnits: 0, WriteCapacityUnits: 0 } },
      violated(
        broken("'0'", 'provisionedThroughput.writeCapacityUnits', 'Member must have value greater than or equal to 1'),
        broken("'0'", 'provisionedThroughput.readCapacityUnits', 'Member must have value greater than or equal to 1'),
      ),
    ],
    [
      'read units only',
      { BillingMode: undefined, ProvisionedThroughput: { ReadCapacityUnits: 1 } },
      violated(broken('null', 'provisionedThroughput.writeCapacityUnits', notNull)),
    ],
    [
      'units on demand',
      { ProvisionedThroughput: units },
      `${invalid} Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST`,
    ],
    [
      'provisioned without units',
      { BillingMode: undefined },
      `${invalid} ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED`,
    ],
    [
      'no definition for two keys',
      { KeySchema: keys('pk', 'sk') },
      'Invalid KeySchema: Some index key attribute have no definition',
    ],
    [
      'the same key twice with one definition',
      { KeySchema: keys('pk', 'pk') },
      'Invalid KeySchema: Some index key attribute have no definition',
    ],
    [
      'the same key twice',
      { AttributeDefinitions: attributes({ pk: 'S', sk: 'S' }), KeySchema: keys('pk', 'pk') },
      'Both the Hash Key and the Range Key element in the KeySchema have the same name',
    ],
    [
      'a key without definition',
      { KeySchema: keys('other') },
      `${invalid} Some index key attributes are not defined in AttributeDefinitions. Keys: [other], AttributeDefinitions: [pk]`,
    ],
    [
      'a definition twice',
      { AttributeDefinitions: [...attributes({ pk: 'S' }), ...attributes({ pk: 'N' })] },
      'Attribute Name is duplicated: pk',
    ],
    [
      'a range key first',
      { KeySchema: [{ AttributeName: 'pk', KeyType: 'RANGE' }] },
      'Invalid KeySchema: The first KeySchemaElement is not a HASH key type',
    ],
    [
      'two hash keys',
      {
        AttributeDefinitions: attributes({ pk: 'S', sk: 'S' }),
        KeySchema: [...keys('pk'), ...keys('sk')],
      },
      'Invalid KeySchema: The second KeySchemaElement is not a RANGE key type',
    ],
    [
      'a definition that no key uses',
      { AttributeDefinitions: attributes({ pk: 'S', extra: 'S' }) },
      `${invalid} Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions`,
    ],
    [
      'definitions that no key uses, with an index',
      {
        AttributeDefinitions: attributes({ pk: 'S', sk: 'S', a: 'S', b: 'S', c: 'S' }),
        KeySchema: keys('pk', 'sk'),
        GlobalSecondaryIndexes: [global()],
      },
      `${invalid} Some AttributeDefinitions are not used. AttributeDefinitions: [sk, a, b, pk, c], keys used: [a, sk, pk]`,
    ],
    [
      'a bad table class',
      { TableClass: 'COLD' },
      'Invalid table-class parameter provided. Please try again with a valid table-class value: ' +
        '[STANDARD, STANDARD_INFREQUENT_ACCESS].',
    ],
    [
      'a stream without view type',
      { StreamSpecification: { StreamEnabled: true } },
      `${invalid} Table is being created with a stream enabled, UpdateViewType is required`,
    ],
    [
      'no stream, but a view type',
      { StreamSpecification: { StreamEnabled: false, StreamViewType: 'NEW_IMAGE' } },
      `${invalid} Table is being created with a stream disabled, UpdateViewType should not be specified`,
    ],
    [
      'a stream specification of nothing',
      { StreamSpecification: {} },
      violated(broken('null', 'streamSpecification.streamEnabled', notNull)),
    ],
    [
      'encryption by AES256',
      { SSESpecification: { Enabled: true, SSEType: 'AES256' } },
      `${invalid} SSEType AES256 is not supported`,
    ],
    [
      'a type of no encryption',
      { SSESpecification: { Enabled: false, SSEType: 'KMS' } },
      `${invalid} SSEType can not be specified if Enabled is false`,
    ],
    [
      'a key of no type',
      { SSESpecification: { Enabled: true, KMSMasterKeyId: 'k' } },
      `${invalid} SSEType KMS is required if KMSMasterKeyId is specified`,
    ],
    [
      'a ceiling of zero',
      { OnDemandThroughput: { MaxReadRequestUnits: 0 } },
      `${invalid} Requested MaxReadRequestUnits for OnDemandThroughput for table is outside of valid range`,
    ],
    [
      'a ceiling of -1',
      { OnDemandThroughput: { MaxWriteRequestUnits: -1 } },
      `${invalid} Requested MaxWriteRequestUnits for OnDemandThroughput for table is outside of valid range`,
    ],
    [
      'a ceiling on provisioned units',
      { BillingMode: 'PROVISIONED', ProvisionedThroughput: units, OnDemandThroughput: { MaxReadRequestUnits: 5 } },
      `${invalid} MaxReadRequestUnits for OnDemandThroughput cannot be specified when table BillingMode is PROVISIONED.`,
    ],
    [
      'warm throughput below the start',
      { WarmThroughput: { ReadUnitsPerSecond: 1 } },
      `${invalid} Requested ReadUnitsPerSecond for WarmThroughput for table is lower than initial throughput for ` +
        'OnDemand. See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html' +
        '#on-demand-capacity-mode-initial',
    ],
    [
      'warm throughput below the units',
      {
        BillingMode: 'PROVISIONED',
        ProvisionedThroughput: { ReadCapacityUnits: 10, WriteCapacityUnits: 10 },
        WarmThroughput: { ReadUnitsPerSecond: 5 },
      },
      `${invalid} Requested ReadUnitsPerSecond for WarmThroughput for table is lower than ReadCapacityUnits of ` +
        'ProvisionedThroughput',
    ],
    ['a tag without value', { Tags: [{ Key: 'a' }] }, 'The Tag Value provided is invalid, Value: null'],
  ]),
  {
    name: 'units above the quota',
    input: table({
      BillingMode: undefined,
      ProvisionedThroughput: { ReadCapacityUnits: 40_001, WriteCapacityUnits: 1 },
    }),
    code: 'LimitExceededException',
    message:
      'The requested ReadCapacityUnits, 40001, is above the per table maximum for the account in us-east-1. ' +
      'Per table maximum: 40000. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request ' +
      'higher limits.',
  },
])

refuses(
  () => client,
  'CreateTable',
  rows([
    [
      'an empty list of local indexes',
      { LocalSecondaryIndexes: [] },
      `${invalid} List of LocalSecondaryIndexes is empty`,
    ],
    [
      'an empty list of global indexes',
      { GlobalSecondaryIndexes: [] },
      `${invalid} List of GlobalSecondaryIndexes is empty`,
    ],
    [
      'a local index without sort key of the table',
      { AttributeDefinitions: attributes({ pk: 'S', a: 'S' }), LocalSecondaryIndexes: [local()] },
      `${invalid} Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex`,
    ],
    [
      'a local index without sort key',
      indexed({ LocalSecondaryIndexes: [local({ KeySchema: keys('pk') })] }),
      `${invalid} Index KeySchema does not have a range key for index: index`,
    ],
    [
      'a local index of another partition key',
      indexed({ LocalSecondaryIndexes: [local({ KeySchema: keys('a', 'sk') })] }),
      `${invalid} Index KeySchema does not have the same leading hash key as table KeySchema for index: index. ` +
        'index hash key: a, table hash key: pk',
    ],
    [
      'six local indexes',
      indexed({ LocalSecondaryIndexes: [1, 2, 3, 4, 5, 6].map((at) => local({ IndexName: `index${at}` })) }),
      `${invalid} Number of LocalSecondaryIndexes exceeds per-table limit of 5`,
    ],
    [
      '21 global indexes',
      indexed({ GlobalSecondaryIndexes: Array.from({ length: 21 }, (_, at) => global({ IndexName: `index${at}` })) }),
      `${invalid} GlobalSecondaryIndex count exceeds the per-table limit of 20`,
    ],
    [
      'two indexes of one name',
      indexed({ LocalSecondaryIndexes: [local()], GlobalSecondaryIndexes: [global()] }),
      `${invalid} Duplicate index name: index`,
    ],
    [
      'an index name of two characters',
      indexed({ GlobalSecondaryIndexes: [global({ IndexName: 'ab' })] }),
      violated(broken("'ab'", 'globalSecondaryIndexes.1.member.indexName', atLeast(3))),
    ],
    [
      'an index without projection',
      indexed({ GlobalSecondaryIndexes: [global({ Projection: undefined })] }),
      violated(broken('null', 'globalSecondaryIndexes.1.member.projection', notNull)),
    ],
    [
      'a projection of no type',
      indexed({ GlobalSecondaryIndexes: [global({ Projection: {} })] }),
      `${invalid} Unknown ProjectionType: null`,
    ],
    [
      'a bad projection type',
      indexed({ GlobalSecondaryIndexes: [global({ Projection: { ProjectionType: 'all' } })] }),
      violated(
        broken(
          "'all'",
          'globalSecondaryIndexes.1.member.projection.projectionType',
          `${enums}: [ALL, INCLUDE, KEYS_ONLY]`,
        ),
      ),
    ],
    [
      'INCLUDE of nothing',
      indexed({ GlobalSecondaryIndexes: [global({ Projection: { ProjectionType: 'INCLUDE' } })] }),
      `${invalid} ProjectionType is INCLUDE, but NonKeyAttributes is not specified`,
    ],
    [
      'KEYS_ONLY of more',
      indexed({
        GlobalSecondaryIndexes: [global({ Projection: { ProjectionType: 'KEYS_ONLY', NonKeyAttributes: ['x'] } })],
      }),
      `${invalid} ProjectionType is KEYS_ONLY, but NonKeyAttributes is specified`,
    ],
    [
      'INCLUDE of an attribute twice',
      indexed({
        LocalSecondaryIndexes: [local({ Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['x', 'x'] } })],
      }),
      `${invalid} Duplicate element in NonKeyAttributes: x`,
    ],
    [
      'units of an index on demand',
      indexed({ GlobalSecondaryIndexes: [global({ ProvisionedThroughput: units })] }),
      `${invalid} ProvisionedThroughput should not be specified for index: index when BillingMode is PAY_PER_REQUEST`,
    ],
    [
      'an index without units',
      {
        ...indexed({ GlobalSecondaryIndexes: [global()] }),
        BillingMode: 'PROVISIONED',
        ProvisionedThroughput: units,
      },
      `${invalid} ProvisionedThroughput is not specified for index: index`,
    ],
    [
      'an index key without definition',
      indexed({ GlobalSecondaryIndexes: [global({ KeySchema: keys('q') })] }),
      `${invalid} Some index key attributes are not defined in AttributeDefinitions. Keys: [q], AttributeDefinitions: [sk, a, pk]`,
    ],
    [
      'an index key twice',
      indexed({ GlobalSecondaryIndexes: [global({ KeySchema: keys('a', 'a') })] }),
      'Both the Hash Key and the Range Key element in the KeySchema have the same name',
    ],
    [
      'five partition key attributes',
      indexed({
        GlobalSecondaryIndexes: [global({ KeySchema: ['a', 'b', 'c', 'd', 'e'].flatMap((name) => keys(name)) })],
        AttributeDefinitions: attributes({ pk: 'S', sk: 'S', a: 'S', b: 'S', c: 'S', d: 'S', e: 'S' }),
      }),
      `${invalid} The KeySchema exceeds the maximum allowed number of HASH key attributes`,
    ],
    [
      'a partition key attribute after a sort key attribute',
      indexed({
        GlobalSecondaryIndexes: [global({ KeySchema: [...keys('a', 'sk'), ...keys('pk')] })],
      }),
      `${invalid} All HASH key attributes must precede RANGE key attributes in the KeySchema`,
    ],
    [
      'an attribute twice in a key of three',
      indexed({ GlobalSecondaryIndexes: [global({ KeySchema: [...keys('a'), ...keys('pk', 'a')] })] }),
      'The KeySchema contains multiple key attributes with the same name',
    ],
    [
      'a ceiling of zero on an index',
      indexed({ GlobalSecondaryIndexes: [global({ OnDemandThroughput: { MaxReadRequestUnits: 0 } })] }),
      `${invalid} Requested MaxReadRequestUnits for OnDemandThroughput for index : index is outside of valid range`,
    ],
  ]),
)

test('CreateTable refuses a name that is taken', async () => {
  const input = table({ TableName: 'Taken' })
  await createTables(client, [input as Body])
  assertRefused(await client.call('CreateTable', input), 'ResourceInUseException', 'Table already exists: Taken')
})

test('DescribeTable shows a table with indexes as it was asked for', async () => {
  await createTables(client, [compositeTable])
  const shown = await activeTable(client, 'Composite')
  const { CreationDateTime: created, TableId: id, BillingModeSummary: billing, ...rest } = shown
  assert.ok(Math.abs(Number(created) - Date.now() / 1000) < 60)
  assert.match(String(id), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  assert.deepEqual(Object.keys(billing as Body), ['BillingMode', 'LastUpdateToPayPerRequestDateTime'])
  const arn = 'arn:aws:dynamodb:us-east-1:000000000000:table/Composite'
  const none = { NumberOfDecreasesToday: 0, ReadCapacityUnits: 0, WriteCapacityUnits: 0 }
  const warm = { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 4_000, Status: 'ACTIVE' }
  const empty = { IndexSizeBytes: 0, ItemCount: 0 }
  assert.deepEqual(rest, {
    AttributeDefinitions: attributes({ l1: 'S', l2: 'S', n: 'N', pk: 'S', sk: 'S' }),
    TableName: 'Composite',
    KeySchema: keys('pk', 'sk'),
    TableStatus: 'ACTIVE',
    ProvisionedThroughput: none,
    TableSizeBytes: 0,
    ItemCount: 0,
    TableArn: arn,
    LocalSecondaryIndexes: compositeTable.LocalSecondaryIndexes.map((index) => ({
      ...index,
      ...empty,
      IndexArn: `${arn}/index/${index.IndexName}`,
    })),
    GlobalSecondaryIndexes: compositeTable.GlobalSecondaryIndexes.map((index) => ({
      ...index,
      ...empty,
      IndexStatus: 'ACTIVE',
      ProvisionedThroughput: none,
      IndexArn: `${arn}/index/${index.IndexName}`,
      WarmThroughput: warm,
    })),
    DeletionProtectionEnabled: false,
    WarmThroughput: warm,
  })
})

test('CreateTable answers a table that is still being made', async () => {
  const { TableDescription: shown } = (await answered(
    client.call('CreateTable', table({ TableName: 'New', Tags: [{ Key: 'a', Value: 'b' }] })),
  )) as { TableDescription: Body }
  assert.equal(shown['TableStatus'], 'CREATING')
  assert.deepEqual(shown['BillingModeSummary'], { BillingMode: 'PAY_PER_REQUEST' })
  assert.equal('WarmThroughput' in shown, false)
  assert.equal('Tags' in shown, false)
})

const settings: readonly (readonly [name: string, changes: object, member: string, shown: unknown])[] = [
  ['deletion protection', { DeletionProtectionEnabled: true }, 'DeletionProtectionEnabled', true],
  [
    'the table class',
    { TableClass: 'STANDARD_INFREQUENT_ACCESS' },
    'TableClassSummary',
    { TableClass: 'STANDARD_INFREQUENT_ACCESS' },
  ],
  ['ceilings', { OnDemandThroughput: { MaxReadRequestUnits: 10 } }, 'OnDemandThroughput', { MaxReadRequestUnits: 10 }],
  [
    'warm throughput, the other half from the start',
    { WarmThroughput: { ReadUnitsPerSecond: 12_001 } },
    'WarmThroughput',
    { ReadUnitsPerSecond: 12_001, WriteUnitsPerSecond: 4_000, Status: 'ACTIVE' },
  ],
  ['no stream', { StreamSpecification: { StreamEnabled: false } }, 'StreamSpecification', undefined],
  ['no encryption of its own', { SSESpecification: { Enabled: false } }, 'SSEDescription', undefined],
  [
    'units',
    { BillingMode: undefined, ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 6 } },
    'ProvisionedThroughput',
    { NumberOfDecreasesToday: 0, ReadCapacityUnits: 5, WriteCapacityUnits: 6 },
  ],
  [
    'no billing mode where it was always provisioned',
    { BillingMode: 'PROVISIONED', ProvisionedThroughput: units },
    'BillingModeSummary',
    undefined,
  ],
]
for (const [position, [name, changes, member, shown]] of settings.entries()) {
  test(`DescribeTable shows ${name}`, async () => {
    const TableName = `Setting${position}`
    await createTables(client, [table({ ...changes, TableName }) as Body])
    assert.deepEqual((await activeTable(client, TableName))[member], shown)
  })
}

test('DescribeTable shows a stream by its time, and encryption by its key', async () => {
  const changes = {
    TableName: 'Streamed',
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    SSESpecification: { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: 'alias/mine' },
  }
  await createTables(client, [table(changes) as Body])
  const shown = await activeTable(client, 'Streamed')
  assert.deepEqual(shown['StreamSpecification'], changes.StreamSpecification)
  assert.match(String(shown['LatestStreamLabel']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/)
  assert.equal(shown['LatestStreamArn'], `${shown['TableArn']}/stream/${shown['LatestStreamLabel']}`)
  assert.deepEqual(shown['SSEDescription'], {
    Status: 'ENABLED',
    SSEType: 'KMS',
    KMSMasterKeyArn: 'arn:aws:kms:us-east-1:000000000000:alias/mine',
  })
})

test('a global index may have keys of four and four attributes', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
  const schema = names.map((name, at) => ({ AttributeName: name, KeyType: at < 4 ? 'HASH' : 'RANGE' }))
  const changes = {
    TableName: 'Wide',
    AttributeDefinitions: attributes(Object.fromEntries(['pk', ...names].map((name) => [name, 'S']))),
    GlobalSecondaryIndexes: [{ IndexName: 'wide', KeySchema: schema, Projection: { ProjectionType: 'KEYS_ONLY' } }],
  }
  await createTables(client, [table(changes) as Body])
  const [index] = (await activeTable(client, 'Wide'))['GlobalSecondaryIndexes'] as readonly Body[]
  assert.deepEqual(index?.['KeySchema'], schema)
})

refuses(() => client, 'ListTables', [
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
  {
    name: 'a bad starting name',
    input: { ExclusiveStartTableName: 'a;' },
    message: violated(
      broken("'a;'", 'exclusiveStartTableName', 'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+'),
      broken("'a;'", 'exclusiveStartTableName', atLeast(3)),
    ),
  },
])

test('ListTables lists names in byte order, page by page', async () => {
  await createTables(
    client,
    ['zz1', 'zz3', 'zz2'].map((TableName) => table({ TableName }) as Body),
  )
  const first = await answered(client.call('ListTables', { ExclusiveStartTableName: 'zz0', Limit: 2 }))
  assert.deepEqual(first, { TableNames: ['zz1', 'zz2'], LastEvaluatedTableName: 'zz2' })
  const second = await answered(client.call('ListTables', { ExclusiveStartTableName: 'zz2', Limit: 2 }))
  assert.deepEqual(second, { TableNames: ['zz3'] })
})

test('DeleteTable answers a table on its way out, and it is gone', async () => {
  await createTables(client, [table({ TableName: 'Doomed' }) as Body])
  const { TableDescription: shown } = (await answered(client.call('DeleteTable', { TableName: 'Doomed' }))) as {
    TableDescription: Body
  }
  assert.equal(shown['TableStatus'], 'DELETING')
  assert.equal('KeySchema' in shown, false)
  const key = { TableName: 'Doomed', Key: { pk: { S: 'a' } } }
  assertRefused(await client.call('GetItem', key), 'ResourceNotFoundException', 'Requested resource not found')
})

test('DeleteTable refuses a protected table until it is not', async () => {
  await createTables(client, [table({ TableName: 'Guarded', DeletionProtectionEnabled: true }) as Body])
  assertRefused(
    await client.call('DeleteTable', { TableName: 'Guarded' }),
    'ValidationException',
    'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
  )
  await answered(client.call('UpdateTable', { TableName: 'Guarded', DeletionProtectionEnabled: false }))
  await answered(client.call('DeleteTable', { TableName: 'Guarded' }))
})

test('DescribeLimits answers the quotas of a new account', async () => {
  assert.deepEqual(await answered(client.call('DescribeLimits', {})), {
    AccountMaxReadCapacityUnits: 80_000,
    AccountMaxWriteCapacityUnits: 80_000,
    TableMaxReadCapacityUnits: 40_000,
    TableMaxWriteCapacityUnits: 40_000,
  })
})

test('DescribeEndpoints answers the host that was asked', async () => {
  const answer = (await answered(client.call('DescribeEndpoints', {}))) as { Endpoints: readonly Body[] }
  assert.equal(answer.Endpoints[0]?.['CachePeriodInMinutes'], 1440)
  assert.match(String(answer.Endpoints[0]?.['Address']), /^127\.0\.0\.1:\d+$/)
})
