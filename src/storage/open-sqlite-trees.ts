/** Sealed trees on the embedded engine, in one data folder. */
import type { KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { SealedTrees } from './sealed-trees/sealed-trees.ts'
import { openSqlitePageStore } from './sqlite/sqlite-page-store.ts'

export interface OpenSqliteTreesOptions {
  readonly folder: string
  /** 256 bits. */
  readonly rootKey: KeyObject
  /** Budget of the cache of decrypted pages. */
  readonly cacheBytes: number
}

/** Chosen with SQLite's page size; see docs/decisions/0003-page-sizes.md. */
export const pageBytes = 8064

/** The folder's lock is the caller's to hold. StoreCorrupt when the root key is not the one the store was made with. */
export async function openSqliteTrees(options: OpenSqliteTreesOptions): Promise<SealedTrees> {
  const store = await openSqlitePageStore(join(options.folder, 'pages.db'))
  try {
    return await SealedTrees.open({ store, rootKey: options.rootKey, cacheBytes: options.cacheBytes, pageBytes })
  } catch (error) {
    await store.close()
    throw error
  }
}
