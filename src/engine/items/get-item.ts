import type { TreeReader } from '../../storage/trees.ts'
import type { Admission } from '../capacity/admission.ts'
import { CapacityMeter, readUnits } from '../capacity/units.ts'
import { pickColumns, projectItem } from '../expressions/project.ts'
import type { Catalog } from '../tables/catalog.ts'
import { itemKey } from '../tables/compiled-table.ts'
import type { GetRequest, GetResult } from './items.ts'
import { checkKey } from './key-attributes.ts'
import { checkKeysAreScalars } from './key-paths.ts'
import { fragmentOf, parseStored, storedSize } from './stored-item.ts'
import { usableTable } from './usable-table.ts'

export function getItem(trees: TreeReader, catalog: Catalog, admission: Admission, request: GetRequest): GetResult {
  const table = usableTable(trees, catalog, request.scope, request.table)
  const { keySchema, tree, name } = table.record
  checkKey(keySchema, request.key)
  if (request.projection !== undefined) checkKeysAreScalars(table, request.projection)
  const key = itemKey(keySchema, request.key)
  admission.admitRead(table, undefined, key)
  const stored = trees.get(tree, key)
  const capacity = new CapacityMeter(name, key)
  capacity.table = readUnits(stored === undefined ? 0 : storedSize(stored), request.consistent)
  admission.spendRead(table, capacity)
  if (stored === undefined) return { capacity }
  if (request.columns !== undefined) return { item: pickColumns(request.columns, parseStored(stored)), capacity }
  const item =
    request.projection === undefined ? fragmentOf(stored) : projectItem(request.projection, parseStored(stored))
  return { item, capacity }
}
