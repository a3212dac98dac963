/**
 * Sequence numbers. Within Coffer: whole numbers that only grow within a stream, from 1; some are skipped. On the wire:
 * 21 decimal digits, which sort as texts and as numbers alike, as AWS's do.
 */

const digits = 20
const lead = '1'

/** `100000000000000000042`. */
export function sequenceText(sequence: number): string {
  return lead + String(sequence).padStart(digits, '0')
}

/** Undefined for what is not a number of 21 to 40 digits; larger than any sequence for what lies beyond them all. */
export function sequenceOf(text: string): number | undefined {
  if (!/^\d{21,40}$/.test(text)) return undefined
  const sequence = BigInt(text) - 10n ** BigInt(digits)
  if (sequence < 0n) return undefined
  return sequence > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(sequence)
}
