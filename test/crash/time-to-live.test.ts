/** kill -9 while a queue of expiry fills and while expired items are deleted: nothing stays behind, nothing goes too much. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  paginateScan,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'
import { runCoffer, runCofferCommand } from '../run-coffer.ts'
import { seededRandom } from './acknowledged-writes.ts'
import { clientOf } from './crash-client.ts'

const tables = ['First', 'Second']
const itemsPerTable = 3000
const killsPerTable = 4
const itemsPerBatch = 25

/** Every third item has no expiry, or one far off. */
function isStaying(number: number): boolean {
  return number % 3 === 0
}

test('kill -9 during fill and purge', { timeout: 120_000 }, async (context) => {
  const seed = Date.now() >>> 0
  context.diagnostic(`seed ${seed}`)
  const random = seededRandom(seed)
  const coffer = await runCoffer()
  try {
    for (const table of tables) {
      const client = clientOf(coffer)
      await load(client, table)
      await client.send(
        new UpdateTimeToLiveCommand({
          TableName: table,
          TimeToLiveSpecification: { Enabled: true, AttributeName: 'expires' },
        }),
      )
      client.destroy()
      // The first comes while the queue fills, the others while items are deleted.
      for (let kill = 0; kill < killsPerTable; kill++) {
        await sleep(random() * (kill === 0 ? 40 : 150))
        await coffer.kill('SIGKILL')
        if (kill % 2 === 0) {
          const check = await runCofferCommand(['check', '--data', coffer.folder])
          assert.equal(check.exitCode, 0, check.output)
        }
        await coffer.restart()
      }
    }
    const client = clientOf(coffer)
    for (const table of tables) {
      await swept(client, table)
      const answer = await client.send(new DescribeTimeToLiveCommand({ TableName: table }))
      assert.deepEqual(answer.TimeToLiveDescription, { TimeToLiveStatus: 'ENABLED', AttributeName: 'expires' })
    }
    client.destroy()
    await coffer.kill('SIGKILL')
    const check = await runCofferCommand(['check', '--data', coffer.folder])
    assert.equal(check.exitCode, 0, check.output)
  } finally {
    await coffer.stop()
  }
})

async function load(client: DynamoDBClient, table: string): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'number', AttributeType: 'N' },
        { AttributeName: 'color', AttributeType: 'S' },
      ],
      KeySchema: [{ AttributeName: 'number', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'ByColor',
          KeySchema: [{ AttributeName: 'color', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  )
  const nowSeconds = Math.floor(Date.now() / 1000)
  const batches = Array.from({ length: itemsPerTable / itemsPerBatch }, (_, batch) =>
    Array.from({ length: itemsPerBatch }, (_, position) => {
      const number = batch * itemsPerBatch + position
      const expires = isStaying(number) ? nowSeconds + 1_000_000 : nowSeconds - 100 - number
      const Item = { number: { N: String(number) }, color: { S: 'red' }, expires: { N: String(expires) } }
      return { PutRequest: { Item } }
    }),
  )
  await Promise.all(
    batches.map((requests) => client.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }))),
  )
}

/** Waits until just what is to stay is there, in the table and in its index. */
async function swept(client: DynamoDBClient, table: string): Promise<void> {
  const staying = Array.from({ length: itemsPerTable }, (_, number) => number).filter(isStaying)
  for (let attempt = 0; attempt < 600; attempt++) {
    const there = await numbers(client, table)
    for (const number of staying) assert.ok(there.has(number), `${number} of ${table} went too early`)
    if (there.size === staying.length) {
      assert.deepEqual(await numbers(client, table, 'ByColor'), there)
      return
    }
    await sleep(50)
  }
  assert.fail(`the expired items of ${table} stay`)
}

async function numbers(client: DynamoDBClient, table: string, index?: string): Promise<ReadonlySet<number>> {
  const found = new Set<number>()
  const input = { TableName: table, ...(index === undefined ? { ConsistentRead: true } : { IndexName: index }) }
  for await (const page of paginateScan({ client }, input)) {
    for (const item of page.Items ?? []) found.add(Number(item['number']?.N))
  }
  return found
}
