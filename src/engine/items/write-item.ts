/**
 * The one write path: whatever changes an item changes it here, in the commit of the change, with its indexes,
 * collection size, figures and place in the queue of expiry. Nothing that hangs on an item can be forgotten by an operation.
 */
import type { Clock } from '../../foundation/clock.ts'
import { ServiceError } from '../../foundation/service-error.ts'
import type { TreeWriter } from '../../storage/trees.ts'
import type { Admission } from '../capacity/admission.ts'
import { CapacityMeter, writeUnits } from '../capacity/units.ts'
import { queuedTimeToLive, requeue } from '../expiry/expiry-queue.ts'
import { entryWriteUnits, type IndexEntry, indexEntry } from '../indexes/index-entries.ts'
import type { CompiledStream } from '../streams/compiled-stream.ts'
import { isSameItem, recordChange } from '../streams/record-change.ts'
import { addFigures } from '../tables/catalog.ts'
import { type CompiledIndex, type CompiledTable, hashPrefix } from '../tables/compiled-table.ts'
import type { Item } from './attribute-value.ts'
import { parseStored, storedItem, storedSize } from './stored-item.ts'

export interface ItemChange {
  readonly key: Buffer
  /** As it lies in the tree; undefined when there is none. */
  readonly before: Buffer | undefined
  /** `before` parsed, when the caller has done so already. */
  readonly beforeItem: Item | undefined
  readonly after: { readonly item: Item; readonly sizeBytes: number } | undefined
  /** Who changes it, where that is not a caller; stream records say so. */
  readonly by?: 'time-to-live'
}

/** An item collection (the table's and its local indexes' items of one partition key) holds at most 10 GB. */
const collectionBytesMax = 10 * 2 ** 30

/** What the write path needs beside the trees. */
export interface WriteHouse {
  readonly clock: Clock
  /** Asked whether the partitions of indexes can take the change; absent where a write waits for nobody's capacity. */
  readonly admission?: Admission
}

export interface ItemWritten {
  readonly capacity: CapacityMeter
  /** With local indexes: the collection's new size in bytes. */
  readonly collectionBytes: number | undefined
}

export function writeItem(trees: TreeWriter, house: WriteHouse, table: CompiledTable, change: ItemChange): ItemWritten {
  const { record } = table
  const { key, before, after } = change
  const capacity = new CapacityMeter(record.name, key)
  const sizeBefore = before === undefined ? 0 : storedSize(before)
  const sizeAfter = after?.sizeBytes ?? 0
  capacity.table = writeUnits(Math.max(sizeBefore, sizeAfter))
  const stored = after && storedItem(after.item, after.sizeBytes)
  const changed = !(before !== undefined && stored !== undefined && isUnchanged(table, change, before, stored))
  let collectionGrowth = sizeAfter - sizeBefore
  if (changed && table.indexes.length > 0) {
    const entries = changedEntries(table, change, stored)
    // Before anything is written: a batch goes on with its other items.
    if (house.admission !== undefined) admitEntries(house.admission, table, entries)
    for (const entry of entries) collectionGrowth += writeEntry(trees, entry, capacity)
  }
  if (changed) {
    capacity.grownBytes = sizeAfter - sizeBefore
    if (stored !== undefined) trees.set(record.tree, key, stored)
    else if (before !== undefined) trees.remove(record.tree, key)
    addFigures(trees, record.tree, (after ? 1 : 0) - (before ? 1 : 0), sizeAfter - sizeBefore)
    if (table.stream !== undefined) writeRecord(trees, house, table, table.stream, change, stored)
    const timeToLive = queuedTimeToLive(record)
    if (timeToLive !== undefined)
      requeue(trees, timeToLive, key, before && (change.beforeItem ?? parseStored(before)), after?.item)
  }
  const collectionBytes = table.hasLocalIndex ? growCollection(trees, table, change, collectionGrowth) : undefined
  return { capacity, collectionBytes }
}

/** Other bytes may say the same; with a stream it matters, since what changes nothing leaves no record. */
function isUnchanged(table: CompiledTable, change: ItemChange, before: Buffer, stored: Buffer): boolean {
  if (before.equals(stored)) return true
  return table.stream !== undefined && isSameItem(before, change.beforeItem, stored, change.after?.item)
}

function writeRecord(
  trees: TreeWriter,
  house: WriteHouse,
  table: CompiledTable,
  stream: CompiledStream,
  { key, before, beforeItem, after, by }: ItemChange,
  stored: Buffer | undefined,
): void {
  if (before === undefined && stored === undefined) return
  const byTimeToLive = by === 'time-to-live'
  const change = { key, before, beforeItem, stored, afterItem: after?.item, byTimeToLive }
  recordChange(trees, stream, table.keyNames, house.clock.nowMs(), change)
}

interface EntryChange {
  readonly index: CompiledIndex
  readonly before: IndexEntry | undefined
  readonly after: IndexEntry | undefined
  readonly units: number
}

/** Of indexes in which something changes. */
function changedEntries(
  table: CompiledTable,
  { key, before, beforeItem, after }: ItemChange,
  stored: Buffer | undefined,
): EntryChange[] {
  const old = before && (beforeItem ?? parseStored(before))
  const changes: EntryChange[] = []
  for (const index of table.indexes) {
    const entryBefore = old && before && indexEntry(index, old, key, before)
    const entryAfter = after && stored && indexEntry(index, after.item, key, stored)
    const units = entryWriteUnits(entryBefore, entryAfter)
    if (units > 0) changes.push({ index, before: entryBefore, after: entryAfter, units })
  }
  return changes
}

function admitEntries(admission: Admission, table: CompiledTable, entries: readonly EntryChange[]): void {
  for (const { index, before, after } of entries) {
    if (index.record.kind !== 'global') continue
    const { name } = index.record
    if (before !== undefined) admission.admitIndexWrite(table, name, before.key)
    if (after !== undefined && !before?.key.equals(after.key)) admission.admitIndexWrite(table, name, after.key)
  }
}

/** Answers how much a local index grew, in bytes. */
function writeEntry(trees: TreeWriter, { index, before, after, units }: EntryChange, capacity: CapacityMeter): number {
  const { tree, kind, name } = index.record
  capacity.index(kind, name, units)
  // While an index is being filled, an item's entry may not be in it yet, and was then never counted.
  const there = before !== undefined && (!index.record.backfilling || trees.get(tree, before.key) !== undefined)
  const moves = before !== undefined && !after?.key.equals(before.key)
  if (moves) trees.remove(tree, before.key)
  if (after) trees.set(tree, after.key, after.value)
  const bytesBefore = there ? storedSize(before.value) : 0
  const bytesAfter = after ? storedSize(after.value) : 0
  addFigures(trees, tree, (after ? 1 : 0) - (there ? 1 : 0), bytesAfter - bytesBefore)
  if (kind === 'local') return bytesAfter - bytesBefore
  if (moves) {
    const removed = after === undefined ? units : entryWriteUnits(before, undefined)
    capacity.place(name, before.key, removed, -bytesBefore)
    if (after !== undefined) capacity.place(name, after.key, units - removed, bytesAfter)
  } else if (after !== undefined) capacity.place(name, after.key, units, bytesAfter - bytesBefore)
  return 0
}

function growCollection(trees: TreeWriter, table: CompiledTable, change: ItemChange, growth: number): number {
  const tree = table.record.collectionTree
  if (tree === undefined) return 0
  const item = change.after?.item ?? change.beforeItem ?? (change.before && parseStored(change.before))
  const prefix = item && hashPrefix(table.record.keySchema, item)
  if (prefix === undefined) return 0
  const bytes = (trees.get(tree, prefix)?.readDoubleBE(0) ?? 0) + growth
  if (growth > 0 && bytes > collectionBytesMax) {
    throw new ServiceError('ItemCollectionSizeLimitExceededException', 'Collection size exceeded.')
  }
  if (growth === 0) return bytes
  if (bytes <= 0) trees.remove(tree, prefix)
  else {
    const value = Buffer.allocUnsafe(8)
    value.writeDoubleBE(bytes, 0)
    trees.set(tree, prefix, value)
  }
  return bytes
}
