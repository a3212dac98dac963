/**
 * The face that the engine stands on: ordered maps of bytes, durable and sealed.
 *
 * A body runs to its end without yielding, so within one process nothing interleaves with it; a store that several
 * processes write validates at commit and runs the body again after a conflict. A body may therefore run more than
 * once and may touch nothing but `trees` and its own locals. When a body throws, nothing that it wrote stays.
 *
 * The promises of `atomically` and `view` settle only when everything that the body wrote or read is durable.
 */

/** Names a tree for ever; 1 to 15 are the system's, see engine/storage-map.ts. At most 2^22 - 1. */
export type TreeId = number

/** Where an entry lies. The view and its buffers belong to the tree: they hold only until the visit returns. */
export interface EntryView {
  keyBytes: Buffer
  keyStart: number
  keyEnd: number
  valueBytes: Buffer
  valueStart: number
  valueEnd: number
}

export interface KeyRange {
  /** Inclusive; absent: from the first key. */
  readonly from?: Uint8Array
  /** Exclusive; absent: to the last key. */
  readonly to?: Uint8Array
}

export interface TreeReader {
  hasTree(tree: TreeId): boolean
  /** A view that lives only until the body returns. */
  get(tree: TreeId, key: Uint8Array): Buffer | undefined
  /** Visits entries in key order (or its reverse) until `visit` answers false. */
  scan(tree: TreeId, range: KeyRange, reverse: boolean, visit: (entry: EntryView) => boolean): void
}

export interface TreeWriter extends TreeReader {
  /** Neither array may change before the body returns, nor be a view of a tree. A later `get` in the same body sees it; a `scan` does not. */
  set(tree: TreeId, key: Uint8Array, value: Uint8Array): void
  remove(tree: TreeId, key: Uint8Array): void
  /** An empty tree, sealed under a fresh table key or under the key of a tree that exists. Ids are never used twice. */
  createTree(tree: TreeId, key: TableKey | { readonly sharedWith: TreeId }): void
}

/** A key made by `newTableKey`, not yet used; what is inside concerns only the storage. */
export interface TableKey {
  readonly wrapped: Uint8Array
}

export interface Trees {
  atomically<T>(body: (trees: TreeWriter) => T): Promise<T>
  view<T>(body: (trees: TreeReader) => T): Promise<T>
  /** A fresh 256-bit key wrapped by the root of trust; the context is authenticated with it. */
  newTableKey(context: Readonly<Record<string, string>>): Promise<TableKey>
  /** Removes every page of a tree and its key, some pages a commit; call it again after a crash. */
  dropTree(tree: TreeId): Promise<void>
}

/** The place cannot take or give data now: a full disk, a lost folder. Nothing of the body was kept. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
}

/** A page does not open or does not belong: torn, moved, edited. It is never served. */
export class StoreCorrupt extends Error {
  override readonly name = 'StoreCorrupt'
}
