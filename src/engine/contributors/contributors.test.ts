/** Figures of contributor insights, from the calls that make them. */
import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { test } from 'node:test'
import { type Clock, systemClock } from '../../foundation/clock.ts'
import { memoryPageStore } from '../../storage/memory/memory-page-store.ts'
import { SealedTrees } from '../../storage/sealed-trees/sealed-trees.ts'
import type { Engine } from '../engine.ts'
import type { Item } from '../items/attribute-value.ts'
import { openEngine } from '../open-engine.ts'
import { usualPartitionLimits } from '../partitions/partition-limits.ts'
import type { InsightsMode, InsightsRecord } from '../tables/table.ts'
import type { TableDefinition } from '../tables/tables.ts'
import type { InsightsRule } from './key-insights.ts'

const scope = { accountId: '000000000000', region: 'us-east-1' }
const minuteMs = 60_000
const firstMinuteMs = 1_700_000_040_000 - (1_700_000_040_000 % minuteMs)

const definition: TableDefinition = {
  name: 'Orders',
  keySchema: { hash: [{ name: 'customer', type: 'S' }], range: [{ name: 'order', type: 'N' }] },
  attributeDefinitions: [],
  indexes: [
    {
      name: 'ByDay',
      kind: 'global',
      keySchema: { hash: [{ name: 'day', type: 'S' }], range: [] },
      projection: { type: 'ALL' },
    },
  ],
  billingMode: 'PAY_PER_REQUEST',
  throughput: { readCapacityUnits: 0, writeCapacityUnits: 0 },
  deletionProtection: false,
  tags: [],
}

class Shop {
  readonly engine: Engine
  nowMs = firstMinuteMs
  #timesOn = 0

  private constructor(engine: Engine) {
    this.engine = engine
  }

  static async open(): Promise<Shop> {
    const rootKey = createSecretKey(Buffer.alloc(32, 3))
    const trees = await SealedTrees.open({ store: memoryPageStore(), rootKey, cacheBytes: 1 << 20, pageBytes: 1024 })
    let shop: Shop | undefined
    const clock: Clock = { ...systemClock, nowMs: () => shop?.nowMs ?? firstMinuteMs, monotonicMs: () => 0 }
    // Few units, so that throttling is soon reached.
    const partitionLimits = { ...usualPartitionLimits, writeUnitsPerSecond: 1 }
    const engine = await openEngine({ trees, clock, tableTransitionMs: 0, partitionLimits })
    shop = new Shop(engine)
    await engine.tables.create(scope, definition)
    return shop
  }

  async turnOn(mode: InsightsMode, status: InsightsRecord['status'] = 'ENABLING'): Promise<void> {
    const contributorInsights: InsightsRecord = { status, mode, updatedAtMs: 0, enabledAtMs: ++this.#timesOn }
    await this.engine.tables.update(scope, 'Orders', (present) => ({
      ...present,
      contributorInsights,
      indexes: present.indexes.map((index) => ({ ...index, contributorInsights })),
    }))
  }

  put(customer: string, order: number, more: Item = {}): Promise<unknown> {
    const item = { customer: { S: customer }, order: { N: String(order) }, ...more }
    return this.engine.items.put({ scope, table: 'Orders', item, returnValues: 'NONE', returnOldOnFailure: false })
  }

  get(customer: string, order: number): Promise<unknown> {
    const key = { customer: { S: customer }, order: { N: String(order) } }
    return this.engine.items.get({ scope, table: 'Orders', key, consistent: true })
  }

  query(index: string | undefined, hash: string): Promise<unknown> {
    return this.engine.items.query({
      scope,
      table: 'Orders',
      ...(index !== undefined && { index }),
      consistent: index === undefined,
      select: index === undefined ? 'ALL_ATTRIBUTES' : 'ALL_PROJECTED_ATTRIBUTES',
      forward: true,
      keyCondition: () => ({ hash: [{ S: hash }], range: [] }),
    })
  }

  /** What the first minute's report says, or that of another. */
  async report(rule: InsightsRule, index?: string, minute = 0): Promise<unknown> {
    const fromMs = firstMinuteMs + minute * minuteMs
    const times = { fromMs, toMs: fromMs + minuteMs, limit: 10 }
    const minutes = await this.engine.contributors.report({
      scope,
      table: 'Orders',
      ...(index && { index }),
      rule,
      ...times,
    })
    return minutes?.flatMap(({ keys }) => keys.map(({ key, weight }) => [...key, weight]))
  }
}

test('a write unit weighs three read units, by partition key and by item', async () => {
  const shop = await Shop.open()
  await shop.turnOn('ACCESSED_AND_THROTTLED_KEYS')
  await shop.put('ann', 1)
  await shop.put('ann', 2)
  await shop.put('bob', 10)
  for (let each = 0; each < 5; each++) await shop.get('bob', 10)
  await shop.get('carl', -2.5)
  assert.deepEqual(await shop.report('PKC'), [
    ['bob', 8],
    ['ann', 6],
    ['carl', 1],
  ])
  assert.deepEqual(await shop.report('SKC'), [
    ['bob', '10', 8],
    ['ann', '1', 3],
    ['ann', '2', 3],
    ['carl', '-2.5', 1],
  ])
  assert.deepEqual(await shop.report('PKT'), [])
  await shop.engine.close()
})

test('batches count item by item, a query counts its partition key, a scan counts nothing', async () => {
  const shop = await Shop.open()
  await shop.turnOn('ACCESSED_AND_THROTTLED_KEYS')
  const key = (customer: string) => ({ customer: { S: customer }, order: { N: '1' } })
  const { items } = shop.engine
  await items.batchWrite({ scope, tables: [{ table: 'Orders', writes: [{ put: key('ann') }, { put: key('bob') }] }] })
  await items.batchGet({ scope, tables: [{ table: 'Orders', keys: [key('bob')], consistent: true }] })
  await shop.query(undefined, 'ann')
  await items.scan({ scope, table: 'Orders', consistent: true, select: 'ALL_ATTRIBUTES' })
  assert.deepEqual(await shop.report('PKC'), [
    ['ann', 4],
    ['bob', 4],
  ])
  assert.deepEqual(await shop.report('SKC'), [
    ['bob', '1', 4],
    ['ann', '1', 3],
  ])
  await shop.engine.close()
})

test('an index has figures of its own, by its own keys', async () => {
  const shop = await Shop.open()
  await shop.turnOn('ACCESSED_AND_THROTTLED_KEYS')
  await shop.put('ann', 1, { day: { S: 'monday' } })
  await shop.put('bob', 1, { day: { S: 'monday' } })
  await shop.put('bob', 1, { day: { S: 'tuesday' } })
  await shop.query('ByDay', 'tuesday')
  assert.deepEqual(await shop.report('PKC', 'ByDay'), [
    ['monday', 9],
    ['tuesday', 3.5],
  ])
  assert.deepEqual(await shop.report('SKC', 'ByDay'), [], 'it has no sort key')
  await shop.engine.close()
})

test('throttled calls are counted by what they asked for', async () => {
  const shop = await Shop.open()
  await shop.turnOn('THROTTLED_KEYS')
  await shop.put('ann', 1, { note: { S: 'x'.repeat(400_000) } })
  for (let each = 0; each < 3; each++) await assert.rejects(shop.put('ann', 2))
  await assert.rejects(shop.put('ann', 1))
  assert.deepEqual(await shop.report('PKT'), [['ann', 4]])
  assert.deepEqual(await shop.report('SKT'), [
    ['ann', '2', 3],
    ['ann', '1', 1],
  ])
  assert.deepEqual(await shop.report('PKC'), [], 'accessed keys are not followed in this mode')
  await shop.engine.close()
})

test('each minute has its own figures, for an hour', async () => {
  const shop = await Shop.open()
  await shop.turnOn('ACCESSED_AND_THROTTLED_KEYS')
  await shop.get('ann', 1)
  shop.nowMs += minuteMs
  await shop.get('bob', 1)
  await shop.get('bob', 1)
  assert.deepEqual(await shop.report('PKC'), [['ann', 1]])
  assert.deepEqual(await shop.report('PKC', undefined, 1), [['bob', 2]])
  shop.nowMs += 60 * minuteMs
  await shop.get('carl', 1)
  assert.deepEqual(await shop.report('PKC'), [])
  assert.deepEqual(await shop.report('PKC', undefined, 61), [['carl', 1]])
  await shop.engine.close()
})

test('where they are off there are no figures', async () => {
  const shop = await Shop.open()
  await shop.get('ann', 1)
  assert.equal(await shop.report('PKC'), undefined)
  await shop.turnOn('ACCESSED_AND_THROTTLED_KEYS')
  await shop.get('ann', 1)
  await shop.turnOn('ACCESSED_AND_THROTTLED_KEYS', 'DISABLING')
  assert.equal(await shop.report('PKC'), undefined)
  await shop.turnOn('ACCESSED_AND_THROTTLED_KEYS')
  assert.deepEqual(await shop.report('PKC'), [], 'what came before they went off is gone')
  await shop.engine.close()
})
