/** Time to live beside an obvious model: what is to go goes, all else stays, whatever happens in between. */
import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import { ManualClock } from '../../../test/manual-clock.ts'
import type { Log } from '../../foundation/log.ts'
import { memoryPageStore } from '../../storage/memory/memory-page-store.ts'
import type { PageStore } from '../../storage/page-store.ts'
import { SealedTrees } from '../../storage/sealed-trees/sealed-trees.ts'
import { StoreCorrupt, StoreUnavailable, type TreeId, type TreeReader, type Trees } from '../../storage/trees.ts'
import { checkEngine } from '../check-engine.ts'
import type { Engine } from '../engine.ts'
import type { AttributeValue, Item } from '../items/attribute-value.ts'
import { openEngine } from '../open-engine.ts'
import { Catalog, treesToDrop } from '../tables/catalog.ts'
import type { TableRecord } from '../tables/table.ts'
import type { TableDefinition } from '../tables/tables.ts'
import { dueKeys, oldestDueSeconds, queuedTimeToLive } from './expiry-queue.ts'

const scope = { accountId: '000000000000', region: 'us-east-1' }
const table = 'T'
const startSeconds = 1_800_000_000

const definition: TableDefinition = {
  name: table,
  keySchema: { hash: [{ name: 'pk', type: 'N' }], range: [] },
  attributeDefinitions: [],
  indexes: [
    {
      name: 'global',
      kind: 'global',
      keySchema: { hash: [{ name: 'color', type: 'S' }], range: [] },
      projection: { type: 'KEYS_ONLY' },
    },
  ],
  billingMode: 'PAY_PER_REQUEST',
  throughput: { readCapacityUnits: 0, writeCapacityUnits: 0 },
  deletionProtection: false,
  tags: [],
}

/** An engine on a store in memory, and the clock that both it and the test read. */
class House {
  readonly clock = new ManualClock(startSeconds * 1000)
  readonly #store: PageStore = memoryPageStore()
  trees!: SealedTrees
  engine!: Engine

  static async open(): Promise<House> {
    const house = new House()
    await house.#open()
    await house.engine.tables.create(scope, definition)
    return house
  }

  async #open(): Promise<void> {
    const rootKey = createSecretKey(Buffer.alloc(32, 3))
    this.trees = await SealedTrees.open({ store: this.#store, rootKey, cacheBytes: 1 << 20, pageBytes: 1024 })
    this.engine = await openEngine({ trees: this.trees, clock: this.clock, tableTransitionMs: 0 })
  }

  /** Begins anew on what is durable; what went on in the background stops wherever it was. */
  async reopen(): Promise<void> {
    await this.engine.close()
    await this.#open()
  }

  async record(): Promise<TableRecord> {
    const found = await this.engine.tables.find(scope, table)
    assert.ok(found !== undefined)
    return found.record
  }

  async switch(attributeName: string | undefined, name = table): Promise<void> {
    await this.engine.tables.update(scope, name, (present) => ({
      ...present,
      timeToLive:
        attributeName === undefined
          ? { status: 'DISABLING', attributeName: 'gone', changedAtMs: 0 }
          : { status: 'ENABLING', attributeName, queue: 0, changedAtMs: 0 },
    }))
  }

  /** Until nothing is left to fill, to drop or to delete; time passes meanwhile, a little. */
  async quiet(): Promise<void> {
    for (let turn = 0; turn < 20_000; turn++) {
      if (await this.trees.view((reader) => this.#isQuiet(reader))) return
      this.clock.advance(10)
      await nextTurn()
    }
    assert.fail('the background work does not end')
  }

  #isQuiet(reader: TreeReader): boolean {
    if (treesToDrop(reader).length > 0) return false
    return new Catalog().all(reader).every(({ timeToLive }) => {
      if (timeToLive === undefined || timeToLive.status === 'DISABLED') return true
      return timeToLive.status === 'ENABLED' && dueKeys(reader, timeToLive.queue, this.clock.nowMs(), 1).length === 0
    })
  }

  async put(item: Item): Promise<void> {
    await this.engine.items.put({ scope, table, item, returnValues: 'NONE', returnOldOnFailure: false })
  }

  async remove(pk: number): Promise<void> {
    const key = { pk: { N: String(pk) } }
    await this.engine.items.delete({ scope, table, key, returnValues: 'NONE', returnOldOnFailure: false })
  }

  /** Partition keys of the items that are there. */
  async present(index?: string, name = table): Promise<number[]> {
    const found: number[] = []
    let exclusiveStartKey: Item | undefined
    do {
      const page = await this.engine.items.scan({
        ...{ scope, table: name, consistent: index === undefined, select: 'ALL_PROJECTED_ATTRIBUTES' },
        ...(index !== undefined && { index }),
        ...(exclusiveStartKey !== undefined && { exclusiveStartKey }),
      })
      const items = JSON.parse(Buffer.concat(page.items?.pieces ?? []).toString('utf8')) as { pk: { N: string } }[]
      found.push(...items.map((item) => Number(item.pk.N)))
      exclusiveStartKey = page.lastEvaluatedKey
    } while (exclusiveStartKey !== undefined)
    return found.sort((a, b) => a - b)
  }

  async faults(): Promise<string[]> {
    const found: string[] = []
    for await (const check of checkEngine(this.trees)) found.push(...check.faults)
    return found
  }

  queueLength(queue: TreeId): Promise<number> {
    return this.trees.view((reader) => {
      let count = 0
      reader.scan(queue, {}, false, () => {
        count++
        return true
      })
      return count
    })
  }
}

const expiry: fc.Arbitrary<AttributeValue | undefined> = fc.oneof(
  fc.integer({ min: -50, max: 50 }).map((offset) => ({ N: String(startSeconds + offset) })),
  fc.integer({ min: 1, max: 9 }).map((tenth) => ({ N: `${startSeconds + 3}.${tenth}` })),
  fc.constantFrom(
    { N: String(startSeconds - oldestDueSeconds - 1000) },
    { N: String(startSeconds - oldestDueSeconds + 1000) },
    { N: '-5' },
    { N: '0' },
    { N: '1800000000000' },
    { N: '1000000000000000000000000000000' },
    { S: String(startSeconds - 10) },
    { L: [{ N: String(startSeconds - 10) }] },
    { NS: [String(startSeconds - 10)] },
    undefined,
  ),
)

const action = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('put' as const), pk: fc.nat(30), a: expiry, b: expiry }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), pk: fc.nat(30) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 20 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('switch' as const), to: fc.constantFrom('a', 'b', undefined) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'quiet' as const }) },
)

interface ModelItem {
  readonly a: AttributeValue | undefined
  readonly b: AttributeValue | undefined
}

function isDue(value: AttributeValue | undefined, nowMs: number): boolean {
  if (value === undefined || !('N' in value)) return false
  const now = Math.floor(nowMs / 1000)
  return Number(value.N) < now && Number(value.N) >= now - oldestDueSeconds
}

test('what has expired goes, all else stays, through switches, restarts and writes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 60 }), async (actions) => {
      const house = await House.open()
      const model = new Map<number, ModelItem>()
      let attribute: 'a' | 'b' | undefined
      const quiet = async () => {
        await house.quiet()
        for (const [pk, item] of model)
          if (attribute !== undefined && isDue(item[attribute], house.clock.nowMs())) model.delete(pk)
        const wanted = [...model.keys()].sort((a, b) => a - b)
        assert.deepEqual(await house.present(), wanted)
        assert.deepEqual(await house.present('global'), wanted)
        assert.deepEqual(await house.faults(), [])
        const queued = queuedTimeToLive(await house.record())
        assert.equal(queued?.attributeName, attribute)
        if (queued === undefined || attribute === undefined) return
        const name = attribute
        const dated = [...model.values()].filter((item) => 'N' in (item[name] ?? {}))
        assert.equal(await house.queueLength(queued.queue), dated.length)
      }
      for (const step of actions) {
        switch (step.kind) {
          case 'put': {
            const { a, b } = step
            await house.put({
              ...{ pk: { N: String(step.pk) }, color: { S: 'red' } },
              ...(a !== undefined && { a }),
              ...(b !== undefined && { b }),
            })
            model.set(step.pk, { a, b })
            break
          }
          case 'remove':
            await house.remove(step.pk)
            model.delete(step.pk)
            break
          case 'pass':
            house.clock.advance(step.seconds * 1000)
            break
          case 'switch':
            // What was due until now goes first: the model does not know how far the sweeper is.
            await quiet()
            await house.switch(step.to)
            attribute = step.to
            break
          case 'reopen':
            await house.reopen()
            break
          case 'quiet':
            await quiet()
        }
      }
      await quiet()
      await house.engine.close()
    }),
    { numRuns: 60 },
  )
})

test('the queue of a large table fills in steps, while items change and through restarts', async () => {
  const house = await House.open()
  const put = (pk: number, at: number) => house.put({ pk: { N: String(pk) }, expires: { N: String(at) } })
  const later = startSeconds + 10_000
  for (let pk = 0; pk < 1500; pk++) await put(pk, later)
  await house.switch('expires')
  assert.equal((await house.record()).timeToLive?.status, 'ENABLING')
  for (let pk = 0; pk < 1500; pk += 3) {
    if (pk % 2 === 0) await put(pk, later + 5)
    else await house.remove(pk)
    if (pk % 300 === 0) {
      assert.deepEqual(await house.faults(), [], 'a queue that is half filled agrees with the items')
      await house.reopen()
    }
  }
  await house.quiet()
  const queued = queuedTimeToLive(await house.record())
  assert.equal(queued?.status, 'ENABLED')
  assert.equal(await house.queueLength(queued.queue), 1250)
  assert.deepEqual(await house.faults(), [])

  house.clock.advance(10_001_000)
  await house.quiet()
  assert.equal((await house.present()).length, 250, 'what was put off stays until its new time')
  house.clock.advance(10_000)
  await house.quiet()
  assert.deepEqual(await house.present(), [])
  assert.equal(await house.queueLength(queued.queue), 0)
  await house.engine.close()
})

test('a queue that lost an entry, and one with an entry too many, are told of', async () => {
  const house = await House.open()
  await house.put({ pk: { N: '1' }, expires: { N: String(startSeconds + 100) } })
  await house.switch('expires')
  await house.quiet()
  const { queue } = queuedTimeToLive(await house.record()) as { readonly queue: TreeId }
  const key = await house.trees.view((reader) => {
    let found = Buffer.alloc(0)
    reader.scan(queue, {}, false, (entry) => {
      found = Buffer.from(entry.keyBytes.subarray(entry.keyStart, entry.keyEnd))
      return true
    })
    return found
  })
  await house.trees.atomically((trees) => trees.remove(queue, key))
  assert.match((await house.faults()).join(), /queue of expiry: no entry for the item/)
  const stray = Buffer.concat([key, Buffer.of(1)])
  await house.trees.atomically((trees) => trees.set(queue, stray, Buffer.alloc(0)))
  assert.match((await house.faults()).join(), /queue of expiry: an entry [0-9a-f]+ without its item/)
  await house.engine.close()
})

test('a store that cannot take a deletion now is asked again', async () => {
  const house = await House.open()
  await house.put({ pk: { N: '1' }, expires: { N: String(startSeconds + 1) } })
  await house.switch('expires')
  await house.quiet()
  await house.engine.close()
  let refusals = 0
  const unwilling: Trees = {
    atomically: (body) =>
      refusals++ < 3 ? Promise.reject(new StoreUnavailable('full')) : house.trees.atomically(body),
    view: (body) => house.trees.view(body),
    newTableKey: (context) => house.trees.newTableKey(context),
    dropTree: (tree) => house.trees.dropTree(tree),
  }
  const { clock } = house
  house.engine = await openEngine({ trees: unwilling, clock, tableTransitionMs: 0 })
  clock.advance(2000)
  for (let turn = 0; turn < 1000 && refusals <= 3; turn++) {
    clock.advance(1100)
    await nextTurn()
  }
  assert.deepEqual(await house.present(), [])
  await house.engine.close()
})

test('a table that cannot be swept is told of once a minute and keeps no other from it', async () => {
  const house = await House.open()
  await house.engine.tables.create(scope, { ...definition, name: 'Sound' })
  await house.put({ pk: { N: '1' }, expires: { N: String(startSeconds + 1) } })
  const sound = { pk: { N: '2' }, expires: { N: String(startSeconds + 1) } }
  await house.engine.items.put({ scope, table: 'Sound', item: sound, returnValues: 'NONE', returnOldOnFailure: false })
  await house.switch('expires')
  await house.switch('expires', 'Sound')
  await house.quiet()
  await house.engine.close()

  const { queue } = queuedTimeToLive(await house.record()) as { readonly queue: TreeId }
  const torn: Trees = {
    atomically: (body) =>
      house.trees.atomically((trees) =>
        body({
          ...{ hasTree: (tree) => trees.hasTree(tree), get: (tree, key) => trees.get(tree, key) },
          ...{ set: trees.set.bind(trees), remove: trees.remove.bind(trees), createTree: trees.createTree.bind(trees) },
          scan: (tree, range, reverse, visit) => {
            if (tree === queue) throw new StoreCorrupt('torn')
            trees.scan(tree, range, reverse, visit)
          },
        }),
      ),
    view: (body) => house.trees.view(body),
    newTableKey: (context) => house.trees.newTableKey(context),
    dropTree: (tree) => house.trees.dropTree(tree),
  }
  const told: unknown[] = []
  const silent = () => {}
  const log: Log = { debug: silent, info: silent, warn: silent, error: (_, facts) => void told.push(facts?.['table']) }
  house.engine = await openEngine({ trees: torn, clock: house.clock, tableTransitionMs: 0, log })
  house.clock.advance(2000)
  for (let turn = 0; turn < 100; turn++) {
    house.clock.advance(1100)
    await nextTurn()
  }
  assert.deepEqual(told, [table, table])
  assert.deepEqual(await house.present(), [1])
  assert.deepEqual(await house.present(undefined, 'Sound'), [])
  await house.engine.close()
})

test('a look at many tables lets callers in between', async () => {
  const house = await House.open()
  const tables = Array.from({ length: 100 }, (_, number) => `Table${number}`)
  for (const name of tables) {
    await house.engine.tables.create(scope, { ...definition, name, indexes: [] })
    await house.switch('expires', name)
  }
  await house.quiet()
  await house.engine.close()
  let looks = 0
  let looksInTurnMost = 0
  const counted: Trees = {
    atomically: (body) => {
      looks++
      return house.trees.atomically(body)
    },
    view: (body) => house.trees.view(body),
    newTableKey: (context) => house.trees.newTableKey(context),
    dropTree: (tree) => house.trees.dropTree(tree),
  }
  house.engine = await openEngine({ trees: counted, clock: house.clock, tableTransitionMs: 0 })
  let before = looks
  for (let turn = 0; turn < 200; turn++) {
    house.clock.advance(200)
    await nextTurn()
    looksInTurnMost = Math.max(looksInTurnMost, looks - before)
    before = looks
  }
  assert.ok(looks >= 200, `every table was looked at more than once: ${looks}`)
  assert.ok(looksInTurnMost <= 32, `${looksInTurnMost} looks in one turn`)
  await house.engine.close()
})

test('large items that have expired go a few a commit', async () => {
  const house = await House.open()
  for (let pk = 0; pk < 20; pk++) {
    await house.put({
      pk: { N: String(pk) },
      expires: { N: String(startSeconds + 1) },
      text: { S: 'x'.repeat(300_000) },
    })
  }
  await house.switch('expires')
  await house.quiet()
  await house.engine.close()
  const { tree } = await house.record()
  let removedMost = 0
  const counted: Trees = {
    atomically: (body) =>
      house.trees.atomically((trees) => {
        let removed = 0
        const result = body({
          ...{ hasTree: trees.hasTree.bind(trees), get: trees.get.bind(trees), scan: trees.scan.bind(trees) },
          ...{ set: trees.set.bind(trees), createTree: trees.createTree.bind(trees) },
          remove(from, key) {
            if (from === tree) removed++
            trees.remove(from, key)
          },
        })
        removedMost = Math.max(removedMost, removed)
        return result
      }),
    view: (body) => house.trees.view(body),
    newTableKey: (context) => house.trees.newTableKey(context),
    dropTree: (dropped) => house.trees.dropTree(dropped),
  }
  house.engine = await openEngine({ trees: counted, clock: house.clock, tableTransitionMs: 0 })
  house.clock.advance(2000)
  await house.quiet()
  assert.deepEqual(await house.present(), [])
  assert.ok(removedMost > 0 && removedMost <= 4, `${removedMost} items in one commit`)
  assert.deepEqual(await house.faults(), [])
  await house.engine.close()
})

test('a deleted table leaves no queue', async () => {
  const house = await House.open()
  await house.put({ pk: { N: '1' }, expires: { N: String(startSeconds + 100) } })
  await house.switch('expires')
  await house.quiet()
  const { queue } = queuedTimeToLive(await house.record()) as { readonly queue: TreeId }
  await house.engine.tables.delete(scope, table, () => {})
  for (let turn = 0; turn < 1000; turn++) {
    if (!(await house.trees.view((reader) => reader.hasTree(queue)))) break
    await nextTurn()
  }
  assert.equal(await house.trees.view((reader) => reader.hasTree(queue)), false)
  await house.engine.close()
})
