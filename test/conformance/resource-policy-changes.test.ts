/** A table's policy that was changed counts from the answer on, under load: for every table, index and caller. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { movingClock } from './moving-clock.ts'
import { allow, user } from './people.ts'
import { answered } from './refusals.ts'
import { startServer } from './server.ts'
import { createTables, hashTable } from './tables.ts'

const books = 'arn:aws:dynamodb:us-east-1:000000000000:table/Hash'
const reader = 'arn:aws:iam::000000000000:user/reader'

const statements = {
  Allow: { Effect: 'Allow', Principal: { AWS: reader }, Action: 'dynamodb:GetItem', Resource: books },
  Deny: { Effect: 'Deny', Principal: '*', Action: 'dynamodb:GetItem', Resource: books },
}
/** Changes in turn, and whether GetItem is allowed after each to one who has no policies, and to one who may do all. */
const changes: readonly (readonly ['Allow' | 'Deny' | 'none', reader: boolean, admin: boolean])[] = [
  ['Allow', true, true],
  ['Deny', false, false],
  ['Allow', true, true],
  ['none', false, true],
  ['Deny', false, false],
  ['none', false, true],
]

test('under load, every change of a table’s policy counts at once', async () => {
  const clock = movingClock()
  const server = await startServer({ clock })
  await createTables(server.client, [hashTable])
  const callers = [await user(server, 'reader'), await user(server, 'admin', allow('dynamodb:*'))]
  let settled = -1
  let stopped = false
  let decided = 0
  const wrong: string[] = []
  const load = async (who: number) => {
    while (!stopped) {
      const before = settled
      const answer = await callers[who]?.call('GetItem', { TableName: 'Hash', Key: { pk: { S: 'a' } } })
      // What a change overtook may go either way.
      if (before < 0 || settled !== before) continue
      decided++
      const [change, ...expected] = changes[before % changes.length] ?? ['none']
      if ((answer?.code === undefined) !== expected[who]) wrong.push(`${who} after ${change}: ${answer?.code}`)
    }
  }
  const loads = [0, 1, 0, 1, 0, 1].map(load)
  for (let at = 0; at < changes.length * 3; at++) {
    const [change] = changes[at % changes.length] ?? ['none']
    settled = -1
    clock.moveOn(15_000)
    const Policy = change === 'none' ? '' : JSON.stringify({ Version: '2012-10-17', Statement: statements[change] })
    await answered(
      change === 'none'
        ? server.client.call('DeleteResourcePolicy', { ResourceArn: books })
        : server.client.call('PutResourcePolicy', { ResourceArn: books, Policy }),
    )
    settled = at
    const seen = decided
    for (let turn = 0; turn < 10_000 && decided < seen + 16; turn++) await new Promise(setImmediate)
  }
  stopped = true
  await Promise.all(loads)
  for (const caller of callers) caller.close()
  await server.stop()
  assert.deepEqual(wrong.slice(0, 10), [])
  assert.ok(decided >= changes.length * 3, `${decided} requests were decided between changes`)
})
