/** Wall-clock times of time zones as instants, and back. */

/** A wall-clock time counted as if it were UTC, in milliseconds. */
export type LocalMs = number

const hourMs = 3_600_000
/** Zones differ from UTC by less than this. */
export const offsetMsMax = 15 * hourMs

const formats = new Map<string, Intl.DateTimeFormat>()

/** Names of the IANA database only: offsets such as `+01:00` are no names. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(name)) return false
  try {
    formatOf(name)
    return true
  } catch {
    return false
  }
}

/** What clocks of the zone show at an instant. */
export function localTime(atMs: number, zone: string): LocalMs {
  if (zone === 'UTC') return atMs
  const parts: Record<string, number> = {}
  for (const { type, value } of formatOf(zone).formatToParts(atMs)) parts[type] = Number(value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second) + (atMs - Math.floor(atMs / 1000) * 1000)
}

/**
 * When clocks of the zone show a time: the first of two instants when clocks are put back over it, and when they are
 * put forward over it as much later as they skip.
 */
export function instantOf(local: LocalMs, zone: string): number {
  if (zone === 'UTC') return local
  const before = localTime(local - offsetMsMax, zone) - (local - offsetMsMax)
  const after = localTime(local + offsetMsMax, zone) - (local + offsetMsMax)
  const candidates = [local - Math.max(before, after), local - Math.min(before, after)]
  return candidates.find((atMs) => localTime(atMs, zone) === local) ?? local - before
}

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formats.set(zone, format)
  }
  return format
}
