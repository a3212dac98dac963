/** Capacities follow their use, end to end: load and quiet over the wire, and a clock that the test moves. */
import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { activitiesOf, autoscaling, indexTarget, provisionedTable, throughputOf, tracking, writeTarget } from './autoscaling.ts'
import type { Body, Client } from './client.ts'
import { answered } from './refusals.ts'
import { type ConformanceServer, startServer } from './server.ts'
import { SteppingClock } from './stepping-clock.ts'
import { createTables } from './tables.ts'

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

/** Consumes so many write units within this minute. */
async function write(units: number): Promise<void> {
  const itemUnits = 300
  for (let left = units; left > 0; left -= itemUnits) {
    const bytes = Math.min(left, itemUnits) * 1024 - 10
    const Item = { pk: { S: 'x' }, a: { S: 'x'.repeat(bytes) } }
    await answered(dynamodb.call('PutItem', { TableName: 'Scaled', Item }))
    if (left > itemUnits) await answered(dynamodb.call('DeleteItem', { TableName: 'Scaled', Key: { pk: { S: 'x' } } }))
  }
}

test('load scales out after two minutes, and quiet scales in after fifteen', async () => {
  await scale('RegisterScalableTarget', { ...writeTarget, MinCapacity: 5, MaxCapacity: 40 })
  const policy = await scale('PutScalingPolicy', { ...writeTarget, ...tracking(70) })
  assert.deepEqual(await activitiesOf(scaling), [])

  // Ten units are provisioned: 600 a minute, of which 70 % are 420.
  const alarms = policy['Alarms'] as readonly Body[]
  await write(300)
  await clock.toMinute()
  await write(300)
  await clock.toMinute()
  assert.deepEqual(await throughputOf(dynamodb, 'Scaled'), { read: 10, write: 10 })
})
