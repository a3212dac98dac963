/**
 * Splitting: a partition's record gives way to those of its parts. Nothing else moves, since partitions are ranges over
 * one tree; requests find the parts as soon as the table's record with its new version is there.
 */
import type { TreeId, TreeWriter } from '../../storage/trees.ts'
import type { CompiledTable } from '../tables/compiled-table.ts'
import type { IndexRecord, TableRecord } from '../tables/table.ts'
import { type Partition, type Partitions, putPartition } from './partition.ts'
import type { PartitionLimits } from './partition-limits.ts'
import { middleDivision } from './split-point.ts'
import { startingPartitions } from './starting-partitions.ts'
import { warmedBy } from './warm-throughput.ts'

/** A partition to be split, and where. */
export interface Split {
  readonly tree: TreeId
  readonly partition: number
  /** Ascending, within the partition and above its first hash. */
  readonly divisions: readonly bigint[]
  /** The sizes of the parts' items, where they were measured. */
  readonly bytes?: readonly number[]
}

/** The hash after the last one. */
export const hashesEnd = 1n << 64n

/** Where the partition at a position begins, and where the next one does. */
export function hashesOf(partitions: Partitions, position: number): { readonly from: bigint; readonly to: bigint } {
  const next = partitions[position + 1]
  const from = (partitions[position] as Partition).from.readBigUInt64BE()
  return { from, to: next === undefined ? hashesEnd : next.from.readBigUInt64BE() }
}

/** Told of each split of a table's own tree, in the body that makes it: a stream's shards end and begin with it. */
export type AfterSplit = (
  trees: TreeWriter,
  table: CompiledTable,
  parent: Partition,
  children: readonly Partition[],
  nowMs: number,
) => void

export interface SplitOptions {
  readonly nowMs: number
  /** Given where the table or index becomes warmer by what its partitions serve; units asked for need no such rise. */
  readonly warmsBy?: PartitionLimits
  readonly afterSplit: AfterSplit
}

/**
 * Splits what still stands of the partitions named; answers the table's new record, which the caller stores in the same
 * body. Undefined when there was nothing to split.
 */
export function splitPartitions(
  trees: TreeWriter,
  table: CompiledTable,
  splits: readonly Split[],
  { nowMs, warmsBy, afterSplit }: SplitOptions,
): TableRecord | undefined {
  let { record } = table
  for (const tree of new Set(splits.map((split) => split.tree))) {
    const isTable = tree === table.record.tree
    const index = table.indexes.find((each) => each.record.kind === 'global' && each.record.tree === tree)
    const partitions = isTable ? table.partitions : index?.partitions
    if (partitions === undefined) continue
    let nextId = 1 + Math.max(...partitions.map(({ id }) => id))
    let count = partitions.length
    for (const split of splits) {
      const position = split.tree === tree ? partitions.findIndex(({ id }) => id === split.partition) : -1
      if (position < 0 || !fits(partitions, position, split)) continue
      const parent = partitions[position] as Partition
      const children = [parent.from, ...split.divisions.map(hashBytes)].map((from, at): Partition => {
        const bytes = split.bytes?.[at]
        return { id: nextId + at, from, parent: parent.id, createdAtMs: nowMs, ...(bytes !== undefined && { bytes }) }
      })
      for (const child of children) putPartition(trees, tree, child)
      if (isTable) afterSplit(trees, table, parent, children, nowMs)
      nextId += children.length
      count += children.length - 1
    }
    if (count === partitions.length) continue
    record = { ...record, partitionVersion: record.partitionVersion + 1 }
    const { billingMode } = record
    if (warmsBy === undefined) continue
    record = isTable
      ? warmedBy(record, billingMode, count, warmsBy)
      : withIndex(record, tree, (each) => warmedBy(each, billingMode, count, warmsBy))
  }
  return record === table.record ? undefined : record
}

function fits(partitions: Partitions, position: number, { divisions }: Split): boolean {
  const { from, to } = hashesOf(partitions, position)
  let last = from
  for (const division of divisions) {
    if (division <= last || division >= to) return false
    last = division
  }
  return divisions.length > 0
}

/**
 * Gives the table and its indexes as many partitions as the throughput of the changed record needs; answers the record
 * to store. `present` is the table as it stands.
 */
export function splitForThroughput(
  trees: TreeWriter,
  present: CompiledTable,
  changed: TableRecord,
  nowMs: number,
  afterSplit: AfterSplit,
): TableRecord {
  const { billingMode } = changed
  const splits = splitsForThroughput(changed.tree, present.partitions, changed)
  for (const { record, partitions } of present.indexes) {
    const index = record.kind === 'global' && changed.indexes.find(({ tree }) => tree === record.tree)
    if (index) splits.push(...splitsForThroughput(index.tree, partitions, { ...index, billingMode }))
  }
  return splitPartitions(trees, { ...present, record: changed }, splits, { nowMs, afterSplit }) ?? changed
}

/** What a tree lacks for the throughput of its record: the widest partitions halved until there are enough. */
export function splitsForThroughput(
  tree: TreeId,
  partitions: Partitions,
  record: Pick<TableRecord, 'billingMode'> & Parameters<typeof startingPartitions>[1],
): Split[] {
  const wanted = startingPartitions(record.billingMode, record)
  const parts = partitions.map(({ id }, position) => ({
    id,
    divisions: [] as bigint[],
    ...hashesOf(partitions, position),
  }))
  const pieces = parts.map((part) => ({ part, from: part.from, to: part.to }))
  while (pieces.length < wanted) {
    const widest = pieces.reduce((a, b) => (b.to - b.from > a.to - a.from ? b : a))
    const division = middleDivision(widest.from, widest.to)
    if (division === undefined) break
    widest.part.divisions.push(division)
    pieces.push({ part: widest.part, from: division, to: widest.to })
    widest.to = division
  }
  return parts
    .filter(({ divisions }) => divisions.length > 0)
    .map(({ id, divisions }) => ({ tree, partition: id, divisions: divisions.sort((a, b) => (a < b ? -1 : 1)) }))
}

function withIndex(record: TableRecord, tree: TreeId, change: (index: IndexRecord) => IndexRecord): TableRecord {
  return { ...record, indexes: record.indexes.map((index) => (index.tree === tree ? change(index) : index)) }
}

function hashBytes(hash: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(hash)
  return bytes
}
