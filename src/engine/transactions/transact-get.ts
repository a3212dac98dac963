/** TransactGetItems: one body, so all items are of one moment. */
import type { TreeReader } from '../../storage/trees.ts'
import type { Admission } from '../capacity/admission.ts'
import { CapacityMeter, readUnits } from '../capacity/units.ts'
import { pickColumns, projectItem } from '../expressions/project.ts'
import type { TransactGetRequest, TransactGetResult } from '../items/items.ts'
import { checkKey } from '../items/key-attributes.ts'
import { checkKeysAreScalars } from '../items/key-paths.ts'
import { fragmentOf, parseStored, storedSize } from '../items/stored-item.ts'
import type { Catalog } from '../tables/catalog.ts'
import { type CompiledTable, itemKey } from '../tables/compiled-table.ts'
import { Cancellation } from './cancellation.ts'
import { TableUses } from './table-uses.ts'
import { refuseSharedItems, refuseTooMuch } from './transaction-limits.ts'
import { tablesOf } from './transaction-tables.ts'

export function transactGet(
  trees: TreeReader,
  catalog: Catalog,
  admission: Admission,
  { gets, scope }: TransactGetRequest,
): TransactGetResult {
  const cancellation = new Cancellation(gets.length)
  const tables = tablesOf(trees, catalog, scope, gets)
  const keys = gets.map(({ key, projection }, at) =>
    cancellation.attempt(at, () => {
      const table = tables[at] as CompiledTable
      checkKey(table.record.keySchema, key)
      if (projection !== undefined) checkKeysAreScalars(table, projection)
      return itemKey(table.record.keySchema, key)
    }),
  )
  refuseSharedItems(keys.map((key, at) => key && { tableId: (tables[at] as CompiledTable).record.id, key }))
  for (const [at, table] of tables.entries()) {
    const key = keys[at]
    if (key !== undefined) cancellation.attempt(at, () => admission.admitRead(table, undefined, key))
  }
  if (cancellation.needed) throw cancellation.error()
  const found = keys.map((key, at) => trees.get((tables[at] as CompiledTable).record.tree, key as Buffer))
  refuseTooMuch(found.reduce((sum, stored) => sum + (stored === undefined ? 0 : storedSize(stored)), 0))
  const uses = new TableUses()
  const items = found.map((stored, at) => {
    const table = tables[at] as CompiledTable
    const capacity = new CapacityMeter(table.record.name, keys[at])
    capacity.table = 2 * readUnits(stored === undefined ? 0 : storedSize(stored), true)
    admission.spendRead(table, capacity)
    uses.add(table.record.name, capacity)
    if (stored === undefined) return undefined
    const { projection, columns } = gets[at] as (typeof gets)[number]
    if (columns !== undefined) return pickColumns(columns, parseStored(stored))
    return projection === undefined ? fragmentOf(stored) : projectItem(projection, parseStored(stored))
  })
  return { items, tables: uses.list().map(({ table, capacity }) => ({ table, capacity })) }
}
