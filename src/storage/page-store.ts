/**
 * What a storage engine provides: a bag of sealed pages with versions. It never sees a key or a value.
 * Every engine passes page-store-contract.ts.
 */
import type { TreeId } from './trees.ts'

/** tree * 2^31 + number: exact in a double, an INTEGER in SQL, and a tree's pages lie together. */
export type PageId = number

const pagesPerTree = 2 ** 31

export function pageIdOf(tree: TreeId, pageNumber: number): PageId {
  return tree * pagesPerTree + pageNumber
}
export function treeOf(id: PageId): TreeId {
  return Math.floor(id / pagesPerTree)
}
export function pageNumberOf(id: PageId): number {
  return id % pagesPerTree
}

export interface StoredPage {
  readonly id: PageId
  readonly version: number
  /** Sealed. */
  readonly bytes: Uint8Array
}

export interface PageVersion {
  readonly id: PageId
  /** 0: the page must not exist. */
  readonly version: number
}

/** Replaces version - 1 of a page (1: the page must be new); without bytes it deletes that version. */
export interface PageWrite extends PageVersion {
  readonly bytes: Uint8Array | undefined
}

export interface PageStore {
  /** True when this process is the only writer, so that a page in memory is never stale. */
  readonly exclusive: boolean
  /** True when `read` never answers by a promise. */
  readonly answersAtOnce: boolean
  /** Embedded engines answer at once; others by a promise. Same order as `ids`. */
  read(ids: readonly PageId[]): readonly (StoredPage | undefined)[] | Promise<readonly (StoredPage | undefined)[]>
  /**
   * Takes what it needs of the arrays before it returns: the caller uses their memory again.
   * All or nothing, durable when it settles, and only if every version in `seen` and below every write still stands.
   * Rejects with PageConflict when one moved on, with StoreUnavailable when the place cannot take it.
   */
  commit(seen: readonly PageVersion[], writes: readonly PageWrite[]): Promise<void>
  /** Ids of a tree's pages above `after`, ascending. */
  list(tree: TreeId, after: PageId | undefined, limit: number): Promise<readonly PageId[]>
  close(): Promise<void>
}

export class PageConflict extends Error {
  override readonly name = 'PageConflict'
}
