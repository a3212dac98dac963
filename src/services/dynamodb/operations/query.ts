import { operation } from '../../../contract/operation.ts'
import { type InputOf, optional, required, structure } from '../../../contract/shape.ts'
import { boolean, integer, string } from '../../../contract/shape-scalars.ts'
import { attributesNamed } from '../../../engine/expressions/attributes-named.ts'
import { legacyKeyConditions } from '../../../engine/expressions/legacy.ts'
import { type ParsedExpressions, parseExpressions } from '../../../engine/expressions/parse-expressions.ts'
import { validationError } from '../../../foundation/service-error.ts'
import { itemAccess } from '../access.ts'
import { dataEvent, plainKey } from '../audit.ts'
import { defaultSelect, legacyFilterOf, type PageOutput, pageOutput, selectOf, startingKey } from '../item-reads.ts'
import { projectionOf, refuseMixed } from '../legacy-parameters.ts'
import { keyConditionFor, partitionKeyValues } from '../query-keys.ts'
import {
  attributesToGet,
  conditionalOperator,
  conditions,
  expressionAttributeNames,
  expressionAttributeValues,
  indexName,
  key,
  returnConsumedCapacity,
  select,
  tableName,
} from '../shapes.ts'
import { scopeOf, tableReference } from '../table-reference.ts'

const action = 'dynamodb:Query'

const input = structure(
  {
    Select: optional(select),
    IndexName: optional(indexName),
    ReturnConsumedCapacity: optional(returnConsumedCapacity),
    QueryFilter: optional(conditions),
    TableName: required(tableName),
    ConditionalOperator: optional(conditionalOperator),
    AttributesToGet: optional(attributesToGet),
    Limit: optional(integer({ min: 1 }), { name: 'Limit', hidesValue: true }),
    KeyConditions: optional(conditions),
    ExclusiveStartKey: optional(key),
    ConsistentRead: optional(boolean),
    ScanIndexForward: optional(boolean),
    KeyConditionExpression: optional(string()),
    FilterExpression: optional(string()),
    ProjectionExpression: optional(string()),
    ExpressionAttributeValues: optional(expressionAttributeValues),
    ExpressionAttributeNames: optional(expressionAttributeNames),
  },
  'QueryInput',
)
type Input = InputOf<typeof input>

export const query = operation<Input, PageOutput>({
  name: 'Query',
  kind: 'data-read',
  input,
  access: (input, ctx) => [
    itemAccess(
      action,
      tableReference(input.TableName, ctx, action),
      ctx,
      () => {
        const parsed = readingOf(input)
        return {
          leadingValues: (schema) => {
            const { keyCondition } = parsed
            return keyCondition === undefined ? [] : partitionKeyValues(keyCondition, schema)
          },
          attributes: [...Object.keys(input.ExclusiveStartKey ?? {}), ...attributesNamed(parsed)],
          select: defaultSelect(input),
          returnConsumedCapacity: input.ReturnConsumedCapacity,
        }
      },
      input.IndexName,
    ),
  ],
  audit: dataEvent({
    readOnly: true,
    kept: [
      'TableName',
      'IndexName',
      'KeyConditionExpression',
      'FilterExpression',
      'ProjectionExpression',
      'ExpressionAttributeNames',
      'Select',
      'Limit',
      'ConsistentRead',
      'ScanIndexForward',
      'ReturnConsumedCapacity',
    ],
    more: (input) =>
      input.ExclusiveStartKey === undefined ? {} : { exclusiveStartKey: plainKey(input.ExclusiveStartKey) },
  }),
  run: async (input, ctx) => {
    refuseMixed(
      input,
      ['ProjectionExpression', 'FilterExpression', 'KeyConditionExpression'],
      // KeyConditions may stand beside a filter or projection expression.
      input.KeyConditionExpression === undefined
        ? ['AttributesToGet', 'QueryFilter', 'ConditionalOperator']
        : ['AttributesToGet', 'QueryFilter', 'ConditionalOperator', 'KeyConditions'],
    )
    const parsed = readingOf(input)
    const { keyCondition, filter, projection } = parsed
    const select = selectOf(input)
    const exclusiveStartKey = startingKey(input.ExclusiveStartKey)
    if (keyCondition === undefined) throw missingKeyCondition()
    const filterParameter = input.QueryFilter === undefined ? 'Filter Expression' : 'QueryFilter'
    const page = await ctx.engine.items.query({
      scope: scopeOf(ctx),
      table: tableReference(input.TableName, ctx, action).name,
      ...(input.IndexName !== undefined && { index: input.IndexName }),
      consistent: input.ConsistentRead === true,
      forward: input.ScanIndexForward !== false,
      select,
      keyCondition: keyConditionFor({ keys: keyCondition, filterParameter, ...(filter !== undefined && { filter }) }),
      ...(filter !== undefined && { filter }),
      ...(projection !== undefined && { projection }),
      ...(input.Limit !== undefined && { limit: input.Limit }),
      ...(exclusiveStartKey !== undefined && { exclusiveStartKey }),
    })
    return pageOutput(input, page)
  },
})

function missingKeyCondition(): Error {
  return validationError(
    'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
  )
}

/** Everything that the request says in expressions or in the parameters of before them. */
function readingOf(input: Input): ParsedExpressions {
  const filter = legacyFilterOf(input.QueryFilter, input.ConditionalOperator)
  const projection = projectionOf(input.AttributesToGet)
  if (input.KeyConditions === undefined && input.KeyConditionExpression === undefined) throw missingKeyCondition()
  const keyCondition = legacyKeys(input)
  return {
    ...(filter !== undefined && { filter }),
    ...(projection !== undefined && { projection }),
    ...(keyCondition !== undefined && { keyCondition }),
    ...expressionsOf(input),
  }
}

function legacyKeys(input: Input): ParsedExpressions['keyCondition'] {
  const { KeyConditions } = input
  if (KeyConditions === undefined) return undefined
  const count = Object.keys(KeyConditions).length
  if (count === 0 || (count > 2 && input.IndexName === undefined)) {
    throw validationError('Conditions can be of length 1 or 2 only')
  }
  return legacyKeyConditions(KeyConditions)
}

function expressionsOf(input: Input): ParsedExpressions {
  const { KeyConditionExpression: keyCondition, FilterExpression: filter, ProjectionExpression: projection } = input
  const { ExpressionAttributeNames: names, ExpressionAttributeValues: values } = input
  return parseExpressions({
    keyCondition,
    filter,
    projection,
    names,
    values,
    takes: ['FilterExpression', 'KeyConditionExpression'],
  })
}
