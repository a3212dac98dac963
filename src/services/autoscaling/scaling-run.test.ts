/** Turns of a target that a crash or somebody else interrupts, over the engine as it is. */
import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { afterEach, beforeEach, test } from 'node:test'
import type { Dispatch } from '../../contract/ports.ts'
import { put, RecordsChanged } from '../../engine/collections/collections.ts'
import type { Engine } from '../../engine/engine.ts'
import { openEngine } from '../../engine/open-engine.ts'
import { systemClock } from '../../foundation/clock.ts'
import { memoryPageStore } from '../../storage/memory/memory-page-store.ts'
import { SealedTrees } from '../../storage/sealed-trees/sealed-trees.ts'
import { activities, type ScalableTarget, type ScalingActivity, targets } from './records.ts'
import { type ScalingRooms, TargetRun } from './scaling-run.ts'
import { targetKey } from './target-id.ts'

const scope = { accountId: '000000000000', region: 'us-east-1' }
const name = 'Scaled'

let engine: Engine
beforeEach(async () => {
  const rootKey = createSecretKey(Buffer.alloc(32, 7))
  const trees = await SealedTrees.open({ store: memoryPageStore(), rootKey, cacheBytes: 1 << 20, pageBytes: 4096 })
  engine = await openEngine({ trees, clock: systemClock, tableTransitionMs: 0 })
  await engine.tables.create(scope, {
    name,
    keySchema: { hash: [{ name: 'pk', type: 'S' }], range: [] },
    attributeDefinitions: [{ name: 'pk', type: 'S' }],
    indexes: [],
    billingMode: 'PROVISIONED',
    throughput: { readCapacityUnits: 10, writeCapacityUnits: 10 },
    deletionProtection: false,
    tags: [],
  })
  await engine.collections.write(scope, [put(targets, key, target)])
})
afterEach(() => engine.close())

const target: ScalableTarget = {
  resourceId: `table/${name}`,
  dimension: 'dynamodb:table:WriteCapacityUnits',
  id: '8a2b6f0e-53f6-4f0c-9a59-3d9a2c6b7d10',
  minCapacity: 15,
  maxCapacity: 20,
  suspended: { scaleIn: false, scaleOut: false, scheduled: false },
  createdAtMs: 0,
  tags: {},
  policies: [],
  scheduledActions: [],
  state: { boundsSet: true },
}
const key = targetKey(target)

async function setUnits(writeCapacityUnits: number): Promise<void> {
  await engine.tables.update(scope, name, (present) => ({
    ...present,
    throughput: { ...present.throughput, writeCapacityUnits },
  }))
}

/** A turn in which UpdateTable does this. */
async function turn(updateTable: () => Promise<void>): Promise<ScalableTarget> {
  const dispatch: Dispatch = { call: updateTable }
  const rooms: ScalingRooms = { engine, clock: systemClock, scope, dispatch }
  const kept = await engine.collections.get(targets, scope, key)
  assert.ok(kept !== undefined)
  return new TargetRun(rooms, kept).run(true)
}

async function told(): Promise<readonly ScalingActivity[]> {
  return (await engine.collections.list(activities, scope, { limit: 100 })).records.map(({ value }) => value)
}

const died = async () => {
  throw new Error('the process ended here')
}
const untouched = async () => assert.fail('UpdateTable was called')

test('a crash before the change leaves a failed activity, and no change that nobody knows of', async () => {
  await assert.rejects(turn(died), /the process ended here/)
  assert.equal((await told())[0]?.statusCode, 'Pending')
  const after = await turn(untouched)
  const [activity, ...others] = await told()
  assert.deepEqual(others, [])
  assert.equal(activity?.statusCode, 'Failed')
  assert.equal(activity?.statusMessage, 'Failed to set write capacity units to 15. Reason: The change was not made.')
  assert.equal(after.state.pending, undefined)
})

test('a crash after the change finds it done', async () => {
  const doneAndDied = async () => {
    await setUnits(15)
    await died()
  }
  await assert.rejects(turn(doneAndDied), /the process ended here/)
  const after = await turn(untouched)
  const [activity, ...others] = await told()
  assert.deepEqual(others, [])
  assert.equal(activity?.statusCode, 'Successful')
  assert.equal(after.state.pending, undefined)
})

test('a change that somebody else overtakes is overridden', async () => {
  const begun = async () => {
    await engine.tables.update(scope, name, (present) => ({ ...present, status: 'UPDATING' }))
  }
  await turn(begun)
  await setUnits(17)
  await turn(untouched)
  const [activity] = await told()
  assert.equal(activity?.statusCode, 'Overridden')
})

test('a target that is changed in its turn keeps what was changed', async () => {
  const meanwhile = async () => {
    await setUnits(15)
    await engine.collections.update(targets, scope, key, (present) => present && { ...present, maxCapacity: 99 })
  }
  await assert.rejects(turn(meanwhile), RecordsChanged)
  const after = await turn(untouched)
  assert.equal(after.maxCapacity, 99)
  assert.equal(after.state.pending, undefined)
  assert.equal((await told())[0]?.statusCode, 'Successful')
})

test('a target deregistered in its turn is not brought back', async () => {
  const meanwhile = async () => {
    await setUnits(15)
    await engine.collections.update(targets, scope, key, () => undefined)
  }
  await assert.rejects(turn(meanwhile), RecordsChanged)
  assert.equal(await engine.collections.get(targets, scope, key), undefined)
})
