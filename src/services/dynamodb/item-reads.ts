/** What Query and Scan share: projection and Select, filters, starting keys, their answers. */

import type { InputOf } from '../../contract/shape.ts'
import type { RawItem } from '../../contract/shape-attribute-values.ts'
import { checkConditionalOperator, legacyFilter } from '../../engine/expressions/legacy.ts'
import type { Condition } from '../../engine/expressions/syntax.ts'
import type { Item } from '../../engine/items/attribute-value.ts'
import { checkItem, EnvelopedError } from '../../engine/items/check-item.ts'
import type { PageResult } from '../../engine/items/items.ts'
import type { JsonFragment } from '../../foundation/json-fragment.ts'
import { ServiceError, validationError } from '../../foundation/service-error.ts'
import { type ConsumedCapacity, consumedCapacity, type ReturnConsumedCapacity } from './consumed-capacity.ts'
import type { conditions, select } from './shapes.ts'

export type Select = InputOf<typeof select>

interface SelectInput {
  readonly Select?: Select
  readonly IndexName?: string
  readonly ProjectionExpression?: string
  readonly AttributesToGet?: readonly string[]
}

/** What a page holds; refuses combinations of Select and projections that contradict each other. */
export function selectOf(input: SelectInput): Select {
  const projection = projectionParameter(input)
  if (projection !== undefined) {
    if (input.Select === undefined || input.Select === 'SPECIFIC_ATTRIBUTES') return 'SPECIFIC_ATTRIBUTES'
    throw validationError(`Cannot specify the ${projection} when choosing to get ${input.Select}`)
  }
  if (input.Select === 'SPECIFIC_ATTRIBUTES') {
    throw validationError(
      'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES',
    )
  }
  if (input.Select === 'ALL_PROJECTED_ATTRIBUTES' && input.IndexName === undefined) {
    // The service says Querying of a Scan, too (recorded 2026).
    throw validationError('ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName')
  }
  return defaultSelect(input)
}

/** The value of dynamodb:Select: the parameter, or what its absence means. */
export function defaultSelect(input: SelectInput): Select {
  if (input.Select !== undefined) return input.Select
  if (projectionParameter(input) !== undefined) return 'SPECIFIC_ATTRIBUTES'
  return input.IndexName === undefined ? 'ALL_ATTRIBUTES' : 'ALL_PROJECTED_ATTRIBUTES'
}

function projectionParameter(input: SelectInput): string | undefined {
  if (input.ProjectionExpression !== undefined) return 'ProjectionExpression'
  return input.AttributesToGet === undefined ? undefined : 'AttributesToGet'
}

/** QueryFilter or ScanFilter as a condition; absent when there is none. */
export function legacyFilterOf(
  filter: InputOf<typeof conditions> | undefined,
  operator: 'AND' | 'OR' | undefined,
): Condition | undefined {
  const count = Object.keys(filter ?? {}).length
  checkConditionalOperator(operator, count)
  if (filter === undefined || count === 0) return undefined
  return legacyFilter(filter, operator)
}

/** A starting key whose values are sound; whether it fits the table is the engine's to say. */
export function startingKey(raw: RawItem | undefined): Item | undefined {
  if (raw === undefined) return undefined
  try {
    return checkItem(raw).item
  } catch (error) {
    // Refusals of sets and numbers stand alone; the others say what they are about.
    if (!(error instanceof ServiceError) || error instanceof EnvelopedError) throw error
    throw validationError(`The provided starting key is invalid: ${error.message}`)
  }
}

interface PageInput {
  readonly TableName: string
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
}

export interface PageOutput {
  Items?: JsonFragment
  Count: number
  ScannedCount: number
  LastEvaluatedKey?: Item
  ConsumedCapacity?: ConsumedCapacity
}

export function pageOutput(input: PageInput, page: PageResult): PageOutput {
  const output: PageOutput = { Count: page.count, ScannedCount: page.scannedCount }
  if (page.items !== undefined) output.Items = page.items
  if (page.lastEvaluatedKey !== undefined) output.LastEvaluatedKey = page.lastEvaluatedKey
  const capacity = consumedCapacity(input.ReturnConsumedCapacity, page.capacity, input.TableName)
  if (capacity !== undefined) output.ConsumedCapacity = capacity
  return output
}
