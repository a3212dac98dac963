/** Schedule expressions of scheduled actions: `at(…)`, `rate(…)` and `cron(…)`, with a time zone and bounds. */
import { validationError } from '../../../foundation/service-error.ts'
import { type Cron, CronFault, nextCronTime, parseCron } from './cron.ts'
import { instantOf, isTimeZone, type LocalMs } from './time-zones.ts'

export type Schedule =
  | { readonly kind: 'at'; readonly local: LocalMs }
  | { readonly kind: 'rate'; readonly everyMs: number }
  | { readonly kind: 'cron'; readonly cron: Cron }

/** What decides when an action is due. */
export interface Timing {
  readonly schedule: string
  /** UTC when absent. */
  readonly timezone?: string
  readonly startMs?: number
  readonly endMs?: number
  readonly createdAtMs: number
}

const unitMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const
/** Later than any date that can be meant. */
const rateCountMax = 1_000_000

/** ValidationException, in the service's words, for an expression that is wrong. */
export function parseSchedule(text: string): Schedule {
  const [, kind, inside = ''] = /^(at|rate|cron)\((.*)\)$/s.exec(text) ?? []
  switch (kind) {
    case 'at':
      return { kind, local: atTime(inside) }
    case 'rate':
      return { kind, everyMs: rateMs(inside, text) }
    case 'cron':
      return { kind, cron: cronOf(inside) }
    default:
      throw invalidExpression()
  }
}

export function checkTimezone(name: string): void {
  if (!isTimeZone(name)) throw validationError(`Invalid timezone: ${name}`)
}

/** The first time after `afterMs` at which the action is due; undefined when it is never due again. */
export function nextDue(timing: Timing, afterMs: number): number | undefined {
  const { startMs = Number.NEGATIVE_INFINITY, endMs = Number.POSITIVE_INFINITY } = timing
  // Due at the start itself, if the schedule has it so.
  const after = Math.max(afterMs, startMs - 1)
  const due = nextTime(parseSchedule(timing.schedule), timing, after)
  return due !== undefined && due <= endMs ? due : undefined
}

function nextTime(schedule: Schedule, timing: Timing, afterMs: number): number | undefined {
  const zone = timing.timezone ?? 'UTC'
  switch (schedule.kind) {
    case 'at': {
      const atMs = instantOf(schedule.local, zone)
      return atMs > afterMs ? atMs : undefined
    }
    case 'rate': {
      // From its start on; without one, for the first time one period after it was made.
      const { startMs, createdAtMs } = timing
      const firstMs = startMs ?? createdAtMs + schedule.everyMs
      if (firstMs > afterMs) return firstMs
      return firstMs + (Math.floor((afterMs - firstMs) / schedule.everyMs) + 1) * schedule.everyMs
    }
    case 'cron':
      return nextCronTime(schedule.cron, zone, afterMs)
  }
}

function atTime(text: string): LocalMs {
  const [, year, month, day, hour, minute, second = '0'] =
    /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(text) ?? []
  if (year === undefined) throw invalidAt(`Invalid format: "${text}"${malformedPart(text)}`)
  const numbers = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const local = Date.UTC(numbers[0], numbers[1] - 1, numbers[2], numbers[3], numbers[4], numbers[5])
  // A day that does not exist comes out as another one.
  const made = new Date(local).toISOString().slice(0, 19)
  if (made !== `${text.slice(0, 16)}:${second.padStart(2, '0')}`) throw invalidAt(`Cannot parse "${text}"`)
  return local
}

/** How the service says where a date stops being one. */
function malformedPart(text: string): string {
  const sound = /^\d{4}(-\d{2}(-\d{2}(T\d{2}(:\d{2}(:\d{2})?)?)?)?)?/.exec(text)?.[0] ?? ''
  if (sound === text && text !== '') return ' is too short'
  return sound === '' ? '' : ` is malformed at "${text.slice(sound.length)}"`
}

function invalidAt(details: string): Error {
  return validationError(`Invalid schedule at DateTime expression. Details: ${details}`)
}

function rateMs(inside: string, text: string): number {
  const [, count, unit] = /^(\d+)\s?(minute|hour|day)s?$/.exec(inside) ?? []
  if (count === undefined) throw invalidExpression()
  const number = Number(count)
  if (number === 0) {
    throw validationError(`Invalid schedule frequency. Run for schedule ${text} are less than 60 seconds apart`)
  }
  if (number > rateCountMax) throw invalidExpression()
  return number * unitMs[unit as keyof typeof unitMs]
}

function cronOf(inside: string): Cron {
  try {
    return parseCron(inside)
  } catch (error) {
    if (error instanceof CronFault) throw validationError(`Invalid CRON expression. Details: ${error.message}`)
    throw error
  }
}

function invalidExpression(): Error {
  return validationError(
    'Invalid schedule expression. Details: Schedule expressions must have the following syntax: ' +
      "rate(<number>\\s?(minutes?|hours?|days?)), cron(<cron_expression>) or at(yyyy-MM-dd'T'HH:mm:ss).",
  )
}
