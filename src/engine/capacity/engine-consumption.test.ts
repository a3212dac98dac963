/** Calls on items, as the ledger tells of them. */
import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { test } from 'node:test'
import { type Clock, systemClock } from '../../foundation/clock.ts'
import { memoryPageStore } from '../../storage/memory/memory-page-store.ts'
import { SealedTrees } from '../../storage/sealed-trees/sealed-trees.ts'
import { openEngine } from '../open-engine.ts'

const scope = { accountId: '000000000000', region: 'us-east-1' }
const table = 'Used'
const minuteMs = 60_000

test('what calls use and what they are refused is counted in its minute, for the table and each global index', async () => {
  let passedMs = 0
  const startMs = Date.UTC(2026, 0, 1)
  const clock: Clock = { ...systemClock, nowMs: () => startMs + passedMs, monotonicMs: () => passedMs }
  const rootKey = createSecretKey(Buffer.alloc(32, 3))
  const trees = await SealedTrees.open({ store: memoryPageStore(), rootKey, cacheBytes: 1 << 20, pageBytes: 4096 })
  const engine = await openEngine({ trees, clock, tableTransitionMs: 0 })
  const units = { readCapacityUnits: 1, writeCapacityUnits: 1 }
  const { id: tableId } = await engine.tables.create(scope, {
    name: table,
    keySchema: { hash: [{ name: 'pk', type: 'S' }], range: [] },
    attributeDefinitions: [],
    indexes: [
      {
        name: 'byG',
        kind: 'global',
        keySchema: { hash: [{ name: 'g', type: 'S' }], range: [] },
        projection: { type: 'KEYS_ONLY' },
        throughput: units,
      },
    ],
    billingMode: 'PROVISIONED',
    throughput: units,
    deletionProtection: false,
    tags: [],
  })
  const put = (pk: string) => {
    const item = { pk: { S: pk }, g: { S: 'x' }, a: { S: 'x'.repeat(150 * 1024) } }
    return engine.items.put({ scope, table, returnValues: 'NONE', returnOldOnFailure: false, item })
  }
  const get = (pk: string) => engine.items.get({ scope, table, key: { pk: { S: pk } }, consistent: true })
  // 300 seconds of one unit are saved up: the first two puts use them, the third is refused.
  const { capacity } = await put('a')
  await put('b')
  await assert.rejects(put('c'), { code: 'ProvisionedThroughputExceededException' })
  const read = (await get('a')).capacity.table
  passedMs += minuteMs
  const last = (indexName: string | undefined, direction: 'Read' | 'Write') =>
    engine.consumption.minutes({ tableId, indexName, direction }).at(-1)
  assert.deepEqual(last(undefined, 'Write'), {
    startMs,
    consumedUnits: 2 * capacity.table,
    throttledRequests: 1,
  })
  assert.ok(capacity.table > 150)
  assert.deepEqual(last('byG', 'Write'), { startMs, consumedUnits: 2, throttledRequests: 0 })
  assert.deepEqual(last(undefined, 'Read'), { startMs, consumedUnits: read, throttledRequests: 0 })
  assert.deepEqual(last('byG', 'Read'), { startMs, consumedUnits: 0, throttledRequests: 0 })
  passedMs += minuteMs
  assert.deepEqual(last(undefined, 'Write'), { startMs: startMs + minuteMs, consumedUnits: 0, throttledRequests: 0 })
  await engine.tables.delete(scope, table, () => {})
  assert.equal(engine.consumption.minutes({ tableId, indexName: undefined, direction: 'Write' })[0]?.consumedUnits, 0)
  await engine.close()
})
