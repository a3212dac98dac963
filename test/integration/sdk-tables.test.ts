/** The unmodified AWS SDK v3 client: the operations on tables, tags, limits and endpoints, with waiters and paginators. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  DescribeEndpointsCommand,
  DescribeLimitsCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
  paginateListTables,
  QueryCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateTableCommand,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb'
import { type ServerUnderTest, sdkClient, startServerUnderTest } from './server-under-test.ts'

let server: ServerUnderTest
let client: DynamoDBClient

before(async () => {
  server = await startServerUnderTest()
  client = await sdkClient(server, { maxAttempts: 1 })
})
after(async () => {
  client?.destroy()
  await server?.stop()
})

const wait = () => ({ client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 })

function simpleTable(name: string): CreateTableCommandInput {
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  }
}

async function createAndWait(input: CreateTableCommandInput): Promise<void> {
  await client.send(new CreateTableCommand(input))
  await waitUntilTableExists(wait(), { TableName: input.TableName ?? '' })
}

test('a provisioned table with both kinds of index is described as it was made', async () => {
  const created = await client.send(
    new CreateTableCommand({
      TableName: 'Music',
      AttributeDefinitions: [
        { AttributeName: 'Artist', AttributeType: 'S' },
        { AttributeName: 'SongTitle', AttributeType: 'S' },
        { AttributeName: 'Year', AttributeType: 'N' },
        { AttributeName: 'Label', AttributeType: 'B' },
      ],
      KeySchema: [
        { AttributeName: 'Artist', KeyType: 'HASH' },
        { AttributeName: 'SongTitle', KeyType: 'RANGE' },
      ],
      LocalSecondaryIndexes: [
        {
          IndexName: 'ByYear',
          KeySchema: [
            { AttributeName: 'Artist', KeyType: 'HASH' },
            { AttributeName: 'Year', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'ByLabel',
          KeySchema: [{ AttributeName: 'Label', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['Price'] },
          ProvisionedThroughput: { ReadCapacityUnits: 3, WriteCapacityUnits: 4 },
        },
      ],
      ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 6 },
    }),
  )
  assert.equal(created.TableDescription?.TableName, 'Music')
  const waited = await waitUntilTableExists(wait(), { TableName: 'Music' })
  assert.equal(waited.state, 'SUCCESS')
  const { Table: table } = await client.send(new DescribeTableCommand({ TableName: 'Music' }))
  assert.equal(table?.TableStatus, 'ACTIVE')
  assert.equal(table?.TableArn, 'arn:aws:dynamodb:us-east-1:000000000000:table/Music')
  assert.match(table?.TableId ?? '', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  assert.ok(Math.abs((table?.CreationDateTime?.getTime() ?? 0) - Date.now()) < 60_000)
  assert.equal(table?.ItemCount, 0)
  assert.equal(table?.TableSizeBytes, 0)
  assert.equal(table?.ProvisionedThroughput?.ReadCapacityUnits, 5)
  assert.equal(table?.ProvisionedThroughput?.WriteCapacityUnits, 6)
  assert.equal(table?.LocalSecondaryIndexes?.[0]?.IndexName, 'ByYear')
  assert.equal(table?.LocalSecondaryIndexes?.[0]?.Projection?.ProjectionType, 'KEYS_ONLY')
  const byLabel = table?.GlobalSecondaryIndexes?.[0]
  assert.equal(byLabel?.IndexStatus, 'ACTIVE')
  assert.equal(byLabel?.IndexArn, `${table?.TableArn}/index/ByLabel`)
  assert.deepEqual(byLabel?.Projection, { ProjectionType: 'INCLUDE', NonKeyAttributes: ['Price'] })
  assert.equal(byLabel?.ProvisionedThroughput?.WriteCapacityUnits, 4)
})

test('a table that is there already is refused as in use', async () => {
  await createAndWait(simpleTable('Twice'))
  await assert.rejects(client.send(new CreateTableCommand(simpleTable('Twice'))), (error: unknown) => {
    assert.ok(error instanceof ResourceInUseException)
    assert.equal(error.$metadata.httpStatusCode, 400)
    return true
  })
})

test('tables are listed in order, page by page', async () => {
  for (const letter of ['a', 'b', 'c', 'd', 'e'])
    await client.send(new CreateTableCommand(simpleTable(`List-${letter}`)))
  const names: string[] = []
  let pages = 0
  for await (const page of paginateListTables({ client, pageSize: 2 }, { ExclusiveStartTableName: 'List' })) {
    pages += 1
    names.push(...(page.TableNames ?? []))
  }
  assert.deepEqual(
    names.filter((name) => name.startsWith('List-')),
    ['List-a', 'List-b', 'List-c', 'List-d', 'List-e'],
  )
  assert.ok(pages >= 3)
  const first = await client.send(new ListTablesCommand({ Limit: 1 }))
  assert.equal(first.TableNames?.length, 1)
  assert.equal(first.LastEvaluatedTableName, first.TableNames?.[0])
})

test('an index made on a live table holds the items that were there before', async () => {
  await createAndWait(simpleTable('Backfilled'))
  for (let number = 0; number < 30; number += 1) {
    await client.send(
      new PutItemCommand({
        TableName: 'Backfilled',
        Item: {
          id: { S: `i${number}` },
          colour: { S: number % 3 === 0 ? 'red' : 'blue' },
          rank: { N: String(number) },
        },
      }),
    )
  }
  await client.send(
    new UpdateTableCommand({
      TableName: 'Backfilled',
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'colour', AttributeType: 'S' },
        { AttributeName: 'rank', AttributeType: 'N' },
      ],
      GlobalSecondaryIndexUpdates: [
        {
          Create: {
            IndexName: 'ByColour',
            KeySchema: [
              { AttributeName: 'colour', KeyType: 'HASH' },
              { AttributeName: 'rank', KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'ALL' },
          },
        },
      ],
    }),
  )
  await untilIndexes('Backfilled', ['ByColour'])
  const red = await client.send(
    new QueryCommand({
      TableName: 'Backfilled',
      IndexName: 'ByColour',
      KeyConditionExpression: 'colour = :colour AND #rank > :rank',
      ExpressionAttributeNames: { '#rank': 'rank' },
      ExpressionAttributeValues: { ':colour': { S: 'red' }, ':rank': { N: '9' } },
      ScanIndexForward: false,
    }),
  )
  assert.deepEqual(
    red.Items?.map((item) => item['rank']?.N),
    ['27', '24', '21', '18', '15', '12'],
  )
  await client.send(
    new UpdateTableCommand({
      TableName: 'Backfilled',
      GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'ByColour' } }],
    }),
  )
  await untilIndexes('Backfilled', [])
  await assert.rejects(
    client.send(
      new QueryCommand({
        TableName: 'Backfilled',
        IndexName: 'ByColour',
        KeyConditionExpression: 'colour = :colour',
        ExpressionAttributeValues: { ':colour': { S: 'red' } },
      }),
    ),
    { name: 'ValidationException', message: 'The table does not have the specified index: ByColour' },
  )
})

async function untilIndexes(tableName: string, expected: readonly string[]): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const { Table: table } = await client.send(new DescribeTableCommand({ TableName: tableName }))
    const indexes = table?.GlobalSecondaryIndexes ?? []
    const settled = table?.TableStatus === 'ACTIVE' && indexes.every((index) => index.IndexStatus === 'ACTIVE')
    const names = indexes.map((index) => index.IndexName)
    if (settled && names.length === expected.length && expected.every((name) => names.includes(name))) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  assert.fail(`the indexes of ${tableName} did not become ${expected.join(', ') || 'none'}`)
}

test('a billing mode, a class, a stream and deletion protection can be changed', async () => {
  await createAndWait({ ...simpleTable('Changed'), DeletionProtectionEnabled: true })
  await assert.rejects(client.send(new DeleteTableCommand({ TableName: 'Changed' })), { name: 'ValidationException' })
  const change = async (input: Omit<ConstructorParameters<typeof UpdateTableCommand>[0], 'TableName'>) => {
    await client.send(new UpdateTableCommand({ TableName: 'Changed', ...input }))
    await waitUntilTableExists(wait(), { TableName: 'Changed' })
  }
  await change({ DeletionProtectionEnabled: false })
  await change({
    BillingMode: 'PROVISIONED',
    ProvisionedThroughput: { ReadCapacityUnits: 7, WriteCapacityUnits: 8 },
  })
  await change({ TableClass: 'STANDARD_INFREQUENT_ACCESS' })
  await change({ StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' } })
  const { Table: table } = await client.send(new DescribeTableCommand({ TableName: 'Changed' }))
  assert.equal(table?.DeletionProtectionEnabled, false)
  assert.equal(table?.ProvisionedThroughput?.ReadCapacityUnits, 7)
  assert.equal(table?.TableClassSummary?.TableClass, 'STANDARD_INFREQUENT_ACCESS')
  assert.deepEqual(table?.StreamSpecification, { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' })
  assert.equal(table?.LatestStreamArn, `${table?.TableArn}/stream/${table?.LatestStreamLabel}`)
  await client.send(new DeleteTableCommand({ TableName: 'Changed' }))
  const gone = await waitUntilTableNotExists(wait(), { TableName: 'Changed' })
  assert.equal(gone.state, 'SUCCESS')
  await assert.rejects(client.send(new DescribeTableCommand({ TableName: 'Changed' })), ResourceNotFoundException)
})

test('tags are added, listed and taken away', async () => {
  await createAndWait({ ...simpleTable('Tagged'), Tags: [{ Key: 'team', Value: 'payments' }] })
  const { Table: table } = await client.send(new DescribeTableCommand({ TableName: 'Tagged' }))
  const arn = table?.TableArn ?? ''
  await client.send(
    new TagResourceCommand({
      ResourceArn: arn,
      Tags: [
        { Key: 'stage', Value: 'test' },
        { Key: 'owner', Value: '' },
      ],
    }),
  )
  await client.send(new UntagResourceCommand({ ResourceArn: arn, TagKeys: ['team'] }))
  const { Tags: tags = [] } = await client.send(new ListTagsOfResourceCommand({ ResourceArn: arn }))
  assert.deepEqual(
    new Map(tags.map((tag) => [tag.Key, tag.Value])),
    new Map([
      ['stage', 'test'],
      ['owner', ''],
    ]),
  )
})

test('limits and endpoints are described', async () => {
  const limits = await client.send(new DescribeLimitsCommand({}))
  for (const figure of [
    limits.AccountMaxReadCapacityUnits,
    limits.AccountMaxWriteCapacityUnits,
    limits.TableMaxReadCapacityUnits,
    limits.TableMaxWriteCapacityUnits,
  ])
    assert.ok((figure ?? 0) >= 40_000)
  const { Endpoints: endpoints } = await client.send(new DescribeEndpointsCommand({}))
  assert.equal(endpoints?.[0]?.Address, new URL(server.endpoint).host)
  assert.ok((endpoints?.[0]?.CachePeriodInMinutes ?? 0) > 0)
})
