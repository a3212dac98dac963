/** Where the two servers differ and Coffer is right: dynalite follows the AWS of before 2020, and has gaps of its own. */
import type { Seen } from './compare.ts'

export interface Difference {
  readonly operation: string
  readonly input: Readonly<Record<string, unknown>>
  readonly coffer: Seen
  readonly dynalite: Seen
}

interface KnownDifference {
  readonly why: string
  readonly matches: (difference: Difference) => boolean
}

export const knownDifferences: readonly KnownDifference[] = []

export function explanation(difference: Difference): string | undefined {
  return knownDifferences.find(({ matches }) => matches(difference))?.why
}
