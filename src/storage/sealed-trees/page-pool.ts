/**
 * The pages in memory, in the clear, within a byte budget: the only way from a page id to a page.
 *
 * Pages that changed and are not yet durable stay until they are. The rest leave by a clock hand: a page used since the
 * hand passed it last gets another round.
 */
import type { PageId, PageStore, StoredPage } from '../page-store.ts'
import { pageIdOf, treeOf } from '../page-store.ts'
import { StoreCorrupt, type TreeId } from '../trees.ts'
import type { KeyRing } from './key-ring.ts'
import { Page } from './page.ts'
import { PageFrames } from './page-frames.ts'
import { epochOf, openPage } from './seal.ts'

/** Thrown out of a body when a store cannot answer at once; the body runs again when `arrival` settles. */
export class PageMiss extends Error {
  override readonly name = 'PageMiss'
  readonly arrival: Promise<unknown>
  constructor(arrival: Promise<unknown>) {
    super('a page is on its way')
    this.arrival = arrival
  }
}

/** Rough cost of a page's objects beside its bytes. */
const pageOverheadBytes = 300

export class PagePool {
  readonly #store: PageStore
  readonly #ring: KeyRing
  readonly #budgetBytes: number
  /** A page splits when it would grow beyond this. */
  readonly pageBytes: number
  readonly frames: PageFrames
  readonly #pages = new Map<PageId, Page>()
  #bytes = 0
  /** Changed since the last flush began. */
  readonly dirty = new Set<Page>()
  /** Pages to delete, with the version that stands in the store. */
  readonly discarded = new Map<PageId, number>()
  /** The batch that changes join now. */
  openBatch = 1
  durableBatch = 0
  /** The newest batch among the pages touched since it was last set to 0: what an answer depends on. */
  observedBatch = 0
  hits = 0
  misses = 0

  constructor(store: PageStore, ring: KeyRing, budgetBytes: number, pageBytes: number) {
    this.pageBytes = pageBytes
    this.frames = new PageFrames(pageBytes)
    this.#store = store
    this.#ring = ring
    this.#budgetBytes = budgetBytes
  }

  load(id: PageId): Page {
    const page = this.#pages.get(id)
    if (page !== undefined) {
      page.referenced = true
      if (page.batch > this.observedBatch) this.observedBatch = page.batch
      return page
    }
    this.misses++
    const read = this.#store.read([id])
    if (read instanceof Promise) throw new PageMiss(read.then(([stored]) => this.#take(id, stored)))
    return this.#take(id, read[0])
  }

  /** Undefined when it would have to be read first; for work that may be left undone. */
  loaded(id: PageId): Page | undefined {
    return this.#pages.get(id)
  }

  #take(id: PageId, stored: StoredPage | undefined): Page {
    const arrived = this.#pages.get(id)
    if (arrived !== undefined) return arrived
    if (stored === undefined || this.discarded.has(id)) {
      throw new StoreCorrupt(`page ${id % 2 ** 31} of tree ${treeOf(id)} is missing`)
    }
    const epoch = epochOf(stored.bytes)
    const plain = openPage(stored.bytes, id, stored.version, epoch, this.#ring.dataKey(treeOf(id), epoch))
    const page = Page.opened(id, plain, stored.version, this.frames)
    this.#keep(page)
    return page
  }

  #keep(page: Page): void {
    this.#pages.set(page.id, page)
    this.#bytes += page.bytes.length + pageOverheadBytes
  }

  /** A page that is about to be changed in place. */
  change(page: Page): void {
    page.batch = this.openBatch
    this.observedBatch = this.openBatch
    if (!page.dirty) {
      page.dirty = true
      this.dirty.add(page)
    }
  }

  /** Accounts for a page whose buffer was exchanged by a change. */
  resized(before: number, after: number): void {
    this.#bytes += after - before
  }

  add(page: Page): void {
    page.version = this.discarded.get(page.id) ?? 0
    this.discarded.delete(page.id)
    this.#keep(page)
    this.change(page)
  }

  nextPageNumber(root: Page): number {
    const number = root.nextPageNumber
    this.change(root)
    root.nextPageNumber = number + 1
    return number
  }

  discard(page: Page): void {
    this.dirty.delete(page)
    this.#forget(page)
    if (page.version > 0) this.discarded.set(page.id, page.version)
    this.observedBatch = this.openBatch
  }

  /** Lets every page of a tree go without writing it; its pages are then deleted in the store. */
  forgetTree(tree: TreeId): void {
    const first = pageIdOf(tree, 0)
    const end = pageIdOf(tree + 1, 0)
    for (const [id, page] of this.#pages) if (id >= first && id < end) this.#forget(page)
    for (const page of this.dirty) if (page.tree === tree) this.dirty.delete(page)
    for (const id of this.discarded.keys()) if (id >= first && id < end) this.discarded.delete(id)
  }

  /** After a commit failed: whatever is not durable never was. */
  rollBack(): void {
    for (const page of this.#pages.values()) if (page.dirty || page.batch > this.durableBatch) this.#forget(page)
    this.dirty.clear()
    this.discarded.clear()
  }

  forgetAll(): void {
    for (const page of this.#pages.values()) this.#forget(page)
    this.dirty.clear()
    this.discarded.clear()
  }

  evict(): void {
    if (this.#bytes <= this.#budgetBytes) return
    let rounds = 2 * this.#pages.size
    for (const [id, page] of this.#pages) {
      if (this.#bytes <= this.#budgetBytes || rounds-- <= 0) return
      if (page.referenced || page.dirty || page.batch > this.durableBatch) {
        page.referenced = false
        this.#pages.delete(id)
        this.#pages.set(id, page)
      } else this.#forget(page)
    }
  }

  get residentBytes(): number {
    return this.#bytes
  }

  #forget(page: Page): void {
    if (!this.#pages.delete(page.id)) return
    this.#bytes -= page.bytes.length + pageOverheadBytes
    this.frames.give(page.bytes)
  }
}
