import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { systemClock } from '../foundation/clock.ts'
import { Turns } from './turns.ts'

test('short work is begun at once; after a few milliseconds the rest waits for later turns, in order', async () => {
  let nowMs = 0
  const turns = new Turns({ ...systemClock, monotonicMs: () => nowMs })
  const begun: number[] = []
  for (let work = 0; work < 6; work++) {
    turns.run(() => {
      begun.push(work)
      nowMs += 2
    })
  }
  assert.deepEqual(begun, [0, 1])
  await nextTurn()
  assert.deepEqual(begun, [0, 1, 2, 3])
  turns.run(() => begun.push(6))
  await nextTurn()
  assert.deepEqual(begun, [0, 1, 2, 3, 4, 5])
  await nextTurn()
  assert.deepEqual(begun, [0, 1, 2, 3, 4, 5, 6])
})
