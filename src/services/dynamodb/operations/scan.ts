import { operation } from '../../../contract/operation.ts'
import { type InputOf, optional, required, structure } from '../../../contract/shape.ts'
import { boolean, integer, string } from '../../../contract/shape-scalars.ts'
import { attributesNamed } from '../../../engine/expressions/attributes-named.ts'
import { type ParsedExpressions, parseExpressions } from '../../../engine/expressions/parse-expressions.ts'
import type { ScanRequest } from '../../../engine/items/items.ts'
import { validationError } from '../../../foundation/service-error.ts'
import { itemAccess } from '../access.ts'
import { dataEvent, plainKey } from '../audit.ts'
import { defaultSelect, legacyFilterOf, type PageOutput, pageOutput, selectOf, startingKey } from '../item-reads.ts'
import { projectionOf, refuseMixed } from '../legacy-parameters.ts'
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

const action = 'dynamodb:Scan'

const input = structure(
  {
    Select: optional(select),
    IndexName: optional(indexName),
    TotalSegments: optional(integer({ min: 1, max: 1_000_000 })),
    ReturnConsumedCapacity: optional(returnConsumedCapacity),
    TableName: required(tableName),
    ConditionalOperator: optional(conditionalOperator),
    ScanFilter: optional(conditions),
    Segment: optional(integer({ min: 0, max: 999_999 })),
    Limit: optional(integer({ min: 1 })),
    AttributesToGet: optional(attributesToGet),
    ExclusiveStartKey: optional(key),
    ConsistentRead: optional(boolean),
    FilterExpression: optional(string()),
    ProjectionExpression: optional(string()),
    ExpressionAttributeValues: optional(expressionAttributeValues),
    ExpressionAttributeNames: optional(expressionAttributeNames),
  },
  'ScanInput',
)
type Input = InputOf<typeof input>

export const scan = operation<Input, PageOutput>({
  name: 'Scan',
  kind: 'data-read',
  input,
  access: (input, ctx) => [
    itemAccess(
      action,
      tableReference(input.TableName, ctx, action),
      ctx,
      () => ({
        attributes: [...Object.keys(input.ExclusiveStartKey ?? {}), ...attributesNamed(readingOf(input))],
        select: defaultSelect(input),
        returnConsumedCapacity: input.ReturnConsumedCapacity,
      }),
      input.IndexName,
    ),
  ],
  audit: dataEvent({
    readOnly: true,
    kept: [
      'TableName',
      'IndexName',
      'FilterExpression',
      'ProjectionExpression',
      'ExpressionAttributeNames',
      'Select',
      'Limit',
      'ConsistentRead',
      'Segment',
      'TotalSegments',
      'ReturnConsumedCapacity',
    ],
    more: (input) =>
      input.ExclusiveStartKey === undefined ? {} : { exclusiveStartKey: plainKey(input.ExclusiveStartKey) },
  }),
  run: async (input, ctx) => {
    refuseMixed(
      input,
      ['ProjectionExpression', 'FilterExpression'],
      ['AttributesToGet', 'ScanFilter', 'ConditionalOperator'],
    )
    const exclusiveStartKey = startingKey(input.ExclusiveStartKey)
    const segment = segmentOf(input)
    const { filter, projection } = readingOf(input)
    const page = await ctx.engine.items.scan({
      scope: scopeOf(ctx),
      table: tableReference(input.TableName, ctx, action).name,
      ...(input.IndexName !== undefined && { index: input.IndexName }),
      consistent: input.ConsistentRead === true,
      select: selectOf(input),
      ...(filter !== undefined && { filter }),
      ...(projection !== undefined && { projection }),
      ...(input.Limit !== undefined && { limit: input.Limit }),
      ...(exclusiveStartKey !== undefined && { exclusiveStartKey }),
      ...(segment !== undefined && { segment }),
    })
    return pageOutput(input, page)
  },
})

function readingOf(input: Input): ParsedExpressions {
  const legacyProjection = projectionOf(input.AttributesToGet)
  const legacyFilter = legacyFilterOf(input.ScanFilter, input.ConditionalOperator)
  const { FilterExpression: filter, ProjectionExpression: projection } = input
  const { ExpressionAttributeNames: names, ExpressionAttributeValues: values } = input
  const parsed = parseExpressions({ filter, projection, names, values, takes: ['FilterExpression'] })
  return {
    ...(legacyFilter !== undefined && { filter: legacyFilter }),
    ...(legacyProjection !== undefined && { projection: legacyProjection }),
    ...parsed,
  }
}

function segmentOf(input: Input): ScanRequest['segment'] {
  const { Segment: number, TotalSegments: total } = input
  if (number === undefined && total === undefined) return undefined
  if (total === undefined) {
    throw validationError(
      'The TotalSegments parameter is required but was not present in the request when Segment parameter is present',
    )
  }
  if (number === undefined) {
    throw validationError(
      'The Segment parameter is required but was not present in the request when parameter TotalSegments is present',
    )
  }
  if (number >= total) {
    throw validationError(
      'The Segment parameter is zero-based and must be less than parameter TotalSegments: ' +
        `Segment: ${number} is not less than TotalSegments: ${total}`,
    )
  }
  return { number, total }
}
