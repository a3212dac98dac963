import type { TreeReader } from '../../storage/trees.ts'
import type { Scope } from '../engine.ts'
import { tableNotFound } from '../errors.ts'
import type { Catalog } from '../tables/catalog.ts'
import type { CompiledTable } from '../tables/compiled-table.ts'
import { isUsable } from '../tables/table-statuses.ts'

/** The table, when items may be read and written: it is there, made, and not on its way out. */
export function usableTable(trees: TreeReader, catalog: Catalog, scope: Scope, name: string): CompiledTable {
  const table = catalog.find(trees, scope, name)
  if (table === undefined || !isUsable(table.record)) throw tableNotFound()
  return table
}
