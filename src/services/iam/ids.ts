/** Ids and secrets in AWS's form. */
import type { Random } from '../../foundation/random.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

export type IdPrefix = 'AIDA' | 'AROA' | 'AGPA' | 'ANPA'

/** 21 characters. */
export function entityId(prefix: IdPrefix, random: Random): string {
  return prefix + letters(17, random)
}

/** 20 characters. */
export function accessKeyId(prefix: 'AKIA' | 'ASIA', random: Random): string {
  return prefix + letters(16, random)
}

/** 40 characters of 240 random bits. */
export function secretAccessKey(random: Random): string {
  return random.bytes(30).toString('base64')
}

function letters(count: number, random: Random): string {
  return Array.from(random.bytes(count), (byte) => alphabet[byte % alphabet.length]).join('')
}
