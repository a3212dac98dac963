/** Target tracking against loads: it stays in its bounds, comes to rest on constant load, and keeps its cooldowns. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { minutesToScaleIn, minutesToScaleOut, type TrackedCapacity, track, type Verdict } from './target-tracking.ts'

const minuteMs = 60_000

interface Move {
  readonly minute: number
  readonly from: number
  readonly to: number
}

interface Story {
  readonly targetValue: number
  readonly scaleOutCooldownSeconds: number
  readonly scaleInCooldownSeconds: number
  readonly units: number
  readonly bounds: readonly [min: number, max: number]
  /** Units per second that callers ask for, by minute. */
  readonly loads: readonly number[]
  /** Whether more than what is provisioned is refused, as it is once the burst is used up. */
  readonly throttles: boolean
}

const bounds = fc
  .tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 500 }))
  .map(([min, more]) => [min, min + more] as const)
const settings = {
  targetValue: fc.integer({ min: 10, max: 90 }),
  scaleOutCooldownSeconds: fc.constantFrom(0, 60, 300),
  scaleInCooldownSeconds: fc.constantFrom(0, 60, 1800),
  bounds,
  throttles: fc.boolean(),
}
const load = fc.double({ min: 0, max: 600, noNaN: true })

/** Starts within the bounds, and does each minute what is said. */
function play({ units: start, bounds: [min, max], loads, throttles, ...policy }: Story): {
  moves: Move[]
  units: number
} {
  const consumed: number[] = []
  const moves: Move[] = []
  let units = Math.min(max, Math.max(min, start))
  let state: TrackedCapacity['state'] = {}
  for (const [minute, asked] of loads.entries()) {
    consumed.push((throttles ? Math.min(asked, units) : asked) * 60)
    const nowMs = (minute + 1) * minuteMs
    const capacity = {
      units,
      minCapacity: min,
      maxCapacity: max,
      suspended: { scaleIn: false, scaleOut: false },
      state,
    }
    const verdict = track(policy, capacity, consumed.slice(-20), nowMs)
    if (verdict.kind !== 'scale') continue
    moves.push({ minute, from: units, to: verdict.toUnits })
    state =
      verdict.toUnits > units
        ? { lastScaleOut: { atMs: nowMs, addedUnits: verdict.toUnits - units } }
        : { ...state, lastScaleInAtMs: nowMs }
    units = verdict.toUnits
  }
  return { moves, units }
}

test('whatever the load, capacity stays within its bounds, and every move has its minutes behind it', () =>
  fc.assert(
    fc.property(
      fc.record({ ...settings, units: fc.integer({ min: 1, max: 600 }), loads: fc.array(load, { maxLength: 120 }) }),
      (story) => {
        for (const { minute, from, to } of play(story).moves) {
          assert.ok(Number.isInteger(to) && to >= story.bounds[0] && to <= story.bounds[1])
          assert.notEqual(to, from)
          assert.ok(minute + 1 >= (to > from ? minutesToScaleOut : minutesToScaleIn))
        }
      },
    ),
  ))

test('on constant load it moves one way only, and comes to rest', () =>
  fc.assert(
    fc.property(
      fc.record({ ...settings, units: fc.integer({ min: 1, max: 600 }), load }),
      ({ load: asked, ...rest }) => {
        const story = { ...rest, loads: new Array(600).fill(asked) }
        const { moves, units } = play(story)
        const directions = new Set(moves.map(({ from, to }) => to > from))
        assert.ok(directions.size <= 1, JSON.stringify(moves))
        // It rests where the load is no more than the target's share, unless the maximum forbids it.
        assert.ok(units === story.bounds[1] || (units * story.targetValue) / 100 >= Math.min(asked, units) - 1e-9)
        assert.ok(
          moves.every(({ minute }) => minute < 590),
          'it rests before the end',
        )
      },
    ),
  ))

test('within its cooldown only a larger step out is taken, and none in', () =>
  fc.assert(
    fc.property(
      fc.record({ ...settings, units: fc.integer({ min: 1, max: 600 }), loads: fc.array(load, { maxLength: 200 }) }),
      (story) => {
        let lastOut: Move | undefined
        let lastIn: Move | undefined
        for (const move of play(story).moves) {
          if (move.to > move.from) {
            const isCool = lastOut === undefined || (move.minute - lastOut.minute) * 60 >= story.scaleOutCooldownSeconds
            if (!isCool && lastOut !== undefined) assert.ok(move.to - move.from > lastOut.to - lastOut.from)
            lastOut = move
            lastIn = undefined
          } else {
            assert.ok(lastIn === undefined || (move.minute - lastIn.minute) * 60 >= story.scaleInCooldownSeconds)
            lastIn = move
          }
        }
      },
    ),
  ))

const policy = { targetValue: 70 }
const capacity: TrackedCapacity = {
  units: 10,
  minCapacity: 5,
  maxCapacity: 40,
  suspended: { scaleIn: false, scaleOut: false },
  state: {},
}
const minutes = (perSecond: number, count: number) => new Array<number>(count).fill(perSecond * 60)
const stay: Verdict = { kind: 'stay' }

test('the alarms are where the service sets them', () => {
  // At the threshold is not beyond it.
  assert.deepEqual(track(policy, capacity, minutes(7, 2), 0), stay)
  assert.deepEqual(track(policy, capacity, minutes(7.01, 1), 0), stay)
  assert.deepEqual(track(policy, capacity, minutes(7.01, 2), 0), { kind: 'scale', alarm: 'AlarmHigh', toUnits: 11 })
  assert.deepEqual(track(policy, capacity, minutes(5, 15), 0), stay)
  assert.deepEqual(track(policy, capacity, minutes(4.99, 14), 0), stay)
  assert.deepEqual(track(policy, capacity, minutes(4.99, 15), 0), { kind: 'scale', alarm: 'AlarmLow', toUnits: 8 })
  // One minute that was not quiet begins the fifteen anew.
  assert.deepEqual(track(policy, capacity, [...minutes(4, 14), 360, ...minutes(4, 5)], 0), stay)
})

test('what forbids a move is told', () => {
  const reasonOf = (verdict: Verdict) => (verdict.kind === 'not-scaled' ? verdict.reason : verdict)
  assert.deepEqual(reasonOf(track(policy, { ...capacity, units: 40 }, minutes(60, 2), 0)), {
    Code: 'AlreadyAtMaxCapacity',
    MaxCapacity: 40,
  })
  assert.deepEqual(reasonOf(track(policy, { ...capacity, units: 5 }, minutes(0, 15), 0)), {
    Code: 'AlreadyAtMinCapacity',
    MinCapacity: 5,
  })
  assert.deepEqual(reasonOf(track(policy, { ...capacity, units: 2, minCapacity: 1 }, minutes(0.9, 15), 0)), {
    Code: 'AlreadyAtDesiredCapacity',
    CurrentCapacity: 2,
  })
  assert.deepEqual(track({ ...policy, disableScaleIn: true }, capacity, minutes(0, 15), 0), stay)
  const suspended = { scaleIn: true, scaleOut: true }
  assert.deepEqual(track(policy, { ...capacity, suspended }, minutes(0, 15), 0), stay)
  assert.deepEqual(track(policy, { ...capacity, suspended }, minutes(60, 15), 0), stay)
})
