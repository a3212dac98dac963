import { operation } from '../../../contract/operation.ts'
import { type InputOf, optional, required, structure } from '../../../contract/shape.ts'
import { string } from '../../../contract/shape-scalars.ts'
import { attributesNamed } from '../../../engine/expressions/attributes-named.ts'
import { checkItem } from '../../../engine/items/check-item.ts'
import { writeAccess } from '../access.ts'
import { dataEvent, plainKey } from '../audit.ts'
import { checkedAsWrite, conditionNamed, conditionOf, type WriteOutput, writeOutput } from '../item-writes.ts'
import { refuseMixed } from '../legacy-parameters.ts'
import {
  conditionalOperator,
  expected,
  expressionAttributeNames,
  expressionAttributeValues,
  key,
  onlyOldValues,
  returnConsumedCapacity,
  returnItemCollectionMetrics,
  returnValues,
  returnValuesOnConditionCheckFailure,
  writtenTableName,
} from '../shapes.ts'
import { scopeOf, tableReference } from '../table-reference.ts'

const action = 'dynamodb:DeleteItem'

const input = structure(
  {
    TableName: required(writtenTableName, { alone: true }),
    ReturnConsumedCapacity: optional(returnConsumedCapacity),
    ReturnValues: optional(returnValues),
    ReturnItemCollectionMetrics: optional(returnItemCollectionMetrics),
    ReturnValuesOnConditionCheckFailure: optional(returnValuesOnConditionCheckFailure),
    Key: required(key),
    ConditionalOperator: optional(conditionalOperator),
    Expected: optional(expected),
    ConditionExpression: optional(string()),
    ExpressionAttributeValues: optional(expressionAttributeValues),
    ExpressionAttributeNames: optional(expressionAttributeNames),
  },
  'DeleteItemInput',
)
type Input = InputOf<typeof input>

export const deleteItem = operation<Input, WriteOutput>({
  name: 'DeleteItem',
  kind: 'data-write',
  input,
  access: (input, ctx) =>
    writeAccess(
      action,
      tableReference(input.TableName, ctx, action),
      ctx,
      () => ({
        keys: [input.Key],
        attributes: [...Object.keys(input.Key), ...attributesNamed(conditionNamed(input))],
        returnValues: input.ReturnValues ?? 'NONE',
        returnConsumedCapacity: input.ReturnConsumedCapacity,
      }),
      input.ReturnValuesOnConditionCheckFailure,
    ),
  audit: dataEvent({
    readOnly: false,
    kept: [
      'TableName',
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
      refuseMixed(input, ['ConditionExpression'], ['Expected'])
      const key = checkItem(input.Key).item
      const returnValues = onlyOldValues(input.ReturnValues)
      const condition = conditionOf(input)
      return { key, returnValues, ...(condition !== undefined && { condition }) }
    })
    const result = await ctx.engine.items.delete({
      ...request,
      scope: scopeOf(ctx),
      table: tableReference(input.TableName, ctx, action).name,
      returnOldOnFailure: input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD',
    })
    return writeOutput(input, result)
  },
})
