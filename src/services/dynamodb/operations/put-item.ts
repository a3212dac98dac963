import { operation } from '../../../contract/operation.ts'
import { type InputOf, optional, required, structure } from '../../../contract/shape.ts'
import { string } from '../../../contract/shape-scalars.ts'
import { attributesNamed } from '../../../engine/expressions/attributes-named.ts'
import { checkItem } from '../../../engine/items/check-item.ts'
import { writeAccess } from '../access.ts'
import { dataEvent } from '../audit.ts'
import { checkedAsWrite, conditionNamed, conditionOf, type WriteOutput, writeOutput } from '../item-writes.ts'
import { refuseMixed } from '../legacy-parameters.ts'
import {
  conditionalOperator,
  expected,
  expressionAttributeNames,
  expressionAttributeValues,
  item,
  onlyOldValues,
  returnConsumedCapacity,
  returnItemCollectionMetrics,
  returnValues,
  returnValuesOnConditionCheckFailure,
  writtenTableName,
} from '../shapes.ts'
import { scopeOf, tableReference } from '../table-reference.ts'

const action = 'dynamodb:PutItem'

const input = structure(
  {
    TableName: required(writtenTableName, { alone: true }),
    ReturnConsumedCapacity: optional(returnConsumedCapacity),
    Item: required(item),
    ConditionalOperator: optional(conditionalOperator),
    Expected: optional(expected),
    ReturnValues: optional(returnValues),
    ReturnItemCollectionMetrics: optional(returnItemCollectionMetrics),
    ReturnValuesOnConditionCheckFailure: optional(returnValuesOnConditionCheckFailure),
    ConditionExpression: optional(string()),
    ExpressionAttributeValues: optional(expressionAttributeValues),
    ExpressionAttributeNames: optional(expressionAttributeNames),
  },
  'PutItemInput',
)
type Input = InputOf<typeof input>

export const putItem = operation<Input, WriteOutput>({
  name: 'PutItem',
  kind: 'data-write',
  input,
  access: (input, ctx) =>
    writeAccess(
      action,
      tableReference(input.TableName, ctx, action),
      ctx,
      () => ({
        keys: [input.Item],
        attributes: [...Object.keys(input.Item), ...attributesNamed(conditionNamed(input))],
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
    more: (input) => ({ item: Object.keys(input.Item) }),
  }),
  run: async (input, ctx) => {
    const request = checkedAsWrite(() => {
      refuseMixed(input, ['ConditionExpression'], ['Expected'])
      const { item } = checkItem(input.Item)
      const returnValues = onlyOldValues(input.ReturnValues)
      const condition = conditionOf(input)
      return { item, returnValues, ...(condition !== undefined && { condition }) }
    })
    const result = await ctx.engine.items.put({
      ...request,
      scope: scopeOf(ctx),
      table: tableReference(input.TableName, ctx, action).name,
      returnOldOnFailure: input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD',
    })
    return writeOutput(input, result)
  },
})
