/** What an item is in an index: its entry's key and value, and what changing it costs. */
import type { Item } from '../items/attribute-value.ts'
import { itemSize } from '../items/item-size.ts'
import { pickAttributes } from '../items/key-attributes.ts'
import { storedItem, storedSize } from '../items/stored-item.ts'
import { type CompiledIndex, hashPrefix, withRange } from '../tables/compiled-table.ts'

export interface IndexEntry {
  readonly key: Buffer
  readonly value: Buffer
}

/**
 * Undefined when the item lacks an index key: indexes are sparse. `whole` is the stored item, which an index of
 * all attributes keeps as it is.
 */
export function indexEntry(index: CompiledIndex, item: Item, itemKey: Buffer, whole: Buffer): IndexEntry | undefined {
  const { keySchema } = index.record
  const prefix = hashPrefix(keySchema, item)
  const indexKey = prefix && withRange(keySchema, item, prefix)
  if (indexKey === undefined) return undefined
  const key = Buffer.concat([indexKey, itemKey])
  if (index.projected === undefined) return { key, value: whole }
  const projected = pickAttributes(item, index.projected)
  return { key, value: storedItem(projected, itemSize(projected)) }
}

/** Write units of an entry that changes from `before` to `after`, each rounded to 1 KB; 0 when nothing changes. */
export function entryWriteUnits(before: IndexEntry | undefined, after: IndexEntry | undefined): number {
  if (before === undefined) return after === undefined ? 0 : unitsOf(storedSize(after.value))
  if (after === undefined) return unitsOf(storedSize(before.value))
  if (!before.key.equals(after.key)) return unitsOf(storedSize(before.value)) + unitsOf(storedSize(after.value))
  if (before.value.equals(after.value)) return 0
  return unitsOf(Math.max(storedSize(before.value), storedSize(after.value)))
}

function unitsOf(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / 1024))
}
