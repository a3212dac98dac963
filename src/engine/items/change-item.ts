/** PutItem, UpdateItem and DeleteItem: plan, admit, write; one body, so nothing comes between. */
import type { TreeWriter } from '../../storage/trees.ts'
import type { Admission } from '../capacity/admission.ts'
import { conditionFailed } from '../errors.ts'
import { updatedPart } from '../expressions/apply-update.ts'
import type { Condition, Update } from '../expressions/syntax.ts'
import type { Scope } from '../scope.ts'
import type { Catalog } from '../tables/catalog.ts'
import type { CompiledTable } from '../tables/compiled-table.ts'
import type { Item } from './attribute-value.ts'
import type { DeleteRequest, PutRequest, ReturnValues, UpdateRequest, WriteResult } from './items.ts'
import { pickAttributes } from './key-attributes.ts'
import { carryOut, type Plan, planWrite, targetOf, unitsOfLooking, type WriteAction } from './plan-write.ts'
import { fragmentOf } from './stored-item.ts'
import { usableTable } from './usable-table.ts'
import type { ItemChange, ItemWritten, WriteHouse } from './write-item.ts'

export interface ChangeHouse extends WriteHouse {
  readonly catalog: Catalog
  readonly admission: Admission
}

export function putItem(trees: TreeWriter, house: ChangeHouse, request: PutRequest): WriteResult {
  const done = changeItem(trees, house, request, { kind: 'put', item: request.item })
  return { ...oldAttributes(request, done), ...resultOf(done, request.item) }
}

export function deleteItem(trees: TreeWriter, house: ChangeHouse, request: DeleteRequest): WriteResult {
  const done = changeItem(trees, house, request, { kind: 'delete', key: request.key })
  return { ...oldAttributes(request, done), ...resultOf(done, request.key) }
}

export function updateItem(trees: TreeWriter, house: ChangeHouse, request: UpdateRequest): WriteResult {
  const { key, update = { actions: [] } } = request
  const done = changeItem(trees, house, request, { kind: 'update', key, update })
  const attributes = done.plan.kind === 'change' ? returned(request.returnValues, update, done.plan.change) : undefined
  return { ...(attributes && { attributes }), ...resultOf(done, key) }
}

interface Change {
  readonly scope: Scope
  readonly table: string
  readonly condition?: Condition
  readonly returnOldOnFailure: boolean
  /** Only updates are held to more than their item. */
  readonly sizeGate?: 'item'
}
interface Done {
  readonly table: CompiledTable
  readonly plan: Exclude<Plan, { readonly kind: 'refused' }>
  readonly written: ItemWritten
}

function changeItem(trees: TreeWriter, house: ChangeHouse, request: Change, action: WriteAction): Done {
  const table = usableTable(trees, house.catalog, request.scope, request.table)
  const target = targetOf(table, action)
  const plan = planWrite(trees, target, request.condition, request.sizeGate ?? 'item-and-actions')
  if (plan.kind === 'refused') {
    // A failed condition is charged like a write.
    house.admission.spendWrite(table, unitsOfLooking(target, plan.before))
    throw conditionFailed(request.returnOldOnFailure && plan.before ? fragmentOf(plan.before) : undefined)
  }
  house.admission.admitWrite(table, target.key)
  const written = carryOut(trees, house, target, plan)
  house.admission.spendWrite(table, written.capacity)
  return { table, plan, written }
}

function oldAttributes({ returnValues }: { readonly returnValues: ReturnValues }, { plan }: Done) {
  const before = plan.kind === 'change' ? plan.change.before : undefined
  return returnValues === 'ALL_OLD' && before !== undefined ? { attributes: fragmentOf(before) } : {}
}

function returned(returnValues: ReturnValues, update: Update, { before, beforeItem, after }: ItemChange) {
  switch (returnValues) {
    case 'NONE':
      return undefined
    case 'ALL_OLD':
      return before && fragmentOf(before)
    case 'ALL_NEW':
      return after?.item
    case 'UPDATED_OLD':
      return beforeItem && nonEmpty(updatedPart(update, beforeItem))
    case 'UPDATED_NEW':
      return after && nonEmpty(updatedPart(update, after.item))
  }
}

function nonEmpty(item: Item): Item | undefined {
  for (const _ in item) return item
  return undefined
}

function resultOf({ table, written }: Done, keyed: Item): Pick<WriteResult, 'capacity' | 'collection'> {
  const { capacity, collectionBytes } = written
  if (collectionBytes === undefined) return { capacity }
  return { capacity, collection: { key: collectionKey(table, keyed), sizeBytes: collectionBytes } }
}

/** The partition key that an item collection shares. */
export function collectionKey(table: CompiledTable, keyed: Item): Item {
  return pickAttributes(keyed, [table.keyNames[0] as string])
}
