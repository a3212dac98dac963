/** PutItem, UpdateItem and DeleteItem: read, test the condition, change, write; one body, so nothing comes between. */
import { validationError } from '../../foundation/service-error.ts'
import type { TreeWriter } from '../../storage/trees.ts'
import type { Admission } from '../capacity/admission.ts'
import { CapacityMeter, writeUnits } from '../capacity/units.ts'
import { conditionFailed } from '../errors.ts'
import { applyUpdate, updatedPart } from '../expressions/apply-update.ts'
import { evaluateCondition } from '../expressions/evaluate-condition.ts'
import type { Condition, Update } from '../expressions/syntax.ts'
import type { Catalog } from '../tables/catalog.ts'
import { type CompiledTable, itemKey } from '../tables/compiled-table.ts'
import type { Item } from './attribute-value.ts'
import { itemSize } from './item-size.ts'
import type { DeleteRequest, PutRequest, UpdateRequest, WriteResult } from './items.ts'
import { checkIndexKeys, checkItemKeys, checkKey, pickAttributes } from './key-attributes.ts'
import { checkUpdateOfKeys } from './key-paths.ts'
import { checkNesting } from './nesting.ts'
import { fragmentOf, parseStored, storedSize } from './stored-item.ts'
import { usableTable } from './usable-table.ts'
import { type ItemWritten, type WriteHouse, writeItem } from './write-item.ts'

export const itemBytesMax = 400 * 1024

export interface ChangeHouse extends WriteHouse {
  readonly catalog: Catalog
  readonly admission: Admission
}

export function putItem(trees: TreeWriter, house: ChangeHouse, request: PutRequest): WriteResult {
  const table = usableTable(trees, house.catalog, request.scope, request.table)
  const { item } = request
  const sizeBytes = checkPut(table, item)
  const key = itemKey(table.record.keySchema, item)
  const before = trees.get(table.record.tree, key)
  const beforeItem = tested(house, table, request, before)
  house.admission.admitWrite(table)
  const written = writeItem(trees, house, table, { key, before, beforeItem, after: { item, sizeBytes } })
  house.admission.spendWrite(table, written.capacity)
  const old = request.returnValues === 'ALL_OLD' && before !== undefined ? { attributes: fragmentOf(before) } : {}
  return { ...old, ...resultOf(table, item, written) }
}

/** Everything that a put checks of an item against its table; answers the item's size in bytes. */
export function checkPut(table: CompiledTable, item: Item): number {
  checkItemKeys(table.record.keySchema, item)
  for (const index of table.indexes) checkIndexKeys(index.record, item)
  const sizeBytes = itemSize(item)
  if (sizeBytes > itemBytesMax) throw validationError('Item size has exceeded the maximum allowed size')
  return sizeBytes
}

export function deleteItem(trees: TreeWriter, house: ChangeHouse, request: DeleteRequest): WriteResult {
  const table = usableTable(trees, house.catalog, request.scope, request.table)
  checkKey(table.record.keySchema, request.key)
  const key = itemKey(table.record.keySchema, request.key)
  const before = trees.get(table.record.tree, key)
  const beforeItem = tested(house, table, request, before)
  house.admission.admitWrite(table)
  const written = writeItem(trees, house, table, { key, before, beforeItem, after: undefined })
  house.admission.spendWrite(table, written.capacity)
  const old = request.returnValues === 'ALL_OLD' && before !== undefined ? { attributes: fragmentOf(before) } : {}
  return { ...old, ...resultOf(table, request.key, written) }
}

export function updateItem(trees: TreeWriter, house: ChangeHouse, request: UpdateRequest): WriteResult {
  const table = usableTable(trees, house.catalog, request.scope, request.table)
  const { keySchema, tree } = table.record
  checkKey(keySchema, request.key)
  const update = request.update ?? { actions: [] }
  checkUpdateOfKeys(table, update)
  const key = itemKey(keySchema, request.key)
  const before = trees.get(tree, key)
  const beforeItem = tested(house, table, request, before) ?? (before && parseStored(before))
  const after = applyUpdate(update, beforeItem ?? request.key)
  if (before === undefined && onlyTakesAway(update)) return nothingToTakeFrom(house, table, request.key)
  for (const index of table.indexes) checkIndexKeys(index.record, after)
  checkNesting(after)
  const sizeBytes = itemSize(after)
  const gateBytes = request.sizeGate === 'item' ? sizeBytes : updateGateBytes(table, update, after, sizeBytes)
  if (gateBytes > itemBytesMax) {
    throw validationError('Item size to update has exceeded the maximum allowed size')
  }
  house.admission.admitWrite(table)
  const written = writeItem(trees, house, table, { key, before, beforeItem, after: { item: after, sizeBytes } })
  house.admission.spendWrite(table, written.capacity)
  const attributes = returned(request, update, before, beforeItem, after)
  return { ...(attributes && { attributes }), ...resultOf(table, request.key, written) }
}

/** Only REMOVE and DELETE: such an update does not create the item that it finds missing; one without actions does. */
function onlyTakesAway({ actions }: Update): boolean {
  return actions.length > 0 && actions.every(({ kind }) => kind === 'remove' || kind === 'delete')
}

function nothingToTakeFrom(house: ChangeHouse, table: CompiledTable, key: Item): WriteResult {
  house.admission.admitWrite(table)
  const capacity = new CapacityMeter(table.record.name)
  capacity.table = writeUnits(0)
  house.admission.spendWrite(table, capacity)
  return resultOf(table, key, { capacity, collectionBytes: undefined })
}

/** The size that an update is held to: measured on AWS, see the errors reference, section 7. */
function updateGateBytes(table: CompiledTable, update: Update, after: Item, sizeBytes: number): number {
  const keyBytes = itemSize(pickAttributes(after, table.keyNames))
  let actions = 3
  for (const action of update.actions) actions += action.kind === 'set' || action.kind === 'add' ? 19 : 2
  return Math.max(sizeBytes, sizeBytes - keyBytes + actions)
}

function returned(
  request: UpdateRequest,
  update: Update,
  before: Buffer | undefined,
  beforeItem: Item | undefined,
  after: Item,
) {
  switch (request.returnValues) {
    case 'NONE':
      return undefined
    case 'ALL_OLD':
      return before && fragmentOf(before)
    case 'ALL_NEW':
      return after
    case 'UPDATED_OLD':
      return beforeItem && nonEmpty(updatedPart(update, beforeItem))
    case 'UPDATED_NEW':
      return nonEmpty(updatedPart(update, after))
  }
}

function nonEmpty(item: Item): Item | undefined {
  for (const _ in item) return item
  return undefined
}

interface Tested {
  readonly condition?: Condition
  readonly returnOldOnFailure: boolean
}

/** Answers the item parsed if the condition needed it; a failed condition is charged like a write. */
function tested(
  house: ChangeHouse,
  table: CompiledTable,
  request: Tested,
  before: Buffer | undefined,
): Item | undefined {
  if (request.condition === undefined) return undefined
  const item = before && parseStored(before)
  if (evaluateCondition(request.condition, item)) return item
  const capacity = new CapacityMeter(table.record.name)
  capacity.table = writeUnits(before === undefined ? 0 : storedSize(before))
  house.admission.spendWrite(table, capacity)
  throw conditionFailed(request.returnOldOnFailure && before ? fragmentOf(before) : undefined)
}

function resultOf(
  table: CompiledTable,
  keyed: Item,
  written: ItemWritten,
): Pick<WriteResult, 'capacity' | 'collection'> {
  const { capacity, collectionBytes } = written
  if (collectionBytes === undefined) return { capacity }
  const key = pickAttributes(keyed, [table.keyNames[0] as string])
  return { capacity, collection: { key, sizeBytes: collectionBytes } }
}
