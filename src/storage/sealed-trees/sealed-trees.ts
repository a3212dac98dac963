/** `Trees` over any page store: bodies run on pages in memory, their changes are sealed and committed in groups. */
import type { KeyObject } from 'node:crypto'
import type { PageStore } from '../page-store.ts'
import { pageIdOf } from '../page-store.ts'
import {
  type EntryView,
  type KeyRange,
  StoreCorrupt,
  type TableKey,
  type TreeId,
  type TreeReader,
  type Trees,
  type TreeWriter,
} from '../trees.ts'
import { GroupCommit, ringPageId } from './group-commit.ts'
import { KeyRing } from './key-ring.ts'
import { PageMiss, PagePool } from './page-pool.ts'
import { createRoot, removeKey, setValue } from './tree-change.ts'
import { getValue, pathTo, scanRange } from './tree-search.ts'

export interface SealedTreesOptions {
  readonly store: PageStore
  /** 256 bits. */
  readonly rootKey: KeyObject
  readonly cacheBytes: number
  /** Bytes of a page in the clear, for a new store; an old one keeps what it was made with. */
  readonly pageBytes: number
}

/** The tree of trees: tree id u32 → kind u8 (0 own key, 1 shared) · wrapped key, or the owner's id u32. */
export const directoryTree: TreeId = 1
const ownKey = 0
const sharedKey = 1
const pagesPerDrop = 512

export class SealedTrees implements Trees {
  readonly #pool: PagePool
  readonly #ring: KeyRing
  readonly #commit: GroupCommit
  readonly #store: PageStore
  readonly #writer: Writer

  private constructor(store: PageStore, ring: KeyRing, pool: PagePool, ringVersion: number) {
    this.#store = store
    this.#ring = ring
    this.#pool = pool
    this.#commit = new GroupCommit(store, pool, ring, ringVersion)
    this.#writer = new Writer(pool, ring)
  }

  /** Opens what is there or makes a new store; StoreCorrupt when the root key is not the store's. */
  static async open(options: SealedTreesOptions): Promise<SealedTrees> {
    const { store } = options
    const ring = new KeyRing(options.rootKey)
    const [stored] = await store.read([ringPageId])
    const { pageBytes } = stored === undefined ? options : ring.openRing(stored.bytes, ringPageId, stored.version)
    ring.installSystemTree(directoryTree)
    const pool = new PagePool(store, ring, options.cacheBytes, pageBytes)
    const trees = new SealedTrees(store, ring, pool, stored?.version ?? 0)
    if (stored === undefined) {
      createRoot(pool, directoryTree)
      await trees.#commit.drained()
    }
    return trees
  }

  atomically<T>(body: (trees: TreeWriter) => T): Promise<T> {
    const writer = this.#writer
    const pool = this.#pool
    pool.observedBatch = 0
    writer.begin()
    let value: T
    try {
      value = body(writer)
      if (!this.#store.answersAtOnce) writer.loadPaths()
    } catch (error) {
      if (error instanceof PageMiss) return error.arrival.then(() => this.atomically(body))
      return this.#settled(pool.observedBatch, () => Promise.reject(error))
    }
    try {
      writer.apply()
    } catch (error) {
      this.#commit.abandon(error)
      return Promise.reject(error)
    }
    const depends = pool.observedBatch
    pool.evict()
    return this.#settled(depends, () => Promise.resolve(value))
  }

  view<T>(body: (trees: TreeReader) => T): Promise<T> {
    const pool = this.#pool
    pool.observedBatch = 0
    this.#writer.begin()
    let value: T
    try {
      value = body(this.#writer)
    } catch (error) {
      if (error instanceof PageMiss) return error.arrival.then(() => this.view(body))
      return this.#settled(pool.observedBatch, () => Promise.reject(error))
    }
    const depends = pool.observedBatch
    pool.evict()
    return this.#settled(depends, () => Promise.resolve(value))
  }

  newTableKey(context: Readonly<Record<string, string>>): Promise<TableKey> {
    return Promise.resolve(this.#ring.makeTableKey(context))
  }

  async dropTree(tree: TreeId): Promise<void> {
    await this.#commit.drained()
    this.#pool.forgetTree(tree)
    for (;;) {
      const ids = await this.#store.list(tree, undefined, pagesPerDrop)
      if (ids.length === 0) break
      const pages = await this.#store.read(ids)
      const writes = pages.filter((page) => page !== undefined)
      await this.#store.commit(
        [],
        writes.map((page) => ({ id: page.id, version: page.version + 1, bytes: undefined })),
      )
    }
    await this.atomically((trees) => trees.remove(directoryTree, treeKey(tree)))
    this.#ring.forgetTree(tree)
  }

  /** What a check walks; see check-trees.ts. */
  get parts(): { readonly pool: PagePool; readonly store: PageStore } {
    return { pool: this.#pool, store: this.#store }
  }

  /** Bytes of pages held in memory. */
  get residentBytes(): number {
    return this.#pool.residentBytes
  }

  /** Waits for what was changed, then closes the store. */
  async close(): Promise<void> {
    await this.#commit.drained()
    await this.#store.close()
  }

  #settled<T>(depends: number, value: () => Promise<T>): Promise<T> {
    return this.#commit.durable(depends)?.then(value) ?? value()
  }
}

interface Change {
  readonly tree: TreeId
  readonly key: Uint8Array
  /** Undefined: removed. */
  readonly value: Uint8Array | undefined
}

/** What a body sees: the pages, with its own changes laid over them until it ends. */
class Writer implements TreeWriter {
  readonly #pool: PagePool
  readonly #ring: KeyRing
  #changes: Change[] = []
  #created: { tree: TreeId; key: TableKey | { readonly sharedWith: TreeId } }[] = []

  constructor(pool: PagePool, ring: KeyRing) {
    this.#pool = pool
    this.#ring = ring
  }

  begin(): void {
    if (this.#changes.length > 0) this.#changes = []
    if (this.#created.length > 0) this.#created = []
  }

  hasTree(tree: TreeId): boolean {
    return this.#ring.hasTree(tree) || getValue(this.#pool, directoryTree, treeKey(tree)) !== undefined
  }

  get(tree: TreeId, key: Uint8Array): Buffer | undefined {
    for (let at = this.#changes.length - 1; at >= 0; at--) {
      const change = this.#changes[at] as Change
      if (change.tree === tree && Buffer.compare(change.key, key) === 0) {
        return change.value === undefined ? undefined : asBuffer(change.value)
      }
    }
    if (this.#isCreated(tree)) return undefined
    this.#needTree(tree)
    return getValue(this.#pool, tree, key)
  }

  scan(tree: TreeId, range: KeyRange, reverse: boolean, visit: (entry: EntryView) => boolean): void {
    this.#needTree(tree)
    scanRange(this.#pool, tree, range, reverse, visit)
  }

  set(tree: TreeId, key: Uint8Array, value: Uint8Array): void {
    this.#needTree(tree)
    this.#changes.push({ tree, key, value })
  }

  remove(tree: TreeId, key: Uint8Array): void {
    this.#needTree(tree)
    this.#changes.push({ tree, key, value: undefined })
  }

  createTree(tree: TreeId, key: TableKey | { readonly sharedWith: TreeId }): void {
    this.#created.push({ tree, key })
    this.set(directoryTree, treeKey(tree), directoryEntry(key))
  }

  /** Loads every page that `apply` will change, so that a page on its way stops the body before its first change. */
  loadPaths(): void {
    for (const change of this.#changes) {
      if (this.#isCreated(change.tree)) continue
      pathTo(this.#pool, change.tree, change.key)
      getValue(this.#pool, change.tree, change.key)
    }
  }

  apply(): void {
    for (const { tree, key } of this.#created) {
      if ('sharedWith' in key) {
        this.#needTree(key.sharedWith)
        this.#ring.shareTableKey(tree, key.sharedWith)
      } else this.#ring.installTableKey(tree, key)
      createRoot(this.#pool, tree)
    }
    for (const { tree, key, value } of this.#changes) {
      if (value === undefined) removeKey(this.#pool, tree, key)
      else setValue(this.#pool, tree, key, value)
    }
  }

  #needTree(tree: TreeId): void {
    if (!this.#ring.hasTree(tree) && !this.#isCreated(tree)) loadTreeKey(this.#pool, this.#ring, tree)
  }

  #isCreated(tree: TreeId): boolean {
    return this.#created.length > 0 && this.#created.some((created) => created.tree === tree)
  }
}

/** Makes a tree's key known to the ring from the directory. */
export function loadTreeKey(pool: PagePool, ring: KeyRing, tree: TreeId): void {
  const entry = getValue(pool, directoryTree, treeKey(tree))
  if (entry === undefined) throw new StoreCorrupt(`tree ${tree} is not in the directory`)
  if (entry[0] === ownKey) ring.installTableKey(tree, { wrapped: Buffer.from(entry.subarray(1)) })
  else {
    const owner = entry.readUInt32BE(1)
    if (!ring.hasTree(owner)) loadTreeKey(pool, ring, owner)
    ring.shareTableKey(tree, owner)
  }
}

export function treeKey(tree: TreeId): Buffer {
  const key = Buffer.allocUnsafe(4)
  key.writeUInt32BE(tree, 0)
  return key
}

function directoryEntry(key: TableKey | { readonly sharedWith: TreeId }): Buffer {
  if ('sharedWith' in key) return Buffer.concat([Buffer.of(sharedKey), treeKey(key.sharedWith)])
  return Buffer.concat([Buffer.of(ownKey), key.wrapped])
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** The id of a tree's root page, for those who look at stored pages. */
export function rootPageOf(tree: TreeId): number {
  return pageIdOf(tree, 0)
}
