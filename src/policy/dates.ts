/** Moments in policies: ISO 8601 in the W3C profile, or seconds since 1970. Without a zone a time is UTC. */

const isoForm =
  /^(-?\d{1,9})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:[Tt](?:(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,9}))?)?)?)?(?:([Zz])|([+-])(\d{2})(?::?(\d{2}))?)?)?$/

/** The largest year that Java's calendar and IAM with it know. */
const yearMax = 292_278_993
const epochSecondsMax = 2n ** 63n - 1n

/** Milliseconds since 1970 with a fraction, or undefined for what is no date. */
export function parseDate(text: string): number | undefined {
  if (/^\d+$/.test(text)) return BigInt(text) <= epochSecondsMax ? Number(text) * 1000 : undefined
  if (!/[tT-]/.test(text)) return undefined
  const parts = isoForm.exec(text)
  if (parts === null) return undefined
  const [, year = '', month = '1', day = '1', hour = '0', minute = '0', second = '0', fraction = '0'] = parts
  const [zoneSign, zoneHour = '0', zoneMinute = '0'] = parts.slice(9)
  if (
    Math.abs(Number(year)) > yearMax ||
    !within(month, 1, 12) ||
    !within(day, 1, 31) ||
    !within(hour, 0, 23) ||
    !within(minute, 0, 59) ||
    !within(second, 0, 59) ||
    !within(zoneHour, 0, 23) ||
    !within(zoneMinute, 0, 59)
  ) {
    return undefined
  }
  const offsetMinutes = (zoneSign === '-' ? -1 : 1) * (Number(zoneHour) * 60 + Number(zoneMinute))
  return (
    daysSince1970(Number(year), Number(month), Number(day)) * 86_400_000 +
    (Number(hour) * 60 + Number(minute) - offsetMinutes) * 60_000 +
    Number(`${second}.${fraction}`) * 1000
  )
}

function within(text: string, least: number, most: number): boolean {
  const value = Number(text)
  return value >= least && value <= most
}

/** Gregorian days for any year; the platform's own Date ends at year 275,760. */
function daysSince1970(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}
