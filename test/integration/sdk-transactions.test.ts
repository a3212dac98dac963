/** Transactions by the unmodified SDK: the plain client and the document client, with the errors as they type them. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  CreateTableCommand,
  type DynamoDBClient,
  GetItemCommand,
  IdempotentParameterMismatchException,
  TransactGetItemsCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  TransactGetCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb'
import { type ServerUnderTest, sdkClient, startServerUnderTest } from './server-under-test.ts'

let server: ServerUnderTest
let client: DynamoDBClient
let documents: DynamoDBDocumentClient

before(async () => {
  server = await startServerUnderTest()
  client = await sdkClient(server)
  documents = DynamoDBDocumentClient.from(client)
  for (const TableName of ['Accounts', 'Transfers']) {
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      }),
    )
    await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName })
  }
})
after(async () => {
  client?.destroy()
  await server?.stop()
})

function transfer(id: string, from: string, to: string, amount: number, token?: string): TransactWriteCommand {
  const change = (account: string, expression: string, more: object = {}) => ({
    Update: {
      TableName: 'Accounts',
      Key: { id: account },
      UpdateExpression: `SET balance = balance ${expression}`,
      ExpressionAttributeValues: { ':amount': amount },
      ...more,
    },
  })
  return new TransactWriteCommand({
    ...(token !== undefined && { ClientRequestToken: token }),
    TransactItems: [
      change(from, '- :amount', {
        ConditionExpression: 'balance >= :amount',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
      change(to, '+ :amount'),
      {
        Put: {
          TableName: 'Transfers',
          Item: { id, from, to, amount },
          ConditionExpression: 'attribute_not_exists(id)',
        },
      },
    ],
  })
}

async function balances(...ids: readonly string[]): Promise<readonly unknown[]> {
  const { Responses } = await documents.send(
    new TransactGetCommand({
      TransactItems: ids.map((id) => ({
        Get: { TableName: 'Accounts', Key: { id }, ProjectionExpression: 'balance' },
      })),
    }),
  )
  return (Responses ?? []).map(({ Item }) => Item?.['balance'])
}

test('a transfer is made whole, refused with its reasons, and made once for one token', async () => {
  for (const id of ['ada', 'ben'])
    await documents.send(new PutCommand({ TableName: 'Accounts', Item: { id, balance: 100 } }))
  await documents.send(transfer('t1', 'ada', 'ben', 60))
  assert.deepEqual(await balances('ada', 'ben'), [40, 160])
  await assert.rejects(documents.send(transfer('t1', 'ada', 'ben', 60)), (error) => {
    assert.ok(error instanceof TransactionCanceledException)
    assert.deepEqual(
      error.CancellationReasons?.map(({ Code }) => Code),
      ['ConditionalCheckFailed', 'None', 'ConditionalCheckFailed'],
    )
    // The document client leaves the items of errors as they came.
    assert.deepEqual(error.CancellationReasons?.[0]?.Item, { id: { S: 'ada' }, balance: { N: '40' } })
    assert.equal(error.CancellationReasons?.[0]?.Message, 'The conditional request failed')
    return true
  })
  for (let time = 0; time < 3; time += 1) await documents.send(transfer('t2', 'ben', 'ada', 10, 'token-of-t2'))
  assert.deepEqual(await balances('ada', 'ben'), [50, 150])
  await assert.rejects(
    documents.send(transfer('t2', 'ben', 'ada', 20, 'token-of-t2')),
    IdempotentParameterMismatchException,
  )
  const { Item } = await documents.send(new GetCommand({ TableName: 'Transfers', Key: { id: 't2' } }))
  assert.deepEqual(Item, { id: 't2', from: 'ben', to: 'ada', amount: 10 })
})

test('fifty clients at once make no money and lose none', async () => {
  const ids = ['one', 'two', 'three', 'four']
  for (const id of ids) await documents.send(new PutCommand({ TableName: 'Accounts', Item: { id, balance: 50 } }))
  const outcomes = await Promise.allSettled(
    Array.from({ length: 50 }, (_, at) =>
      documents.send(transfer(`m${at}`, ids[at % 4] as string, ids[(at + 1 + (at % 3)) % 4] as string, 20)),
    ),
  )
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') assert.ok(outcome.reason instanceof TransactionCanceledException)
  }
  const after = (await balances(...ids)) as readonly number[]
  assert.equal(
    after.reduce((sum, balance) => sum + balance, 0),
    200,
  )
  assert.ok(after.every((balance) => balance >= 0))
})

test('the plain client sees typed values, capacity and what is missing', async () => {
  const key = (id: string) => ({ id: { S: id } })
  const written = await client.send(
    new TransactWriteItemsCommand({
      ReturnConsumedCapacity: 'INDEXES',
      TransactItems: [
        {
          Put: {
            TableName: 'Accounts',
            Item: { ...key('plain'), tags: { SS: ['b', 'a'] }, raw: { B: Buffer.from('x') } },
          },
        },
        { Delete: { TableName: 'Accounts', Key: key('nobody') } },
        {
          ConditionCheck: {
            TableName: 'Transfers',
            Key: key('none'),
            ConditionExpression: 'attribute_not_exists(id)',
          },
        },
      ],
    }),
  )
  assert.deepEqual(written.ConsumedCapacity, [
    {
      TableName: 'Accounts',
      CapacityUnits: 4,
      WriteCapacityUnits: 4,
      Table: { CapacityUnits: 4, WriteCapacityUnits: 4 },
    },
    {
      TableName: 'Transfers',
      CapacityUnits: 2,
      WriteCapacityUnits: 2,
      Table: { CapacityUnits: 2, WriteCapacityUnits: 2 },
    },
  ])
  const read = await client.send(
    new TransactGetItemsCommand({
      ReturnConsumedCapacity: 'TOTAL',
      TransactItems: ['plain', 'nobody'].map((id) => ({ Get: { TableName: 'Accounts', Key: key(id) } })),
    }),
  )
  assert.deepEqual(read.Responses?.[0]?.Item?.['tags'], { SS: ['a', 'b'] })
  assert.equal(read.Responses?.[1]?.Item, undefined)
  assert.deepEqual(read.ConsumedCapacity, [{ TableName: 'Accounts', CapacityUnits: 4, ReadCapacityUnits: 4 }])
  const one = await client.send(new GetItemCommand({ TableName: 'Accounts', Key: key('plain') }))
  assert.deepEqual(one.Item?.['raw'], { B: new Uint8Array(Buffer.from('x')) })
})
