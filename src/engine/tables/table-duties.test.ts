/** Filling indexes behind a table: what a damaged page and large items may not do to everybody else. */
import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { ManualClock } from '../../../test/manual-clock.ts'
import type { Log } from '../../foundation/log.ts'
import { memoryPageStore } from '../../storage/memory/memory-page-store.ts'
import { SealedTrees } from '../../storage/sealed-trees/sealed-trees.ts'
import { StoreCorrupt, type TreeId, type Trees } from '../../storage/trees.ts'
import { checkEngine } from '../check-engine.ts'
import type { Engine } from '../engine.ts'
import { openEngine } from '../open-engine.ts'
import type { TableDefinition } from './tables.ts'

const scope = { accountId: '000000000000', region: 'us-east-1' }

const definition: TableDefinition = {
  name: 'Items',
  keySchema: { hash: [{ name: 'pk', type: 'N' }], range: [] },
  attributeDefinitions: [],
  indexes: [],
  billingMode: 'PAY_PER_REQUEST',
  throughput: { readCapacityUnits: 0, writeCapacityUnits: 0 },
  deletionProtection: false,
  tags: [],
}

interface House {
  readonly engine: Engine
  readonly trees: SealedTrees
  readonly clock: ManualClock
  /** What the log was told of errors. */
  readonly told: string[]
  /** A tree whose pages are damaged until it is undefined again. */
  damaged: TreeId | undefined
  /** The most bytes that one body read by scans. */
  scannedMost: number
}

async function openHouse(): Promise<House> {
  const rootKey = createSecretKey(Buffer.alloc(32, 3))
  const trees = await SealedTrees.open({
    store: memoryPageStore(),
    rootKey,
    cacheBytes: 1 << 20,
    pageBytes: 1024,
  })
  const house: Pick<House, 'damaged' | 'scannedMost'> = { damaged: undefined, scannedMost: 0 }
  const watched: Trees = {
    atomically: (body) =>
      trees.atomically((writer) => {
        let scanned = 0
        const result = body({
          hasTree: (tree) => writer.hasTree(tree),
          get: (tree, key) => writer.get(tree, key),
          set: (tree, key, value) => writer.set(tree, key, value),
          remove: (tree, key) => writer.remove(tree, key),
          createTree: (tree, key) => writer.createTree(tree, key),
          scan: (tree, range, reverse, visit) => {
            if (tree === house.damaged) throw new StoreCorrupt('torn')
            writer.scan(tree, range, reverse, (entry) => {
              scanned += entry.valueEnd - entry.valueStart
              return visit(entry)
            })
          },
        })
        house.scannedMost = Math.max(house.scannedMost, scanned)
        return result
      }),
    view: (body) => trees.view(body),
    newTableKey: (context) => trees.newTableKey(context),
    dropTree: (tree) => trees.dropTree(tree),
  }
  const told: string[] = []
  const silent = () => {}
  const log: Log = { debug: silent, info: silent, warn: silent, error: (message) => void told.push(message) }
  const clock = new ManualClock(0)
  const engine = await openEngine({ trees: watched, clock, tableTransitionMs: 0, log })
  return Object.assign(house, { engine, trees, clock, told })
}

async function createTable({ engine }: House, name: string, items: number, textBytes: number): Promise<void> {
  await engine.tables.create(scope, { ...definition, name })
  for (let pk = 0; pk < items; pk++) {
    const item = { pk: { N: String(pk) }, color: { S: 'red' }, text: { S: 'x'.repeat(textBytes) } }
    await engine.items.put({ scope, table: name, item, returnValues: 'NONE', returnOldOnFailure: false })
  }
}

async function addIndex({ engine }: House, name: string): Promise<void> {
  await engine.tables.update(scope, name, (present) => ({
    ...present,
    indexes: [
      {
        name: 'ByColor',
        kind: 'global',
        tree: 0,
        keySchema: { hash: [{ name: 'color', type: 'S' }], range: [] },
        projection: { type: 'KEYS_ONLY' },
        status: 'CREATING',
        backfilling: true,
      },
    ],
  }))
}

async function untilIndexed({ engine, clock }: House, name: string): Promise<void> {
  for (let turn = 0; turn < 2000; turn++) {
    const found = await engine.tables.find(scope, name)
    if (found?.record.indexes[0]?.status === 'ACTIVE') return
    clock.advance(100)
    await nextTurn()
  }
  assert.fail('the index is not filled')
}

async function close({ engine, trees }: House): Promise<void> {
  const faults: string[] = []
  for await (const check of checkEngine(trees)) faults.push(...check.faults)
  assert.deepEqual(faults, [])
  await engine.close()
}

test('a damaged page under an index that is being filled is told of; other tables go on, and so does this one when mended', async () => {
  const house = await openHouse()
  await createTable(house, 'Torn', 5, 10)
  await createTable(house, 'Sound', 5, 10)
  house.damaged = (await house.engine.tables.find(scope, 'Torn'))?.record.tree
  await addIndex(house, 'Torn')
  await addIndex(house, 'Sound')
  await untilIndexed(house, 'Sound')
  for (let turn = 0; turn < 100; turn++) await nextTurn()
  assert.equal(house.told.length > 0, true)
  assert.equal((await house.engine.tables.find(scope, 'Torn'))?.record.indexes[0]?.status, 'CREATING')
  house.damaged = undefined
  await untilIndexed(house, 'Torn')
  await close(house)
})

test('an index over large items is filled in commits of bounded size', async () => {
  const house = await openHouse()
  const textBytes = 300_000
  await createTable(house, 'Large', 30, textBytes)
  house.scannedMost = 0
  await addIndex(house, 'Large')
  await untilIndexed(house, 'Large')
  assert.ok(house.scannedMost < 5 * textBytes, `a commit read ${house.scannedMost} bytes`)
  assert.equal((await house.engine.tables.find(scope, 'Large'))?.figures.indexes.get('ByColor')?.itemCount, 30)
  await close(house)
})
