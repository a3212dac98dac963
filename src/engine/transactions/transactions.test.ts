/** Transactions and an obvious model take the same random steps; tokens come and go; what is kept agrees with itself. */
import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Clock, systemClock } from '../../foundation/clock.ts'
import { JsonFragment } from '../../foundation/json-fragment.ts'
import { ServiceError } from '../../foundation/service-error.ts'
import { memoryPageStore } from '../../storage/memory/memory-page-store.ts'
import type { PageId, PageStore, StoredPage } from '../../storage/page-store.ts'
import { checkTrees } from '../../storage/sealed-trees/check-trees.ts'
import { SealedTrees } from '../../storage/sealed-trees/sealed-trees.ts'
import { StoreUnavailable } from '../../storage/trees.ts'
import { checkEngine } from '../check-engine.ts'
import type { Engine } from '../engine.ts'
import type { Item } from '../items/attribute-value.ts'
import type { TransactAction } from '../items/items.ts'
import { openEngine } from '../open-engine.ts'
import { spentTokensTree } from '../storage-map.ts'
import type { TableDefinition } from '../tables/tables.ts'

const scope = { accountId: '000000000000', region: 'us-east-1' }
const hash = [{ name: 'pk', type: 'S' as const }]

const plain: TableDefinition = {
  name: 'Plain',
  keySchema: { hash, range: [] },
  attributeDefinitions: [],
  indexes: [],
  billingMode: 'PAY_PER_REQUEST',
  throughput: { readCapacityUnits: 0, writeCapacityUnits: 0 },
  deletionProtection: false,
  tags: [],
}
const indexed: TableDefinition = {
  ...plain,
  name: 'Indexed',
  keySchema: { hash, range: [{ name: 'sk', type: 'S' }] },
  indexes: [
    {
      name: 'local',
      kind: 'local',
      keySchema: { hash, range: [{ name: 'color', type: 'S' }] },
      projection: { type: 'ALL' },
    },
    {
      name: 'global',
      kind: 'global',
      keySchema: { hash: [{ name: 'color', type: 'S' }], range: [] },
      projection: { type: 'KEYS_ONLY' },
    },
  ],
}

interface House {
  readonly engine: Engine
  readonly trees: SealedTrees
}

interface HouseOptions {
  readonly clock?: Clock
  readonly store?: PageStore
  readonly cacheBytes?: number
}

async function openHouse(options: HouseOptions = {}): Promise<House> {
  const { clock = systemClock, store = memoryPageStore(), cacheBytes = 1 << 20 } = options
  const trees = await openTrees(store, cacheBytes)
  const engine = await openEngine({ trees, clock, tableTransitionMs: 0 })
  await engine.tables.create(scope, plain)
  await engine.tables.create(scope, indexed)
  return { engine, trees }
}

function openTrees(store: PageStore, cacheBytes: number): Promise<SealedTrees> {
  const rootKey = createSecretKey(Buffer.alloc(32, 3))
  return SealedTrees.open({ store, rootKey, cacheBytes, pageBytes: 1024 })
}

/** A store behind a network: a body ends whenever a page is missing, and runs again when it is there. */
function farAway(inner: PageStore): PageStore {
  const read = (ids: readonly PageId[]) =>
    new Promise<readonly (StoredPage | undefined)[]>((resolve) => setImmediate(() => resolve(inner.read(ids))))
  return { ...inner, answersAtOnce: false, read }
}

async function faults({ trees }: Pick<House, 'trees'>): Promise<string[]> {
  const found: string[] = []
  for await (const check of checkTrees(trees)) found.push(...check.faults)
  for await (const check of checkEngine(trees)) found.push(...check.faults)
  return found
}

/** What a step wants of one item, in terms that the model understands as well. */
interface Wish {
  readonly table: 'Plain' | 'Indexed'
  readonly id: string
  readonly kind: 'put' | 'color' | 'add' | 'delete' | 'check'
  readonly color: string
  readonly condition: 'none' | 'exists' | 'not-exists' | 'red'
}

const wish: fc.Arbitrary<Wish> = fc.record({
  table: fc.constantFrom('Plain' as const, 'Indexed' as const),
  id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
  kind: fc.constantFrom('put' as const, 'color' as const, 'add' as const, 'delete' as const, 'check' as const),
  color: fc.constantFrom('red', 'green', 'x'.repeat(300)),
  condition: fc.constantFrom(
    'none' as const,
    'none' as const,
    'exists' as const,
    'not-exists' as const,
    'red' as const,
  ),
})
const transaction = fc.uniqueArray(wish, { minLength: 1, maxLength: 8, selector: ({ table, id }) => `${table} ${id}` })

function keyOf({ table, id }: Wish): Item {
  return table === 'Plain' ? { pk: { S: id } } : { pk: { S: id < 'd' ? 'one' : 'two' }, sk: { S: id } }
}

function actionOf(one: Wish): TransactAction {
  const key = keyOf(one)
  const conditions = {
    none: undefined,
    exists: { kind: 'exists', path: ['pk'] },
    'not-exists': { kind: 'not-exists', path: ['pk'] },
    red: {
      kind: 'compare',
      comparator: '=',
      left: { kind: 'path', path: ['color'] },
      right: { kind: 'value', value: { S: 'red' } },
    },
  } as const
  const condition = conditions[one.condition]
  const common = { table: one.table, returnOldOnFailure: true, ...(condition && { condition }) }
  switch (one.kind) {
    case 'put':
      return { ...common, kind: 'put', item: { ...key, color: { S: one.color } } }
    case 'color': {
      const value = { kind: 'value', value: { S: one.color } } as const
      return { ...common, kind: 'update', key, update: { actions: [{ kind: 'set', path: ['color'], value }] } }
    }
    case 'add': {
      // Refused where the item has a color: a number cannot be added to a text.
      const add = { kind: 'add', path: ['color'], value: { N: '1' } } as const
      return { ...common, kind: 'update', key, update: { actions: [add] } }
    }
    default:
      return { ...common, kind: one.kind, key }
  }
}

type Model = ReadonlyMap<string, Item>

/** The reasons that cancel the transaction, or the state after it. */
function expected(
  model: Model,
  wishes: readonly Wish[],
): { readonly reasons: readonly unknown[] } | { readonly after: Model } {
  const none = { Code: 'None' }
  const reasons = wishes.map((one) => {
    const before = model.get(`${one.table} ${one.id}`)
    const color = (before?.['color'] as { S?: string } | undefined)?.S
    const holds = { none: true, exists: before !== undefined, 'not-exists': before === undefined, red: color === 'red' }
    // Known from the request alone, where the color is the key of an index.
    if (one.kind === 'add' && one.table === 'Indexed') return wrongIndexKey
    if (!holds[one.condition]) {
      return {
        Code: 'ConditionalCheckFailed',
        ...(before && { Item: before }),
        Message: 'The conditional request failed',
      }
    }
    return one.kind === 'add' && color !== undefined ? wrongOperand : none
  })
  if (reasons.some((reason) => reason !== none)) return { reasons }
  const after = new Map(model)
  for (const one of wishes) {
    const id = `${one.table} ${one.id}`
    if (one.kind === 'delete') after.delete(id)
    else if (one.kind === 'add') {
      const count = Number((model.get(id)?.['color'] as { N?: string } | undefined)?.N ?? 0)
      after.set(id, { ...(model.get(id) ?? keyOf(one)), color: { N: String(count + 1) } })
    } else if (one.kind !== 'check') after.set(id, { ...(model.get(id) ?? keyOf(one)), color: { S: one.color } })
  }
  return { after }
}

const wrongOperand = {
  Code: 'ValidationError',
  Message: 'An operand in the update expression has an incorrect data type',
}
const wrongIndexKey = {
  Code: 'ValidationError',
  Message:
    'One or more parameter values were invalid: Type mismatch for Index Key color Expected: S Actual: N IndexName: global',
}

function plainly(value: unknown): unknown {
  const text = JSON.stringify(value, (_, inner: unknown) =>
    inner instanceof JsonFragment ? (JSON.parse(Buffer.concat(inner.pieces).toString('utf8')) as unknown) : inner,
  )
  return text === undefined ? undefined : JSON.parse(text)
}

async function assertState({ engine }: House, model: Model): Promise<void> {
  const wishes = (['Plain', 'Indexed'] as const).flatMap((table) =>
    ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => ({ table, id }) as Wish),
  )
  const gets = wishes.map((one) => ({ table: one.table, key: keyOf(one) }))
  const { items } = await engine.items.transactGet({ scope, gets })
  assert.deepEqual(
    items.map(plainly),
    wishes.map(({ table, id }) => model.get(`${table} ${id}`)),
  )
}

test('transactions are done whole or not at all, for the reasons that the model gives', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(transaction, { minLength: 10, maxLength: 60 }), fc.boolean(), async (story, far) => {
      const store = memoryPageStore()
      const house = await openHouse(far ? { store: farAway(store), cacheBytes: 8 * 1024 } : { store })
      let model: Model = new Map()
      for (const wishes of story) {
        const outcome = expected(model, wishes)
        const done = house.engine.items.transactWrite({ scope, actions: wishes.map(actionOf) })
        if ('after' in outcome) {
          await done
          model = outcome.after
        } else {
          await assert.rejects(done, (error) => {
            assert.ok(error instanceof ServiceError)
            assert.deepEqual(plainly(error.members['CancellationReasons']), outcome.reasons)
            return true
          })
        }
      }
      await assertState(house, model)
      await house.engine.close()
      await house.trees.close()
      assert.deepEqual(await faults({ trees: await openTrees(store, 1 << 20) }), [])
    }),
    { numRuns: 30 },
  )
})

test('tokens that no one can ask for any more go, a few with each transaction', async () => {
  let nowMs = Date.parse('2026-01-01T00:00:00Z')
  const house = await openHouse({ clock: { ...systemClock, nowMs: () => nowMs } })
  const spend = (token: string) =>
    house.engine.items.transactWrite({
      scope,
      actions: [{ kind: 'put', table: 'Plain', item: { pk: { S: 'a' } }, returnOldOnFailure: false }],
      token: { value: token, requestDigest: 'digest' },
    })
  const kept = () =>
    house.trees.view((reader) => {
      let entries = 0
      reader.scan(spentTokensTree, {}, false, () => {
        entries += 1
        return true
      })
      return entries
    })
  for (let at = 0; at < 100; at += 1) await spend(`early ${at}`)
  assert.equal(await kept(), 100)
  nowMs += 20 * 60_000
  await spend('late')
  const afterOne = await kept()
  assert.ok(afterOne < 101 && afterOne > 90, `${afterOne} tokens are kept`)
  for (let at = 0; at < 50; at += 1) await spend(`late ${at}`)
  assert.equal(await kept(), 51)
  assert.deepEqual(await faults(house), [])
})

test('a token that comes again before its transaction is durable is answered with it, or fails with it', async () => {
  const inner = memoryPageStore()
  let gate = async (): Promise<void> => {}
  const store: PageStore = {
    ...inner,
    commit: async (seen, writes) => {
      // What the caller gave may be used again once this has returned.
      const kept = writes.map((write) => ({ ...write, bytes: write.bytes && Uint8Array.from(write.bytes) }))
      await gate()
      await inner.commit(seen, kept)
    },
  }
  const { engine } = await openHouse({ store })
  const add = () =>
    engine.items.transactWrite({
      scope,
      actions: [
        {
          kind: 'update',
          table: 'Plain',
          key: { pk: { S: 'a' } },
          update: { actions: [{ kind: 'add', path: ['n'], value: { N: '1' } }] },
          returnOldOnFailure: false,
        },
      ],
      token: { value: 'token', requestDigest: 'digest' },
    })
  gate = () => Promise.reject(new StoreUnavailable('full'))
  const refused = await Promise.allSettled([add(), add()])
  assert.deepEqual(
    refused.map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  const passage = Promise.withResolvers<void>()
  gate = () => passage.promise
  const settled: string[] = []
  const first = add().then(({ replayed }) => settled.push(`first, replayed: ${replayed}`))
  const second = add().then(({ replayed }) => settled.push(`second, replayed: ${replayed}`))
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(settled, [])
  passage.resolve()
  await Promise.all([first, second])
  assert.deepEqual(settled, ['first, replayed: false', 'second, replayed: true'])
  const { items } = await engine.items.transactGet({ scope, gets: [{ table: 'Plain', key: { pk: { S: 'a' } } }] })
  assert.deepEqual(plainly(items), [{ pk: { S: 'a' }, n: { N: '1' } }])
})

test('a token that lies where it cannot be found is a fault', async () => {
  const house = await openHouse()
  const token = { spentAtMs: 1_800_000_000_000, requestDigest: 'digest', readUnits: [] }
  await house.trees.atomically((writer) => {
    writer.set(spentTokensTree, Buffer.from('\0\0\0\x01account\0region\0token'), Buffer.from(JSON.stringify(token)))
  })
  assert.match((await faults(house)).join(), /the token was spent at 1800000000000/)
})

test('a transaction whose last write does not fit leaves nothing of the others', async () => {
  const house = await openHouse()
  const put = (table: string, item: Item): TransactAction => ({ kind: 'put', table, item, returnOldOnFailure: false })
  const collectionTree = (await house.engine.tables.find(scope, 'Indexed'))?.record.collectionTree ?? 0
  const first = { pk: { S: 'full' }, sk: { S: 'a' } }
  await house.engine.items.transactWrite({ scope, actions: [put('Indexed', first)] })
  // As if the collection held almost 10 GB already.
  await house.trees.atomically((writer) => {
    const full = Buffer.alloc(8)
    full.writeDoubleBE(10 * 2 ** 30 - 1, 0)
    let key: Buffer | undefined
    writer.scan(collectionTree, {}, false, (entry) => {
      key = Buffer.from(entry.keyBytes.subarray(entry.keyStart, entry.keyEnd))
      return false
    })
    writer.set(collectionTree, key as Buffer, full)
  })
  const actions = [put('Plain', { pk: { S: 'beside' } }), put('Indexed', { pk: { S: 'full' }, sk: { S: 'b' } })]
  await assert.rejects(house.engine.items.transactWrite({ scope, actions }), (error) => {
    assert.ok(error instanceof ServiceError)
    assert.deepEqual(error.members['CancellationReasons'], [
      { Code: 'None' },
      { Code: 'ItemCollectionSizeLimitExceeded', Message: 'Collection size exceeded.' },
    ])
    return true
  })
  const { items } = await house.engine.items.transactGet({
    scope,
    gets: [{ table: 'Plain', key: { pk: { S: 'beside' } } }],
  })
  assert.deepEqual(items, [undefined])
})
