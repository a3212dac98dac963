/** Changes of provisioned units with the history and the limits that go with them (recorded 2026-10). */
import type { ProvisionedThroughput, ThroughputRecord } from '../../engine/tables/table.ts'
import { validationError } from '../../foundation/service-error.ts'
import { subscriberLimitExceeded } from './errors.ts'

const msPerDay = 86_400_000
const msPerHour = 3_600_000
/** AWS quota: decreases of a UTC day before only one an hour is taken. */
const freeDecreasesPerDay = 4

/** `index` names a global index; absent: the table. */
export function changedThroughput(
  present: ThroughputRecord | undefined,
  asked: ProvisionedThroughput,
  nowMs: number,
  index?: string,
): ThroughputRecord {
  const before = present ?? startingThroughput({ readCapacityUnits: 0, writeCapacityUnits: 0 })
  const readChange = asked.readCapacityUnits - before.readCapacityUnits
  const writeChange = asked.writeCapacityUnits - before.writeCapacityUnits
  if (readChange === 0 && writeChange === 0) throw willNotChange(before, asked, index)
  const decreased = readChange < 0 || writeChange < 0 ? withDecrease(before, nowMs) : before
  return {
    ...decreased,
    ...(readChange > 0 || writeChange > 0 ? { lastIncreaseAtMs: nowMs } : {}),
    readCapacityUnits: asked.readCapacityUnits,
    writeCapacityUnits: asked.writeCapacityUnits,
  }
}

export function startingThroughput(units: ProvisionedThroughput): ThroughputRecord {
  return { ...units, decreasesToday: 0, decreaseDay: 0 }
}

/** Counts one more decrease today, or refuses it. Reading and writing units down in one call is one decrease. */
function withDecrease(throughput: ThroughputRecord, nowMs: number): ThroughputRecord {
  const today = Math.floor(nowMs / msPerDay)
  const count = throughput.decreaseDay === today ? throughput.decreasesToday : 0
  const last = throughput.lastDecreaseAtMs ?? 0
  if (count >= freeDecreasesPerDay && nowMs < last + msPerHour) {
    const next = Math.min(last + msPerHour, (today + 1) * msPerDay)
    throw subscriberLimitExceeded(
      'Provisioned throughput decreases are limited within a given UTC day. After the first 4 decreases, each ' +
        'subsequent decrease in the same UTC day can be performed at most once every 3600 seconds. ' +
        `Number of decreases today: ${count}. Last decrease at ${spelledTime(last)}. ` +
        `Next decrease can be made at ${spelledTime(next)}`,
    )
  }
  return { ...throughput, lastDecreaseAtMs: nowMs, decreasesToday: count + 1, decreaseDay: today }
}

/** What a switch to on demand leaves of an index's units: it counts as a decrease. */
export function throughputOfOnDemandIndex(present: ThroughputRecord | undefined, nowMs: number): ThroughputRecord {
  const today = Math.floor(nowMs / msPerDay)
  const before = present ?? startingThroughput({ readCapacityUnits: 0, writeCapacityUnits: 0 })
  const count = before.decreaseDay === today ? before.decreasesToday : 0
  return {
    ...before,
    readCapacityUnits: 0,
    writeCapacityUnits: 0,
    lastDecreaseAtMs: nowMs,
    decreasesToday: count + 1,
    decreaseDay: today,
  }
}

function willNotChange(present: ProvisionedThroughput, asked: ProvisionedThroughput, index: string | undefined): Error {
  const [whole, owner] = index === undefined ? ['the table', 'the table'] : [`the index ${index}`, `index ${index}`]
  return validationError(
    `The provisioned throughput for ${whole} will not change. The requested value equals the current value. ` +
      `Current ReadCapacityUnits provisioned for ${owner}: ${present.readCapacityUnits}. ` +
      `Requested ReadCapacityUnits: ${asked.readCapacityUnits}. ` +
      `Current WriteCapacityUnits provisioned for ${owner}: ${present.writeCapacityUnits}. ` +
      `Requested WriteCapacityUnits: ${asked.writeCapacityUnits}. ` +
      'Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.',
  )
}

const fullTime = new Intl.DateTimeFormat('en-US', { dateStyle: 'full', timeStyle: 'full', timeZone: 'UTC' })

/** Such as `Thursday, October 8, 2026 at 11:20:48 PM Coordinated Universal Time`. */
function spelledTime(ms: number): string {
  return fullTime.format(ms).replaceAll('\u202f', ' ')
}
