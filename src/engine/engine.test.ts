/** The engine and an obvious model take the same random steps; then everything kept is checked against itself. */
import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { systemClock } from '../foundation/clock.ts'
import { JsonFragment } from '../foundation/json-fragment.ts'
import { ServiceError } from '../foundation/service-error.ts'
import { memoryPageStore } from '../storage/memory/memory-page-store.ts'
import { checkTrees } from '../storage/sealed-trees/check-trees.ts'
import { SealedTrees } from '../storage/sealed-trees/sealed-trees.ts'
import { checkEngine } from './check-engine.ts'
import type { Engine } from './engine.ts'
import type { AttributeValue, Item } from './items/attribute-value.ts'
import { openEngine } from './open-engine.ts'
import type { IndexRecord, TableRecord } from './tables/table.ts'
import type { TableDefinition } from './tables/tables.ts'

const scope = { accountId: '000000000000', region: 'us-east-1' }
const table = 'T'

const definition: TableDefinition = {
  name: table,
  keySchema: { hash: [{ name: 'pk', type: 'S' }], range: [{ name: 'sk', type: 'N' }] },
  attributeDefinitions: [],
  indexes: [
    {
      name: 'local',
      kind: 'local',
      keySchema: { hash: [{ name: 'pk', type: 'S' }], range: [{ name: 'color', type: 'S' }] },
      projection: { type: 'KEYS_ONLY' },
    },
    {
      name: 'global',
      kind: 'global',
      keySchema: { hash: [{ name: 'color', type: 'S' }], range: [{ name: 'size', type: 'N' }] },
      projection: { type: 'INCLUDE', nonKeyAttributes: ['note'] },
    },
  ],
  billingMode: 'PAY_PER_REQUEST',
  throughput: { readCapacityUnits: 0, writeCapacityUnits: 0 },
  deletionProtection: false,
  tags: [],
}

interface House {
  readonly engine: Engine
  readonly trees: SealedTrees
}

async function openHouse(): Promise<House> {
  const rootKey = createSecretKey(Buffer.alloc(32, 3))
  const trees = await SealedTrees.open({ store: memoryPageStore(), rootKey, cacheBytes: 1 << 20, pageBytes: 1024 })
  return { trees, engine: await openEngine({ trees, clock: systemClock, tableTransitionMs: 0 }) }
}

async function faults({ trees }: House): Promise<string[]> {
  const found: string[] = []
  for await (const check of checkTrees(trees)) found.push(...check.faults)
  for await (const check of checkEngine(trees)) found.push(...check.faults)
  return found
}

const pk = fc.constantFrom('a', 'b', 'a\0', 'ä', 'long'.repeat(100))
const sk = fc.constantFrom('-10', '-2.5', '0', '0.001', '3', '20', '1e3').map((text) => String(Number(text)))
const item = fc
  .record(
    {
      pk,
      sk,
      color: fc.constantFrom('red', 'green', 're', 'red\0'),
      size: fc.constantFrom('1', '2', '10', '-1'),
      note: fc.string({ maxLength: 300 }),
      other: fc.string(),
    },
    { requiredKeys: ['pk', 'sk'] },
  )
  .map((plain): Item => {
    const made: Record<string, AttributeValue> = { pk: { S: plain.pk }, sk: { N: plain.sk } }
    if (plain.color !== undefined) made['color'] = { S: plain.color }
    if (plain.size !== undefined) made['size'] = { N: plain.size }
    if (plain.note !== undefined) made['note'] = { S: plain.note }
    if (plain.other !== undefined) made['other'] = { S: plain.other }
    return made
  })

type Action =
  | { readonly kind: 'put'; readonly item: Item }
  | { readonly kind: 'delete'; readonly item: Item }
  | { readonly kind: 'update'; readonly item: Item; readonly color: string | undefined }
  | { readonly kind: 'batch'; readonly items: readonly Item[] }
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), item }),
  fc.record({ kind: fc.constant('delete' as const), item }),
  fc.record({
    kind: fc.constant('update' as const),
    item,
    color: fc.option(fc.constantFrom('red', 'blue'), { nil: undefined }),
  }),
  fc.record({ kind: fc.constant('batch' as const), items: fc.uniqueArray(item, { maxLength: 6, selector: idOf }) }),
)

function idOf(of: Item): string {
  return JSON.stringify([of['pk'], of['sk']])
}
function keyOf(of: Item): Item {
  return { pk: of['pk'] as AttributeValue, sk: of['sk'] as AttributeValue }
}

async function act({ engine }: House, model: Map<string, Item>, step: Action): Promise<void> {
  const write = { scope, table, returnValues: 'ALL_OLD', returnOldOnFailure: false } as const
  switch (step.kind) {
    case 'put': {
      const result = await engine.items.put({ ...write, item: step.item })
      assert.deepEqual(json(result.attributes), model.get(idOf(step.item)))
      model.set(idOf(step.item), step.item)
      return
    }
    case 'delete': {
      const result = await engine.items.delete({ ...write, key: keyOf(step.item) })
      assert.deepEqual(json(result.attributes), model.get(idOf(step.item)))
      model.delete(idOf(step.item))
      return
    }
    case 'update': {
      const path = ['color']
      const set =
        step.color === undefined
          ? ({ kind: 'remove', path } as const)
          : ({ kind: 'set', path, value: { kind: 'value', value: { S: step.color } } } as const)
      const result = await engine.items.update({
        ...write,
        returnValues: 'ALL_NEW',
        key: keyOf(step.item),
        update: { actions: [set] },
      })
      if (step.color === undefined && !model.has(idOf(step.item))) {
        assert.equal(result.attributes, undefined)
        return
      }
      const { color: _, ...rest } = (model.get(idOf(step.item)) ?? keyOf(step.item)) as Record<string, AttributeValue>
      const wanted = step.color === undefined ? rest : { ...rest, color: { S: step.color } }
      assert.deepEqual(json(result.attributes), wanted)
      model.set(idOf(step.item), wanted)
      return
    }
    case 'batch': {
      await engine.items.batchWrite({ scope, tables: [{ table, writes: step.items.map((put) => ({ put })) }] })
      for (const put of step.items) model.set(idOf(put), put)
      return
    }
  }
}

function json(value: unknown): unknown {
  if (value === undefined) return undefined
  const text = value instanceof JsonFragment ? Buffer.concat(value.pieces).toString('utf8') : JSON.stringify(value)
  return JSON.parse(text)
}

async function queryAll(
  { engine }: House,
  index: string | undefined,
  hash: string,
  forward: boolean,
  limit: number,
): Promise<Item[]> {
  const found: Item[] = []
  let start: Item | undefined
  for (;;) {
    const page = await engine.items.query({
      scope,
      table,
      ...(index && { index }),
      consistent: false,
      select: index === undefined ? 'ALL_ATTRIBUTES' : 'ALL_PROJECTED_ATTRIBUTES',
      limit,
      forward,
      keyCondition: () => ({ hash: [{ S: hash }], range: [] }),
      ...(start && { exclusiveStartKey: start }),
    })
    found.push(...(json(page.items) as Item[]))
    if (page.lastEvaluatedKey === undefined) return found
    start = page.lastEvaluatedKey
  }
}

function number(value: AttributeValue | undefined): number {
  return Number((value as { N: string }).N)
}
function text(value: AttributeValue | undefined): string {
  return (value as { S: string }).S
}

test('items, indexes and figures agree with the model', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { minLength: 40, maxLength: 150 }),
      fc.integer({ min: 1, max: 7 }),
      fc.boolean(),
      async (story, limit, forward) => {
        const house = await openHouse()
        await house.engine.tables.create(scope, definition)
        const model = new Map<string, Item>()
        for (const step of story) await act(house, model, step)
        const all = [...model.values()]
        const ordered = (items: Item[]) => (forward ? items : items.reverse())
        for (const hash of new Set(all.map((one) => text(one['pk'])))) {
          const own = all.filter((one) => text(one['pk']) === hash)
          const bySort = own.toSorted((x, y) => number(x['sk']) - number(y['sk']))
          assert.deepEqual(await queryAll(house, undefined, hash, forward, limit), ordered(bySort))
          const colored = own
            .filter((one) => one['color'] !== undefined)
            .toSorted(
              (x, y) =>
                Buffer.compare(Buffer.from(text(x['color'])), Buffer.from(text(y['color']))) ||
                number(x['sk']) - number(y['sk']),
            )
          const keys = colored.map((one) => ({ ...keyOf(one), color: one['color'] as AttributeValue }))
          assert.deepEqual(await queryAll(house, 'local', hash, forward, limit), ordered(keys))
        }
        for (const color of ['red', 'green', 're', 'red\0', 'blue']) {
          const wanted = all.filter(
            (one) => one['color'] !== undefined && one['size'] !== undefined && text(one['color']) === color,
          )
          const got = await queryAll(house, 'global', color, forward, limit)
          assert.deepEqual(got.map(idOf).sort(), wanted.map(idOf).sort())
          const sizes = got.map((one) => number(one['size']))
          assert.deepEqual(sizes, ordered(sizes.toSorted((x, y) => x - y) as never))
          for (const one of got) assert.equal('other' in one, false)
        }
        const found = await house.engine.tables.find(scope, table)
        assert.equal(found?.figures.itemCount, model.size)
        assert.deepEqual(await faults(house), [])
      },
    ),
    { numRuns: 15 },
  )
})

test('a global index added to a live table is filled while writers go on, and a deleted one leaves nothing', async () => {
  const house = await openHouse()
  const { engine } = house
  await engine.tables.create(scope, { ...definition, indexes: [] })
  const put = (n: number, size: number) =>
    engine.items.put({
      scope,
      table,
      returnValues: 'NONE',
      returnOldOnFailure: false,
      item: { pk: { S: `p${n % 7}` }, sk: { N: String(n) }, color: { S: 'red' }, size: { N: String(size) } },
    })
  for (let n = 0; n < 1500; n++) await put(n, n)
  const added: IndexRecord = {
    ...(definition.indexes[1] as IndexRecord),
    tree: 0,
    status: 'CREATING',
    backfilling: true,
  }
  await engine.tables.update(
    scope,
    table,
    (present): TableRecord => ({ ...present, status: 'UPDATING', indexes: [added] }),
  )
  for (let n = 1000; n < 2000; n += 3) await put(n, 5000 - n)
  await until(async () => (await engine.tables.find(scope, table))?.record.status === 'ACTIVE')
  assert.deepEqual(await faults(house), [])
  assert.equal(
    (await queryAll(house, 'global', 'red', true, 400)).length,
    (await engine.tables.find(scope, table))?.figures.itemCount,
  )
  await engine.tables.update(scope, table, (present): TableRecord => {
    const indexes = present.indexes.map((index): IndexRecord => ({ ...index, status: 'DELETING' }))
    return { ...present, status: 'UPDATING', indexes }
  })
  await until(async () => (await engine.tables.find(scope, table))?.record.indexes.length === 0)
  await engine.close()
  assert.deepEqual(await faults(house), [])
})

test('a deleted table is gone at once, its name can be used again, and its pages go', async () => {
  const house = await openHouse()
  const { engine, trees } = house
  const pagesOfTables = async () => {
    let pages = 0
    for await (const check of checkTrees(trees)) if (check.tree >= 16) pages += check.pages
    return pages
  }
  await engine.tables.create(scope, definition)
  for (let n = 0; n < 200; n++) {
    const item = { pk: { S: 'p' }, sk: { N: String(n) }, color: { S: 'red' } }
    await engine.items.put({ scope, table, returnValues: 'NONE', returnOldOnFailure: false, item })
  }
  const before = await pagesOfTables()
  const deleted = await engine.tables.delete(scope, table, () => undefined)
  assert.equal(deleted.record.status, 'DELETING')
  assert.equal(await engine.tables.find(scope, table), undefined)
  await assert.rejects(
    engine.tables.delete(scope, table, () => undefined),
    (error) => error instanceof ServiceError && error.code === 'ResourceNotFoundException',
  )
  await engine.tables.create(scope, definition)
  assert.deepEqual(await queryAll(house, undefined, 'p', true, 10), [])
  await until(async () => (await pagesOfTables()) < before / 2)
  await engine.close()
  assert.deepEqual(await faults(house), [])
})

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 2000; tries++) {
    if (await holds()) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  assert.fail('it never came to be')
}
