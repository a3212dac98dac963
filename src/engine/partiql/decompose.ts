/**
 * A WHERE clause as reads of partitions: `pk IN (…)`, `pk = … OR pk = …` and several conditions on the sort key become
 * one read each. Conditions on other attributes stay whole, as filters.
 */
import { validationError } from '../../foundation/service-error.ts'
import { checkNotEmpty } from '../expressions/key-condition.ts'
import type { Condition, RangeBound } from '../expressions/syntax.ts'
import type { AttributeValue } from '../items/attribute-value.ts'
import { valuesEqual } from '../items/compare-values.ts'
import type { KeyAttribute, KeySchema } from '../tables/table.ts'
import { checkKeyType, conjuncts, keyPartOf } from './key-conditions.ts'

/** AWS quota, and its message. */
const readsMax = 50

/** One partition and a span of its sort keys. */
export interface Branch {
  readonly hash: AttributeValue
  readonly range: RangeBound | undefined
  /** What the key does not answer. */
  readonly filter: readonly Condition[]
  /** Every condition of the branch, the key's among them. */
  readonly all: readonly Condition[]
  /** Its conditions contradict each other: there is nothing to read. */
  readonly isEmpty: boolean
}

/** Undefined when the clause does not name the partition of everything that it may find: only a scan finds it. */
export function branchesOf(where: Condition | undefined, schema: KeySchema, indexName?: string): Branch[] | undefined {
  const [hash] = schema.hash
  const [range] = schema.range
  if (where === undefined || hash === undefined || !namesPartition(where, hash.name)) return undefined
  const names: KeyNames = { hash: hash.name, range: range?.name }
  if (countOf(where, names) > readsMax) {
    throw validationError('Too many decomposed read operations for a given query.')
  }
  return expanded(where, names).map((all) => branchOf(all, hash, range, indexName))
}

interface KeyNames {
  readonly hash: string
  readonly range: string | undefined
}

function namesPartition(condition: Condition, hash: string): boolean {
  if (condition.kind === 'and') return condition.all.some((part) => namesPartition(part, hash))
  if (condition.kind === 'or') return condition.any.every((part) => namesPartition(part, hash))
  const part = keyPartOf(condition)
  return part?.attribute === hash && isEquality(part.bound)
}

function isEquality(bound: { readonly kind: string; readonly comparator?: string }): boolean {
  return bound.kind === 'in' || (bound.kind === 'compare' && bound.comparator === '=')
}

/** Whether a condition, or a part of it that no NOT stands before, is one that a key answers. */
function touchesKey(condition: Condition, names: KeyNames): boolean {
  if (condition.kind === 'and') return condition.all.some((part) => touchesKey(part, names))
  if (condition.kind === 'or') return condition.any.some((part) => touchesKey(part, names))
  const part = keyPartOf(condition)
  if (part === undefined) return false
  return part.attribute === names.range || (part.attribute === names.hash && isEquality(part.bound))
}

/** How many reads a condition comes to, before they are made. */
function countOf(condition: Condition, names: KeyNames): number {
  if (!touchesKey(condition, names)) return 1
  switch (condition.kind) {
    case 'and':
      return condition.all.reduce((product, part) => product * countOf(part, names), 1)
    case 'or':
      return condition.any.reduce((sum, part) => sum + countOf(part, names), 0)
    case 'in':
      return condition.list.length
    default:
      return 1
  }
}

/** The alternatives of a condition, each as the conditions that all must hold. */
function expanded(condition: Condition, names: KeyNames): readonly (readonly Condition[])[] {
  if (!touchesKey(condition, names)) return [conjuncts(condition)]
  switch (condition.kind) {
    case 'and':
      return condition.all.reduce<readonly (readonly Condition[])[]>(
        (lefts, part) => {
          const rights = expanded(part, names)
          return lefts.flatMap((left) => rights.map((right) => [...left, ...right]))
        },
        [[]],
      )
    case 'or':
      return condition.any.flatMap((part) => expanded(part, names))
    case 'in': {
      const { operand } = condition
      return condition.list.map((right) => [{ kind: 'compare', comparator: '=', left: operand, right }])
    }
    default:
      return [[condition]]
  }
}

function branchOf(
  all: readonly Condition[],
  hash: KeyAttribute,
  range: KeyAttribute | undefined,
  indexName: string | undefined,
): Branch {
  let hashValue: AttributeValue | undefined
  let isEmpty = false
  const filter: Condition[] = []
  const bounds: { readonly bound: RangeBound; readonly condition: Condition }[] = []
  for (const condition of all) {
    const part = keyPartOf(condition)
    if (part === undefined || part.bound.kind === 'in') filter.push(condition)
    else if (part.attribute === hash.name && part.bound.kind === 'compare' && part.bound.comparator === '=') {
      const { value } = part.bound
      checkKeyValue(hash, value, indexName)
      if (hashValue === undefined) hashValue = value
      else if (!valuesEqual(hashValue, value)) {
        isEmpty = true
        filter.push(condition)
      }
    } else if (range !== undefined && part.attribute === range.name) {
      for (const value of valuesOf(part.bound)) checkKeyValue(range, value, indexName)
      bounds.push({ bound: part.bound, condition })
    } else filter.push(condition)
  }
  const narrowest = narrowestOf(bounds.map(({ bound }) => bound))
  for (const { bound, condition } of bounds) if (bound !== narrowest) filter.push(condition)
  return { hash: hashValue as AttributeValue, range: narrowest, filter, all, isEmpty }
}

/** A key takes one bound; what the others say is left to the filter. */
function narrowestOf(bounds: readonly RangeBound[]): RangeBound | undefined {
  return (
    bounds.find((bound) => bound.kind === 'compare' && bound.comparator === '=') ??
    bounds.find((bound) => bound.kind !== 'compare') ??
    bounds[0]
  )
}

function valuesOf(bound: RangeBound): readonly AttributeValue[] {
  switch (bound.kind) {
    case 'compare':
      return [bound.value]
    case 'between':
      return [bound.low, bound.high]
    case 'begins-with':
      return [bound.prefix]
  }
}

function checkKeyValue(attribute: KeyAttribute, value: AttributeValue, indexName: string | undefined): void {
  checkKeyType(attribute, value)
  checkNotEmpty(attribute, value, indexName)
}
