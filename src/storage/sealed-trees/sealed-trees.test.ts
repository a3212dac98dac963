import assert from 'node:assert/strict'
import { createSecretKey, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { memoryPageStore } from '../memory/memory-page-store.ts'
import { type PageStore, pageIdOf, type StoredPage } from '../page-store.ts'
import { openSqlitePageStore } from '../sqlite/sqlite-page-store.ts'
import { StoreCorrupt, StoreUnavailable } from '../trees.ts'
import { makeTree, type OpenTrees, scanned, treesContract } from '../trees-contract.ts'
import { checkTrees } from './check-trees.ts'
import { ringPageId } from './group-commit.ts'
import { SealedTrees } from './sealed-trees.ts'

const rootKey = createSecretKey(Buffer.alloc(32, 7))

async function openOver(
  store: PageStore,
  pageBytes: number,
  close: () => Promise<void> = async () => {},
): Promise<OpenTrees> {
  const trees = await SealedTrees.open({ store, rootKey, cacheBytes: 20_000, pageBytes })
  return {
    trees,
    close: async () => {
      await trees.close()
      await close()
    },
    reopen: async () => {
      await trees.close()
      return openOver(store, pageBytes, close)
    },
    faults: () => faultsOf(trees),
  }
}

async function faultsOf(trees: SealedTrees): Promise<readonly string[]> {
  const faults: string[] = []
  for await (const check of checkTrees(trees)) faults.push(...check.faults)
  return faults
}

const sizes = { runs: 12, actionsMax: 3000 }
treesContract('memory, 512-byte pages', () => openOver(memoryPageStore(), 512), sizes)
treesContract('memory behind a network, 512-byte pages', () => openOver(memoryPageStore({ slow: true }), 512), {
  runs: 4,
  actionsMax: 1500,
})

async function openSqlite(folder: string, close: () => Promise<void>): Promise<OpenTrees> {
  const store = await openSqlitePageStore(join(folder, 'pages.db'))
  const opened = await openOver(store, 512, close)
  return {
    ...opened,
    reopen: async () => {
      await (opened.trees as SealedTrees).close()
      return openSqlite(folder, close)
    },
  }
}
async function freshSqlite(): Promise<OpenTrees> {
  const folder = await mkdtemp(join(tmpdir(), 'coffer-trees-'))
  return openSqlite(folder, () => rm(folder, { recursive: true }))
}
treesContract('SQLite, 512-byte pages', freshSqlite, { runs: 2, actionsMax: 1500 })

/** A store whose pages a test can touch, and whose commits it can fail. */
function tampered(): { store: PageStore; pages: Map<number, StoredPage>; failNext: { commit: boolean } } {
  const inner = memoryPageStore()
  const pages = new Map<number, StoredPage>()
  const failNext = { commit: false }
  return {
    pages,
    failNext,
    store: {
      ...inner,
      read: (ids) =>
        (inner.read(ids) as readonly (StoredPage | undefined)[]).map((page) => (page && pages.get(page.id)) ?? page),
      async commit(seen, writes) {
        if (failNext.commit) throw new StoreUnavailable('full')
        await inner.commit(seen, writes)
      },
    },
  }
}

async function filled(store: PageStore): Promise<SealedTrees> {
  const trees = await SealedTrees.open({ store, rootKey, cacheBytes: 1 << 20, pageBytes: 512 })
  await makeTree(trees, 16)
  await trees.atomically((writer) => {
    for (let n = 0; n < 200; n++) writer.set(16, Buffer.from(`k${String(n).padStart(3, '0')}`), Buffer.alloc(20, n))
  })
  return trees
}

test('a flipped bit, a swapped page and a page of another version are noticed and never served', async () => {
  const { store, pages } = tampered()
  await (await filled(store)).close()
  const ids = await store.list(16, undefined, 1000)
  const [first, second] = (await store.read([ids[1] as number, ids[2] as number])) as StoredPage[]
  const flipped = Uint8Array.from(first?.bytes as Uint8Array)
  flipped[100] = (flipped[100] as number) ^ 1
  const harms: StoredPage[] = [
    { ...(first as StoredPage), bytes: flipped },
    { ...(first as StoredPage), bytes: second?.bytes as Uint8Array },
    { ...(first as StoredPage), version: (first as StoredPage).version + 1 },
    { ...(first as StoredPage), bytes: (first as StoredPage).bytes.subarray(0, 60) },
    { ...(first as StoredPage), bytes: new Uint8Array(3) },
  ]
  for (const harm of harms) {
    pages.set(harm.id, harm)
    const trees = await SealedTrees.open({ store, rootKey, cacheBytes: 1 << 20, pageBytes: 512 })
    await assert.rejects(scanned(trees, 16, {}, false, 1000), StoreCorrupt)
    const faults = await faultsOf(trees)
    assert.ok(
      faults.some((fault) => fault.startsWith(`tree 16 page ${harm.id - pageIdOf(16, 0)}:`)),
      faults.join('\n'),
    )
    pages.clear()
  }
})

test('another root key opens nothing', async () => {
  const { store } = tampered()
  await (await filled(store)).close()
  const other = createSecretKey(randomBytes(32))
  await assert.rejects(SealedTrees.open({ store, rootKey: other, cacheBytes: 1 << 20, pageBytes: 512 }), StoreCorrupt)
})

test('a commit that fails takes its changes and their readers with it, and the next one works', async () => {
  const { store, failNext } = tampered()
  const trees = await filled(store)
  failNext.commit = true
  const key = Buffer.from('k000')
  const write = trees.atomically((writer) => writer.set(16, key, Buffer.from('lost')))
  const read = trees.view((reader) => reader.get(16, key)?.toString())
  await assert.rejects(write, StoreUnavailable)
  await assert.rejects(read, StoreUnavailable)
  failNext.commit = false
  assert.equal(await trees.view((reader) => reader.get(16, key)?.length), 20)
  await trees.atomically((writer) => writer.set(16, key, Buffer.from('kept')))
  assert.equal(await trees.view((reader) => reader.get(16, key)?.toString()), 'kept')
  assert.deepEqual(await faultsOf(trees), [])
})

test('commits that fail again and again leave the next one free, and the key ring no larger', async () => {
  const { store, failNext } = tampered()
  const trees = await filled(store)
  const write = (text: string) => trees.atomically((writer) => writer.set(16, Buffer.from('k000'), Buffer.from(text)))
  const ringBytes = async () => (await store.read([ringPageId]))[0]?.bytes.length as number
  const before = await ringBytes()
  failNext.commit = true
  for (let n = 0; n < 20; n++) await assert.rejects(write('lost'), StoreUnavailable)
  failNext.commit = false
  await write('kept')
  assert.equal(await trees.view((reader) => reader.get(16, Buffer.from('k000'))?.toString()), 'kept')
  assert.equal(await ringBytes(), before)
  assert.deepEqual(await faultsOf(trees), [])
  await trees.close()
  const again = await SealedTrees.open({ store, rootKey, cacheBytes: 1 << 20, pageBytes: 512 })
  assert.equal(await again.view((reader) => reader.get(16, Buffer.from('k000'))?.toString()), 'kept')
  failNext.commit = true
  for (let n = 0; n < 3; n++) {
    const first = again.atomically((writer) => writer.set(16, Buffer.from('k001'), Buffer.from('lost')))
    await assert.rejects(first, StoreUnavailable, 'an epoch that was never stored')
  }
  failNext.commit = false
  await again.atomically((writer) => writer.set(16, Buffer.from('k001'), Buffer.from('kept')))
  assert.deepEqual(await faultsOf(again), [])
  await again.close()
})

test('a tree is dropped while others are written without a pause', async () => {
  const inner = memoryPageStore()
  const commit: PageStore['commit'] = async (seen, changed) => {
    for (let turn = 0; turn < 5; turn++) await nextTurn()
    await inner.commit(seen, changed)
  }
  const trees = await filled({ ...inner, commit })
  await makeTree(trees, 17)
  let writes = 0
  let dropped = false
  const writer = async () => {
    while (!dropped && writes < 2000) {
      writes++
      await nextTurn()
      await trees.atomically((each) => each.set(16, Buffer.from(`k${writes % 200}`), Buffer.alloc(20)))
    }
  }
  const writers: Promise<void>[] = []
  for (let n = 0; n < 20; n++) {
    writers.push(writer())
    await nextTurn()
  }
  await trees.dropTree(17)
  dropped = true
  await Promise.all(writers)
  assert.ok(writes < 1000, `the drop waited for ${writes} writes`)
  assert.deepEqual(await faultsOf(trees), [])
})

test('an answer waits for the commit of what it saw', async () => {
  const { store } = tampered()
  const trees = await filled(store)
  const order: string[] = []
  const write = trees
    .atomically((writer) => writer.set(16, Buffer.from('k000'), Buffer.from('new')))
    .then(() => order.push('write'))
  const read = trees
    .view((reader) => reader.get(16, Buffer.from('k000'))?.toString())
    .then((value) => order.push(`read ${value}`))
  const apart = trees.view((reader) => reader.get(16, Buffer.from('k199'))?.length).then(() => order.push('read apart'))
  await Promise.all([write, read, apart])
  assert.deepEqual(order, ['read apart', 'write', 'read new'])
})
