import { operation } from '../../../contract/operation.ts'
import type { RequestContext } from '../../../contract/request-context.ts'
import { type InputOf, optional, required, structure } from '../../../contract/shape.ts'
import type { RawItem } from '../../../contract/shape-attribute-values.ts'
import { list, map } from '../../../contract/shape-collections.ts'
import { boolean, string } from '../../../contract/shape-scalars.ts'
import { attributesNamed } from '../../../engine/expressions/attributes-named.ts'
import { type ParsedExpressions, parseExpressions } from '../../../engine/expressions/parse-expressions.ts'
import type { Item } from '../../../engine/items/attribute-value.ts'
import { checkItem } from '../../../engine/items/check-item.ts'
import type { BatchGetRequest } from '../../../engine/items/items.ts'
import type { JsonFragment } from '../../../foundation/json-fragment.ts'
import { validationError } from '../../../foundation/service-error.ts'
import { itemAccess } from '../access.ts'
import { plainKey, tableResource } from '../audit.ts'
import { refuseDuplicates } from '../batch-keys.ts'
import { type ConsumedCapacity, consumedCapacity } from '../consumed-capacity.ts'
import { projectionOf, refuseMixed } from '../legacy-parameters.ts'
import { attributesToGet, batchTableNames, expressionAttributeNames, key, returnConsumedCapacity } from '../shapes.ts'
import { scopeOf, tableReference } from '../table-reference.ts'

const action = 'dynamodb:BatchGetItem'

/** AWS quota: keys of all tables together. */
const keysMax = 100

const keysAndAttributes = structure(
  {
    Keys: required(list(key, { min: 1, max: keysMax }), { name: 'Keys', hidesValue: true }),
    AttributesToGet: optional(attributesToGet),
    ConsistentRead: optional(boolean),
    ProjectionExpression: optional(string()),
    ExpressionAttributeNames: optional(expressionAttributeNames),
  },
  'KeysAndAttributes',
)

const input = structure(
  {
    ReturnConsumedCapacity: optional(returnConsumedCapacity),
    RequestItems: required(
      map(keysAndAttributes, { typeName: 'KeysAndAttributes', eachKey: batchTableNames, max: 100 }),
      { name: 'RequestItems', missing: 'The requestItems parameter is required for BatchGetItem' },
    ),
  },
  'BatchGetItemInput',
)
type Input = InputOf<typeof input>
type TableInput = InputOf<typeof keysAndAttributes>

export interface BatchGetItemOutput {
  Responses: Record<string, JsonFragment>
  UnprocessedKeys: Record<string, TableInput>
  ConsumedCapacity?: readonly ConsumedCapacity[]
}

export const batchGetItem = operation<Input, BatchGetItemOutput>({
  name: 'BatchGetItem',
  kind: 'data-read',
  input,
  access: (input, ctx) =>
    Object.entries(input.RequestItems).map(([table, one]) =>
      itemAccess(action, tableReference(table, ctx, action), ctx, () => ({
        keys: one.Keys,
        attributes: [...one.Keys.flatMap((key) => Object.keys(key)), ...attributesNamed(projection(one))],
        select:
          one.ProjectionExpression === undefined && one.AttributesToGet === undefined
            ? 'ALL_ATTRIBUTES'
            : 'SPECIFIC_ATTRIBUTES',
        returnConsumedCapacity: input.ReturnConsumedCapacity,
      })),
    ),
  audit: {
    category: 'Data',
    readOnly: true,
    requestParameters: (input) => ({
      requestItems: Object.fromEntries(
        Object.entries(input.RequestItems).map(([table, one]) => [table, { keys: one.Keys.map(plainKey) }]),
      ),
    }),
    responseElements: () => null,
    resources: (input, ctx) => Object.keys(input.RequestItems).map((table) => tableResource(table, ctx)),
  },
  run: async (input, ctx) => {
    const names = Object.keys(input.RequestItems)
    if (names.length === 0) throw validationError('The requestItems parameter is required for BatchGetItem')
    const tables = tablesOf(input, ctx)
    const result = await ctx.engine.items.batchGet({ scope: scopeOf(ctx), tables })
    const output: BatchGetItemOutput = { Responses: {}, UnprocessedKeys: {} }
    const capacities: ConsumedCapacity[] = []
    for (const [position, name] of names.entries()) {
      const one = result.tables[position]
      const asked = input.RequestItems[name]
      if (one === undefined || asked === undefined) continue
      output.Responses[name] = one.items
      if (one.unprocessed.length > 0) {
        const keys = one.unprocessed.map((at) => asked.Keys[at] as RawItem)
        output.UnprocessedKeys[name] = { ...asked, Keys: keys }
      }
      const capacity = consumedCapacity(input.ReturnConsumedCapacity, one.capacity, name)
      if (capacity !== undefined) capacities.push(capacity)
    }
    if (capacities.length > 0) output.ConsumedCapacity = capacities
    return output
  },
})

function tablesOf(input: Input, ctx: RequestContext): BatchGetRequest['tables'] {
  refuseMixedTables(input)
  let count = 0
  return Object.entries(input.RequestItems).map(([name, one]) => {
    const paths = projection(one).projection
    const keys: readonly Item[] = one.Keys.map((each) => checkItem(each).item)
    refuseDuplicates(keys)
    count += keys.length
    if (count > keysMax) throw validationError('Too many items requested for the BatchGetItem call')
    return {
      table: tableReference(name, ctx, action).name,
      keys,
      consistent: one.ConsistentRead === true,
      ...(paths !== undefined && { projection: paths }),
    }
  })
}

/** Expression and legacy projections may not be mixed, not even over two tables of one request. */
function refuseMixedTables(input: Input): void {
  const used: Partial<Record<'ProjectionExpression' | 'AttributesToGet', unknown>> = {}
  for (const one of Object.values(input.RequestItems)) {
    if (one.ProjectionExpression !== undefined) used.ProjectionExpression = one.ProjectionExpression
    if (one.AttributesToGet !== undefined) used.AttributesToGet = one.AttributesToGet
  }
  refuseMixed(used, ['ProjectionExpression'], ['AttributesToGet'])
}

function projection(one: TableInput): ParsedExpressions {
  const legacy = projectionOf(one.AttributesToGet)
  const parsed = parseExpressions({ projection: one.ProjectionExpression, names: one.ExpressionAttributeNames })
  return legacy === undefined ? parsed : { projection: legacy }
}
