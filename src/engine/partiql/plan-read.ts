/** How a SELECT is read: by key, by queries one after another, or by a scan. */
import { validationError } from '../../foundation/service-error.ts'
import { invalidValues } from '../errors.ts'
import { eachPathOfCondition } from '../expressions/attributes-named.ts'
import { inHashOrder } from '../expressions/hash-order.ts'
import type { Condition, KeyCondition } from '../expressions/syntax.ts'
import type { AttributeValue, Item } from '../items/attribute-value.ts'
import { compareScalars, valuesEqual } from '../items/compare-values.ts'
import { querySpan, type Span } from '../items/key-range.ts'
import { namesOf, projectedNames } from '../tables/compiled-table.ts'
import type { IndexRecord, KeySchema, TableRecord } from '../tables/table.ts'
import type { BoundSelect } from './bound-statement.ts'
import { type Branch, branchesOf } from './decompose.ts'
import { conjunction } from './key-conditions.ts'

export interface PlannedQuery {
  readonly keyCondition: KeyCondition
  readonly filter?: Condition
}

export type ReadPlan =
  | { readonly kind: 'scan'; readonly filter?: Condition }
  /** One after the other; `hashValues` are the partitions, for dynamodb:LeadingKeys. */
  | {
      readonly kind: 'queries'
      readonly queries: readonly PlannedQuery[]
      readonly forward: boolean
      readonly hashValues: readonly AttributeValue[]
      /** The one item of a table that the clause names and says nothing else of. */
      readonly key?: Item
    }

/** The index that a SELECT reads; ValidationException when there is none of the name, or PartiQL cannot read it. */
export function indexRead(record: TableRecord, name: string | undefined): IndexRecord | undefined {
  if (name === undefined) return undefined
  const index = record.indexes.find((each) => each.name === name && each.status !== 'DELETING')
  if (index === undefined) throw validationError('The table does not have the specified index')
  if (index.keySchema.hash.length > 1 || index.keySchema.range.length > 1) {
    throw validationError(
      'PartiQL statements cannot be executed on tables with multi-attribute HASH keys or multi-attribute RANGE keys.',
    )
  }
  return index
}

export function planRead(select: BoundSelect, record: TableRecord): ReadPlan {
  const index = indexRead(record, select.index)
  const schema = index?.keySchema ?? record.keySchema
  const branches = branchesOf(select.where, schema, index?.name)
  const order = readOrder(select, schema, branches)
  if (branches === undefined)
    return select.where === undefined ? { kind: 'scan' } : { kind: 'scan', filter: select.where }
  const reads = inOrder(branches, schema, order)
  if (index !== undefined) checkFiltersProjected(branches, record, index)
  const key = index === undefined ? wholeKey(branches, schema) : undefined
  return {
    kind: 'queries',
    queries: reads.map(queryOf),
    forward: order.forward,
    hashValues: distinct(branches.map(({ hash }) => hash)),
    ...(key !== undefined && { key }),
  }
}

function queryOf({ hash, range, filter }: Branch): PlannedQuery {
  const condition = conjunction(filter)
  return {
    keyCondition: { hash: [hash], range: range === undefined ? [] : [range] },
    ...(condition !== undefined && { filter: condition }),
  }
}

function wholeKey(branches: readonly Branch[], schema: KeySchema): Item | undefined {
  const [branch, ...more] = branches
  if (branch === undefined || more.length > 0 || branch.isEmpty || branch.filter.length > 0) return undefined
  const key = { [schema.hash[0]?.name ?? '']: branch.hash }
  const [range] = schema.range
  if (range === undefined) return key
  if (branch.range?.kind !== 'compare' || branch.range.comparator !== '=') return undefined
  return { ...key, [range.name]: branch.range.value }
}

function distinct(values: readonly AttributeValue[]): readonly AttributeValue[] {
  return values.filter((value, position) => values.findIndex((other) => valuesEqual(other, value)) === position)
}

// ORDER BY.

interface ReadOrder {
  readonly hashDescending: boolean
  readonly forward: boolean
}

function readOrder(select: BoundSelect, schema: KeySchema, branches: readonly Branch[] | undefined): ReadOrder {
  const { orderBy, where } = select
  if (orderBy.length === 0) return { hashDescending: false, forward: true }
  if (where === undefined) {
    throw validationError('Must have WHERE clause in the statement when using ORDER BY clause.')
  }
  const names = namesOf(schema)
  for (const { attribute } of orderBy) {
    if (!names.includes(attribute)) {
      throw validationError(`Attribute ${attribute} in ORDER BY clause must be part of the primary key`)
    }
  }
  if (branches === undefined) {
    throw validationError(
      'Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.',
    )
  }
  const hash = orderBy.find(({ attribute }) => attribute === names[0])
  const range = orderBy.find(({ attribute }) => attribute !== names[0])
  const hasSeveral = distinct(branches.map((branch) => branch.hash)).length > 1
  // Partitions come one after the other, so they can only be the first that rows are ordered by.
  if (hasSeveral && orderBy[0]?.attribute !== names[0]) {
    throw validationError(
      'Must have hash key in ORDER BY clause when more than one hash key condition specified in WHERE clause.',
    )
  }
  // Recorded 2026: ordered by the partition key alone, rows come from the highest sort key down.
  return { hashDescending: hash?.descending === true, forward: range !== undefined && !range.descending }
}

/** What is read, one after the other; no item twice. */
function inOrder(branches: readonly Branch[], schema: KeySchema, order: ReadOrder): readonly Branch[] {
  const read = branches.filter(({ isEmpty }) => !isEmpty)
  if (read.length < 2) return read
  return apart(sorted(read, schema, order), schema).map(({ branch }) => branch)
}

interface PlacedBranch {
  readonly branch: Branch
  readonly span: Span
  /** It may read what another one reads. */
  readonly mayMeet: boolean
}

function sorted(branches: readonly Branch[], schema: KeySchema, order: ReadOrder): readonly PlacedBranch[] {
  const placed = branches.map((branch) => placedBranch(branch, schema, negatesRange(branch, schema.range[0]?.name)))
  return placed.sort((a, b) => {
    const partitions = compareScalars(a.branch.hash, b.branch.hash) ?? 0
    if (partitions !== 0) return order.hashDescending ? -partitions : partitions
    const starts = a.span.from.compare(b.span.from)
    return order.forward ? starts : -starts
  })
}

function placedBranch(branch: Branch, schema: KeySchema, mayMeet: boolean): PlacedBranch {
  return { branch, span: querySpan(schema, queryOf(branch).keyCondition), mayMeet }
}

// Branches that meet.

/**
 * The branches, none of which reads what another one reads. Those that meet are refused, unless a NOT or <> on the sort
 * key made them: the service answers these, and we read their partition once with both as its filter.
 */
function apart(placed: readonly PlacedBranch[], schema: KeySchema): readonly PlacedBranch[] {
  const result: PlacedBranch[] = []
  for (const next of placed) {
    const meeting = result.filter(
      ({ branch, span }) => valuesEqual(branch.hash, next.branch.hash) && meet(span, next.span),
    )
    if (meeting.length === 0) {
      result.push(next)
      continue
    }
    const group = [...meeting, next]
    if (!group.some(({ mayMeet }) => mayMeet)) {
      throw validationError('Overlapping conditions with range keys are not supported in where clause')
    }
    const kept = result.filter((each) => !meeting.includes(each))
    result.splice(0, result.length, ...kept, merged(group, schema))
  }
  return result
}

function meet(a: Span, b: Span): boolean {
  const isBefore = (one: Span, other: Span): boolean => one.to !== undefined && one.to.compare(other.from) <= 0
  return !isBefore(a, b) && !isBefore(b, a) && !isVoid(a) && !isVoid(b)
}

function isVoid({ from, to }: Span): boolean {
  return to !== undefined && to.compare(from) <= 0
}

function negatesRange({ filter }: Branch, range: string | undefined): boolean {
  return filter.some((condition) => {
    const isNegated = condition.kind === 'not' || (condition.kind === 'compare' && condition.comparator === '<>')
    return isNegated && namesAttribute(condition, range)
  })
}

function namesAttribute(condition: Condition, attribute: string | undefined): boolean {
  let found = false
  eachPathOfCondition(condition, ([name]) => {
    if (name === attribute) found = true
  })
  return found
}

/** One read of the whole partition for everything that any of the branches finds in it. */
function merged(group: readonly PlacedBranch[], schema: KeySchema): PlacedBranch {
  const any = group.map(({ branch }): Condition => ({ kind: 'and', all: branch.all }))
  const { hash } = (group[0] as PlacedBranch).branch
  const filter: readonly Condition[] = [{ kind: 'or', any }]
  const branch: Branch = { hash, range: undefined, filter, all: filter, isEmpty: false }
  return placedBranch(branch, schema, true)
}

// What an index holds.

/** Refused where no branch gets by without an attribute that the index does not hold. */
function checkFiltersProjected(branches: readonly Branch[], record: TableRecord, index: IndexRecord): void {
  const projected = projectedNames(record, index)
  if (projected === undefined) return
  const ordered = [...branches].sort((a, b) => compareScalars(a.hash, b.hash) ?? 0)
  let missing: ReadonlySet<string> = new Set()
  for (const { filter } of ordered) {
    missing = missingFrom(filter, projected)
    if (missing.size === 0) return
  }
  throw invalidValues(
    `Secondary index ${index.name} does not project one or more filter attributes: [${inHashOrder([...missing]).join(', ')}]`,
  )
}

function missingFrom(filter: readonly Condition[], projected: ReadonlySet<string>): ReadonlySet<string> {
  const missing = new Set<string>()
  for (const condition of filter) {
    eachPathOfCondition(condition, ([name]) => {
      if (!projected.has(String(name))) missing.add(String(name))
    })
  }
  return missing
}
