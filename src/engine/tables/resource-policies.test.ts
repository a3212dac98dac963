/** Policies of tables and streams against a plain map, through changes, deletions and restarts; then everything is checked. */
import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { systemClock } from '../../foundation/clock.ts'
import { memoryPageStore } from '../../storage/memory/memory-page-store.ts'
import { SealedTrees } from '../../storage/sealed-trees/sealed-trees.ts'
import { checkEngine } from '../check-engine.ts'
import { openEngine } from '../open-engine.ts'
import { resourcePoliciesTree } from '../storage-map.ts'
import type { TableDefinition } from './tables.ts'

const scope = { accountId: '000000000000', region: 'us-east-1' }
const arnOf = (table: string, stream?: string) =>
  `arn:aws:dynamodb:us-east-1:000000000000:table/${table}${stream === undefined ? '' : `/stream/${stream}`}`

function definition(name: string, resourcePolicy?: string): TableDefinition {
  return {
    name,
    keySchema: { hash: [{ name: 'pk', type: 'S' }], range: [] },
    attributeDefinitions: [{ name: 'pk', type: 'S' }],
    indexes: [],
    billingMode: 'PAY_PER_REQUEST',
    throughput: { readCapacityUnits: 0, writeCapacityUnits: 0 },
    deletionProtection: false,
    tags: [],
    ...(resourcePolicy !== undefined && { resourcePolicy }),
  }
}

const openTrees = (store: ReturnType<typeof memoryPageStore>) =>
  SealedTrees.open({
    ...{ store, rootKey: createSecretKey(Buffer.alloc(32, 7)), cacheBytes: 1 << 20, pageBytes: 4096 },
  })
const open = (trees: SealedTrees) => openEngine({ trees, clock: systemClock, tableTransitionMs: 0 })

async function faultsOf(trees: SealedTrees): Promise<string[]> {
  const faults: string[] = []
  for await (const check of checkEngine(trees)) faults.push(...check.faults)
  return faults
}

// One name is the beginning of the other.
const table = fc.constantFrom('Tab', 'Table')
const stream = fc.constantFrom(undefined, '2026-10-09T00:29:04.041', '2026-10-09T00:29:04.042')
const step = fc.oneof(
  fc.record({ do: fc.constant('create' as const), table, document: fc.option(fc.string(), { nil: undefined }) }),
  fc.record({ do: fc.constant('put' as const), table, stream, document: fc.string() }),
  fc.record({ do: fc.constant('remove' as const), table, stream }),
  fc.record({ do: fc.constant('drop' as const), table }),
  fc.record({ do: fc.constant('restart' as const), table }),
)

test('what is in force is what was last put, of tables that are there', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const store = memoryPageStore()
      let trees = await openTrees(store)
      let engine = await open(trees)
      const tables = new Set<string>()
      const model = new Map<string, string>()
      for (const [at, each] of steps.entries()) {
        const there = tables.has(each.table)
        if (each.do === 'create' && !there) {
          await engine.tables.create(scope, definition(each.table, each.document))
          tables.add(each.table)
          if (each.document !== undefined) model.set(arnOf(each.table), each.document)
        } else if (each.do === 'put' || each.do === 'remove') {
          const arn = arnOf(each.table, each.stream)
          const after = { changedAtMs: at, ...(each.do === 'put' && { document: each.document }) }
          const changed = engine.policies.change(scope, each.table, arn, () => after)
          if (!there) await assert.rejects(changed, { code: 'ResourceNotFoundException' })
          else {
            await changed
            if (each.do === 'put') model.set(arn, each.document)
            else model.delete(arn)
          }
        } else if (each.do === 'drop' && there) {
          await engine.tables.delete(scope, each.table, () => undefined)
          tables.delete(each.table)
          for (const arn of model.keys()) {
            if (arn === arnOf(each.table) || arn.startsWith(`${arnOf(each.table)}/`)) model.delete(arn)
          }
        } else if (each.do === 'restart') {
          await engine.close()
          await trees.close()
          trees = await openTrees(store)
          engine = await open(trees)
        }
        for (const name of ['Tab', 'Table']) {
          for (const label of [undefined, '2026-10-09T00:29:04.041', '2026-10-09T00:29:04.042']) {
            const arn = arnOf(name, label)
            assert.equal(engine.policies.inForce(arn)?.document, model.get(arn), arn)
          }
          assert.equal(engine.policies.inForce(`${arnOf(name)}/index/i`)?.document, model.get(arnOf(name)))
        }
      }
      assert.deepEqual(await faultsOf(trees), [])
      await engine.close()
      await trees.close()
    }),
    { numRuns: 40 },
  )
})

test('a change that is refused changes nothing, and changes at once end in one order for memory and trees', async () => {
  const store = memoryPageStore()
  const trees = await openTrees(store)
  const engine = await open(trees)
  await engine.tables.create(scope, definition('Table', 'born'))
  const refused = engine.policies.change(scope, 'Table', arnOf('Table'), () => {
    throw new Error('no')
  })
  await assert.rejects(refused, { message: 'no' })
  assert.equal(engine.policies.inForce(arnOf('Table'))?.document, 'born')
  await Promise.all(
    Array.from({ length: 50 }, (_, at) =>
      engine.policies.change(scope, 'Table', arnOf('Table'), () => ({ document: String(at), changedAtMs: at })),
    ),
  )
  const kept = await engine.policies.find(scope, 'Table', arnOf('Table'))
  assert.deepEqual(engine.policies.inForce(arnOf('Table')), kept?.policy)
  await engine.close()
  await trees.close()
})

test('the check of a store finds a policy of no table, and one that is none', async () => {
  const trees = await openTrees(memoryPageStore())
  const engine = await open(trees)
  await engine.tables.create(scope, definition('Table'))
  await trees.atomically((writer) => {
    writer.set(resourcePoliciesTree, Buffer.from(arnOf('Gone')), Buffer.from('{"document":"x","changedAtMs":1}'))
    writer.set(resourcePoliciesTree, Buffer.from(arnOf('Table')), Buffer.from('{"document":5}'))
  })
  assert.deepEqual(await faultsOf(trees), [
    `tree ${resourcePoliciesTree}: the policy of ${arnOf('Gone')} is of no table`,
    `tree ${resourcePoliciesTree}: the policy of ${arnOf('Table')} cannot be read`,
  ])
  await engine.close()
  await trees.close()
})
