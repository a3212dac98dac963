/**
 * What one write does to one item, worked out whole before anything of it is written. PutItem, UpdateItem, DeleteItem and
 * every action of a transaction are planned here, so that they cannot come to differ.
 */

import { validationError } from '../../foundation/service-error.ts'
import type { TreeReader, TreeWriter } from '../../storage/trees.ts'
import { CapacityMeter, writeUnits } from '../capacity/units.ts'
import { requestFault } from '../errors.ts'
import { applyUpdate } from '../expressions/apply-update.ts'
import { evaluateCondition } from '../expressions/evaluate-condition.ts'
import type { Condition, Update } from '../expressions/syntax.ts'
import { type CompiledTable, itemKey } from '../tables/compiled-table.ts'
import type { Item } from './attribute-value.ts'
import { itemSize } from './item-size.ts'
import { checkIndexKeys, checkItemKeys, checkKey, pickAttributes } from './key-attributes.ts'
import { checkUpdateOfKeys } from './key-paths.ts'
import { checkNesting } from './nesting.ts'
import { parseStored, storedSize } from './stored-item.ts'
import { type ItemChange, type ItemWritten, type WriteHouse, writeItem } from './write-item.ts'

export const itemBytesMax = 400 * 1024

/** `check` writes nothing: it is there for its condition. */
export type WriteAction =
  | { readonly kind: 'put'; readonly item: Item }
  | { readonly kind: 'update'; readonly key: Item; readonly update?: Update }
  | { readonly kind: 'delete' | 'check'; readonly key: Item }

/** An action that fits the schema of its table, with the tree key of its item. */
export interface Target {
  readonly table: CompiledTable
  readonly action: WriteAction
  readonly key: Buffer
  /** A put's size; 0 for the others. */
  readonly putBytes: number
}

/** How an updated item's size is measured: UpdateItem counts its actions, a transaction does not. */
export type SizeRule = 'item-and-actions' | 'item'

export type Plan =
  /** The condition does not hold. */
  | { readonly kind: 'refused'; readonly before: Buffer | undefined }
  | { readonly kind: 'nothing'; readonly before: Buffer | undefined }
  | { readonly kind: 'change'; readonly change: ItemChange }

/** Checks all that needs the table's schema and no item. */
export function targetOf(table: CompiledTable, action: WriteAction): Target {
  const { keySchema } = table.record
  if (action.kind === 'put') {
    const putBytes = checkPut(table, action.item)
    return { table, action, key: itemKey(keySchema, action.item), putBytes }
  }
  checkKey(keySchema, action.key)
  if (action.kind === 'update') checkUpdateOfKeys(table, action.update ?? noActions)
  return { table, action, key: itemKey(keySchema, action.key), putBytes: 0 }
}

const noActions: Update = { actions: [] }

/** Everything that a put checks of an item against its table; answers the item's size in bytes. */
export function checkPut(table: CompiledTable, item: Item): number {
  checkItemKeys(table.record.keySchema, item)
  for (const index of table.indexes) checkIndexKeys(index.record, item, 'put')
  const sizeBytes = itemSize(item)
  if (sizeBytes > itemBytesMax) throw requestFault('Item size has exceeded the maximum allowed size')
  return sizeBytes
}

/** Looks at the item as it is now; throws what an update cannot do to it. */
export function planWrite(
  trees: TreeReader,
  { table, action, key, putBytes }: Target,
  condition: Condition | undefined,
  sizeRule: SizeRule,
): Plan {
  const before = trees.get(table.record.tree, key)
  const beforeItem = condition && before && parseStored(before)
  if (condition !== undefined && !evaluateCondition(condition, beforeItem)) return { kind: 'refused', before }
  switch (action.kind) {
    case 'put':
      return { kind: 'change', change: { key, before, beforeItem, after: { item: action.item, sizeBytes: putBytes } } }
    case 'delete':
      return { kind: 'change', change: { key, before, beforeItem, after: undefined } }
    case 'check':
      return { kind: 'nothing', before }
    case 'update': {
      const update = action.update ?? noActions
      const item = beforeItem ?? (before && parseStored(before))
      const after = applyUpdate(update, item ?? action.key)
      if (before === undefined && onlyTakesAway(update)) return { kind: 'nothing', before }
      const sizeBytes = checkUpdated(table, update, after, sizeRule)
      return { kind: 'change', change: { key, before, beforeItem: item, after: { item: after, sizeBytes } } }
    }
  }
}

/** Only REMOVE and DELETE: such an update does not create the item that it finds missing; one without actions does. */
function onlyTakesAway({ actions }: Update): boolean {
  return actions.length > 0 && actions.every(({ kind }) => kind === 'remove' || kind === 'delete')
}

/** Answers the updated item's size in bytes. */
function checkUpdated(table: CompiledTable, update: Update, after: Item, sizeRule: SizeRule): number {
  for (const index of table.indexes) checkIndexKeys(index.record, after, 'update')
  checkNesting(after)
  const sizeBytes = itemSize(after)
  const held = sizeRule === 'item' ? sizeBytes : updateGateBytes(update, after, sizeBytes)
  if (held > itemBytesMax) throw validationError('Item size to update has exceeded the maximum allowed size')
  return sizeBytes
}

/**
 * The size that UpdateItem is held to: that of the item, or that of the attributes it writes with a cost for each action,
 * whichever is larger (measured on AWS, 2026-08: what an update leaves alone does not count into the second).
 */
function updateGateBytes({ actions }: Update, after: Item, sizeBytes: number): number {
  const written = new Set(actions.map(({ path }) => path[0] as string))
  let gateBytes = 3 + itemSize(pickAttributes(after, written))
  for (const { kind } of actions) gateBytes += kind === 'set' || kind === 'add' ? 19 : 2
  return Math.max(sizeBytes, gateBytes)
}

/** What a write that changes nothing is charged, and a refused one. */
export function unitsOfLooking({ table, key }: Target, before: Buffer | undefined): CapacityMeter {
  const capacity = new CapacityMeter(table.record.name, key)
  capacity.table = writeUnits(before === undefined ? 0 : storedSize(before))
  return capacity
}

export function carryOut(
  trees: TreeWriter,
  house: WriteHouse,
  target: Target,
  plan: Exclude<Plan, { readonly kind: 'refused' }>,
): ItemWritten {
  if (plan.kind === 'change') return writeItem(trees, house, target.table, plan.change)
  return { capacity: unitsOfLooking(target, plan.before), collectionBytes: undefined }
}
