/** Finding and walking: everything that reads a tree. */
import { pageIdOf } from '../page-store.ts'
import { type EntryView, type KeyRange, StoreCorrupt, type TreeId } from '../trees.ts'
import { overflowHeaderBytes, overflowKind, type Page } from './page.ts'
import type { PagePool } from './page-pool.ts'

const first = Buffer.alloc(0)
/** A tree of this depth would hold more pages than there are page numbers. */
const depthMax = 32

/** The way from the root to a leaf: pages, and which child was taken in each but the last. */
export interface Path {
  readonly pages: Page[]
  readonly positions: number[]
}

/** The leaf that holds `key` or would. */
export function leafFor(pool: PagePool, tree: TreeId, key: Uint8Array): Page {
  let page = pool.load(pageIdOf(tree, 0))
  for (let depth = 0; depth < depthMax; depth++) {
    if (page.isLeaf) return page.fencesSeen ? page : fenced(page, key)
    page = pool.load(pageIdOf(tree, page.child(page.childFor(key))))
  }
  throw new StoreCorrupt(`tree ${tree} is deeper than a tree can be`)
}

export function pathTo(pool: PagePool, tree: TreeId, key: Uint8Array): Path {
  const pages = [pool.load(pageIdOf(tree, 0))]
  const positions: number[] = []
  for (let depth = 0; depth < depthMax; depth++) {
    const page = pages[depth] as Page
    if (page.isLeaf) {
      if (!page.fencesSeen) fenced(page, key)
      return { pages, positions }
    }
    const position = page.childFor(key)
    positions.push(position)
    pages.push(pool.load(pageIdOf(tree, page.child(position))))
  }
  throw new StoreCorrupt(`tree ${tree} is deeper than a tree can be`)
}

/** A page that does not hold what its parent says is stale or misplaced. */
function fenced(page: Page, key: Uint8Array): Page {
  const high = page.highFence()
  if (page.lowFence().compare(key) > 0 || (high !== undefined && high.compare(key) <= 0)) {
    throw new StoreCorrupt(`page ${page.number} of tree ${page.tree} does not hold the keys that its parent says`)
  }
  page.fencesSeen = true
  return page
}

export function getValue(pool: PagePool, tree: TreeId, key: Uint8Array): Buffer | undefined {
  const leaf = leafFor(pool, tree, key)
  const position = leaf.search(key)
  return leaf.found ? valueAt(pool, leaf, position) : undefined
}

export function valueAt(pool: PagePool, leaf: Page, position: number): Buffer {
  const value = leaf.value(position)
  return leaf.isOverflow(leaf.cellAt(position))
    ? overflowPage(pool, leaf.tree, value).bytes.subarray(overflowHeaderBytes)
    : value
}

/** The page behind an overflow pointer: page number u32, value length u32. */
export function overflowPage(pool: PagePool, tree: TreeId, pointer: Buffer): Page {
  const page = pool.load(pageIdOf(tree, pointer.readUInt32BE(0)))
  if (page.kind !== overflowKind || page.bytes.length !== overflowHeaderBytes + pointer.readUInt32BE(4)) {
    throw new StoreCorrupt(`page ${page.number} of tree ${tree} is not the overflow page that an entry names`)
  }
  return page
}

export function scanRange(
  pool: PagePool,
  tree: TreeId,
  range: KeyRange,
  reverse: boolean,
  visit: (entry: EntryView) => boolean,
): void {
  const entry: EntryView = { keyBytes: first, keyStart: 0, keyEnd: 0, valueBytes: first, valueStart: 0, valueEnd: 0 }
  if (reverse) scanBackward(pool, tree, range, entry, visit)
  else scanForward(pool, tree, range, entry, visit)
}

function scanForward(
  pool: PagePool,
  tree: TreeId,
  range: KeyRange,
  entry: EntryView,
  visit: (entry: EntryView) => boolean,
): void {
  const path = pathTo(pool, tree, range.from ?? first)
  let leaf = path.pages[path.pages.length - 1] as Page
  let position = range.from === undefined ? 0 : leaf.search(range.from)
  for (;;) {
    const high = leaf.highFence()
    const last = range.to !== undefined && (high === undefined || high.compare(range.to) >= 0)
    const end = last ? leaf.search(range.to as Uint8Array) : leaf.count
    for (; position < end; position++) if (!visit(viewOf(pool, leaf, position, entry))) return
    if (last || !step(pool, tree, path, 1)) return
    leaf = path.pages[path.pages.length - 1] as Page
    position = 0
  }
}

function scanBackward(
  pool: PagePool,
  tree: TreeId,
  range: KeyRange,
  entry: EntryView,
  visit: (entry: EntryView) => boolean,
): void {
  const path = range.to === undefined ? lastPath(pool, tree) : pathTo(pool, tree, range.to)
  let leaf = path.pages[path.pages.length - 1] as Page
  let position = (range.to === undefined ? leaf.count : leaf.search(range.to)) - 1
  for (;;) {
    const last = range.from !== undefined && leaf.lowFence().compare(range.from) <= 0
    const start = last ? leaf.search(range.from as Uint8Array) : 0
    for (; position >= start; position--) if (!visit(viewOf(pool, leaf, position, entry))) return
    if (last || !step(pool, tree, path, -1)) return
    leaf = path.pages[path.pages.length - 1] as Page
    position = leaf.count - 1
  }
}

/** Moves a path to the next leaf (1) or the one before (-1); false when there is none. */
function step(pool: PagePool, tree: TreeId, path: Path, direction: 1 | -1): boolean {
  const { pages, positions } = path
  let depth = pages.length - 2
  for (; depth >= 0; depth--) {
    const position = (positions[depth] as number) + direction
    if (position < 0 || position >= (pages[depth] as Page).count) continue
    positions[depth] = position
    break
  }
  if (depth < 0) return false
  for (; depth < pages.length - 1; depth++) {
    const parent = pages[depth] as Page
    const page = pool.load(pageIdOf(tree, parent.child(positions[depth] as number)))
    if (!page.fencesSeen) fenced(page, parent.key(positions[depth] as number))
    pages[depth + 1] = page
    if (depth + 1 < pages.length - 1) positions[depth + 1] = direction === 1 ? 0 : page.count - 1
  }
  return true
}

/** The way to the last leaf. */
function lastPath(pool: PagePool, tree: TreeId): Path {
  const pages = [pool.load(pageIdOf(tree, 0))]
  const positions: number[] = []
  for (let depth = 0; depth < depthMax; depth++) {
    const page = pages[depth] as Page
    if (page.isLeaf) return { pages, positions }
    positions.push(page.count - 1)
    pages.push(pool.load(pageIdOf(tree, page.child(page.count - 1))))
  }
  throw new StoreCorrupt(`tree ${tree} is deeper than a tree can be`)
}

function viewOf(pool: PagePool, leaf: Page, position: number, entry: EntryView): EntryView {
  const cell = leaf.cellAt(position)
  entry.keyBytes = leaf.bytes
  entry.keyStart = leaf.keyStart(cell)
  entry.keyEnd = leaf.keyEnd(cell)
  if (leaf.isOverflow(cell)) {
    const page = overflowPage(pool, leaf.tree, leaf.value(position))
    entry.valueBytes = page.bytes
    entry.valueStart = overflowHeaderBytes
    entry.valueEnd = page.bytes.length
  } else {
    entry.valueBytes = leaf.bytes
    entry.valueStart = entry.keyEnd
    entry.valueEnd = entry.keyEnd + leaf.valueLength(cell)
  }
  return entry
}
