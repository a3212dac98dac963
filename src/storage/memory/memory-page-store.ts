/** The model of a page store: plain, slow, obviously right. */
import {
  PageConflict,
  type PageId,
  type PageStore,
  type PageVersion,
  type PageWrite,
  type StoredPage,
  treeOf,
} from '../page-store.ts'
import type { TreeId } from '../trees.ts'

export interface MemoryPageStoreOptions {
  /** Answers reads by a promise, as a store behind a network does. */
  readonly slow?: boolean
}

export function memoryPageStore(options: MemoryPageStoreOptions = {}): PageStore {
  const pages = new Map<PageId, StoredPage>()
  const stands = (id: PageId, version: number) => (pages.get(id)?.version ?? 0) === version
  return {
    exclusive: true,
    answersAtOnce: options.slow !== true,
    read(ids) {
      const found = ids.map((id) => pages.get(id))
      return options.slow ? new Promise((resolve) => setImmediate(() => resolve(found))) : found
    },
    async commit(seen: readonly PageVersion[], writes: readonly PageWrite[]) {
      for (const { id, version } of seen) if (!stands(id, version)) throw new PageConflict(`page ${id} moved on`)
      for (const { id, version } of writes) if (!stands(id, version - 1)) throw new PageConflict(`page ${id} moved on`)
      for (const { id, version, bytes } of writes) {
        if (bytes === undefined) pages.delete(id)
        else pages.set(id, { id, version, bytes: Uint8Array.from(bytes) })
      }
    },
    async list(tree: TreeId, after: PageId | undefined, limit: number) {
      const ids = [...pages.keys()].filter((id) => treeOf(id) === tree && (after === undefined || id > after))
      return ids.sort((a, b) => a - b).slice(0, limit)
    },
    async close() {},
  }
}
