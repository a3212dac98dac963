/** `coffer check`: everything that can be verified of a data folder while no server runs on it. */
import { checkEngine } from './engine/check-engine.ts'
import { checkCollections } from './engine/collections/check-collections.ts'
import { checkTrees } from './storage/sealed-trees/check-trees.ts'
import type { SealedTrees } from './storage/sealed-trees/sealed-trees.ts'

export interface StoreCheck {
  /** What was looked at: `tree 16` or a table's ARN. */
  readonly subject: string
  /** For people: how much there was. */
  readonly summary: string
  readonly faults: readonly string[]
}

/** Pages first; tables only when every page is sound, since a table on broken pages cannot be read. */
export async function* checkStore(trees: SealedTrees): AsyncGenerator<StoreCheck> {
  let sound = true
  for await (const { tree, pages, entries, faults } of checkTrees(trees)) {
    sound &&= faults.length === 0
    yield { subject: `tree ${tree}`, summary: `${pages} pages, ${entries} entries`, faults }
  }
  if (!sound) return
  for await (const { table, items, faults, counted = 'items' } of checkEngine(trees))
    yield { subject: table, summary: `${items} ${counted}`, faults }
  const { records, faults } = await checkCollections(trees)
  yield { subject: 'collections', summary: `${records} records`, faults }
}
