/** Capacities follow their use, end to end: load and quiet over the wire, and a clock that the test moves. */
import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import {
  activitiesOf,
  autoscaling,
  indexTarget,
  provisionedTable,
  throughputOf,
  tracking,
  writeTarget,
} from './autoscaling.ts'
import type { Body, Client } from './client.ts'
import { answered } from './refusals.ts'
import { type ConformanceServer, startServer } from './server.ts'
import { SteppingClock } from './stepping-clock.ts'
import { activeTable, createTables } from './tables.ts'

let clock: SteppingClock
let server: ConformanceServer
let dynamodb: Client
let scaling: Client
beforeEach(async () => {
  clock = new SteppingClock(Date.UTC(2026, 0, 5, 8, 0, 20))
  server = await startServer({ clock })
  dynamodb = server.client
  scaling = server.clientOf(autoscaling)
  await createTables(dynamodb, [provisionedTable])
  await clock.toMinute()
})
afterEach(() => server.stop())

async function scale(operation: string, input: Body): Promise<Body> {
  const answer = await answered(scaling.call(operation, input))
  await clock.atRest()
  return answer
}

let itemsWritten = 0

/** Consumes so many write units of the table in this minute. */
async function write(units: number, g?: string): Promise<void> {
  const unitsPerItem = g === undefined ? 300 : 1
  for (let left = units; left > 0; left -= unitsPerItem) {
    const filling = 'x'.repeat(Math.min(left, unitsPerItem) * 1024 - 100)
    const Item = { pk: { S: `item${itemsWritten++}` }, a: { S: filling }, ...(g !== undefined && { g: { S: g } }) }
    await answered(dynamodb.call('PutItem', { TableName: 'Scaled', Item }))
  }
}

/** So many minutes with so many write units in each. */
async function minutesOf(units: number, count: number): Promise<void> {
  for (let each = 0; each < count; each++) {
    await write(units)
    await clock.toMinute()
  }
}

async function written(): Promise<unknown> {
  return (await throughputOf(dynamodb, 'Scaled')).write
}

test('load scales out after two minutes, and quiet scales in after fifteen', async () => {
  await scale('RegisterScalableTarget', { ...writeTarget, MinCapacity: 5, MaxCapacity: 40 })
  const policy = await scale('PutScalingPolicy', { ...writeTarget, ...tracking(70) })
  assert.deepEqual(await activitiesOf(scaling), [])

  // Ten units are 600 a minute: more than 420 is above the target, less than 300 far below it.
  await minutesOf(480, 1)
  assert.equal(await written(), 10)
  await minutesOf(400, 1)
  await minutesOf(480, 1)
  assert.equal(await written(), 10)
  await minutesOf(430, 1)
  // The higher of the two minutes, 8 a second, is 70 % of 11.4.
  assert.deepEqual(await throughputOf(dynamodb, 'Scaled'), { read: 10, write: 12 })
  const [out, ...none] = await activitiesOf(scaling)
  assert.deepEqual(none, [])
  const [high, low] = policy['Alarms'] as readonly Body[]
  const { ActivityId, ...told } = out as Body
  assert.match(String(ActivityId), /^[0-9a-f-]{36}$/)
  const nowSeconds = clock.nowMs() / 1000
  assert.deepEqual(told, {
    ...writeTarget,
    Description: 'Setting write capacity units to 12.',
    Cause: `monitor alarm ${high?.['AlarmName']} in state ALARM triggered policy follow`,
    StartTime: nowSeconds,
    EndTime: nowSeconds,
    StatusCode: 'Successful',
    StatusMessage: 'Successfully set write capacity units to 12. Change successfully fulfilled by dynamodb.',
  })

  await minutesOf(300, 14)
  assert.equal(await written(), 12)
  await minutesOf(300, 1)
  assert.equal(await written(), 8)
  const [inward] = await activitiesOf(scaling)
  assert.equal(inward?.['Cause'], `monitor alarm ${low?.['AlarmName']} in state ALARM triggered policy follow`)

  // The same load for ever after: 5 of 8 units a second are within the band.
  await minutesOf(300, 20)
  assert.equal(await written(), 8)
  assert.equal((await activitiesOf(scaling)).length, 2)
})

test('an idle table falls to its minimum, and is told once that it can fall no further', async () => {
  await scale('RegisterScalableTarget', { ...writeTarget, MinCapacity: 4, MaxCapacity: 40 })
  await scale('PutScalingPolicy', { ...writeTarget, ...tracking(50) })
  await clock.toMinute(14)
  assert.equal(await written(), 10)
  await clock.toMinute()
  assert.equal(await written(), 4)
  await clock.toMinute(20)
  assert.equal((await activitiesOf(scaling)).length, 1)
  const [told, ...others] = await activitiesOf(scaling, { IncludeNotScaledActivities: true })
  assert.equal(others.length, 1)
  assert.equal(told?.['Description'], 'Attempting to scale due to alarm triggered')
  assert.equal(told?.['StatusCode'], 'Failed')
  assert.deepEqual(told?.['NotScaledReasons'], [{ Code: 'AlreadyAtMinCapacity', MinCapacity: 4 }])
})

test('capacity never leaves the maximum, whatever the load', async () => {
  await scale('RegisterScalableTarget', { ...writeTarget, MinCapacity: 10, MaxCapacity: 12 })
  await scale('PutScalingPolicy', { ...writeTarget, ...tracking(50) })
  await minutesOf(590, 4)
  assert.equal(await written(), 12)
  const [told] = await activitiesOf(scaling, { IncludeNotScaledActivities: true })
  assert.deepEqual(told?.['NotScaledReasons'], [{ Code: 'AlreadyAtMaxCapacity', MaxCapacity: 12 }])
})

test('a cooldown holds scaling out back, and one of scaling in ends when it scales out', async () => {
  await scale('RegisterScalableTarget', { ...writeTarget, MinCapacity: 5, MaxCapacity: 40 })
  await scale('PutScalingPolicy', { ...writeTarget, ...tracking(70, { ScaleOutCooldown: 300 }) })
  await minutesOf(480, 2)
  assert.equal(await written(), 12)
  await minutesOf(520, 4)
  assert.equal(await written(), 12)
  await minutesOf(520, 1)
  assert.equal(await written(), 13)
})

test('suspended, nothing scales; resumed, it does', async () => {
  await scale('RegisterScalableTarget', {
    ...writeTarget,
    MinCapacity: 5,
    MaxCapacity: 40,
    SuspendedState: { DynamicScalingOutSuspended: true, DynamicScalingInSuspended: true },
  })
  await scale('PutScalingPolicy', { ...writeTarget, ...tracking(70) })
  await minutesOf(480, 3)
  await clock.toMinute(16)
  assert.equal(await written(), 10)
  await scale('RegisterScalableTarget', { ...writeTarget, SuspendedState: { DynamicScalingInSuspended: false } })
  await clock.toMinute()
  assert.equal(await written(), 5)
})

test('a policy that does not scale in leaves idle capacity alone', async () => {
  await scale('RegisterScalableTarget', { ...writeTarget, MinCapacity: 5, MaxCapacity: 40 })
  await scale('PutScalingPolicy', { ...writeTarget, ...tracking(70, { DisableScaleIn: true }) })
  await clock.toMinute(18)
  assert.equal(await written(), 10)
  await minutesOf(480, 2)
  assert.equal(await written(), 12)
})

test('the limit of decreases holds for auto scaling too, is told once, and ends with the hour', async () => {
  for (const WriteCapacityUnits of [20, 19, 18, 17, 16]) {
    const ProvisionedThroughput = { ReadCapacityUnits: 10, WriteCapacityUnits }
    await answered(dynamodb.call('UpdateTable', { TableName: 'Scaled', ProvisionedThroughput }))
  }
  await scale('RegisterScalableTarget', { ...writeTarget, MinCapacity: 1, MaxCapacity: 40 })
  await scale('PutScalingPolicy', { ...writeTarget, ...tracking(70) })
  await clock.toMinute(30)
  assert.equal(await written(), 16)
  const [failed, ...others] = await activitiesOf(scaling)
  assert.deepEqual(others, [])
  assert.equal(failed?.['StatusCode'], 'Failed')
  assert.match(
    String(failed?.['StatusMessage']),
    /^Failed to set write capacity units to 1\. Reason: Failed updating table: Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day\..* Number of decreases today: 4\./,
  )
  await clock.toMinute(31)
  assert.equal(await written(), 1)
})

test('an index follows its own use, within bounds that take effect when they are set', async () => {
  const target = { ...indexTarget, ScalableDimension: 'dynamodb:index:WriteCapacityUnits' }
  const unitsOfIndex = async () => {
    const { Table } = await answered(dynamodb.call('DescribeTable', { TableName: 'Scaled' }))
    const [index] = (Table as Body)['GlobalSecondaryIndexes'] as readonly [Body]
    return (index['ProvisionedThroughput'] as Body)['WriteCapacityUnits']
  }
  await scale('RegisterScalableTarget', { ...target, MinCapacity: 1, MaxCapacity: 1 })
  assert.equal(await unitsOfIndex(), 1)
  assert.equal((await activitiesOf(scaling))[0]?.['Cause'], 'maximum capacity was set to 1')
  await scale('RegisterScalableTarget', { ...target, MaxCapacity: 10 })
  await scale('PutScalingPolicy', { ...target, ...tracking(70) })
  for (let minute = 0; minute < 2; minute++) {
    await write(60, 'same')
    await clock.toMinute()
  }
  assert.equal(await unitsOfIndex(), 2)
  assert.equal(await written(), 10)
})

test('bounds take the capacity with them when they are set, not when somebody else sets units', async () => {
  await scale('RegisterScalableTarget', { ...writeTarget, MinCapacity: 15, MaxCapacity: 40 })
  assert.equal(await written(), 15)
  const [activity] = await activitiesOf(scaling)
  assert.equal(activity?.['Cause'], 'minimum capacity was set to 15')
  assert.equal(activity?.['Description'], 'Setting write capacity units to 15.')
  const ProvisionedThroughput = { ReadCapacityUnits: 10, WriteCapacityUnits: 3 }
  await answered(dynamodb.call('UpdateTable', { TableName: 'Scaled', ProvisionedThroughput }))
  await clock.toMinute(2)
  assert.equal(await written(), 3)
})

test('scheduled actions set bounds at their time, and so the capacity', async () => {
  await scale('RegisterScalableTarget', { ...writeTarget, MinCapacity: 5, MaxCapacity: 10 })
  await scale('PutScheduledAction', {
    ...writeTarget,
    ScheduledActionName: 'once',
    Schedule: 'at(2026-01-05T08:30:30)',
    ScalableTargetAction: { MinCapacity: 15, MaxCapacity: 20 },
  })
  // Half past ten in Zurich is half past nine in UTC.
  await scale('PutScheduledAction', {
    ...writeTarget,
    ScheduledActionName: 'daily',
    Schedule: 'cron(30 10 ? * MON-FRI *)',
    Timezone: 'Europe/Zurich',
    ScalableTargetAction: { MinCapacity: 5, MaxCapacity: 10 },
  })
  await clock.toMinute(29)
  assert.equal(await written(), 10)
  await clock.advance(30_000)
  assert.equal(await written(), 15)
  const [units, bounds] = await activitiesOf(scaling)
  assert.equal(units?.['Cause'], 'minimum capacity was set to 15')
  assert.equal(bounds?.['Description'], 'Setting min capacity to 15 and max capacity to 20')
  assert.equal(bounds?.['Cause'], 'scheduled action name once was triggered')
  assert.equal(bounds?.['StatusCode'], 'Successful')
  assert.equal(bounds?.['StatusMessage'], 'Successfully set min capacity to 15 and max capacity to 20')

  await clock.toMinute(60)
  assert.equal(await written(), 10)
  // The day after, both bounds are there already.
  const before = (await activitiesOf(scaling)).length
  await clock.advance(86_400_000)
  const later = await activitiesOf(scaling)
  assert.equal(later.length, before + 1)
  assert.equal(later[0]?.['Cause'], 'scheduled action name daily was triggered')
})

test('a schedule that is suspended passes its time by', async () => {
  await scale('RegisterScalableTarget', { ...writeTarget, MinCapacity: 5, MaxCapacity: 10 })
  await scale('PutScheduledAction', {
    ...writeTarget,
    ScheduledActionName: 'hourly',
    Schedule: 'rate(1 hour)',
    ScalableTargetAction: { MinCapacity: 20, MaxCapacity: 20 },
  })
  await scale('RegisterScalableTarget', { ...writeTarget, SuspendedState: { ScheduledScalingSuspended: true } })
  await clock.toMinute(65)
  assert.equal(await written(), 10)
  await scale('RegisterScalableTarget', { ...writeTarget, SuspendedState: { ScheduledScalingSuspended: false } })
  assert.equal(await written(), 10)
  await clock.toMinute(56)
  assert.equal(await written(), 20)
})

test('bounds that cross each other are not set by a schedule', async () => {
  await scale('RegisterScalableTarget', { ...writeTarget, MinCapacity: 5, MaxCapacity: 10 })
  await scale('PutScheduledAction', {
    ...writeTarget,
    ScheduledActionName: 'wrong',
    Schedule: 'rate(1 minute)',
    ScalableTargetAction: { MinCapacity: 11 },
  })
  await clock.toMinute()
  const [activity] = await activitiesOf(scaling)
  assert.equal(activity?.['StatusCode'], 'Failed')
  assert.match(
    String(activity?.['StatusMessage']),
    /^Failed to set min capacity to 11\. Reason: Maximum capacity cannot/,
  )
  assert.equal(await written(), 10)
})

test('everything goes on after a restart, also what fell due meanwhile', async () => {
  await scale('RegisterScalableTarget', { ...writeTarget, MinCapacity: 5, MaxCapacity: 40 })
  await scale('PutScalingPolicy', { ...writeTarget, ...tracking(70) })
  await scale('PutScheduledAction', {
    ...writeTarget,
    ScheduledActionName: 'once',
    Schedule: 'at(2026-01-05T08:05:00)',
    ScalableTargetAction: { MinCapacity: 12 },
  })
  server = await server.restart()
  dynamodb = server.client
  scaling = server.clientOf(autoscaling)
  await clock.advance(600_000)
  assert.equal(await written(), 12)
  // What was consumed before the restart is forgotten; what is consumed now counts.
  await minutesOf(600, 2)
  assert.equal(await written(), 15)
})

test('targets outlive their table, and are idle until there is one of its name again', async () => {
  await scale('RegisterScalableTarget', { ...writeTarget, MinCapacity: 5, MaxCapacity: 40 })
  await scale('PutScalingPolicy', { ...writeTarget, ...tracking(70) })
  await answered(dynamodb.call('DeleteTable', { TableName: 'Scaled' }))
  await clock.toMinute(20)
  assert.deepEqual(await activitiesOf(scaling, { IncludeNotScaledActivities: true }), [])
  await createTables(dynamodb, [provisionedTable])
  await minutesOf(480, 2)
  assert.equal(await written(), 12)
})

test('tables on demand are left alone', async () => {
  await scale('RegisterScalableTarget', { ...writeTarget, MinCapacity: 5, MaxCapacity: 40 })
  await scale('PutScalingPolicy', { ...writeTarget, ...tracking(70) })
  await answered(dynamodb.call('UpdateTable', { TableName: 'Scaled', BillingMode: 'PAY_PER_REQUEST' }))
  await minutesOf(480, 16)
  assert.equal(await written(), 0)
  assert.deepEqual(await activitiesOf(scaling, { IncludeNotScaledActivities: true }), [])
})

test('a change that DynamoDB takes time for is in progress until it is done', async () => {
  await server.stop()
  server = await startServer({ clock, tableTransitionMs: 5000 })
  dynamodb = server.client
  scaling = server.clientOf(autoscaling)
  await answered(dynamodb.call('CreateTable', provisionedTable))
  await clock.advance(5000)
  await activeTable(dynamodb, 'Scaled')
  await scale('RegisterScalableTarget', { ...writeTarget, MinCapacity: 15, MaxCapacity: 40 })
  const [begun] = await activitiesOf(scaling)
  assert.equal(begun?.['StatusCode'], 'InProgress')
  assert.equal(begun?.['EndTime'], undefined)
  assert.equal(
    begun?.['StatusMessage'],
    'Successfully set write capacity units to 15. Waiting for change to be fulfilled by dynamodb.',
  )
  await clock.advance(5000)
  await activeTable(dynamodb, 'Scaled')
  await clock.advance(1000)
  const [done, ...others] = await activitiesOf(scaling)
  assert.deepEqual(others, [])
  assert.equal(done?.['ActivityId'], begun?.['ActivityId'])
  assert.equal(done?.['StatusCode'], 'Successful')
  assert.ok(Number(done?.['EndTime']) >= Number(done?.['StartTime']) + 5)
})
