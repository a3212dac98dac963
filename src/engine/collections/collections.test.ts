/** Collections and an obvious model take the same random steps. */
import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { memoryPageStore } from '../../storage/memory/memory-page-store.ts'
import { SealedTrees } from '../../storage/sealed-trees/sealed-trees.ts'
import type { Trees } from '../../storage/trees.ts'
import { collectionsTree } from '../storage-map.ts'
import { checkCollections } from './check-collections.ts'
import { type Collections, collection, put, RecordsChanged, type RecordWrite, remove } from './collections.ts'
import { engineCollections } from './engine-collections.ts'

interface Note {
  readonly text: string
}
const notes = collection<Note>('test.notes')
const others = collection<Note>('test.note')
const here = { accountId: '000000000000', region: 'us-east-1' }
const there = { accountId: '000000000000', region: 'us-east-2' }

async function openTrees(): Promise<Trees> {
  const rootKey = createSecretKey(Buffer.alloc(32, 3))
  const trees = await SealedTrees.open({ store: memoryPageStore(), rootKey, cacheBytes: 1 << 20, pageBytes: 1024 })
  const key = await trees.newTableKey({ 'coffer:system': 'test' })
  await trees.atomically((writer) => writer.createTree(collectionsTree, key))
  return trees
}

const id = fc.constantFrom('a', 'a/1', 'a/2', 'b', 'ä', '\u{1f600}')
const place = fc.record({ of: fc.constantFrom(notes, others), scope: fc.constantFrom(here, there) })
const value = fc.string({ maxLength: 2000 }).map((text) => ({ text }))
const step = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), place, id, value }),
  fc.record({ kind: fc.constant('remove' as const), place, id }),
  fc.record({ kind: fc.constant('append' as const), place, id, value }),
  fc.record({ kind: fc.constant('swap' as const), place, ids: fc.tuple(id, id), stale: fc.boolean() }),
  fc.record({
    kind: fc.constant('list' as const),
    place,
    prefix: fc.constantFrom('', 'a', 'a/'),
    limit: fc.integer({ min: 1, max: 4 }),
  }),
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

class Model {
  readonly records = new Map<string, Note>()

  key(at: Step['place'], recordId: string): string {
    return `${at.of.name}|${at.scope.region}|${recordId}`
  }

  ids(at: Step['place'], prefix: string): string[] {
    const start = this.key(at, prefix)
    const found = [...this.records.keys()].filter((key) => key.startsWith(start))
    const ids = found.map((key) => key.slice(this.key(at, '').length))
    return ids.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  }
}

test('collections agree with the model', () =>
  fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const trees = await openTrees()
      const collections = engineCollections(trees)
      const model = new Model()
      for (const one of steps) await take(one, collections, model)
      for (const key of model.records.keys()) {
        const [name, region, recordId] = key.split('|') as [string, string, string]
        const kept = await collections.get(collection<Note>(name), { ...here, region }, recordId)
        assert.deepEqual(kept?.value, model.records.get(key))
      }
      assert.deepEqual(await checkCollections(trees), { records: model.records.size, faults: [] })
    }),
    { numRuns: 40 },
  ))

async function take(one: Step, collections: Collections, model: Model): Promise<void> {
  const { of, scope } = one.place
  switch (one.kind) {
    case 'put':
      await collections.write(scope, [put(of, one.id, one.value)])
      model.records.set(model.key(one.place, one.id), one.value)
      return
    case 'remove':
      await collections.write(scope, [remove(of, one.id)])
      model.records.delete(model.key(one.place, one.id))
      return
    case 'append': {
      const key = model.key(one.place, one.id)
      const before = model.records.get(key)
      const expected = before === undefined ? one.value : undefined
      assert.deepEqual(
        await collections.update(of, scope, one.id, (now) => (now === undefined ? one.value : undefined)),
        expected,
      )
      if (expected === undefined) model.records.delete(key)
      else model.records.set(key, expected)
      return
    }
    case 'swap':
      return swap(one, collections, model)
    case 'list': {
      const ids: string[] = []
      let after: string | undefined
      do {
        const page = await collections.list(of, scope, {
          prefix: one.prefix,
          limit: one.limit,
          ...(after !== undefined && { after }),
        })
        assert.ok(page.records.length <= one.limit)
        ids.push(...page.records.map((record) => record.id))
        after = page.last
      } while (after !== undefined)
      assert.deepEqual(ids, model.ids(one.place, one.prefix))
      assert.equal(await collections.count(of, scope), model.ids(one.place, '').length)
      return
    }
  }
}

/** Exchanges two records by what was read; with `stale`, after one of them has changed: then nothing happens. */
async function swap(one: Extract<Step, { kind: 'swap' }>, collections: Collections, model: Model): Promise<void> {
  const { of, scope } = one.place
  const [first, second] = one.ids
  const [a, b] = [await collections.get(of, scope, first), await collections.get(of, scope, second)]
  if (first === second || a === undefined || b === undefined) return
  const writes: RecordWrite[] = [put(of, first, b.value, a.revision), put(of, second, a.value, b.revision)]
  if (one.stale) {
    // The same value again is a change too, and so is to remove it and to put it back.
    await collections.write(scope, [remove(of, second)])
    await collections.write(scope, [put(of, second, b.value, 'absent')])
    await assert.rejects(collections.write(scope, writes), RecordsChanged)
    return
  }
  await collections.write(scope, writes)
  model.records.set(model.key(one.place, first), b.value)
  model.records.set(model.key(one.place, second), a.value)
}

test('a change that refuses leaves the record as it was', async () => {
  const collections = engineCollections(await openTrees())
  await collections.write(here, [put(notes, 'a', { text: 'kept' })])
  const refuse = () => {
    throw new Error('no')
  }
  await assert.rejects(collections.update(notes, here, 'a', refuse), /no/)
  await assert.rejects(
    collections.write(here, [put(notes, 'b', { text: 'new' }), put(notes, 'a', { text: 'x' }, 'absent')]),
  )
  assert.deepEqual((await collections.get(notes, here, 'a'))?.value, { text: 'kept' })
  assert.equal(await collections.get(notes, here, 'b'), undefined)
})

test('a check finds a record that was damaged', async () => {
  const trees = await openTrees()
  await engineCollections(trees).write(here, [put(notes, 'a', { text: 'x' })])
  const key = Buffer.from('test.notes\x00000000000000\x00us-east-1\x00a')
  await trees.atomically((writer) => writer.set(collectionsTree, key, Buffer.from('{"revision":7,"value":1}')))
  assert.match((await checkCollections(trees)).faults.join(), /revision 7 was never given/)
  await trees.atomically((writer) => writer.set(collectionsTree, key, Buffer.from('{"revision":1')))
  assert.match((await checkCollections(trees)).faults.join(), /does not read as a record/)
  await trees.atomically((writer) => writer.set(collectionsTree, Buffer.from('odd'), Buffer.from('{}')))
  assert.match((await checkCollections(trees)).faults.join(), /four parts/)
})
