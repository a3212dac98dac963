/** The SDK's account-based endpoints: what it makes of the credentials' account id, led to Coffer as DNS would. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { Agent } from 'node:https'
import { after, before, test } from 'node:test'
import { connect } from 'node:tls'
import {
  DynamoDBClient as Client,
  CreateTableCommand,
  DescribeEndpointsCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import { type RunningCoffer, runCoffer } from '../run-coffer.ts'

const accountId = '000000000000'
let coffer: RunningCoffer
let client: DynamoDBClient
before(async () => {
  coffer = await runCoffer()
  const ca = await readFile(coffer.caFile)
  class Resolved extends Agent {
    override createConnection() {
      return connect({ host: '127.0.0.1', port: coffer.httpsPort, servername: 'localhost', ca })
    }
  }
  client = new Client({
    region: coffer.region,
    accountIdEndpointMode: 'required',
    credentials: { ...coffer.credentials, accountId },
    requestHandler: { httpsAgent: new Resolved() },
  })
})
after(async () => {
  client?.destroy()
  await coffer?.stop()
})

test('tables are made and used by the host name of their account', async () => {
  const TableName = 'Hosted'
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    }),
  )
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName })
  const Item = { pk: { S: 'a' } }
  await client.send(new PutItemCommand({ TableName, Item }))
  // Of an ARN the SDK takes the owner's account for the host name.
  const arn = `arn:aws:dynamodb:${coffer.region}:${accountId}:table/${TableName}`
  assert.deepEqual((await client.send(new GetItemCommand({ TableName: arn, Key: Item }))).Item, Item)
  const { Endpoints } = await client.send(new DescribeEndpointsCommand())
  assert.deepEqual(Endpoints, [
    { Address: `${accountId}.ddb.${coffer.region}.amazonaws.com`, CachePeriodInMinutes: 1440 },
  ])
})

test('the table of another account is denied by its own host name', async () => {
  const foreign = 'arn:aws:dynamodb:us-east-1:111111111111:table/Hosted'
  await assert.rejects(client.send(new GetItemCommand({ TableName: foreign, Key: { pk: { S: 'a' } } })), {
    name: 'AccessDeniedException',
  })
})
