/** Contributor insights through the unmodified SDK and the AWS CLI. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { after, before, test } from 'node:test'
import {
  CreateTableCommand,
  DescribeContributorInsightsCommand,
  type DynamoDBClient,
  paginateListContributorInsights,
  UpdateContributorInsightsCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import { type ServerUnderTest, sdkClient, startServerUnderTest } from './server-under-test.ts'

let server: ServerUnderTest
let client: DynamoDBClient
before(async () => {
  server = await startServerUnderTest()
  client = await sdkClient(server)
  for (const TableName of ['One', 'Two', 'Three']) {
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      }),
    )
    await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName })
  }
})
after(async () => {
  client.destroy()
  await server.stop()
})

test('the SDK turns them on, describes them, and lists them page by page', async () => {
  for (const TableName of ['One', 'Two', 'Three']) {
    const ContributorInsightsAction = 'ENABLE'
    const on = await client.send(new UpdateContributorInsightsCommand({ TableName, ContributorInsightsAction }))
    assert.equal(on.ContributorInsightsStatus, 'ENABLING')
  }
  const described = await client.send(new DescribeContributorInsightsCommand({ TableName: 'Two' }))
  assert.ok(described.LastUpdateDateTime instanceof Date)
  assert.equal(described.ContributorInsightsRuleList?.length, 2)
  const names: (string | undefined)[] = []
  for await (const page of paginateListContributorInsights({ client, pageSize: 1 }, {})) {
    names.push(...(page.ContributorInsightsSummaries ?? []).map(({ TableName }) => TableName))
  }
  assert.deepEqual(names, ['One', 'Three', 'Two'])
})

const hasCli = spawnSync('aws', ['--version']).status === 0

test('the CLI turns them off', { skip: hasCli ? false : 'the AWS CLI is not installed' }, () => {
  const run = spawnSync(
    'aws',
    [
      ...['dynamodb', 'update-contributor-insights', '--table-name', 'One'],
      ...['--contributor-insights-action', 'DISABLE', '--contributor-insights-mode', 'THROTTLED_KEYS'],
      ...['--endpoint-url', server.endpoint, '--region', server.region, '--output', 'json'],
    ],
    {
      encoding: 'utf8',
      env: {
        ...process.env,
        AWS_ACCESS_KEY_ID: server.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: server.credentials.secretAccessKey,
      },
    },
  )
  assert.equal(run.status, 0, run.stderr)
  assert.deepEqual(JSON.parse(run.stdout), {
    TableName: 'One',
    ContributorInsightsStatus: 'DISABLING',
    ContributorInsightsMode: 'ACCESSED_AND_THROTTLED_KEYS',
  })
})
