import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Clock, systemClock } from '../../foundation/clock.ts'
import { type CapacityMeter, ConsumptionLedger } from './consumption.ts'

const minuteMs = 60_000
const startMs = 1_700_000_000_000

/** Forward by whole or broken minutes, and sometimes by hours. */
const step = fc.record({
  afterMs: fc.oneof(fc.nat(90_000), fc.nat(30 * minuteMs)),
  tableId: fc.constantFrom('t', 'u'),
  indexName: fc.constantFrom(undefined, 'i', 'j'),
  direction: fc.constantFrom('Read' as const, 'Write' as const),
  units: fc.integer({ min: 1, max: 50 }),
  throttled: fc.boolean(),
})

test('minutes agree with a list of all that happened', () =>
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      let nowMs = startMs + 17
      const clock: Clock = { ...systemClock, nowMs: () => nowMs }
      const ledger = new ConsumptionLedger(clock)
      const happened: { atMs: number; meter: CapacityMeter; units: number; throttled: boolean }[] = []
      for (const { afterMs, units, throttled, ...meter } of steps) {
        nowMs += afterMs
        happened.push({ atMs: nowMs, meter, units, throttled })
        if (throttled) ledger.throttle(meter)
        else if (meter.indexName === undefined) ledger.spend(meter.tableId, units, new Map(), meter.direction)
        else ledger.spend(meter.tableId, 0, new Map([[meter.indexName, units]]), meter.direction)
        const counted = happened.filter(({ meter: other }) => key(other) === key(meter))
        const minutes = ledger.minutes(meter)
        const current = Math.floor(nowMs / minuteMs) * minuteMs
        const firstMs = Math.max(Math.ceil((startMs + 17) / minuteMs) * minuteMs, current - 20 * minuteMs)
        assert.equal(minutes.length, Math.max(0, (current - firstMs) / minuteMs))
        for (const [position, minute] of minutes.entries()) {
          assert.equal(minute.startMs, firstMs + position * minuteMs)
          const inside = counted.filter(({ atMs }) => atMs >= minute.startMs && atMs < minute.startMs + minuteMs)
          const sum = inside.reduce((total, each) => total + (each.throttled ? 0 : each.units), 0)
          assert.equal(minute.consumedUnits, sum)
          assert.equal(minute.throttledRequests, inside.filter((each) => each.throttled).length)
        }
      }
    }),
  ))

function key({ tableId, indexName, direction }: CapacityMeter): string {
  return `${tableId}/${indexName ?? ''}/${direction}`
}

test('a table that was forgotten has used nothing', () => {
  let nowMs = startMs
  const ledger = new ConsumptionLedger({ ...systemClock, nowMs: () => nowMs })
  const meter: CapacityMeter = { tableId: 't', indexName: undefined, direction: 'Write' }
  nowMs += minuteMs
  ledger.spend('t', 5, new Map(), 'Write')
  nowMs += minuteMs
  assert.equal(ledger.minutes(meter).at(-1)?.consumedUnits, 5)
  ledger.forget('t')
  assert.equal(ledger.minutes(meter).at(-1)?.consumedUnits, 0)
})

test('a clock set back loses nothing of the newest minute', () => {
  let nowMs = startMs
  const ledger = new ConsumptionLedger({ ...systemClock, nowMs: () => nowMs })
  nowMs += minuteMs
  ledger.spend('t', 5, new Map(), 'Read')
  nowMs -= 5 * minuteMs
  ledger.spend('t', 2, new Map(), 'Read')
  nowMs += 6 * minuteMs
  assert.equal(ledger.minutes({ tableId: 't', indexName: undefined, direction: 'Read' }).at(-1)?.consumedUnits, 7)
})
