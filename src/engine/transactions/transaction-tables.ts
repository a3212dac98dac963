/** The tables of a transaction's actions, one for each action; ResourceNotFoundException when one is not usable. */
import type { TreeReader } from '../../storage/trees.ts'
import { usableTable } from '../items/usable-table.ts'
import type { Scope } from '../scope.ts'
import type { Catalog } from '../tables/catalog.ts'
import type { CompiledTable } from '../tables/compiled-table.ts'

export function tablesOf(
  trees: TreeReader,
  catalog: Catalog,
  scope: Scope,
  actions: readonly { readonly table: string }[],
): CompiledTable[] {
  const found = new Map<string, CompiledTable>()
  return actions.map(({ table: name }) => {
    const table = found.get(name) ?? usableTable(trees, catalog, scope, name)
    found.set(name, table)
    return table
  })
}
