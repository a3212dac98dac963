/**
 * The parameters of before expressions: Expected, filters, KeyConditions, AttributeUpdates, AttributesToGet. They
 * become the same trees as expressions, and may not be mixed with them.
 */

import type { Path } from '../../engine/expressions/syntax.ts'
import { EnvelopedError } from '../../engine/items/check-item.ts'
import { invalidParameter } from './errors.ts'

/** Refuses a request that uses both kinds. The names are listed in the order given here, which is the service's. */
export function refuseMixed(input: object, expressions: readonly string[], legacy: readonly string[]): void {
  const source = input as Readonly<Record<string, unknown>>
  let used = 0
  for (const name of legacy) if (source[name] !== undefined) used += 1
  if (used === 0) return
  const expressionsUsed = expressions.filter((name) => source[name] !== undefined)
  if (expressionsUsed.length === 0) return
  const legacyUsed = legacy.filter((name) => source[name] !== undefined)
  throw new EnvelopedError(
    'Can not use both expression and non-expression parameters in the same request: ' +
      `Non-expression parameters: {${legacyUsed.join(', ')}} ` +
      `Expression parameters: {${expressionsUsed.join(', ')}}`,
  )
}

/** AttributesToGet as a projection of top-level attributes. */
export function projectionOf(attributesToGet: readonly string[] | undefined): readonly Path[] | undefined {
  if (attributesToGet === undefined) return undefined
  const seen = new Set<string>()
  for (const name of attributesToGet) {
    if (seen.has(name)) throw invalidParameter(`Duplicate value in attribute name: ${name}`)
    seen.add(name)
  }
  return attributesToGet.map((name) => [name])
}
