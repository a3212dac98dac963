/** The example of a stream's consumer, against a server that is killed and a consumer that is stopped now and then, while shards are split. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { DynamoDBClient, UpdateTableCommand } from '@aws-sdk/client-dynamodb'
import { DescribeStreamCommand, DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams'
import {
  changeSomething,
  createAccounts,
  readAccounts,
  tableName,
} from '../../examples/stream-replica/random-changes.ts'
import { Replica } from '../../examples/stream-replica/replica.ts'
import { StreamConsumer } from '../../examples/stream-replica/stream-consumer.ts'
import { seededRandom } from '../crash/acknowledged-writes.ts'
import { type RunningCoffer, runCoffer, runCofferCommand } from '../run-coffer.ts'

let coffer: RunningCoffer
let folder: string
before(async () => {
  coffer = await runCoffer()
  folder = await mkdtemp(join(tmpdir(), 'coffer-replica-'))
})
after(async () => {
  await coffer?.stop()
  if (folder !== undefined) await rm(folder, { recursive: true, force: true })
})

const writers = 4
const lives = 6
const lifeMs = 400

/** More warm throughput is more partitions, at once: each stream shard is closed and goes on in children. */
async function split(client: DynamoDBClient, writeUnits: number): Promise<void> {
  const WarmThroughput = { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: writeUnits }
  await client.send(new UpdateTableCommand({ TableName: tableName, WarmThroughput }))
}

test('a consumer ends with an exact copy, whoever is stopped meanwhile', { timeout: 60_000 }, async (context) => {
  const seed = Date.now() >>> 0
  context.diagnostic(`seed ${seed}`)
  const random = seededRandom(seed)
  const { endpoint, region, credentials } = coffer
  const client = new DynamoDBClient({ endpoint, region, credentials, maxAttempts: 1 })
  const streams = new DynamoDBStreamsClient({ endpoint, region, credentials, maxAttempts: 2 })
  const streamArn = await createAccounts(client)
  const file = join(folder, 'replica.json')

  let changing = true
  let changes = 0
  const write = async () => {
    while (changing) {
      // A change that the killed server did not answer may or may not have been made; the stream knows.
      const failed = await changeSomething(client, random).catch(() => true)
      if (failed === true) await sleep(20)
      else changes += 1
    }
  }
  const writing = Array.from({ length: writers }, write)
  for (let life = 0; life < lives; life += 1) {
    const consumer = new StreamConsumer(streams, await Replica.open(file, streamArn))
    const stopping = new AbortController()
    const reading = consumer.run(stopping.signal)
    await sleep(lifeMs)
    if (life % 2 === 0) await split(client, 6000 + 2000 * life)
    if (life % 2 === 1) {
      await coffer.kill('SIGKILL')
      await coffer.restart()
    }
    stopping.abort()
    await reading
  }
  changing = false
  await Promise.all(writing)

  const replica = await Replica.open(file, streamArn)
  assert.ok(replica.items.size > 0, 'the consumer kept up with the changes to some extent')
  const consumer = new StreamConsumer(streams, replica)
  while ((await consumer.round()) > 0);
  const table = await readAccounts(client)
  assert.deepEqual(new Map([...replica.items].sort()), new Map([...table].sort()))
  context.diagnostic(`${changes} changes, ${table.size} items`)
  const { StreamDescription: stream } = await streams.send(new DescribeStreamCommand({ StreamArn: streamArn }))
  const children = stream?.Shards?.filter(({ ParentShardId: parent }) => parent !== undefined) ?? []
  assert.ok(children.length >= 10, `shards were split: ${stream?.Shards?.length}`)
  assert.ok(changes > 50, 'there was something to follow')
  client.destroy()
  streams.destroy()
  await coffer.kill('SIGTERM')
  const check = await runCofferCommand(['check', '--data', coffer.folder])
  assert.equal(check.exitCode, 0, check.output)
  assert.match(check.output, /stream/)
})
