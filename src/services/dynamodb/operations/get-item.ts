import { operation } from '../../../contract/operation.ts'
import { type InputOf, optional, required, structure } from '../../../contract/shape.ts'
import { boolean, string } from '../../../contract/shape-scalars.ts'
import { attributesNamed } from '../../../engine/expressions/attributes-named.ts'
import { type ParsedExpressions, parseExpressions } from '../../../engine/expressions/parse-expressions.ts'
import { checkItem } from '../../../engine/items/check-item.ts'
import type { GetResult } from '../../../engine/items/items.ts'
import { itemAccess } from '../access.ts'
import { dataEvent, plainKey } from '../audit.ts'
import { type ConsumedCapacity, consumedCapacity } from '../consumed-capacity.ts'
import { projectionOf, refuseMixed } from '../legacy-parameters.ts'
import { attributesToGet, expressionAttributeNames, key, returnConsumedCapacity, tableName } from '../shapes.ts'
import { scopeOf, tableReference } from '../table-reference.ts'

const action = 'dynamodb:GetItem'

const input = structure(
  {
    ReturnConsumedCapacity: optional(returnConsumedCapacity),
    AttributesToGet: optional(attributesToGet),
    TableName: required(tableName),
    Key: required(key),
    ConsistentRead: optional(boolean),
    ProjectionExpression: optional(string()),
    ExpressionAttributeNames: optional(expressionAttributeNames),
  },
  'GetItemInput',
)
type Input = InputOf<typeof input>

export interface GetItemOutput {
  Item?: NonNullable<GetResult['item']>
  ConsumedCapacity?: ConsumedCapacity
}

export const getItem = operation<Input, GetItemOutput>({
  name: 'GetItem',
  kind: 'data-read',
  input,
  access: (input, ctx) => [
    itemAccess(action, tableReference(input.TableName, ctx, action), ctx, () => ({
      keys: [input.Key],
      attributes: [...Object.keys(input.Key), ...attributesNamed(projection(input))],
      select: isProjected(input) ? 'SPECIFIC_ATTRIBUTES' : 'ALL_ATTRIBUTES',
      returnConsumedCapacity: input.ReturnConsumedCapacity,
    })),
  ],
  audit: dataEvent({
    readOnly: true,
    kept: [
      'TableName',
      'ConsistentRead',
      'ProjectionExpression',
      'ExpressionAttributeNames',
      'AttributesToGet',
      'ReturnConsumedCapacity',
    ],
    more: (input) => ({ key: plainKey(input.Key) }),
  }),
  run: async (input, ctx) => {
    refuseMixed(input, ['ProjectionExpression'], ['AttributesToGet'])
    const key = checkItem(input.Key).item
    const paths = projection(input).projection
    const result = await ctx.engine.items.get({
      scope: scopeOf(ctx),
      table: tableReference(input.TableName, ctx, action).name,
      key,
      consistent: input.ConsistentRead === true,
      ...(paths !== undefined && { projection: paths }),
    })
    const output: GetItemOutput = {}
    if (result.item !== undefined) output.Item = result.item
    const capacity = consumedCapacity(input.ReturnConsumedCapacity, result.capacity, input.TableName)
    if (capacity !== undefined) output.ConsumedCapacity = capacity
    return output
  },
})

function isProjected(input: Input): boolean {
  return input.ProjectionExpression !== undefined || input.AttributesToGet !== undefined
}

const wholeItem: ParsedExpressions = {}

function projection(input: Input): ParsedExpressions {
  const legacy = projectionOf(input.AttributesToGet)
  if (legacy !== undefined && input.ExpressionAttributeNames === undefined) return { projection: legacy }
  if (input.ProjectionExpression === undefined && input.ExpressionAttributeNames === undefined) return wholeItem
  return parseExpressions({ projection: input.ProjectionExpression, names: input.ExpressionAttributeNames })
}
