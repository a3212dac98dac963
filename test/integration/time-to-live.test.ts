/** Time to live as an application uses it: by the unmodified SDK and by the AWS CLI. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  CreateTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import { type RunningCoffer, runCoffer } from '../run-coffer.ts'
import { awsCli, awsCliMissing } from './aws-cli.ts'
import { sdkClient } from './server-under-test.ts'

let coffer: RunningCoffer
let client: DynamoDBClient
before(async () => {
  coffer = await runCoffer()
  client = await sdkClient({ ...coffer, https: undefined })
})
after(async () => {
  client?.destroy()
  await coffer?.stop()
})

async function createSessions(TableName: string): Promise<void> {
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

test('a session ends by itself', async () => {
  const TableName = 'Sessions'
  await createSessions(TableName)
  const set = await client.send(
    new UpdateTimeToLiveCommand({
      TableName,
      TimeToLiveSpecification: { Enabled: true, AttributeName: 'expires' },
    }),
  )
  assert.deepEqual(set.TimeToLiveSpecification, { Enabled: true, AttributeName: 'expires' })
  const nowSeconds = Math.floor(Date.now() / 1000)
  const put = (id: string, expires: number) =>
    client.send(new PutItemCommand({ TableName, Item: { id: { S: id }, expires: { N: String(expires) } } }))
  await put('short', nowSeconds + 1)
  await put('long', nowSeconds + 3600)
  const get = async (id: string) =>
    (await client.send(new GetItemCommand({ TableName, Key: { id: { S: id } }, ConsistentRead: true }))).Item
  assert.ok(await get('short'))
  for (let attempt = 0; attempt < 200 && (await get('short')) !== undefined; attempt++) await sleep(50)
  assert.equal(await get('short'), undefined)
  assert.ok(await get('long'))
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }))
  assert.deepEqual(TimeToLiveDescription, { TimeToLiveStatus: 'ENABLED', AttributeName: 'expires' })
  await assert.rejects(
    client.send(
      new UpdateTimeToLiveCommand({
        TableName,
        TimeToLiveSpecification: { Enabled: false, AttributeName: 'expires' },
      }),
    ),
    {
      name: 'ValidationException',
      message: 'Time to live has been modified multiple times within a fixed interval',
    },
  )
})

test('the CLI sets and shows it', { skip: awsCliMissing }, async () => {
  await createSessions('ByCommand')
  const set = await awsCli(coffer, [
    ...['update-time-to-live', '--table-name', 'ByCommand'],
    ...['--time-to-live-specification', 'Enabled=true,AttributeName=ends'],
  ])
  assert.deepEqual(set, { TimeToLiveSpecification: { Enabled: true, AttributeName: 'ends' } })
  for (let attempt = 0; attempt < 20; attempt++) {
    const shown = await awsCli(coffer, ['describe-time-to-live', '--table-name', 'ByCommand'])
    const { TimeToLiveStatus } = shown['TimeToLiveDescription'] as { readonly TimeToLiveStatus: string }
    if (TimeToLiveStatus === 'ENABLED') return
  }
  assert.fail('it is not enabled')
})
