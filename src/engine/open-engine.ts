/** Opens the engine over its trees and takes up the duties that a stop or a crash left. */
import type { Clock } from '../foundation/clock.ts'
import type { TreeId, Trees } from '../storage/trees.ts'
import { Admission } from './capacity/admission.ts'
import { ConsumptionLedger } from './capacity/consumption.ts'
import { engineCollections } from './collections/engine-collections.ts'
import type { Engine } from './engine.ts'
import { engineItems } from './items/engine-items.ts'
import { systemTrees } from './storage-map.ts'
import { Catalog } from './tables/catalog.ts'
import { engineTables } from './tables/engine-tables.ts'
import { TableDuties } from './tables/table-duties.ts'

export interface OpenEngineOptions {
  readonly trees: Trees
  readonly clock: Clock
  /** How long tables stay CREATING, UPDATING or DELETING, for tests of clients that wait; 0: as long as the work takes. */
  readonly tableTransitionMs: number
}

export async function openEngine({ trees, clock, tableTransitionMs }: OpenEngineOptions): Promise<Engine> {
  await makeSystemTrees(trees)
  const catalog = new Catalog()
  const consumption = new ConsumptionLedger(clock)
  const admission = new Admission(clock, consumption)
  const duties = new TableDuties(trees, catalog, clock, tableTransitionMs)
  await duties.resume()
  return {
    tables: engineTables({ trees, catalog, duties, admission, clock, transitionMs: tableTransitionMs }),
    items: engineItems(trees, catalog, admission, clock),
    consumption,
    collections: engineCollections(trees),
    close: () => duties.stop(),
  }
}

/** A store made by an earlier version gets the trees that it lacks. */
async function makeSystemTrees(trees: Trees): Promise<void> {
  const first = systemTrees[0] as TreeId
  const missing = await trees.view((reader) => systemTrees.filter((tree) => !reader.hasTree(tree)))
  if (missing.length === 0) return
  const key = await trees.newTableKey({ 'coffer:system': 'catalog' })
  await trees.atomically((writer) => {
    for (const tree of missing) writer.createTree(tree, tree === first ? key : { sharedWith: first })
  })
}
