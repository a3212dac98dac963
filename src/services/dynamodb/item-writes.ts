/** What PutItem, UpdateItem and DeleteItem share: conditions, the envelope of their refusals, their answers. */

import type { InputOf } from '../../contract/shape.ts'
import { checkConditionalOperator, legacyExpected } from '../../engine/expressions/legacy.ts'
import { type ParsedExpressions, parseExpressions } from '../../engine/expressions/parse-expressions.ts'
import type { Condition } from '../../engine/expressions/syntax.ts'
import { envelopeForWrites } from '../../engine/items/check-item.ts'
import type { WriteResult } from '../../engine/items/items.ts'
import {
  type ConsumedCapacity,
  consumedCapacity,
  type ItemCollectionMetrics,
  itemCollectionMetrics,
  type ReturnConsumedCapacity,
  type ReturnItemCollectionMetrics,
} from './consumed-capacity.ts'
import type { conditionalOperator, expected, expressionAttributeNames, expressionAttributeValues } from './shapes.ts'

/** Runs the checks of a write call, whose refusals of some families come in an envelope. */
export function checkedAsWrite<T>(check: () => T): T {
  try {
    return check()
  } catch (error) {
    throw envelopeForWrites(error)
  }
}

interface ConditionInput {
  readonly ConditionExpression?: string
  readonly ExpressionAttributeNames?: InputOf<typeof expressionAttributeNames>
  readonly ExpressionAttributeValues?: InputOf<typeof expressionAttributeValues>
  readonly Expected?: InputOf<typeof expected>
  readonly ConditionalOperator?: InputOf<typeof conditionalOperator>
}

/** The condition of a PutItem or DeleteItem in either form, if it has one. */
export function conditionOf(input: ConditionInput): Condition | undefined {
  const { ConditionExpression: condition, ExpressionAttributeNames: names, ExpressionAttributeValues: values } = input
  const legacy = expectedCondition(input)
  if (condition === undefined && names === undefined && values === undefined) return legacy
  const parsed = parseExpressions({ condition, names, values })
  return parsed.condition ?? legacy
}

/** The condition that Expected and ConditionalOperator state, if any. */
export function expectedCondition(input: ConditionInput): Condition | undefined {
  const { Expected, ConditionalOperator } = input
  if (Expected === undefined && ConditionalOperator === undefined) return undefined
  const count = Object.keys(Expected ?? {}).length
  checkConditionalOperator(ConditionalOperator, count)
  return Expected === undefined || count === 0 ? undefined : legacyExpected(Expected, ConditionalOperator)
}

/** What the condition names, for dynamodb:Attributes. */
export function conditionNamed(input: ConditionInput): ParsedExpressions {
  const condition = checkedAsWrite(() => conditionOf(input))
  return condition === undefined ? {} : { condition }
}

interface WriteInput {
  readonly TableName: string
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
  readonly ReturnItemCollectionMetrics?: ReturnItemCollectionMetrics
}

export interface WriteOutput {
  Attributes?: NonNullable<WriteResult['attributes']>
  ConsumedCapacity?: ConsumedCapacity
  ItemCollectionMetrics?: ItemCollectionMetrics
}

export function writeOutput(input: WriteInput, result: WriteResult): WriteOutput {
  const output: WriteOutput = {}
  if (result.attributes !== undefined) output.Attributes = result.attributes
  const capacity = consumedCapacity(input.ReturnConsumedCapacity, result.capacity, input.TableName)
  if (capacity !== undefined) output.ConsumedCapacity = capacity
  const metrics = itemCollectionMetrics(input.ReturnItemCollectionMetrics, result.collection)
  if (metrics !== undefined) output.ItemCollectionMetrics = metrics
  return output
}
