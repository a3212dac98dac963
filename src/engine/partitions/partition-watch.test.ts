/** Partitions that split by themselves, on an engine over memory. */
import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../../foundation/clock.ts'
import { memoryPageStore } from '../../storage/memory/memory-page-store.ts'
import { SealedTrees } from '../../storage/sealed-trees/sealed-trees.ts'
import { checkEngine } from '../check-engine.ts'
import type { Engine } from '../engine.ts'
import type { Item } from '../items/attribute-value.ts'
import { openEngine } from '../open-engine.ts'
import { Catalog } from '../tables/catalog.ts'
import type { CompiledTable } from '../tables/compiled-table.ts'
import type { IndexRecord, TableRecord } from '../tables/table.ts'
import type { TableDefinition } from '../tables/tables.ts'
import { type Partitions, partitionOf } from './partition.ts'
import { type PartitionLimits, usualPartitionLimits } from './partition-limits.ts'
import { hashesOf } from './split-partition.ts'

const scope = { accountId: '000000000000', region: 'us-east-1' }

const definition: TableDefinition = {
  name: 'T',
  keySchema: { hash: [{ name: 'pk', type: 'S' }], range: [{ name: 'sk', type: 'N' }] },
  attributeDefinitions: [],
  indexes: [],
  billingMode: 'PAY_PER_REQUEST',
  throughput: { readCapacityUnits: 0, writeCapacityUnits: 0 },
  deletionProtection: false,
  tags: [],
}

const byColor = {
  name: 'ByColor',
  kind: 'global',
  keySchema: { hash: [{ name: 'color', type: 'S' }], range: [] },
  projection: { type: 'ALL' },
} as const

interface House {
  readonly trees: SealedTrees
  engine: Engine
}

async function openHouse(limits: Partial<PartitionLimits>, table: Partial<TableDefinition> = {}): Promise<House> {
  const rootKey = createSecretKey(Buffer.alloc(32, 3))
  const trees = await SealedTrees.open({ store: memoryPageStore(), rootKey, cacheBytes: 1 << 22, pageBytes: 4096 })
  const house = { trees, engine: await openOver(trees, limits) }
  await house.engine.tables.create(scope, { ...definition, ...table })
  return house
}

function openOver(trees: SealedTrees, limits: Partial<PartitionLimits>): Promise<Engine> {
  const partitionLimits = { ...usualPartitionLimits, heatMs: 200, ...limits }
  return openEngine({ trees, clock: systemClock, tableTransitionMs: 0, partitionLimits })
}

async function put({ engine }: House, pk: string, sk: number, bytes: number, more: Item = {}): Promise<void> {
  const item = { pk: { S: pk }, sk: { N: String(sk) }, a: { S: 'x'.repeat(bytes) }, ...more }
  await engine.items.put({ scope, table: 'T', item, returnValues: 'NONE', returnOldOnFailure: false })
}

function compiled({ trees }: House): Promise<CompiledTable> {
  return trees.view((reader) => {
    const table = new Catalog().find(reader, scope, 'T')
    assert.ok(table !== undefined)
    return table
  })
}

/** What the items of each partition weigh. */
function bytesOf({ trees }: House, tree: number, partitions: Partitions): Promise<number[]> {
  return trees.view((reader) => {
    const bytes = new Map(partitions.map(({ id }) => [id, 0]))
    reader.scan(tree, {}, false, ({ keyBytes, keyStart, keyEnd, valueBytes, valueStart }) => {
      const { id } = partitionOf(partitions, Buffer.from(keyBytes.subarray(keyStart, keyEnd)))
      bytes.set(id, (bytes.get(id) ?? 0) + valueBytes.readUInt32BE(valueStart))
      return true
    })
    return [...bytes.values()]
  })
}

/** Calls drive the watch. */
function looked(house: House): Promise<void> {
  return put(house, 'key0', 0, 500, { color: { S: 'color0' } })
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    if (await holds()) return
    await sleep(10)
  }
  assert.fail('it never came to be')
}

async function closeSound({ trees, engine }: House): Promise<void> {
  await engine.close()
  const faults: string[] = []
  for await (const check of checkEngine(trees)) faults.push(...check.faults)
  assert.deepEqual(faults, [])
}

test('by size, until no partition is too large, but a partition key stays whole', async () => {
  const bytes = 20_000
  const house = await openHouse({ bytes }, { indexes: [byColor] })
  for (let at = 0; at < 300; at++) await put(house, `key${at % 100}`, at, 500, { color: { S: `color${at % 7}` } })
  for (let at = 0; at < 100; at++) await put(house, 'large', at, 500)
  const sizes = async () => {
    const table = await compiled(house)
    return bytesOf(house, table.record.tree, table.partitions)
  }
  // The one large collection is alone at last, or with what cannot be divided from it any more evenly.
  // 43 entries of each color, more than the limit: each has a partition of its own in the index.
  await until(async () => {
    await looked(house)
    const [index] = (await compiled(house)).indexes
    return (await sizes()).filter((each) => each > bytes).length <= 1 && (index?.partitions.length ?? 0) >= 7
  })
  assert.ok((await compiled(house)).partitions.length >= 10)
  const total = (await sizes()).reduce((sum, each) => sum + each, 0)
  assert.ok(total > 200_000)
  await closeSound(house)
})

test('sizes from before a restart, and of an index that was filled, are found out', async () => {
  const house = await openHouse({})
  for (let at = 0; at < 300; at++) await put(house, `key${at}`, at, 500, { color: { S: `color${at}` } })
  assert.equal((await compiled(house)).partitions.length, 4)
  await house.engine.close()
  house.engine = await openOver(house.trees, { bytes: 20_000 })
  const added: IndexRecord = { ...byColor, tree: 0, status: 'CREATING', backfilling: true }
  await house.engine.tables.update(scope, 'T', (present) => ({ ...present, status: 'UPDATING', indexes: [added] }))
  await until(async () => (await compiled(house)).record.status === 'ACTIVE')
  await until(async () => {
    await looked(house)
    const { record, partitions, indexes } = await compiled(house)
    const [index] = indexes
    assert.ok(index !== undefined)
    const all = [
      ...(await bytesOf(house, record.tree, partitions)),
      ...(await bytesOf(house, index.record.tree, index.partitions)),
    ]
    return all.every((each) => each <= 20_000)
  })
  await closeSound(house)
})

test('by heat, where half of the load lies; then the table is warmer', async () => {
  const house = await openHouse({ writeUnitsPerSecond: 200 })
  const warm = async () => (await compiled(house)).record.warmThroughput
  assert.equal(await warm(), undefined)
  await until(async () => {
    await Promise.all(Array.from({ length: 50 }, (_, at) => put(house, `key${at}`, 0, 10)))
    return (await compiled(house)).partitions.length > 21
  })
  const { partitions } = await compiled(house)
  assert.equal((await warm())?.writeUnitsPerSecond, Math.max(4000, partitions.length * 200))
  assert.equal((await warm())?.readUnitsPerSecond, partitions.length * 3000)
  await closeSound(house)
})

test('a single hot key is set apart, and then nothing more can be done', async () => {
  const house = await openHouse({ readUnitsPerSecond: 50 })
  await put(house, 'hot', 1, 10)
  const get = () =>
    house.engine.items.get({ scope, table: 'T', key: { pk: { S: 'hot' }, sk: { N: '1' } }, consistent: true })
  await until(async () => {
    await Promise.all(Array.from({ length: 20 }, get))
    return (await compiled(house)).partitions.length > 4
  })
  const { partitions } = await compiled(house)
  assert.equal(partitions.length, 6)
  const parts = partitions.map((_, position) => hashesOf(partitions, position))
  assert.equal(parts.filter(({ from, to }) => to - from === 1n).length, 1)
  const longer = performance.now() + 600
  while (performance.now() < longer) await Promise.all([...Array.from({ length: 5 }, get), sleep(10)])
  assert.deepEqual((await compiled(house)).partitions, partitions)
  await closeSound(house)
})

test('scans heat nothing', async () => {
  const house = await openHouse({ readUnitsPerSecond: 10 })
  for (let at = 0; at < 20; at++) await put(house, `key${at}`, at, 500)
  const end = performance.now() + 600
  while (performance.now() < end) {
    await house.engine.items.scan({ scope, table: 'T', consistent: true, select: 'ALL_ATTRIBUTES' })
    await sleep(5)
  }
  assert.equal((await compiled(house)).partitions.length, 4)
  await closeSound(house)
})

test('throughput that is asked for gets the partitions that it needs', async () => {
  const provisioned = { readCapacityUnits: 5, writeCapacityUnits: 5 }
  const house = await openHouse(
    {},
    { billingMode: 'PROVISIONED', throughput: provisioned, indexes: [{ ...byColor, throughput: provisioned }] },
  )
  assert.equal((await compiled(house)).partitions.length, 1)
  const raise = (writeCapacityUnits: number) =>
    house.engine.tables.update(scope, 'T', (present): TableRecord => {
      const throughput = { ...present.throughput, writeCapacityUnits }
      return { ...present, throughput, indexes: present.indexes.map((index) => ({ ...index, throughput })) }
    })
  await raise(3500)
  const first = await compiled(house)
  assert.equal(first.partitions.length, 4)
  assert.equal(first.indexes[0]?.partitions.length, 4)
  const starts = first.partitions.map(({ from }) => from.toString('hex').slice(0, 4))
  assert.deepEqual(starts, ['0000', '4000', '8000', 'c000'])
  assert.ok(first.partitions.every(({ parent }) => parent === 0))
  await raise(10)
  assert.deepEqual((await compiled(house)).partitions, first.partitions, 'they are never put together again')
  await raise(5000)
  assert.equal((await compiled(house)).partitions.length, 5)
  await closeSound(house)
})
