/** How full pages are after inserts in different orders. */
import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { test } from 'node:test'
import { memoryPageStore } from '../memory/memory-page-store.ts'
import { makeTree } from '../trees-contract.ts'
import { checkTrees } from './check-trees.ts'
import { SealedTrees } from './sealed-trees.ts'

const pageBytes = 2048
const tree = 16
const valueBytes = 100
/** Of an entry on its page: key, value, header and slot. */
const entryBytes = 8 + valueBytes + 8

/** The share of its pages that entries fill, after inserts of these keys in this order, five to a commit. */
async function fillAfter(keys: readonly Buffer[]): Promise<number> {
  const rootKey = createSecretKey(Buffer.alloc(32, 7))
  const trees = await SealedTrees.open({ store: memoryPageStore(), rootKey, cacheBytes: 1 << 24, pageBytes })
  await makeTree(trees, tree)
  for (let at = 0; at < keys.length; at += 5) {
    await trees.atomically((writer) => {
      for (const key of keys.slice(at, at + 5)) writer.set(tree, key, Buffer.alloc(valueBytes, at))
    })
  }
  let pages = 0
  for await (const check of checkTrees(trees)) {
    assert.deepEqual(check.faults, [])
    if (check.tree === tree) pages = check.pages
    if (check.tree === tree) assert.equal(check.entries, keys.length)
  }
  return (keys.length * entryBytes) / (pages * pageBytes)
}

function keyOf(series: number, number: number): Buffer {
  const key = Buffer.alloc(8)
  key.writeUInt32BE(series, 0)
  key.writeUInt32BE(number, 4)
  return key
}

/** 12,347 is prime to the counts used here. */
function scattered(count: number): number[] {
  return Array.from({ length: count }, (_, at) => (at * 12_347) % count)
}

test('an ascending series fills its pages', async () => {
  const keys = Array.from({ length: 3000 }, (_, number) => keyOf(0, number))
  assert.ok((await fillAfter(keys)) > 0.9)
})

test('ascending series side by side fill their pages too', async () => {
  const turns = scattered(4000).map((number) => number % 7)
  const next = new Map<number, number>()
  const keys = turns.map((series) => {
    const number = next.get(series) ?? 0
    next.set(series, number + 1)
    return keyOf(series, number)
  })
  assert.ok((await fillAfter(keys)) > 0.8)
})

test('a series in the midst of other keys fills its pages', async () => {
  const around = scattered(600).map((number) => keyOf(number < 300 ? 1 : 3, number))
  const series = Array.from({ length: 3000 }, (_, number) => keyOf(2, number))
  assert.ok((await fillAfter([...around, ...series])) > 0.85)
})

test('keys in no order fill about two thirds, as they did', async () => {
  const fill = await fillAfter(scattered(4001).map((number) => keyOf(0, number)))
  assert.ok(fill > 0.6)
})
