/** Opens the store of a data folder, for the server and for `coffer check`. */
import type { DataFolder } from './data-folder/data-folder.ts'
import { OperatorError } from './foundation/operator-error.ts'
import { openSqliteTrees } from './storage/open-sqlite-trees.ts'
import type { SealedTrees } from './storage/sealed-trees/sealed-trees.ts'
import { StoreCorrupt, StoreUnavailable } from './storage/trees.ts'

/** OperatorError, saying what may have happened, when the store does not open. */
export async function openStore({ path, rootKey }: DataFolder, cacheBytes: number): Promise<SealedTrees> {
  try {
    return await openSqliteTrees({ folder: path, rootKey, cacheBytes })
  } catch (error) {
    if (error instanceof StoreCorrupt) {
      const cause = 'either its files were damaged or root.key is not the key that it was made with'
      throw new OperatorError(`the store in ${path} does not open: ${error.message}; ${cause}`, { cause: error })
    }
    if (error instanceof StoreUnavailable) {
      throw new OperatorError(`the store in ${path} does not open: ${error.message}`, { cause: error })
    }
    throw error
  }
}
