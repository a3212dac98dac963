/**
 * AWS's cron expressions: minutes, hours, day of month, month, day of week, year. Exactly one of the two days is `?`.
 * Beside `*`, lists, ranges and steps there are `L` (the last day of the month, or the last such weekday: `6L`), `W`
 * (the weekday nearest a day of the month: `15W`, `LW`) and `#` (the nth such weekday of the month: `3#2`).
 */
import { instantOf, type LocalMs, localTime, offsetMsMax } from './time-zones.ts'

export interface Cron {
  readonly minutes: readonly number[]
  readonly hours: readonly number[]
  readonly months: ReadonlySet<number>
  /** Undefined: every year. */
  readonly years: ReadonlySet<number> | undefined
  readonly isDay: (day: CalendarDay) => boolean
}

interface CalendarDay {
  readonly day: number
  readonly daysInMonth: number
  /** 1 is Sunday, as AWS counts. */
  readonly weekday: number
}

/** What is wrong with an expression. */
export class CronFault extends Error {
  override readonly name = 'CronFault'
}

const dayMs = 86_400_000
const minuteMs = 60_000
const yearMin = 1970
const yearMax = 2199
const monthNames = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const weekdayNames = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

interface Field {
  readonly name: string
  readonly min: number
  readonly max: number
  /** Names of the values, from `min` on. */
  readonly names?: readonly string[]
}

const minuteField: Field = { name: 'minutes', min: 0, max: 59 }
const hourField: Field = { name: 'hours', min: 0, max: 23 }
const dayField: Field = { name: 'day-of-month', min: 1, max: 31 }
const monthField: Field = { name: 'month', min: 1, max: 12, names: monthNames }
const weekdayField: Field = { name: 'day-of-week', min: 1, max: 7, names: weekdayNames }
const yearField: Field = { name: 'year', min: yearMin, max: yearMax }

/** The text between the parentheses. The year may be left out, as the service lets it. CronFault when it is wrong. */
export function parseCron(text: string): Cron {
  const fields = text.trim().split(/\s+/)
  const [minutes = '', hours = '', day = '', month = '', weekday = '', year = '*'] = fields
  if (fields.length < 5 || fields.length > 6) throw new CronFault('it must have six fields')
  if ((day === '?') === (weekday === '?')) throw new CronFault('one of day-of-month and day-of-week must be ?')
  return {
    minutes: values(minutes, minuteField),
    hours: values(hours, hourField),
    months: new Set(values(month, monthField)),
    years: year === '*' ? undefined : new Set(values(year, yearField)),
    isDay: day === '?' ? weekdayTest(weekday.toUpperCase()) : dayTest(day.toUpperCase()),
  }
}

/** The first time after `afterMs`; undefined when there is none. */
export function nextCronTime(cron: Cron, zone: string, afterMs: number): number | undefined {
  const from = localTime(afterMs, zone)
  const first = new Date(from)
  for (let year = first.getUTCFullYear(); year <= yearMax; year++) {
    if (cron.years !== undefined && !cron.years.has(year)) continue
    const startsHere = year === first.getUTCFullYear()
    for (let month = startsHere ? first.getUTCMonth() + 1 : 1; month <= 12; month++) {
      if (!cron.months.has(month)) continue
      const found = nextInMonth(cron, zone, year, month, from, afterMs)
      if (found !== undefined) return found
    }
  }
  return undefined
}

function nextInMonth(
  cron: Cron,
  zone: string,
  year: number,
  month: number,
  from: LocalMs,
  afterMs: number,
): number | undefined {
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate()
  for (let day = 1; day <= daysInMonth; day++) {
    const midnight = Date.UTC(year, month - 1, day)
    if (midnight + dayMs <= from) continue
    if (!cron.isDay({ day, daysInMonth, weekday: new Date(midnight).getUTCDay() + 1 })) continue
    for (const hour of cron.hours) {
      for (const minute of cron.minutes) {
        const local = midnight + (hour * 60 + minute) * minuteMs
        // Clocks put back show some times again: those are passed by, so a time is met once.
        if (local <= from - offsetMsMax) continue
        const atMs = instantOf(local, zone)
        if (atMs > afterMs) return atMs
      }
    }
  }
  return undefined
}

/** All values of a field, ascending. */
function values(text: string, field: Field): readonly number[] {
  const found = new Set<number>()
  for (const part of text.toUpperCase().split(',')) for (const value of partValues(part, field)) found.add(value)
  return [...found].sort((a, b) => a - b)
}

function partValues(part: string, field: Field): readonly number[] {
  const [range = '', step, ...more] = part.split('/')
  const every = step === undefined ? 1 : Number(step)
  if (more.length > 0 || (step !== undefined && (!/^\d{1,4}$/.test(step) || every === 0))) throw fault(part, field)
  const [from, to] = bounds(range, field, step !== undefined)
  const result: number[] = []
  // A range may run over the end of the field: FRI-MON, 22-2.
  const span = from <= to ? to - from : field.max - from + 1 + (to - field.min)
  for (let offset = 0; offset <= span; offset += every) {
    const value = from + offset
    result.push(value <= field.max ? value : value - (field.max - field.min + 1))
  }
  return result
}

function bounds(range: string, field: Field, stepped: boolean): readonly [from: number, to: number] {
  if (range === '*') return [field.min, field.max]
  const [from = '', to, ...more] = range.split('-')
  if (more.length > 0) throw fault(range, field)
  const first = single(from, field)
  if (to !== undefined) return [first, single(to, field)]
  return [first, stepped ? field.max : first]
}

function single(text: string, field: Field): number {
  const named = field.names?.indexOf(text) ?? -1
  if (named !== -1) return field.min + named
  const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= field.min && value <= field.max)) throw fault(text, field)
  return value
}

function fault(part: string, field: Field): CronFault {
  return new CronFault(`'${part}' is not allowed in the field ${field.name}`)
}

function dayTest(text: string): Cron['isDay'] {
  if (text === 'L') return ({ day, daysInMonth }) => day === daysInMonth
  if (text === 'LW') return (day) => day.day === nearestWeekday(day.daysInMonth, day)
  const nearest = /^(\d{1,2})W$/.exec(text)
  if (nearest !== null) {
    const wanted = single(nearest[1] as string, dayField)
    return (day) => wanted <= day.daysInMonth && day.day === nearestWeekday(wanted, day)
  }
  const days = new Set(values(text, dayField))
  return ({ day }) => days.has(day)
}

function weekdayTest(text: string): Cron['isDay'] {
  const last = /^(\w+)L$/.exec(text)
  if (last !== null) {
    const wanted = single(last[1] as string, weekdayField)
    return ({ day, daysInMonth, weekday }) => weekday === wanted && day + 7 > daysInMonth
  }
  if (text === 'L') return ({ weekday }) => weekday === 7
  const nth = /^(\w+)#([1-5])$/.exec(text)
  if (nth !== null) {
    const wanted = single(nth[1] as string, weekdayField)
    return ({ day, weekday }) => weekday === wanted && Math.ceil(day / 7) === Number(nth[2])
  }
  const weekdays = new Set(values(text, weekdayField))
  return ({ weekday }) => weekdays.has(weekday)
}

/** The day from Monday to Friday that is nearest, without leaving the month. */
function nearestWeekday(wanted: number, { day, daysInMonth, weekday }: CalendarDay): number {
  const wantedWeekday = ((((weekday - 1 + wanted - day) % 7) + 7) % 7) + 1
  if (wantedWeekday === 7) return wanted > 1 ? wanted - 1 : wanted + 2
  if (wantedWeekday === 1) return wanted < daysInMonth ? wanted + 1 : wanted - 2
  return wanted
}
