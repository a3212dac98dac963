/** Walks every page of a store: seals, bounds, order, fences, levels, overflow pages, and no page beside the trees. */
import { type PageId, type PageStore, pageIdOf, pageNumberOf } from '../page-store.ts'
import type { EntryView, TreeId } from '../trees.ts'
import { innerKind, leafKind, overflowHeaderBytes, overflowKind, type Page } from './page.ts'
import { PageMiss, type PagePool } from './page-pool.ts'
import { directoryTree, type SealedTrees } from './sealed-trees.ts'

export interface TreeCheck {
  readonly tree: TreeId
  readonly pages: number
  readonly entries: number
  /** Each names the place: tree and page. */
  readonly faults: readonly string[]
}

const pagesPerList = 1000

/** Checks the directory and each tree it names, one at a time; nothing may change meanwhile. */
export async function* checkTrees(trees: SealedTrees): AsyncGenerator<TreeCheck> {
  const { pool, store } = trees.parts
  const directory = await checkTree(pool, store, directoryTree)
  yield directory
  if (directory.faults.length > 0) return
  const ids: TreeId[] = []
  await trees.view((reader) =>
    reader.scan(directoryTree, {}, false, (entry: EntryView) => {
      ids.push(entry.keyBytes.readUInt32BE(entry.keyStart))
      return true
    }),
  )
  for (const tree of ids) yield await checkTree(pool, store, tree, trees)
}

async function loadWaiting(pool: PagePool, id: PageId): Promise<Page> {
  try {
    return pool.load(id)
  } catch (error) {
    if (!(error instanceof PageMiss)) throw error
    await error.arrival
    return pool.load(id)
  }
}

async function checkTree(pool: PagePool, store: PageStore, tree: TreeId, trees?: SealedTrees): Promise<TreeCheck> {
  const faults: string[] = []
  const seen = new Set<PageId>()
  let entries = 0
  const open = async (number: number): Promise<Page | undefined> => {
    const id = pageIdOf(tree, number)
    if (seen.has(id)) {
      faults.push(`tree ${tree} page ${number}: two entries name it`)
      return undefined
    }
    seen.add(id)
    try {
      return await loadWaiting(pool, id)
    } catch (error) {
      faults.push(`tree ${tree} page ${number}: ${error instanceof Error ? error.message : String(error)}`)
      return undefined
    }
  }
  const walk = async (
    number: number,
    low: Buffer,
    high: Buffer | undefined,
    level: number | undefined,
  ): Promise<void> => {
    const page = await open(number)
    if (page === undefined) return
    const at = `tree ${tree} page ${number}`
    if (page.kind !== leafKind && page.kind !== innerKind) {
      faults.push(`${at}: not a tree page`)
      return
    }
    if (level !== undefined && page.level !== level) faults.push(`${at}: level ${page.level}, expected ${level}`)
    if (page.isLeaf !== (page.level === 0)) faults.push(`${at}: kind and level disagree`)
    const pageHigh = page.highFence()
    if (page.lowFence().compare(low) !== 0) faults.push(`${at}: its low fence is not its parent's key`)
    if ((pageHigh === undefined) !== (high === undefined) || (pageHigh && high && pageHigh.compare(high) !== 0)) {
      faults.push(`${at}: its high fence is not its parent's next key`)
    }
    const children: { number: number; low: Buffer }[] = []
    for (let position = 0; position < page.count; position++) {
      const key = page.key(position)
      if (position > 0 && page.key(position - 1).compare(key) >= 0) {
        faults.push(`${at}: keys out of order at entry ${position}`)
      }
      if (key.compare(low) < 0 || (high !== undefined && key.compare(high) >= 0)) {
        faults.push(`${at}: entry ${position} lies outside the fences`)
      }
      if (!page.isLeaf) children.push({ number: page.child(position), low: Buffer.from(key) })
      else {
        entries++
        if (page.isOverflow(page.cellAt(position))) await checkOverflow(page, position, at)
      }
    }
    if (!page.isLeaf && page.count === 0) faults.push(`${at}: an inner page without children`)
    const below = page.level - 1
    // The page may leave memory from here on: only copies of its entries are used.
    pool.evict()
    for (const [position, child] of children.entries()) {
      await walk(child.number, child.low, children[position + 1]?.low ?? high, below)
    }
  }
  const checkOverflow = async (page: Page, position: number, at: string): Promise<void> => {
    const pointer = page.value(position)
    const overflow = await open(pointer.readUInt32BE(0))
    if (overflow === undefined) return
    if (overflow.kind !== overflowKind || overflow.bytes.length !== overflowHeaderBytes + pointer.readUInt32BE(4)) {
      faults.push(`${at}: entry ${position} names page ${overflow.number}, which is not its overflow page`)
    }
  }

  try {
    if (trees !== undefined) await trees.view((reader) => reader.get(tree, Buffer.alloc(0)))
    await walk(0, Buffer.alloc(0), undefined, undefined)
  } catch (error) {
    faults.push(`tree ${tree}: ${error instanceof Error ? error.message : String(error)}`)
  }
  let pages = 0
  let after: PageId | undefined
  for (;;) {
    const ids = await store.list(tree, after, pagesPerList)
    for (const id of ids) if (!seen.has(id)) faults.push(`tree ${tree} page ${pageNumberOf(id)}: no entry leads to it`)
    pages += ids.length
    if (ids.length < pagesPerList) break
    after = ids[ids.length - 1]
  }
  return { tree, pages, entries, faults }
}
