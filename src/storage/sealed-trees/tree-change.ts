/** Changing a tree: insert with splits, remove with merges. The path is loaded whole before the first byte changes. */
import { pageIdOf } from '../page-store.ts'
import type { TreeId } from '../trees.ts'
import { innerKind, leafKind, Page } from './page.ts'
import type { PagePool } from './page-pool.ts'
import { overflowPage, type Path, pathTo } from './tree-search.ts'

const noKey = Buffer.alloc(0)
/** So many inserts in a row, each right behind the one before, are taken for an ascending series. */
const seriesLength = 3
/** An inner page of fewer children than this grows instead of splitting: its keys are very long. */
const childrenToSplit = 4

export function createRoot(pool: PagePool, tree: TreeId): void {
  pool.add(Page.empty(pageIdOf(tree, 0), leafKind, 0, noKey, undefined, pool.frames))
}

export function setValue(pool: PagePool, tree: TreeId, key: Uint8Array, value: Uint8Array): void {
  const path = pathTo(pool, tree, key)
  const leaf = path.pages[path.pages.length - 1] as Page
  const position = leaf.search(key)
  const present = leaf.found
  const overflow = value.length > pool.pageBytes >>> 2
  const old =
    present && leaf.isOverflow(leaf.cellAt(position)) ? overflowPage(pool, tree, leaf.value(position)) : undefined
  pool.change(leaf)
  let stored = value
  if (overflow) stored = writeOverflow(pool, path.pages[0] as Page, old, value)
  else if (old !== undefined) pool.discard(old)
  if (present) {
    if (leaf.replaceInPlace(position, stored, overflow)) return
    leaf.removeAt(position)
  }
  leaf.run = position === leaf.insertedAt + 1 ? leaf.run + 1 : 1
  leaf.insertedAt = position
  const before = leaf.bytes.length
  const fits = leaf.insert(position, key, stored, overflow, pool.pageBytes)
  pool.resized(before, leaf.bytes.length)
  if (!fits) splitLeaf(pool, path, position, { key, value: stored, overflow })
}

/** False when the key was not there. */
export function removeKey(pool: PagePool, tree: TreeId, key: Uint8Array): boolean {
  const path = pathTo(pool, tree, key)
  const leaf = path.pages[path.pages.length - 1] as Page
  const position = leaf.search(key)
  if (!leaf.found) return false
  const old = leaf.isOverflow(leaf.cellAt(position)) ? overflowPage(pool, tree, leaf.value(position)) : undefined
  pool.change(leaf)
  leaf.removeAt(position)
  if (old !== undefined) pool.discard(old)
  mergeUp(pool, path)
  return true
}

/** Answers the pointer: page number u32, value length u32. An overflow page that is there is written anew in place. */
function writeOverflow(pool: PagePool, root: Page, old: Page | undefined, value: Uint8Array): Buffer {
  const number = old?.number ?? pool.nextPageNumber(root)
  const page = Page.overflow(pageIdOf(root.tree, number), value, pool.frames)
  if (old === undefined) pool.add(page)
  else {
    pool.change(old)
    pool.resized(old.bytes.length, page.bytes.length)
    old.bytes = page.bytes
  }
  const pointer = Buffer.allocUnsafe(8)
  pointer.writeUInt32BE(number, 0)
  pointer.writeUInt32BE(value.length, 4)
  return pointer
}

interface NewEntry {
  readonly key: Uint8Array
  readonly value: Uint8Array
  readonly overflow: boolean
}

function splitLeaf(pool: PagePool, path: Path, position: number, entry: NewEntry): void {
  const { page: leaf, parents } = belowRoot(pool, path)
  const count = leaf.count
  const appended = position === count && leaf.highFence() === undefined
  // A series goes on behind its newest entry: a page that is cut there stays full, wherever in the tree it lies.
  const series = position > 0 && leaf.run >= seriesLength
  const sizes: number[] = []
  for (let at = 0; at <= count; at++) {
    if (at === position) sizes.push(entry.key.length + entry.value.length + 8)
    if (at < count) sizes.push(leaf.key(at).length + leaf.value(at).length + 8)
  }
  const middle = appended ? count : series ? position : splitPoint(sizes)
  const keyAt = (at: number) => (at === position ? entry.key : leaf.key(at < position ? at : at - 1))
  const separator = shortestBetween(keyAt(middle - 1), keyAt(middle))
  const source = leaf.frozen()
  const high = copyOf(source.highFence())
  const right = newPage(pool, path, leafKind, 0, separator, high)
  const fill = (page: Page, from: number, to: number) => {
    for (let at = from; at < to; at++) {
      if (at === position) page.insert(page.count, entry.key, entry.value, entry.overflow, Number.MAX_SAFE_INTEGER)
      else page.fillFrom(source, at < position ? at : at - 1, (at < position ? at : at - 1) + 1)
    }
  }
  refill(pool, leaf, right, count + 1, middle, separator, fill)
  if (middle === position) {
    right.run = leaf.run
    right.insertedAt = 0
  }
  insertChild(pool, parents, separator, right)
}

/** Puts `child` beside the child that the path took; splits upwards as needed. */
function insertChild(pool: PagePool, path: Path, separator: Buffer, child: Page): void {
  const page = path.pages[path.pages.length - 1] as Page
  const position = (path.positions[path.positions.length - 1] as number) + 1
  const capacity = page.count + 1 < childrenToSplit ? Number.MAX_SAFE_INTEGER : pool.pageBytes
  pool.change(page)
  const before = page.bytes.length
  const fits = page.insertChild(position, separator, child.number, capacity)
  pool.resized(before, page.bytes.length)
  if (fits) return
  const { page: inner, parents } = belowRoot(pool, path)
  const count = inner.count
  const appended = position === count && inner.highFence() === undefined
  const sizes: number[] = []
  for (let at = 0; at <= count; at++) {
    if (at === position) sizes.push(separator.length + 8)
    if (at < count) sizes.push(inner.key(at).length + 8)
  }
  const middle = Math.min(Math.max(appended ? count - 1 : splitPoint(sizes), 2), count - 1)
  const promoted = Buffer.from(middle === position ? separator : inner.key(middle < position ? middle : middle - 1))
  const source = inner.frozen()
  const right = newPage(pool, path, innerKind, inner.level, promoted, copyOf(source.highFence()))
  const fill = (target: Page, from: number, to: number) => {
    for (let at = from; at < to; at++) {
      if (at === position) target.insertChild(target.count, separator, child.number, Number.MAX_SAFE_INTEGER)
      else target.fillFrom(source, at < position ? at : at - 1, (at < position ? at : at - 1) + 1)
    }
  }
  refill(pool, inner, right, count + 1, middle, promoted, fill)
  insertChild(pool, parents, promoted, right)
}

function refill(
  pool: PagePool,
  left: Page,
  right: Page,
  total: number,
  middle: number,
  separator: Buffer,
  fill: (page: Page, from: number, to: number) => void,
): void {
  const before = left.bytes.length + right.bytes.length
  const low = Buffer.from(left.lowFence())
  fill(right, middle, total)
  const emptied = left.reset(left.kind, left.level, low, separator)
  fill(left, 0, middle)
  pool.frames.give(emptied)
  pool.change(left)
  pool.resized(before, left.bytes.length + right.bytes.length)
}

/** The last page of the path and the path above it; a root moves its entries into a new child first. */
function belowRoot(pool: PagePool, path: Path): { page: Page; parents: Path } {
  const page = path.pages[path.pages.length - 1] as Page
  if (path.pages.length > 1)
    return {
      page,
      parents: { pages: path.pages.slice(0, -1), positions: path.positions.slice(0, path.pages.length - 1) },
    }
  const child = newPage(pool, path, page.kind, page.level, noKey, undefined)
  const before = page.bytes.length + child.bytes.length
  child.fillFrom(page, 0, page.count)
  child.run = page.run
  child.insertedAt = page.insertedAt
  pool.frames.give(page.reset(innerKind, child.level + 1, noKey, undefined))
  page.insertChild(0, noKey, child.number, pool.pageBytes)
  pool.change(page)
  pool.resized(before, page.bytes.length + child.bytes.length)
  return { page: child, parents: { pages: [page], positions: [0] } }
}

function newPage(pool: PagePool, path: Path, kind: number, level: number, low: Buffer, high: Buffer | undefined): Page {
  const root = path.pages[0] as Page
  const page = Page.empty(pageIdOf(root.tree, pool.nextPageNumber(root)), kind, level, low, high, pool.frames)
  pool.add(page)
  return page
}

/** Where the halves come closest in size; both keep at least one entry. */
function splitPoint(sizes: readonly number[]): number {
  const total = sizes.reduce((sum, size) => sum + size, 0)
  let left = 0
  for (let at = 0; at < sizes.length - 1; at++) {
    left += sizes[at] as number
    if (left >= total / 2) return left - total / 2 > (sizes[at] as number) / 2 && at > 0 ? at : at + 1
  }
  return sizes.length - 1
}

/** The shortest key k with below < k <= above. */
function shortestBetween(below: Uint8Array, above: Uint8Array): Buffer {
  let same = 0
  while (same < below.length && below[same] === above[same]) same++
  return Buffer.from(above.subarray(0, same + 1))
}

function copyOf(bytes: Buffer | undefined): Buffer | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes)
}

/** Joins an underfull page with a neighbour where both fit well in one, upwards; a root with one child takes its place. */
function mergeUp(pool: PagePool, path: Path): void {
  for (let depth = path.pages.length - 1; depth > 0; depth--) {
    const page = path.pages[depth] as Page
    if (page.usedBytes() > pool.pageBytes >>> 2) return
    const parent = path.pages[depth - 1] as Page
    const position = path.positions[depth - 1] as number
    if (!mergeAt(pool, parent, position) && !mergeAt(pool, parent, position - 1)) return
  }
  collapseRoot(pool, path.pages[0] as Page)
}

/** Joins children `position` and `position + 1` of `parent`; false when they do not fit, or are not in memory. */
function mergeAt(pool: PagePool, parent: Page, position: number): boolean {
  if (position < 0 || position + 1 >= parent.count) return false
  const left = pool.loaded(pageIdOf(parent.tree, parent.child(position)))
  const right = pool.loaded(pageIdOf(parent.tree, parent.child(position + 1)))
  if (left === undefined || right === undefined) return false
  if (left.usedBytes() + right.usedBytes() > pool.pageBytes * 0.75) return false
  const source = left.frozen()
  const before = left.bytes.length
  const low = Buffer.from(left.lowFence())
  const emptied = left.reset(left.kind, left.level, low, copyOf(right.highFence()))
  left.fillFrom(source, 0, source.count)
  pool.frames.give(emptied)
  left.fillFrom(right, 0, right.count)
  pool.change(left)
  pool.resized(before, left.bytes.length)
  pool.change(parent)
  parent.removeAt(position + 1)
  pool.discard(right)
  return true
}

function collapseRoot(pool: PagePool, root: Page): void {
  while (!root.isLeaf && root.count === 1) {
    const child = pool.loaded(pageIdOf(root.tree, root.child(0)))
    if (child === undefined) return
    const before = root.bytes.length
    pool.frames.give(root.reset(child.kind, child.level, noKey, undefined))
    root.fillFrom(child, 0, child.count)
    pool.change(root)
    pool.resized(before, root.bytes.length)
    pool.discard(child)
  }
}
