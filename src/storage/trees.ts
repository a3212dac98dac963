/**
 * The face that the engine stands on: ordered maps of bytes, durable and sealed.
 *
 * A body runs to its end without yielding, so within one process nothing interleaves with it; a store that several
 * processes write (PostgreSQL) validates at commit and runs the body again after a conflict. A body may therefore be
 * run more than once and may touch nothing but `trees` and its own locals. When a body throws, nothing it wrote stays.
 *
 * The promise of `atomically` and of `view` settles only when everything the body wrote or read is durable.
 */

/** Names a tree for ever. 1..15 are the system's (see engine/storage-map.ts); tables' trees start at 16. */
export type TreeId = number

export interface Entry {
  /** Both are views that live only until the body returns: copy what must outlive it. */
  readonly key: Uint8Array
  readonly value: Uint8Array
}

export interface KeyRange {
  /** Inclusive; absent: from the first key. */
  readonly from?: Uint8Array
  /** Exclusive; absent: to the last key. */
  readonly to?: Uint8Array
}

export interface TreeReader {
  /** A view that lives only until the body returns. */
  get(tree: TreeId, key: Uint8Array): Uint8Array | undefined
  /** Visits entries in key order (or its reverse) until `visit` answers false. */
  scan(tree: TreeId, range: KeyRange, reverse: boolean, visit: (key: Uint8Array, value: Uint8Array) => boolean): void
}

export interface TreeWriter extends TreeReader {
  /** Both are copied. A later `get` in the same body sees it; a later `scan` does not. */
  set(tree: TreeId, key: Uint8Array, value: Uint8Array): void
  remove(tree: TreeId, key: Uint8Array): void
}

export interface Trees {
  atomically<T>(body: (trees: TreeWriter) => T): Promise<T>
  view<T>(body: (trees: TreeReader) => T): Promise<T>
  /** Makes an empty tree under a fresh key of its own, wrapped with `context`; durable when it settles. */
  createTree(tree: TreeId, keyContext: Readonly<Record<string, string>>): Promise<void>
  /** Removes every page of a tree, a few at a time; may be called again after a crash. */
  dropTree(tree: TreeId): Promise<void>
}

/** The place cannot take or give data now: a full disk, a lost folder. Nothing of the body was kept. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
}

/** A page does not open or does not belong: torn, moved, edited. Never served. */
export class StoreCorrupt extends Error {
  override readonly name = 'StoreCorrupt'
}
