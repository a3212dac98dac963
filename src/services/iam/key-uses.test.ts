import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { test } from 'node:test'
import type { Collections } from '../../engine/collections/collections.ts'
import { engineCollections } from '../../engine/collections/engine-collections.ts'
import { collectionsTree } from '../../engine/storage-map.ts'
import { systemClock } from '../../foundation/clock.ts'
import { jsonLog } from '../../foundation/log.ts'
import { memoryPageStore } from '../../storage/memory/memory-page-store.ts'
import { SealedTrees } from '../../storage/sealed-trees/sealed-trees.ts'
import { KeyUses } from './key-uses.ts'

const accountId = '000000000000'

async function countedStore() {
  const rootKey = createSecretKey(Buffer.alloc(32, 3))
  const trees = await SealedTrees.open({ store: memoryPageStore(), rootKey, cacheBytes: 1 << 20, pageBytes: 1024 })
  const key = await trees.newTableKey({ 'coffer:system': 'test' })
  await trees.atomically((writer) => writer.createTree(collectionsTree, key))
  const inner = engineCollections(trees)
  const counted = { writes: 0, fails: false }
  const store: Collections = {
    ...inner,
    async write(scope, writes) {
      counted.writes++
      if (counted.fails) throw new Error('the disk is full')
      await inner.write(scope, writes)
    },
  }
  return { store, counted }
}

const lines: string[] = []
const log = jsonLog({ level: 'debug', clock: systemClock, write: (line) => lines.push(line) })

test('a busy key is written once a minute, the rest when the room closes', async () => {
  const { store, counted } = await countedStore()
  const uses = await KeyUses.open({ store, accountId, log })
  for (let n = 0; n < 1000; n++) uses.note('AKIA1', 'dynamodb', 'us-east-1', 100_000 + n)
  uses.note('AKIA2', 'sts', 'us-east-1', 100_500)
  assert.deepEqual(uses.of('AKIA1')?.atMs, 100_999)
  await uses.close()
  // The first use, what came in meanwhile, and what was left.
  assert.ok(counted.writes <= 3, `${counted.writes} writes`)
  const again = await KeyUses.open({ store, accountId, log })
  assert.equal(again.of('AKIA1')?.atMs, 100_999)
  assert.equal(again.of('AKIA2')?.service, 'sts')
  const before = counted.writes
  again.note('AKIA1', 'dynamodb', 'us-east-1', 160_000)
  assert.equal(counted.writes, before, 'within the minute')
  again.note('AKIA1', 'dynamodb', 'us-east-1', 160_999)
  assert.equal(counted.writes, before + 1)
  await again.close()
})

test('a store that takes nothing is asked again a minute later, and no request sees it', async () => {
  const { store, counted } = await countedStore()
  counted.fails = true
  const uses = await KeyUses.open({ store, accountId, log })
  uses.note('AKIA1', 'dynamodb', 'us-east-1', 100_000)
  await new Promise(setImmediate)
  for (let n = 1; n < 100; n++) uses.note(`AKIA${n}`, 'dynamodb', 'us-east-1', 100_000 + n)
  await new Promise(setImmediate)
  assert.equal(counted.writes, 1)
  assert.match(lines.join(), /last uses of some access keys could not be written/)
  counted.fails = false
  uses.note('AKIA7', 'dynamodb', 'us-east-1', 200_000)
  await uses.close()
  const again = await KeyUses.open({ store, accountId, log })
  assert.equal(again.of('AKIA7')?.atMs, 200_000)
  assert.equal(again.of('AKIA1')?.atMs, 100_001)
  assert.equal(again.of('AKIA42')?.atMs, 100_042)
})
