import { type AccessRequest, operation } from '../../../contract/operation.ts'
import type { RequestContext } from '../../../contract/request-context.ts'
import { type InputOf, optional, required, structure } from '../../../contract/shape.ts'
import type { RawItem } from '../../../contract/shape-attribute-values.ts'
import { list } from '../../../contract/shape-collections.ts'
import { string } from '../../../contract/shape-scalars.ts'
import { attributesNamed } from '../../../engine/expressions/attributes-named.ts'
import type { TransactWriteResult } from '../../../engine/items/items.ts'
import { type ItemConditions, itemAccess } from '../access.ts'
import { plainKey, tablesNamed } from '../audit.ts'
import {
  type ItemCollectionMetrics,
  itemCollectionMetrics,
  type TransactionCapacity,
  transactionCapacity,
} from '../consumed-capacity.ts'
import { requestDigest } from '../request-digest.ts'
import { returnConsumedCapacity, returnItemCollectionMetrics } from '../shapes.ts'
import { scopeOf, tableNamesAsGiven } from '../table-reference.ts'
import {
  type ActionInput,
  actionOf,
  expressionsOf,
  permissionOf,
  referenceOf,
  type TransactWriteItem,
  transactAction,
  transactWriteItem,
} from '../transact-actions.ts'

/** AWS quota. */
const actionsMax = 100

const input = structure(
  {
    // Recorded 2026-10: the token is reported before the others.
    ClientRequestToken: optional(string({ min: 1, max: 36 })),
    ReturnConsumedCapacity: optional(returnConsumedCapacity),
    ReturnItemCollectionMetrics: optional(returnItemCollectionMetrics),
    TransactItems: required(list(transactWriteItem, { min: 1, max: actionsMax })),
  },
  'TransactWriteItemsInput',
)
type Input = InputOf<typeof input>

export interface TransactWriteItemsOutput {
  ConsumedCapacity?: readonly TransactionCapacity[]
  ItemCollectionMetrics?: Record<string, readonly ItemCollectionMetrics[]>
}

export const transactWriteItems = operation<Input, TransactWriteItemsOutput>({
  name: 'TransactWriteItems',
  kind: 'data-write',
  input,
  access: accessOf,
  audit: {
    category: 'Data',
    readOnly: false,
    requestParameters: (input) => ({
      requestItems: input.TransactItems.flatMap(recordedActions),
      ...(input.ReturnConsumedCapacity !== undefined && { returnConsumedCapacity: input.ReturnConsumedCapacity }),
      ...(input.ReturnItemCollectionMetrics !== undefined && {
        returnItemCollectionMetrics: input.ReturnItemCollectionMetrics,
      }),
    }),
    responseElements: () => null,
    resources: (input, ctx) => tablesNamed(namesOf(input), ctx),
  },
  run: async (input, ctx) => {
    const actions = input.TransactItems.map((element) => transactAction(element, ctx))
    const token = input.ClientRequestToken
    const result = await ctx.engine.items.transactWrite({
      scope: scopeOf(ctx),
      actions,
      ...(token !== undefined && { token: { value: token, requestDigest: requestDigest(actions) } }),
    })
    return outputOf(input, result)
  },
})

/** One question for each permission, table and answer to ReturnValuesOnConditionCheckFailure. */
function accessOf(input: Input, ctx: RequestContext): readonly AccessRequest[] {
  const groups = new Map<string, { keys: RawItem[]; actions: ReturnType<typeof actionOf>[] }>()
  for (const element of input.TransactItems) {
    const action = actionOf(element)
    const { TableName: table, Item, Key, ReturnValuesOnConditionCheckFailure: returned = 'NONE' } = action.input
    const id = `${action.name} ${returned} ${table}`
    const group = groups.get(id) ?? { keys: [], actions: [] }
    group.keys.push(Item ?? Key ?? {})
    group.actions.push(action)
    groups.set(id, group)
  }
  return [...groups.values()].map(({ keys, actions }) => {
    const { name, input: first } = actions[0] as ReturnType<typeof actionOf>
    const conditions = (): ItemConditions => ({
      keys,
      attributes: actions.flatMap((action, at) => [
        ...Object.keys(keys[at] as RawItem),
        ...attributesNamed(expressionsOf(action)),
      ]),
      returnValues: first.ReturnValuesOnConditionCheckFailure ?? 'NONE',
      returnConsumedCapacity: input.ReturnConsumedCapacity,
      enclosingOperation: 'TransactWriteItems',
    })
    return itemAccess(permissionOf(name), referenceOf(name, first, ctx), ctx, conditions)
  })
}

/** In the order in which they are first named. */
function namesOf(input: Input): readonly string[] {
  return input.TransactItems.flatMap((element) => Object.values(element).map((action) => action.TableName))
}

/** Malformed elements, of no action or several, are recorded as they are. */
function recordedActions(element: TransactWriteItem): readonly object[] {
  return Object.entries(element).map(([operation, input]: [string, ActionInput]) => ({
    operation,
    tableName: input.TableName,
    ...(input.Key !== undefined && { key: plainKey(input.Key) }),
    ...(input.Item !== undefined && { items: Object.keys(input.Item) }),
    ...(input.UpdateExpression !== undefined && { updateExpression: input.UpdateExpression }),
    ...(input.ConditionExpression !== undefined && { conditionExpression: input.ConditionExpression }),
    ...(input.ExpressionAttributeNames !== undefined && { expressionAttributeNames: input.ExpressionAttributeNames }),
    ...(input.ReturnValuesOnConditionCheckFailure !== undefined && {
      returnValuesOnConditionCheckFailure: input.ReturnValuesOnConditionCheckFailure,
    }),
  }))
}

function outputOf(input: Input, { tables, replayed }: TransactWriteResult): TransactWriteItemsOutput {
  const output: TransactWriteItemsOutput = {}
  const given = tableNamesAsGiven(namesOf(input))
  const capacities: TransactionCapacity[] = []
  const metrics: Record<string, readonly ItemCollectionMetrics[]> = {}
  for (const { table, capacity, collections } of tables) {
    const name = given.get(table) ?? table
    const used = transactionCapacity(input.ReturnConsumedCapacity, capacity, name, replayed ? 'read' : 'write')
    if (used !== undefined) capacities.push(used)
    const sizes = collections.flatMap(
      (collection) => itemCollectionMetrics(input.ReturnItemCollectionMetrics, collection) ?? [],
    )
    if (sizes.length > 0) metrics[name] = sizes
  }
  if (capacities.length > 0) output.ConsumedCapacity = capacities
  if (input.ReturnItemCollectionMetrics === 'SIZE') output.ItemCollectionMetrics = metrics
  return output
}
