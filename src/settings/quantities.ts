/** Amounts as people write them: `256MiB`, `1.5GB`, `500ms`, `2s`. Undefined for what is not an amount. */

const bytesOf: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
}

const millisecondsOf: Readonly<Record<string, number>> = { '': 1, ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** Whole bytes. A bare number is bytes; KB, MB, GB are decimal and KiB, MiB, GiB binary, in any case. */
export function parseBytes(text: string): number | undefined {
  return parseQuantity(text, bytesOf)
}

/** Whole milliseconds. A bare number is milliseconds. */
export function parseDurationMs(text: string): number | undefined {
  return parseQuantity(text, millisecondsOf)
}

function parseQuantity(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, digits = '', unit = ''] = /^(\d{1,15}(?:\.\d{1,6})?)\s*([a-z]*)$/i.exec(text.trim()) ?? []
  const factor = units[unit.toLowerCase()]
  if (digits === '' || factor === undefined) return undefined
  const amount = Math.round(Number(digits) * factor)
  return Number.isSafeInteger(amount) ? amount : undefined
}
