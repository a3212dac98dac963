import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { ManualClock } from '../../../test/manual-clock.ts'
import { Pace } from './pace.ts'

const signal = new AbortController().signal

test('without callers there is a turn between commits, and no more', async () => {
  const pace = new Pace({ calls: () => 7 }, new ManualClock(0))
  await pace.giveWay(signal)
  assert.equal(pace.piecesPerCommit, 64)
})

test('while callers are at work, commits are small and time passes between them', async () => {
  const clock = new ManualClock(0)
  let calls = 0
  const pace = new Pace({ calls: () => calls }, clock)
  for (const [more, pieces] of [
    [1, 8],
    [20, 20],
    [500, 32],
  ] as const) {
    calls += more
    let given = false
    const pause = pace.giveWay(signal).then(() => {
      given = true
    })
    clock.advance(7)
    await nextTurn()
    await nextTurn()
    assert.equal(given, false)
    clock.advance(1)
    await pause
    assert.equal(pace.piecesPerCommit, pieces)
  }
  await pace.giveWay(signal)
  assert.equal(pace.piecesPerCommit, 64, 'they have gone')
})
