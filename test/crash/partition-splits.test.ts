/**
 * Tables whose partitions split while 64 clients write: none of them sees an error, every acknowledged write is there
 * afterwards, and everything kept agrees with itself.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type DynamoDBClient, UpdateTableCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb'
import { openExistingDataFolder } from '../../src/data-folder/data-folder.ts'
import type { Partition } from '../../src/engine/partitions/partition.ts'
import { Catalog } from '../../src/engine/tables/catalog.ts'
import { compileTable } from '../../src/engine/tables/compiled-table.ts'
import { systemRandom } from '../../src/foundation/random.ts'
import { openStore } from '../../src/open-store.ts'
import { runCoffer, runCofferCommand } from '../run-coffer.ts'
import { createLedger, seededRandom, writeLoad } from './acknowledged-writes.ts'
import { clientOf } from './crash-client.ts'

const clients = 64
const loadMs = 4000

interface Kept {
  readonly table: readonly Partition[]
  readonly index: readonly Partition[]
}

/** Writes for a while and holds the server to it; what partitions there are at the end. */
async function splitUnderLoad(
  args: readonly string[],
  prepare: (client: DynamoDBClient) => Promise<void>,
): Promise<Kept> {
  const seed = Date.now() >>> 0
  const coffer = await runCoffer({ args })
  try {
    const client = clientOf(coffer)
    await createLedger(client)
    await prepare(client)
    const random = seededRandom(seed)
    const load = writeLoad({ workers: clients, keysPerWorker: 50, valueCharactersMax: 10_000, random })
    load.start(client)
    await sleep(loadMs)
    await load.stop()
    assert.deepEqual([...load.errors()], [], `no client saw an error (seed ${seed})`)
    assert.ok(load.acknowledged() > clients * 10, `enough was written: ${load.acknowledged()}`)
    await load.verify(client)
    client.destroy()
    await coffer.kill('SIGKILL')
    const check = await runCofferCommand(['check', '--data', coffer.folder])
    assert.equal(check.exitCode, 0, check.output)
    return await keptPartitions(coffer.folder)
  } finally {
    await coffer.stop()
  }
}

async function keptPartitions(path: string): Promise<Kept> {
  const folder = await openExistingDataFolder({ path, random: systemRandom, processId: process.pid })
  const trees = await openStore(folder, 2 ** 24)
  try {
    return await trees.view((reader) => {
      const [record] = new Catalog().all(reader)
      assert.ok(record !== undefined)
      const { partitions, indexes } = compileTable(reader, record)
      return { table: partitions, index: indexes[0]?.partitions ?? [] }
    })
  } finally {
    await trees.close()
    await folder.release()
  }
}

test('a table that grows splits by size, and nobody notices', { timeout: 60_000 }, async (context) => {
  const { table } = await splitUnderLoad(['--partition-bytes', '100KiB'], async () => undefined)
  context.diagnostic(`${table.length} partitions`)
  const children = table.filter(({ parent }) => parent !== undefined)
  assert.ok(table.length > 4 && children.length > 1, 'partitions were split')
  assert.ok(
    children.every(({ bytes }) => bytes !== undefined && bytes > 0),
    'by the sizes that were measured',
  )
})

test('a table under load splits by heat, its stream and its index too, and nobody notices', {
  timeout: 60_000,
}, async (context) => {
  const args = ['--partition-write-units', '100', '--partition-heat-time', '500ms']
  const { table, index } = await splitUnderLoad(args, async (client) => {
    const StreamSpecification = { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' } as const
    await client.send(new UpdateTableCommand({ TableName: 'Ledger', StreamSpecification }))
    await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 1 }, { TableName: 'Ledger' })
  })
  context.diagnostic(`${table.length} partitions of the table, ${index.length} of its index`)
  assert.ok(table.length > 4, 'the table was split')
  // The index has two keys, odd and even, and each takes half of the load: both are set apart.
  assert.equal(index.filter(isOfOneHash).length, 2)
})

function isOfOneHash(partition: Partition, at: number, all: readonly Partition[]): boolean {
  const next = all[at + 1]
  return next !== undefined && next.from.readBigUInt64BE() - partition.from.readBigUInt64BE() === 1n
}
