/** What the calls ask permission for, and what their records keep. */
import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { after, before, test } from 'node:test'
import type { RequestContext } from '../../contract/request-context.ts'
import { checkShape } from '../../contract/shape.ts'
import { put } from '../../engine/collections/collections.ts'
import type { Engine } from '../../engine/engine.ts'
import { openEngine } from '../../engine/open-engine.ts'
import { systemClock } from '../../foundation/clock.ts'
import { memoryPageStore } from '../../storage/memory/memory-page-store.ts'
import { SealedTrees } from '../../storage/sealed-trees/sealed-trees.ts'
import { targetArn } from './arns.ts'
import { type ScalableTarget, targets } from './records.ts'
import { autoscalingRoom } from './service.ts'
import { targetKey } from './target-id.ts'

const { service } = autoscalingRoom()
const scope = { accountId: '000000000000', region: 'us-east-1' }
const id = { resourceId: 'table/Orders', dimension: 'dynamodb:table:ReadCapacityUnits' } as const
const named = {
  ServiceNamespace: 'dynamodb',
  ResourceId: id.resourceId,
  ScalableDimension: id.dimension,
}
const arn = targetArn(id, scope)

let engine: Engine
before(async () => {
  const rootKey = createSecretKey(Buffer.alloc(32, 7))
  const trees = await SealedTrees.open({ store: memoryPageStore(), rootKey, cacheBytes: 1 << 20, pageBytes: 4096 })
  engine = await openEngine({ trees, clock: systemClock, tableTransitionMs: 0 })
  const target: ScalableTarget = {
    ...id,
    id: '8a2b6f0e-53f6-4f0c-9a59-3d9a2c6b7d10',
    minCapacity: 1,
    maxCapacity: 2,
    suspended: { scaleIn: false, scaleOut: false, scheduled: false },
    createdAtMs: 0,
    tags: { team: 'orders' },
    policies: [],
    scheduledActions: [],
    state: {},
  }
  await engine.collections.write(scope, [put(targets, targetKey(id), target)])
})
after(() => engine.close())

function operationNamed(name: string) {
  const found = service.operations.find((operation) => operation.name === name)
  assert.ok(found !== undefined, name)
  return found
}

async function asked(name: string, input: object): Promise<unknown[]> {
  const { access, input: shape } = operationNamed(name)
  const ctx = { ...scope, engine } as unknown as RequestContext
  const requests = access(checkShape(shape, input), ctx)
  return Promise.all(
    requests.map(async ({ action, resource, conditions }) => ({
      action,
      resource,
      ...(conditions && { conditions: await conditions() }),
    })),
  )
}

const keys = {
  'application-autoscaling:service-namespace': 'dynamodb',
  'application-autoscaling:scalable-dimension': 'dynamodb:table:ReadCapacityUnits',
}
const resourceTags = { 'aws:ResourceTag/team': 'orders' }

test('calls that change a target name it, with the namespace, the dimension and its tags', async () => {
  for (const [name, more] of [
    ['DeregisterScalableTarget', {}],
    ['PutScalingPolicy', { PolicyName: 'p' }],
    ['DeleteScalingPolicy', { PolicyName: 'p' }],
    ['PutScheduledAction', { ScheduledActionName: 'a' }],
    ['DeleteScheduledAction', { ScheduledActionName: 'a' }],
  ] as const) {
    assert.deepEqual(await asked(name, { ...named, ...more }), [
      { action: `application-autoscaling:${name}`, resource: arn, conditions: { ...keys, ...resourceTags } },
    ])
  }
})

test('registering asks for the table too, and says which tags it would give', async () => {
  const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/Orders'
  assert.deepEqual(await asked('RegisterScalableTarget', { ...named, Tags: { cost: '7' } }), [
    {
      action: 'application-autoscaling:RegisterScalableTarget',
      resource: arn,
      conditions: { ...keys, ...resourceTags, 'aws:TagKeys': ['cost'], 'aws:RequestTag/cost': '7' },
    },
    { action: 'dynamodb:DescribeTable', resource: table },
    { action: 'dynamodb:UpdateTable', resource: table },
  ])
  const index = {
    ...named,
    ResourceId: 'table/Orders/index/byDay',
    ScalableDimension: 'dynamodb:index:ReadCapacityUnits',
  }
  const [, ...ofTable] = (await asked('RegisterScalableTarget', index)) as { resource: string }[]
  assert.deepEqual(new Set(ofTable.map(({ resource }) => resource)), new Set([table]))
})

test('calls that describe know no resource', async () => {
  for (const part of ['ScalableTargets', 'ScalingPolicies', 'ScalingActivities', 'ScheduledActions']) {
    const action = `application-autoscaling:Describe${part}`
    assert.deepEqual(await asked(`Describe${part}`, { ServiceNamespace: 'dynamodb' }), [{ action, resource: '*' }])
  }
})

test('the tag calls name the target by its ARN', async () => {
  const tags = { 'aws:TagKeys': ['a'], 'aws:RequestTag/a': 'b' }
  assert.deepEqual(await asked('TagResource', { ResourceARN: arn, Tags: { a: 'b' } }), [
    { action: 'application-autoscaling:TagResource', resource: arn, conditions: { ...tags, ...resourceTags } },
  ])
  assert.deepEqual(await asked('UntagResource', { ResourceARN: arn, TagKeys: ['a'] }), [
    {
      action: 'application-autoscaling:UntagResource',
      resource: arn,
      conditions: { 'aws:TagKeys': ['a'], ...resourceTags },
    },
  ])
  const other = arn.replace(/.$/, 'x')
  assert.deepEqual(await asked('ListTagsForResource', { ResourceARN: other }), [
    { action: 'application-autoscaling:ListTagsForResource', resource: other, conditions: {} },
  ])
})

test('ARNs tell accounts, regions, resources and dimensions apart', () => {
  const others = [
    targetArn(id, { ...scope, region: 'us-east-2' }),
    targetArn(id, { ...scope, accountId: '000000000001' }),
    targetArn({ ...id, dimension: 'dynamodb:table:WriteCapacityUnits' }, scope),
    targetArn({ ...id, resourceId: 'table/Order' }, scope),
  ]
  assert.equal(new Set([arn, ...others].map((each) => each.split('/')[1])).size, 5)
})

test('records are management events; those of changes keep the answer', () => {
  for (const { name, kind, audit } of service.operations) {
    assert.equal(audit.category, 'Management')
    assert.equal(audit.readOnly, kind === 'control-read', name)
  }
  const { audit } = operationNamed('RegisterScalableTarget')
  const input = { ...named, SuspendedState: { DynamicScalingInSuspended: true } }
  assert.deepEqual(audit.requestParameters(input), {
    serviceNamespace: 'dynamodb',
    resourceId: 'table/Orders',
    scalableDimension: 'dynamodb:table:ReadCapacityUnits',
    suspendedState: { dynamicScalingInSuspended: true },
  })
  assert.deepEqual(audit.responseElements?.({ ScalableTargetARN: arn }), { scalableTargetARN: arn })
  assert.equal(operationNamed('TagResource').audit.responseElements?.({}), null)
  assert.equal(operationNamed('DescribeScalableTargets').audit.responseElements?.({ ScalableTargets: [] }), null)
})
