import { operation } from '../../../contract/operation.ts'
import { type InputOf, optional, required, structure } from '../../../contract/shape.ts'
import { string } from '../../../contract/shape-scalars.ts'
import { attributesNamed } from '../../../engine/expressions/attributes-named.ts'
import { legacyUpdates } from '../../../engine/expressions/legacy.ts'
import { parseExpressions } from '../../../engine/expressions/parse-expressions.ts'
import type { Condition, Update } from '../../../engine/expressions/syntax.ts'
import { checkItem } from '../../../engine/items/check-item.ts'
import { writeAccess } from '../access.ts'
import { dataEvent, plainKey } from '../audit.ts'
import { checkedAsWrite, expectedCondition, type WriteOutput, writeOutput } from '../item-writes.ts'
import { refuseMixed } from '../legacy-parameters.ts'
import {
  attributeUpdates,
  conditionalOperator,
  expected,
  expressionAttributeNames,
  expressionAttributeValues,
  key,
  returnConsumedCapacity,
  returnItemCollectionMetrics,
  returnValues,
  returnValuesOnConditionCheckFailure,
  writtenTableName,
} from '../shapes.ts'
import { scopeOf, tableReference } from '../table-reference.ts'

const action = 'dynamodb:UpdateItem'

const input = structure(
  {
    TableName: required(writtenTableName, { alone: true }),
    // Recorded 2026-10: with a bad ReturnValues this call reports nothing else, unlike PutItem and DeleteItem.
    ReturnValues: optional(returnValues, { alone: true }),
    ReturnConsumedCapacity: optional(returnConsumedCapacity),
    ReturnItemCollectionMetrics: optional(returnItemCollectionMetrics),
    ReturnValuesOnConditionCheckFailure: optional(returnValuesOnConditionCheckFailure),
    Key: required(key),
    ConditionalOperator: optional(conditionalOperator),
    Expected: optional(expected),
    AttributeUpdates: optional(attributeUpdates),
    ConditionExpression: optional(string()),
    UpdateExpression: optional(string()),
    ExpressionAttributeValues: optional(expressionAttributeValues),
    ExpressionAttributeNames: optional(expressionAttributeNames),
  },
  'UpdateItemInput',
)
type Input = InputOf<typeof input>

export const updateItem = operation<Input, WriteOutput>({
  name: 'UpdateItem',
  kind: 'data-write',
  input,
  access: (input, ctx) =>
    writeAccess(
      action,
      tableReference(input.TableName, ctx, action),
      ctx,
      () => ({
        keys: [input.Key],
        attributes: [...Object.keys(input.Key), ...attributesNamed(checkedAsWrite(() => changeOf(input)))],
        returnValues: input.ReturnValues ?? 'NONE',
        returnConsumedCapacity: input.ReturnConsumedCapacity,
      }),
      input.ReturnValuesOnConditionCheckFailure,
    ),
  audit: dataEvent({
    readOnly: false,
    kept: [
      'TableName',
      'UpdateExpression',
      'ConditionExpression',
      'ExpressionAttributeNames',
      'ReturnValues',
      'ReturnConsumedCapacity',
      'ReturnItemCollectionMetrics',
    ],
    more: (input) => ({ key: plainKey(input.Key) }),
  }),
  run: async (input, ctx) => {
    const request = checkedAsWrite(() => {
      refuseMixed(input, ['UpdateExpression', 'ConditionExpression'], ['AttributeUpdates', 'Expected'])
      const key = checkItem(input.Key).item
      return { key, ...changeOf(input) }
    })
    const result = await ctx.engine.items.update({
      ...request,
      scope: scopeOf(ctx),
      table: tableReference(input.TableName, ctx, action).name,
      returnValues: input.ReturnValues ?? 'NONE',
      returnOldOnFailure: input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD',
    })
    return writeOutput(input, result)
  },
})

interface Change {
  readonly update?: Update
  readonly condition?: Condition
}

/** The update and its condition, in whichever form they came. */
function changeOf(input: Input): Change {
  const legacy = legacyChange(input)
  const { UpdateExpression: update, ConditionExpression: condition } = input
  const { ExpressionAttributeNames: names, ExpressionAttributeValues: values } = input
  if (update === undefined && condition === undefined && names === undefined && values === undefined) return legacy
  const parsed = parseExpressions({
    update,
    condition,
    names,
    values,
    takes: ['UpdateExpression', 'ConditionExpression'],
  })
  return {
    ...legacy,
    ...(parsed.update !== undefined && { update: parsed.update }),
    ...(parsed.condition !== undefined && { condition: parsed.condition }),
  }
}

function legacyChange(input: Input): Change {
  const update =
    input.AttributeUpdates === undefined || Object.keys(input.AttributeUpdates).length === 0
      ? undefined
      : legacyUpdates(input.AttributeUpdates)
  const condition = expectedCondition(input)
  return { ...(update !== undefined && { update }), ...(condition !== undefined && { condition }) }
}
