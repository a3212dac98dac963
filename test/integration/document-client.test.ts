/** `@aws-sdk/lib-dynamodb`, unmodified: native values in and out. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CreateTableCommand, type DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb'
import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  NumberValue,
  PutCommand,
  paginateQuery,
  paginateScan,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { type ServerUnderTest, sdkClient, startServerUnderTest } from './server-under-test.ts'

const TableName = 'Sensors'
let server: ServerUnderTest
let client: DynamoDBClient
let documents: DynamoDBDocumentClient

before(async () => {
  server = await startServerUnderTest()
  client = await sdkClient(server)
  documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } })
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'sensor', AttributeType: 'S' },
        { AttributeName: 'at', AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: 'sensor', KeyType: 'HASH' },
        { AttributeName: 'at', KeyType: 'RANGE' },
      ],
    }),
  )
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName })
})
after(async () => {
  client?.destroy()
  await server?.stop()
})

test('native values survive the round trip', async () => {
  const item = {
    sensor: 's-1',
    at: 1,
    nested: { list: [1, 'two', null, true, { three: [] }], empty: {} },
    words: new Set(['x', 'y']),
    counts: new Set([1, 2]),
    bytes: Uint8Array.from([9, 8, 7]),
    skipped: undefined,
  }
  await documents.send(new PutCommand({ TableName, Item: item }))
  const { Item: found } = await documents.send(
    new GetCommand({ TableName, Key: { sensor: 's-1', at: 1 }, ConsistentRead: true }),
  )
  const { skipped: _skipped, ...expected } = item
  assert.deepEqual(found, expected)
})

test('numbers beyond a double keep all 38 digits', async () => {
  const exact = '12345678901234567890123456789012345678'
  const Item = { sensor: 's-big', at: 9007199254740993n, exact: NumberValue.from(exact) }
  await documents.send(new PutCommand({ TableName, Item }))
  const wideClient = await sdkClient(server)
  const wide = DynamoDBDocumentClient.from(wideClient, { unmarshallOptions: { wrapNumbers: true } })
  const { Item: found } = await wide.send(
    new GetCommand({ TableName, Key: { sensor: 's-big', at: 9007199254740993n } }),
  )
  assert.equal(String(found?.['exact'].value), exact)
  assert.equal(String(found?.['at'].value), '9007199254740993')
  wideClient.destroy()
})

test('an update in place reaches into documents', async () => {
  const Key = { sensor: 's-update', at: 5 }
  await documents.send(new PutCommand({ TableName, Item: { ...Key, state: { level: 1, trail: ['start'] } } }))
  const { Attributes: changed } = await documents.send(
    new UpdateCommand({
      TableName,
      Key,
      UpdateExpression: 'SET #state.#level = #state.#level + :step, #state.trail[1] = :entry REMOVE #state.trail[0]',
      ConditionExpression: 'attribute_type(#state.trail, :list) AND contains(#state.trail, :start)',
      ExpressionAttributeNames: { '#state': 'state', '#level': 'level' },
      ExpressionAttributeValues: { ':step': 2, ':entry': 'moved', ':list': 'L', ':start': 'start' },
      ReturnValues: 'UPDATED_NEW',
    }),
  )
  assert.equal(changed?.['state'].level, 3)
  const { Item: found } = await documents.send(new GetCommand({ TableName, Key }))
  assert.deepEqual(found, { ...Key, state: { level: 3, trail: ['moved'] } })
  const { Attributes: old } = await documents.send(new DeleteCommand({ TableName, Key, ReturnValues: 'ALL_OLD' }))
  assert.deepEqual(old, found)
})

test('batches and pages', async () => {
  const readings = Array.from({ length: 75 }, (_, at) => ({ sensor: 's-batch', at: at - 30, celsius: at / 4 }))
  for (let first = 0; first < readings.length; first += 25) {
    const puts = readings.slice(first, first + 25).map((Item) => ({ PutRequest: { Item } }))
    const { UnprocessedItems: left } = await documents.send(
      new BatchWriteCommand({ RequestItems: { [TableName]: puts } }),
    )
    assert.deepEqual(left, {})
  }
  const { Responses: some } = await documents.send(
    new BatchGetCommand({
      RequestItems: { [TableName]: { Keys: [-30, 0, 44, 45].map((at) => ({ sensor: 's-batch', at })) } },
    }),
  )
  assert.deepEqual(new Set(some?.[TableName]?.map((item) => item['at'])), new Set([-30, 0, 44]))
  const paged: unknown[] = []
  for await (const page of paginateQuery(
    { client: documents, pageSize: 20 },
    { TableName, KeyConditionExpression: 'sensor = :sensor', ExpressionAttributeValues: { ':sensor': 's-batch' } },
  ))
    paged.push(...(page.Items ?? []))
  assert.deepEqual(paged, readings)
  let hot = 0
  for await (const page of paginateScan(
    { client: documents },
    {
      TableName,
      FilterExpression: 'celsius >= :hot AND sensor IN (:a, :b)',
      ExpressionAttributeValues: { ':hot': 15, ':a': 's-batch', ':b': 's-none' },
    },
  ))
    hot += page.Count ?? 0
  assert.equal(hot, readings.filter((reading) => reading.celsius >= 15).length)
  const last = await documents.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'sensor = :sensor AND #at < :zero',
      ExpressionAttributeNames: { '#at': 'at' },
      ExpressionAttributeValues: { ':sensor': 's-batch', ':zero': 0 },
      ScanIndexForward: false,
      Limit: 1,
    }),
  )
  assert.equal(last.Items?.[0]?.['at'], -1)
})
