import { operation } from '../../../contract/operation.ts'
import type { RequestContext } from '../../../contract/request-context.ts'
import { type InputOf, optional, required, structure, violation, violationsError } from '../../../contract/shape.ts'
import { list, map } from '../../../contract/shape-collections.ts'
import { checkItem } from '../../../engine/items/check-item.ts'
import type { BatchWrite, BatchWriteRequest } from '../../../engine/items/items.ts'
import { validationError } from '../../../foundation/service-error.ts'
import { itemAccess } from '../access.ts'
import { plainKey, tableResource } from '../audit.ts'
import {
  type ConsumedCapacity,
  consumedCapacity,
  type ItemCollectionMetrics,
  itemCollectionMetrics,
} from '../consumed-capacity.ts'
import { batchTableNames, item, key, returnConsumedCapacity, returnItemCollectionMetrics } from '../shapes.ts'
import { scopeOf, tableReference } from '../table-reference.ts'

const action = 'dynamodb:BatchWriteItem'

/** AWS quota: requests of all tables together. */
const writesMax = 25

const writeRequest = structure(
  {
    PutRequest: optional(structure({ Item: required(item) }, 'PutRequest')),
    DeleteRequest: optional(structure({ Key: required(key) }, 'DeleteRequest')),
  },
  'WriteRequest',
)

const requestItems = map(list(writeRequest), {
  typeName: 'java.util.List<com.amazonaws.dynamodb.v20120810.WriteRequest>',
  eachKey: batchTableNames,
  eachValue: { min: 1, max: writesMax },
})

const input = structure(
  {
    ReturnConsumedCapacity: optional(returnConsumedCapacity),
    ReturnItemCollectionMetrics: optional(returnItemCollectionMetrics),
    RequestItems: required(requestItems, { missing: 'The requestItems parameter is required for BatchWriteItem' }),
  },
  'BatchWriteItemInput',
)
type Input = InputOf<typeof input>
type WriteInput = InputOf<typeof writeRequest>

export interface BatchWriteItemOutput {
  UnprocessedItems: Record<string, readonly WriteInput[]>
  ItemCollectionMetrics?: Record<string, readonly ItemCollectionMetrics[]>
  ConsumedCapacity?: readonly ConsumedCapacity[]
}

export const batchWriteItem = operation<Input, BatchWriteItemOutput>({
  name: 'BatchWriteItem',
  kind: 'data-write',
  input,
  access: (input, ctx) =>
    Object.entries(input.RequestItems).map(([table, writes]) =>
      itemAccess(action, tableReference(table, ctx, action), ctx, () => {
        const keys = writes.map((write) => write.PutRequest?.Item ?? write.DeleteRequest?.Key ?? {})
        return {
          keys,
          attributes: keys.flatMap((each) => Object.keys(each)),
          returnConsumedCapacity: input.ReturnConsumedCapacity,
        }
      }),
    ),
  audit: {
    category: 'Data',
    readOnly: false,
    requestParameters: (input) => ({
      requestItems: Object.fromEntries(
        Object.entries(input.RequestItems).map(([table, writes]) => [table, writes.map(recordedWrite)]),
      ),
    }),
    responseElements: () => null,
    resources: (input, ctx) => Object.keys(input.RequestItems).map((table) => tableResource(table, ctx)),
  },
  run: async (input, ctx) => {
    const names = Object.keys(input.RequestItems)
    if (names.length === 0) throw validationError('The requestItems parameter is required for BatchWriteItem')
    const tables = tablesOf(input, ctx)
    const result = await ctx.engine.items.batchWrite({ scope: scopeOf(ctx), tables })
    const output: BatchWriteItemOutput = { UnprocessedItems: {} }
    const capacities: ConsumedCapacity[] = []
    const metrics: Record<string, readonly ItemCollectionMetrics[]> = {}
    for (const [position, name] of names.entries()) {
      const one = result.tables[position]
      const asked = input.RequestItems[name]
      if (one === undefined || asked === undefined) continue
      if (one.unprocessed.length > 0) output.UnprocessedItems[name] = one.unprocessed.flatMap((at) => asked[at] ?? [])
      const capacity = consumedCapacity(input.ReturnConsumedCapacity, one.capacity, name)
      if (capacity !== undefined) capacities.push(capacity)
      const collections = one.collections.flatMap(
        (collection) => itemCollectionMetrics(input.ReturnItemCollectionMetrics, collection) ?? [],
      )
      if (collections.length > 0) metrics[name] = collections
    }
    if (input.ReturnItemCollectionMetrics === 'SIZE') output.ItemCollectionMetrics = metrics
    if (capacities.length > 0) output.ConsumedCapacity = capacities
    return output
  },
})

function tablesOf(input: Input, ctx: RequestContext): BatchWriteRequest['tables'] {
  const entries = Object.entries(input.RequestItems)
  const count = entries.reduce((sum, [, writes]) => sum + writes.length, 0)
  if (count > writesMax) throw tooManyWrites(input)
  return entries.map(([name, writes]) => ({
    table: tableReference(name, ctx, action).name,
    writes: writes.map(checkWrite),
  }))
}

/** More than 25 requests over several tables read as more than 25 of one. */
function tooManyWrites(input: Input): Error {
  const rule =
    'Map value must satisfy constraint: [Member must have length less than or equal to 25, ' +
    'Member must have length greater than or equal to 1]'
  const text = requestItems.print?.(input.RequestItems) ?? ''
  return violationsError([violation(text, { path: 'requestItems', hidesValue: false }, rule)])
}

function checkWrite(write: WriteInput): BatchWrite {
  const { PutRequest: put, DeleteRequest: remove } = write
  if ((put === undefined) === (remove === undefined)) {
    throw validationError(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    )
  }
  return put === undefined ? { remove: checkItem(remove?.Key).item } : { put: checkItem(put.Item).item }
}

function recordedWrite(write: WriteInput): object {
  if (write.PutRequest !== undefined) return { putRequest: { items: Object.keys(write.PutRequest.Item) } }
  return { deleteRequest: { key: plainKey(write.DeleteRequest?.Key ?? {}) } }
}
