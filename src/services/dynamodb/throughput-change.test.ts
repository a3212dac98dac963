import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changedThroughput, startingThroughput, throughputOfOnDemandIndex } from './throughput-change.ts'

const noon = Date.UTC(2026, 9, 8, 12)
const hour = 3_600_000
const units = (read: number, write: number) => ({ readCapacityUnits: read, writeCapacityUnits: write })

test('an increase is dated and counts nothing', () => {
  const changed = changedThroughput(startingThroughput(units(1, 1)), units(2, 1), noon)
  assert.deepEqual(changed, { ...units(2, 1), lastIncreaseAtMs: noon, decreasesToday: 0, decreaseDay: 0 })
})

test('one unit up and one down is an increase and a decrease', () => {
  const changed = changedThroughput(startingThroughput(units(2, 2)), units(3, 1), noon)
  assert.deepEqual([changed.lastIncreaseAtMs, changed.lastDecreaseAtMs, changed.decreasesToday], [noon, noon, 1])
})

test('four decreases a day are free, then one an hour, and a new day begins anew', () => {
  let throughput = startingThroughput(units(100, 1))
  let read = 100
  const decrease = (nowMs: number) => {
    read -= 1
    throughput = changedThroughput(throughput, units(read, 1), nowMs)
    return throughput.decreasesToday
  }
  assert.deepEqual(
    [0, 1, 2, 3].map((at) => decrease(noon + at)),
    [1, 2, 3, 4],
  )
  const last = noon + 3
  assert.throws(() => changedThroughput(throughput, units(1, 1), last + hour - 1), { code: 'LimitExceededException' })
  assert.equal(decrease(last + hour), 5)
  assert.throws(() => changedThroughput(throughput, units(1, 1), last + hour + 1), { code: 'LimitExceededException' })
  assert.equal(decrease(noon + 12 * hour), 1)
})

test('the refusal names the hour, or midnight where that comes first', () => {
  const spent = (lastDecreaseAtMs: number) => ({
    ...units(9, 9),
    lastDecreaseAtMs,
    decreasesToday: 4,
    decreaseDay: Math.floor(lastDecreaseAtMs / (24 * hour)),
  })
  assert.throws(
    () => changedThroughput(spent(noon), units(8, 8), noon + 1),
    /Number of decreases today: 4\. Last decrease at Thursday, October 8, 2026 at 12:00:00 PM Coordinated Universal Time\. Next decrease can be made at Thursday, October 8, 2026 at 1:00:00 PM Coordinated Universal Time$/,
  )
  const late = noon + 11.5 * hour
  assert.throws(
    () => changedThroughput(spent(late), units(8, 8), late + 1),
    /Next decrease can be made at Friday, October 9, 2026 at 12:00:00 AM Coordinated Universal Time$/,
  )
})

test('the same units are refused', () => {
  assert.throws(() => changedThroughput(startingThroughput(units(1, 2)), units(1, 2), noon, 'index'), {
    code: 'ValidationException',
    message: /^The provisioned throughput for the index index will not change\./,
  })
})

test('an index that goes on demand has no units and one decrease more', () => {
  const changed = throughputOfOnDemandIndex(startingThroughput(units(5, 5)), noon)
  assert.deepEqual([changed.readCapacityUnits, changed.writeCapacityUnits, changed.decreasesToday], [0, 0, 1])
})
