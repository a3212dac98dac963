import { operation } from '../../../contract/operation.ts'
import { type InputOf, optional, required, structure } from '../../../contract/shape.ts'
import { list } from '../../../contract/shape-collections.ts'
import { string } from '../../../contract/shape-scalars.ts'
import { attributesNamed } from '../../../engine/expressions/attributes-named.ts'
import { type ParsedExpressions, parseExpressions } from '../../../engine/expressions/parse-expressions.ts'
import { checkItem } from '../../../engine/items/check-item.ts'
import type { TransactGetResult } from '../../../engine/items/items.ts'
import { itemAccess } from '../access.ts'
import { plainKey, tablesNamed } from '../audit.ts'
import { type TransactionCapacity, transactionCapacity } from '../consumed-capacity.ts'
import { expressionAttributeNames, key, returnConsumedCapacity, tableName } from '../shapes.ts'
import { scopeOf, tableNamesAsGiven, tableReference } from '../table-reference.ts'

const action = 'dynamodb:GetItem'

/** AWS quota. */
const getsMax = 100

const get = structure(
  {
    TableName: required(tableName),
    Key: required(key),
    ProjectionExpression: optional(string()),
    ExpressionAttributeNames: optional(expressionAttributeNames),
  },
  'Get',
)
type Get = InputOf<typeof get>

const input = structure(
  {
    ReturnConsumedCapacity: optional(returnConsumedCapacity),
    TransactItems: required(list(structure({ Get: required(get) }, 'TransactGetItem'), { min: 1, max: getsMax })),
  },
  'TransactGetItemsInput',
)
type Input = InputOf<typeof input>

export interface TransactGetItemsOutput {
  ConsumedCapacity?: readonly TransactionCapacity[]
  Responses: readonly { readonly Item?: NonNullable<TransactGetResult['items'][number]> }[]
}

export const transactGetItems = operation<Input, TransactGetItemsOutput>({
  name: 'TransactGetItems',
  kind: 'data-read',
  input,
  access: (input, ctx) =>
    getsAlike(input).map((gets) => {
      const [first] = gets as readonly [Get]
      return itemAccess(action, tableReference(first.TableName, ctx, action), ctx, () => ({
        keys: gets.map((one) => one.Key),
        attributes: gets.flatMap((one) => [...Object.keys(one.Key), ...attributesNamed(projection(one))]),
        select: selectOf(first),
        returnConsumedCapacity: input.ReturnConsumedCapacity,
        enclosingOperation: 'TransactGetItems',
      }))
    }),
  audit: {
    category: 'Data',
    readOnly: true,
    requestParameters: (input) => ({
      requestItems: input.TransactItems.map(({ Get: one }) => recordedGet(one)),
      ...(input.ReturnConsumedCapacity !== undefined && { returnConsumedCapacity: input.ReturnConsumedCapacity }),
    }),
    responseElements: () => null,
    resources: (input, ctx) => tablesNamed(namesOf(input), ctx),
  },
  run: async (input, ctx) => {
    const gets = input.TransactItems.map(({ Get: one }) => {
      const key = checkItem(one.Key).item
      const paths = projection(one).projection
      const table = tableReference(one.TableName, ctx, action).name
      return { table, key, ...(paths !== undefined && { projection: paths }) }
    })
    const { items, tables } = await ctx.engine.items.transactGet({ scope: scopeOf(ctx), gets })
    const given = tableNamesAsGiven(namesOf(input))
    const capacities = tables.flatMap(
      ({ table, capacity }) =>
        transactionCapacity(input.ReturnConsumedCapacity, capacity, given.get(table) ?? table, 'read') ?? [],
    )
    return {
      ...(capacities.length > 0 && { ConsumedCapacity: capacities }),
      Responses: items.map((item) => (item === undefined ? {} : { Item: item })),
    }
  },
})

function namesOf(input: Input): readonly string[] {
  return input.TransactItems.map(({ Get: one }) => one.TableName)
}

/** One question for each table, and apart for gets of whole items: a projection beside them does not make up for it. */
function getsAlike(input: Input): readonly (readonly Get[])[] {
  const groups = new Map<string, Get[]>()
  for (const { Get: one } of input.TransactItems) {
    const id = `${selectOf(one)} ${one.TableName}`
    const group = groups.get(id)
    if (group === undefined) groups.set(id, [one])
    else group.push(one)
  }
  return [...groups.values()]
}

/** As in GetItem, whose permission this is. */
function selectOf({ ProjectionExpression }: Get): string {
  return ProjectionExpression === undefined ? 'ALL_ATTRIBUTES' : 'SPECIFIC_ATTRIBUTES'
}

const wholeItem: ParsedExpressions = {}

function projection(one: Get): ParsedExpressions {
  const { ProjectionExpression: projection, ExpressionAttributeNames: names } = one
  return projection === undefined && names === undefined ? wholeItem : parseExpressions({ projection, names })
}

function recordedGet(one: Get): object {
  return {
    operation: 'Get',
    tableName: one.TableName,
    key: plainKey(one.Key),
    ...(one.ProjectionExpression !== undefined && { projectionExpression: one.ProjectionExpression }),
    ...(one.ExpressionAttributeNames !== undefined && { expressionAttributeNames: one.ExpressionAttributeNames }),
  }
}
