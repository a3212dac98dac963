/** A consumer that follows a stream through splits, restarts and short pages ends with what an obvious model holds. */
import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { systemClock } from '../../foundation/clock.ts'
import { memoryPageStore } from '../../storage/memory/memory-page-store.ts'
import type { PageStore } from '../../storage/page-store.ts'
import { checkTrees } from '../../storage/sealed-trees/check-trees.ts'
import { SealedTrees } from '../../storage/sealed-trees/sealed-trees.ts'
import { StoreUnavailable } from '../../storage/trees.ts'
import { checkEngine } from '../check-engine.ts'
import type { Engine } from '../engine.ts'
import type { AttributeValue, Item } from '../items/attribute-value.ts'
import { openEngine } from '../open-engine.ts'
import { type Partition, putPartition } from '../partitions/partition.ts'
import { Catalog } from '../tables/catalog.ts'
import type { TableDefinition } from '../tables/tables.ts'
import { partitionSplit } from './change-stream.ts'
import type { StreamedRecord, StreamName } from './streams.ts'

const scope = { accountId: '000000000000', region: 'us-east-1' }
const table = 'T'
const definition: TableDefinition = {
  name: table,
  keySchema: { hash: [{ name: 'pk', type: 'S' }], range: [] },
  attributeDefinitions: [],
  indexes: [],
  billingMode: 'PROVISIONED',
  throughput: { readCapacityUnits: 6_000, writeCapacityUnits: 900 },
  deletionProtection: false,
  stream: { viewType: 'NEW_AND_OLD_IMAGES' },
  tags: [],
}

interface House {
  readonly store: PageStore
  readonly engine: Engine
  readonly trees: SealedTrees
}

/** Engines that a failed test left open; one with a stream would run on. */
const opened = new Set<Engine>()
after(async () => {
  for (const engine of opened) await engine.close()
})

async function openHouse(store: PageStore = memoryPageStore()): Promise<House> {
  const rootKey = createSecretKey(Buffer.alloc(32, 3))
  const trees = await SealedTrees.open({ store, rootKey, cacheBytes: 1 << 20, pageBytes: 1024 })
  const engine = await openEngine({ trees, clock: systemClock, tableTransitionMs: 0 })
  opened.add(engine)
  return { store, trees, engine }
}

async function close({ engine }: House): Promise<void> {
  await engine.close()
  opened.delete(engine)
}

async function reopen(house: House): Promise<House> {
  await close(house)
  await house.trees.close()
  return openHouse(house.store)
}

async function faults({ trees }: House): Promise<string[]> {
  const found: string[] = []
  for await (const check of checkTrees(trees)) found.push(...check.faults)
  for await (const check of checkEngine(trees)) found.push(...check.faults)
  return found
}

async function streamName({ engine }: House): Promise<StreamName> {
  const found = await engine.tables.find(scope, table)
  return { table, label: found?.record.stream?.label ?? '' }
}

/** Splits the partition at `position` (of those there are) in two halves of its range. */
async function split({ trees }: House, position: number): Promise<void> {
  await trees.atomically((writer) => {
    const catalog = new Catalog()
    const found = catalog.find(writer, scope, table)
    assert.ok(found !== undefined)
    const { partitions, record } = found
    const at = position % partitions.length
    const parent = partitions[at] as Partition
    const start = parent.from.readBigUInt64BE()
    const end = partitions[at + 1]?.from.readBigUInt64BE() ?? 1n << 64n
    const middle = Buffer.alloc(8)
    middle.writeBigUInt64BE(start + (end - start) / 2n)
    const next = Math.max(...partitions.map(({ id }) => id)) + 1
    const children = [parent.from, middle].map((from, n) => ({ id: next + n, from, parent: parent.id, createdAtMs: 0 }))
    for (const child of children) putPartition(writer, record.tree, child)
    partitionSplit(writer, found, parent, children, systemClock.nowMs())
    catalog.put(writer, { ...record, partitionVersion: record.partitionVersion + 1 })
  })
}

type Action =
  | { readonly kind: 'put'; readonly pk: string; readonly text: string }
  | { readonly kind: 'delete'; readonly pk: string }
  | { readonly kind: 'batch'; readonly pks: readonly string[]; readonly text: string }
  | { readonly kind: 'split'; readonly position: number }
  | { readonly kind: 'consume'; readonly limit: number }
  | { readonly kind: 'reopen' }

const pk = fc.integer({ min: 0, max: 30 }).map((n) => `p${n}`)
const text = fc.oneof(fc.constantFrom('', 'a', 'b'), fc.string({ minLength: 100, maxLength: 900 }))
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ kind: fc.constant('put' as const), pk, text }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('delete' as const), pk }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('batch' as const), pks: fc.uniqueArray(pk, { maxLength: 5 }), text }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('split' as const), position: fc.nat(10) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('consume' as const), limit: fc.integer({ min: 1, max: 9 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const) }) },
)

/** The table as a map of texts, and every change that was made, in order. */
class Model {
  readonly items = new Map<string, string>()
  readonly changes: { readonly pk: string; readonly before: string | undefined; readonly after: string | undefined }[] =
    []

  set(of: string, after: string | undefined): void {
    const before = this.items.get(of)
    if (before === after) return
    this.changes.push({ pk: of, before, after })
    if (after === undefined) this.items.delete(of)
    else this.items.set(of, after)
  }
}

function itemOf(of: string, value: string): Item {
  return { pk: { S: of }, text: { S: value } }
}

async function act({ engine }: House, model: Model, step: Action): Promise<void> {
  const write = { scope, table, returnValues: 'NONE', returnOldOnFailure: false } as const
  switch (step.kind) {
    case 'put':
      await engine.items.put({ ...write, item: itemOf(step.pk, step.text) })
      return model.set(step.pk, step.text)
    case 'delete':
      await engine.items.delete({ ...write, key: { pk: { S: step.pk } } })
      return model.set(step.pk, undefined)
    case 'batch': {
      if (step.pks.length === 0) return
      const writes = step.pks.map((each) => ({ put: itemOf(each, step.text) }))
      await engine.items.batchWrite({ scope, tables: [{ table, writes }] })
      for (const each of step.pks) model.set(each, step.text)
    }
  }
}

/** Reads every shard whose parent it has read to the end, and keeps its place from call to call. */
class Consumer {
  readonly places = new Map<string, { iterator: string | undefined }>()
  readonly records: StreamedRecord[] = []

  async consume(house: House, limit: number): Promise<number> {
    const { engine } = house
    const name = await streamName(house)
    let found = 0
    let after: string | undefined
    do {
      const page = await engine.streams.describe(scope, name, { limit: 2, ...(after !== undefined && { after }) })
      for (const shard of page.shards) {
        if (shard.parent !== undefined && !this.#isRead(shard.parent)) continue
        found += await this.#read(engine, name, shard.id, limit)
      }
      after = page.lastShard
    } while (after !== undefined)
    return found
  }

  #isRead(shard: string): boolean {
    const place = this.places.get(shard)
    return place !== undefined && place.iterator === undefined
  }

  async #read(engine: Engine, name: StreamName, shard: string, limit: number): Promise<number> {
    let place = this.places.get(shard)
    if (place === undefined) {
      place = { iterator: await engine.streams.iterator(scope, name, shard, { type: 'TRIM_HORIZON' }) }
      this.places.set(shard, place)
    }
    if (place.iterator === undefined) return 0
    const page = await engine.streams.records(scope, name, place.iterator, limit)
    place.iterator = page.next
    this.records.push(...page.records)
    return page.records.length + (page.next === undefined ? 1 : 0)
  }
}

function textOf(image: Uint8Array | undefined): string | undefined {
  if (image === undefined) return undefined
  const item = JSON.parse(Buffer.from(image).toString()) as Record<string, AttributeValue>
  return (item['text'] as { S: string }).S
}

function pkOf({ keys }: StreamedRecord): string {
  return (JSON.parse(Buffer.from(keys).toString()) as { pk: { S: string } }).pk.S
}

test('a stream tells every change of every item, in order, through splits and restarts', () =>
  fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 20, maxLength: 150 }), async (story) => {
      let house = await openHouse()
      await house.engine.tables.create(scope, definition)
      const model = new Model()
      const consumer = new Consumer()
      for (const step of story) {
        if (step.kind === 'split') await split(house, step.position)
        else if (step.kind === 'consume') await consumer.consume(house, step.limit)
        else if (step.kind === 'reopen') house = await reopen(house)
        else await act(house, model, step)
      }
      while ((await consumer.consume(house, 50)) > 0);
      const told = consumer.records.map((record) => ({
        pk: pkOf(record),
        before: textOf(record.oldImage),
        after: textOf(record.newImage),
      }))
      assert.deepEqual(byItem(told), byItem(model.changes))
      const numbers = consumer.records.map(({ sequenceNumber }) => sequenceNumber)
      assert.equal(new Set(numbers).size, numbers.length)
      const inOrder = consumer.records
        .toSorted((a, b) => (a.sequenceNumber < b.sequenceNumber ? -1 : 1))
        .map((record) => ({ pk: pkOf(record), before: textOf(record.oldImage), after: textOf(record.newImage) }))
      assert.deepEqual(inOrder, model.changes, 'sequence numbers are in the order of all changes')
      assert.deepEqual(await faults(house), [])
      await close(house)
    }),
    { numRuns: 40 },
  ))

function byItem(changes: Model['changes']): object {
  return Object.fromEntries([...Map.groupBy(changes, ({ pk: of }) => of)].sort(([a], [b]) => (a < b ? -1 : 1)))
}

test('a change that its commit loses is not told, and the next one is told after what came before', async () => {
  const inner = memoryPageStore()
  let full = false
  const store: PageStore = {
    ...inner,
    async commit(seen, writes) {
      if (full) throw new StoreUnavailable('full')
      await inner.commit(seen, writes)
    },
  }
  const house = await openHouse(store)
  await house.engine.tables.create(scope, definition)
  const model = new Model()
  await act(house, model, { kind: 'put', pk: 'a', text: '1' })
  full = true
  await assert.rejects(act(house, new Model(), { kind: 'put', pk: 'a', text: 'lost' }), StoreUnavailable)
  full = false
  await act(house, model, { kind: 'put', pk: 'a', text: '2' })
  const consumer = new Consumer()
  while ((await consumer.consume(house, 50)) > 0);
  assert.deepEqual(
    consumer.records.map(({ newImage }) => textOf(newImage)),
    ['1', '2'],
  )
  assert.deepEqual(await faults(house), [])
  await close(house)
})

test('check finds a record that is missing, one too many, and an item that was changed behind its stream', async () => {
  const house = await openHouse()
  await house.engine.tables.create(scope, definition)
  const model = new Model()
  for (const step of ['1', '2', '3']) await act(house, model, { kind: 'put', pk: 'a', text: step })
  const tree = (await house.engine.tables.find(scope, table))?.record.stream?.tree ?? 0
  const entries: { key: Buffer; value: Buffer }[] = []
  await house.trees.view((reader) =>
    reader.scan(tree, {}, false, ({ keyBytes, keyStart, keyEnd, valueBytes, valueStart, valueEnd }) => {
      const key = Buffer.from(keyBytes.subarray(keyStart, keyEnd))
      return entries.push({ key, value: Buffer.from(valueBytes.subarray(valueStart, valueEnd)) }) > 0
    }),
  )
  assert.equal(entries.length, 3)
  assert.deepEqual(await faults(house), [])
  for (const { key, value } of entries) {
    await house.trees.atomically((writer) => writer.remove(tree, key))
    const found = await faults(house)
    await house.trees.atomically((writer) => writer.set(tree, key, value))
    // Of the oldest record nothing tells that it was there: it might have been trimmed.
    if (key !== entries[0]?.key) assert.notDeepEqual(found, [])
  }
  const [, second] = entries as [object, { key: Buffer; value: Buffer }]
  const misplaced = Buffer.from(second.key)
  misplaced.writeUInt32BE(99, 0)
  await house.trees.atomically((writer) => writer.set(tree, misplaced, second.value))
  assert.match((await faults(house)).join('\n'), /there is no such shard/)
  await house.trees.atomically((writer) => writer.remove(tree, misplaced))
  assert.deepEqual(await faults(house), [])
  await close(house)
})

test('a store from before streams were recorded opens with a stream where one was asked for', async () => {
  let house = await openHouse()
  const { stream: _none, ...plain } = definition
  await house.engine.tables.create(scope, plain)
  const model = new Model()
  await act(house, model, { kind: 'put', pk: 'a', text: 'before' })
  const stream = { viewType: 'NEW_IMAGE', label: '2026-01-02T03:04:05.678', enabled: true } as const
  await house.trees.atomically((writer) => {
    const catalog = new Catalog()
    const record = catalog.find(writer, scope, table)?.record
    if (record !== undefined) catalog.put(writer, { ...record, stream })
  })
  house = await reopen(house)
  const name = { table, label: stream.label }
  assert.equal((await house.engine.streams.describe(scope, name, { limit: 10 })).status, 'ENABLED')
  await act(house, model, { kind: 'put', pk: 'a', text: 'after' })
  const consumer = new Consumer()
  while ((await consumer.consume(house, 50)) > 0);
  assert.deepEqual(
    consumer.records.map(({ newImage }) => textOf(newImage)),
    ['after'],
  )
  assert.deepEqual(await faults(house), [])
  await close(house)
})
