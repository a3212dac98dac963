/** The unmodified AWS SDK v3 client: the operations on items, over HTTPS with Coffer's own CA and over HTTP. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  CreateTableCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  paginateQuery,
  paginateScan,
  QueryCommand,
  ResourceNotFoundException,
  ScanCommand,
  UpdateItemCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import { type ServerUnderTest, sdkClient, startServerUnderTest } from './server-under-test.ts'

const TableName = 'Orders'
let server: ServerUnderTest
let client: DynamoDBClient

before(async () => {
  server = await startServerUnderTest()
  client = await sdkClient(server, { maxAttempts: 1, secure: server.https !== undefined })
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'customer', AttributeType: 'S' },
        { AttributeName: 'number', AttributeType: 'N' },
        { AttributeName: 'state', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'customer', KeyType: 'HASH' },
        { AttributeName: 'number', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'ByState',
          KeySchema: [
            { AttributeName: 'state', KeyType: 'HASH' },
            { AttributeName: 'number', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  )
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName })
})
after(async () => {
  client?.destroy()
  await server?.stop()
})

function key(customer: string, number: number): Record<string, AttributeValue> {
  return { customer: { S: customer }, number: { N: String(number) } }
}

test('an item of all ten types comes back as it was put', async () => {
  const Item: Record<string, AttributeValue> = {
    ...key('all-types', -1.5),
    text: { S: 'Grüße, 東京 🏦' },
    emptyText: { S: '' },
    exact: { N: '3.1415926535897932384626433832795028841' },
    tiny: { N: '1E-130' },
    bytes: { B: Uint8Array.from([0, 1, 254, 255]) },
    emptyBytes: { B: new Uint8Array(0) },
    yes: { BOOL: true },
    nothing: { NULL: true },
    list: { L: [{ S: 'a' }, { L: [{ M: {} }] }] },
    map: { M: { deep: { M: { deeper: { N: '1' } } }, 'with.dot': { S: 'x' } } },
    texts: { SS: ['a', 'b'] },
    numbers: { NS: ['1', '2.5'] },
    blobs: { BS: [Uint8Array.from([1]), Uint8Array.from([2, 3])] },
  }
  await client.send(new PutItemCommand({ TableName, Item }))
  const found = await client.send(new GetItemCommand({ TableName, Key: key('all-types', -1.5), ConsistentRead: true }))
  const { tiny, texts, numbers, ...rest } = found.Item ?? {}
  const { tiny: _tiny, texts: _texts, numbers: _numbers, ...expected } = Item
  assert.deepEqual(rest, expected)
  assert.equal(Number(tiny?.N), 1e-130)
  assert.deepEqual(new Set(texts?.SS), new Set(['a', 'b']))
  assert.deepEqual(new Set(numbers?.NS), new Set(['1', '2.5']))
})

test('a condition that fails changes nothing and can show the item', async () => {
  await client.send(new PutItemCommand({ TableName, Item: { ...key('careful', 1), state: { S: 'new' } } }))
  await assert.rejects(
    client.send(
      new PutItemCommand({
        TableName,
        Item: { ...key('careful', 1), state: { S: 'overwritten' } },
        ConditionExpression: 'attribute_not_exists(customer)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
    (error: unknown) => {
      assert.ok(error instanceof ConditionalCheckFailedException)
      assert.equal(error.message, 'The conditional request failed')
      if (server.https !== undefined) assert.deepEqual(error.Item?.['state'], { S: 'new' })
      return true
    },
  )
  const found = await client.send(new GetItemCommand({ TableName, Key: key('careful', 1) }))
  assert.deepEqual(found.Item?.['state'], { S: 'new' })
})

test('an update sets, counts, appends and removes, and returns what changed', async () => {
  const Key = key('updated', 7)
  await client.send(
    new PutItemCommand({
      TableName,
      Item: { ...Key, amount: { N: '10' }, parcels: { L: [{ S: 'a' }] }, stale: { S: 'x' } },
    }),
  )
  const updated = await client.send(
    new UpdateItemCommand({
      TableName,
      Key,
      UpdateExpression:
        'SET #state = :paid, amount = amount + :more, parcels = list_append(parcels, :parcels), visits = if_not_exists(visits, :zero) REMOVE stale ADD labels :labels',
      ConditionExpression: 'amount BETWEEN :zero AND :hundred AND size(parcels) = :one',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: {
        ':paid': { S: 'paid' },
        ':more': { N: '0.25' },
        ':parcels': { L: [{ S: 'b' }] },
        ':zero': { N: '0' },
        ':hundred': { N: '100' },
        ':one': { N: '1' },
        ':labels': { SS: ['gift'] },
      },
      ReturnValues: 'ALL_NEW',
      ReturnConsumedCapacity: 'TOTAL',
    }),
  )
  assert.deepEqual(updated.Attributes, {
    ...Key,
    state: { S: 'paid' },
    amount: { N: '10.25' },
    parcels: { L: [{ S: 'a' }, { S: 'b' }] },
    visits: { N: '0' },
    labels: { SS: ['gift'] },
  })
  assert.ok((updated.ConsumedCapacity?.CapacityUnits ?? 0) >= 1)
  const removed = await client.send(new DeleteItemCommand({ TableName, Key, ReturnValues: 'ALL_OLD' }))
  assert.deepEqual(removed.Attributes, updated.Attributes)
  const gone = await client.send(new GetItemCommand({ TableName, Key }))
  assert.equal(gone.Item, undefined)
})

test('batches write and read items over several requests', async () => {
  for (let first = 0; first < 100; first += 25) {
    const written = await client.send(
      new BatchWriteItemCommand({
        RequestItems: {
          [TableName]: Array.from({ length: 25 }, (_, index) => ({
            PutRequest: {
              Item: { ...key('batched', first + index), state: { S: index % 2 === 0 ? 'open' : 'shut' } },
            },
          })),
        },
      }),
    )
    assert.deepEqual(written.UnprocessedItems, {})
  }
  const read = await client.send(
    new BatchGetItemCommand({
      RequestItems: {
        [TableName]: {
          Keys: Array.from({ length: 100 }, (_, number) => key('batched', number + 50)),
          ProjectionExpression: '#number',
          ExpressionAttributeNames: { '#number': 'number' },
        },
      },
    }),
  )
  const numbers = (read.Responses?.[TableName] ?? []).map((item) => Number(item['number']?.N)).sort((a, b) => a - b)
  assert.deepEqual(
    numbers,
    Array.from({ length: 50 }, (_, index) => index + 50),
  )
  await client.send(
    new BatchWriteItemCommand({
      RequestItems: { [TableName]: [{ DeleteRequest: { Key: key('batched', 0) } }] },
    }),
  )
  assert.equal((await client.send(new GetItemCommand({ TableName, Key: key('batched', 0) }))).Item, undefined)
})

test('a Query pages through one customer in number order, both ways', async () => {
  await fill('paged', 60)
  const forward: number[] = []
  let pages = 0
  for await (const page of paginateQuery(
    { client, pageSize: 7 },
    {
      TableName,
      KeyConditionExpression: 'customer = :customer AND #number BETWEEN :low AND :high',
      ExpressionAttributeNames: { '#number': 'number' },
      ExpressionAttributeValues: { ':customer': { S: 'paged' }, ':low': { N: '5' }, ':high': { N: '50' } },
    },
  )) {
    pages += 1
    for (const item of page.Items ?? []) forward.push(Number(item['number']?.N))
  }
  assert.deepEqual(
    forward,
    Array.from({ length: 46 }, (_, index) => index + 5),
  )
  assert.ok(pages >= 7)
  const backward = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'customer = :customer',
      ExpressionAttributeValues: { ':customer': { S: 'paged' } },
      ScanIndexForward: false,
      Limit: 3,
    }),
  )
  assert.deepEqual(
    backward.Items?.map((item) => item['number']?.N),
    ['59', '58', '57'],
  )
})

test('an index is paged through with its own start keys, and a filter counts what it drops', async () => {
  await fill('indexed', 40)
  const found = new Set<string>()
  for await (const page of paginateQuery(
    { client, pageSize: 9 },
    {
      TableName,
      IndexName: 'ByState',
      KeyConditionExpression: '#state = :state',
      FilterExpression: 'customer = :customer',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ':state': { S: 'even' }, ':customer': { S: 'indexed' } },
    },
  )) {
    assert.ok((page.ScannedCount ?? 0) >= (page.Count ?? 0))
    for (const item of page.Items ?? []) found.add(item['number']?.N ?? '')
  }
  assert.equal(found.size, 20)
})

test('parallel segments of a scan see every item once', async () => {
  await fill('scanned', 50)
  const seen: string[] = []
  await Promise.all(
    Array.from({ length: 4 }, async (_, Segment) => {
      for await (const page of paginateScan(
        { client, pageSize: 10 },
        {
          TableName,
          Segment,
          TotalSegments: 4,
          FilterExpression: 'begins_with(customer, :prefix)',
          ExpressionAttributeValues: { ':prefix': { S: 'scanned' } },
        },
      ))
        for (const item of page.Items ?? []) seen.push(item['number']?.N ?? '')
    }),
  )
  assert.equal(seen.length, 50)
  assert.equal(new Set(seen).size, 50)
  const counted = await client.send(new ScanCommand({ TableName, Select: 'COUNT' }))
  assert.ok((counted.Count ?? 0) >= 50)
  assert.equal(counted.Items, undefined)
})

test('pages end at 1 MB', async () => {
  const note = 'n'.repeat(100_000)
  for (let number = 0; number < 12; number += 1)
    await client.send(new PutItemCommand({ TableName, Item: { ...key('large', number), note: { S: note } } }))
  const input = {
    TableName,
    KeyConditionExpression: 'customer = :customer',
    ExpressionAttributeValues: { ':customer': { S: 'large' } },
  }
  const first = await client.send(new QueryCommand(input))
  assert.equal(first.Count, 11)
  assert.deepEqual(first.LastEvaluatedKey, key('large', 10))
  const second = await client.send(new QueryCommand({ ...input, ExclusiveStartKey: first.LastEvaluatedKey }))
  assert.equal(second.Count, 1)
  assert.equal(second.LastEvaluatedKey, undefined)
})

test('legacy parameters still work', async () => {
  await client.send(
    new PutItemCommand({ TableName, Item: { ...key('legacy', 1), a: { N: '1' } }, Expected: { a: { Exists: false } } }),
  )
  await client.send(
    new UpdateItemCommand({
      TableName,
      Key: key('legacy', 1),
      AttributeUpdates: { a: { Action: 'ADD', Value: { N: '4' } } },
    }),
  )
  const found = await client.send(
    new QueryCommand({
      TableName,
      KeyConditions: { customer: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'legacy' }] } },
      QueryFilter: { a: { ComparisonOperator: 'GE', AttributeValueList: [{ N: '5' }] } },
      AttributesToGet: ['a'],
    }),
  )
  assert.deepEqual(found.Items, [{ a: { N: '5' } }])
})

test('errors arrive as the classes that the SDK knows', async () => {
  await assert.rejects(
    client.send(new GetItemCommand({ TableName: 'Nowhere', Key: key('a', 1) })),
    (error: unknown) => {
      assert.ok(error instanceof ResourceNotFoundException)
      assert.ok((error.$metadata.requestId ?? '').length > 10)
      return true
    },
  )
  await assert.rejects(client.send(new GetItemCommand({ TableName, Key: { customer: { S: 'a' } } })), {
    name: 'ValidationException',
    message: 'The provided key element does not match the schema',
  })
})

test('the same over plain HTTP on loopback, and never without a good signature', async (context) => {
  if (server.https === undefined) return context.skip('the server under test is not ours')
  const plain = await sdkClient(server, { maxAttempts: 1 })
  await plain.send(new PutItemCommand({ TableName, Item: key('plain', 1) }))
  plain.destroy()
  const { accessKeyId, secretAccessKey } = server.credentials
  const refusedWith = async (credentials: { accessKeyId: string; secretAccessKey: string }, name: string) => {
    const stranger = await sdkClient(server, { maxAttempts: 1, credentials })
    await assert.rejects(stranger.send(new ListTablesCommand({})), { name })
    stranger.destroy()
  }
  await refusedWith({ accessKeyId, secretAccessKey: `${secretAccessKey}x` }, 'InvalidSignatureException')
  await refusedWith({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey }, 'UnrecognizedClientException')
})

async function fill(customer: string, count: number): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, (_, number) =>
      client.send(
        new PutItemCommand({
          TableName,
          Item: { ...key(customer, number), state: { S: number % 2 === 0 ? 'even' : 'odd' } },
        }),
      ),
    ),
  )
}
