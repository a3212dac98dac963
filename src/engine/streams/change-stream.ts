/** Streams begin, end, and follow their table's partitions. Each function belongs to the body that makes the change. */

import { assert } from '../../foundation/assert.ts'
import type { TableKey, TreeWriter } from '../../storage/trees.ts'
import type { Partition } from '../partitions/partition.ts'
import type { Scope } from '../scope.ts'
import { takeTreeIds } from '../tables/catalog.ts'
import type { CompiledTable } from '../tables/compiled-table.ts'
import type { StreamRecord, TableRecord } from '../tables/table.ts'
import type { SequenceCounter } from './compiled-stream.ts'
import {
  putShard,
  putStream,
  readShard,
  readStream,
  type StoredShard,
  type StoredStream,
  shardId,
} from './stored-stream.ts'

/**
 * Carries out what an UpdateTable made of the table's stream; answers the record to be stored. `key` seals the new
 * stream's records, if there is one.
 */
export function changeStream(
  trees: TreeWriter,
  present: CompiledTable,
  next: TableRecord,
  key: TableKey,
  nowMs: number,
): TableRecord {
  const { stream } = next
  const before = present.record.stream
  if (stream === undefined || stream === before) return next
  if (before?.enabled === true) stopStream(trees, present, nowMs)
  if (!stream.enabled) return { ...next, stream: { ...stream, changing: true } }
  return startStream(trees, next, stream, key, present.partitions, nowMs)
}

/** What the key of a stream's records is bound to. */
export function streamKeyContext({ accountId }: Scope, table: string): Readonly<Record<string, string>> {
  return {
    'aws:dynamodb:tableName': table,
    'aws:dynamodb:subscriberId': accountId,
    'coffer:part': 'stream',
  }
}

/** A new stream with one shard for each partition; answers the table's record with it. */
export function startStream(
  trees: TreeWriter,
  record: TableRecord,
  wanted: Pick<StreamRecord, 'viewType' | 'label'>,
  key: TableKey,
  partitions: readonly Pick<Partition, 'from'>[],
  nowMs: number,
): TableRecord {
  const [tree] = takeTreeIds(trees, 1)
  assert(tree !== undefined, 'a tree id was given')
  trees.createTree(tree, key)
  const label = freeLabel(trees, record, wanted.label)
  const { viewType } = wanted
  const stream: StoredStream = {
    tree,
    tableId: record.id,
    viewType,
    keySchema: record.keySchema,
    createdAtMs: nowMs,
    nextShard: 0,
    newestShardAtMs: 0,
    lastSequence: 0,
    open: [],
  }
  const opened = openShards(
    trees,
    stream,
    partitions.map(({ from }) => ({ from: from.toString('hex') })),
    { last: 0 },
    nowMs,
  )
  putStream(trees, record, { table: record.name, label }, opened)
  return { ...record, stream: { viewType, label, enabled: true, tree, changing: true } }
}

/** Closes the shards of the table's enabled stream; what was recorded stays readable for a day. */
export function stopStream(trees: TreeWriter, table: CompiledTable, nowMs: number): void {
  if (table.stream === undefined) return
  const { tree, label, counter } = table.stream
  const name = { table: table.record.name, label }
  const stream = readStream(trees, table.record, name)
  assert(stream !== undefined, 'an enabled stream is there')
  for (const { shard } of stream.open) closeShard(trees, tree, shard, counter, nowMs)
  putStream(trees, table.record, name, { ...stream, open: [], disabledAtMs: nowMs })
}

/**
 * A partition was replaced by others that cover it together: the parent's shard is closed and each child gets one.
 * Called in the body of the split, which also raises the table's partitionVersion. Without an enabled stream it does
 * nothing. `table` is as it was before the split.
 */
export function partitionSplit(
  trees: TreeWriter,
  table: CompiledTable,
  parent: Partition,
  children: readonly Partition[],
  nowMs: number,
): void {
  replaceShards(trees, table, [{ closed: parent.from, opened: children.map(({ from }) => from) }], nowMs)
}

/** Closes the shards that begin at `closed` and opens children of each at `opened`. */
export function replaceShards(
  trees: TreeWriter,
  table: CompiledTable,
  replacements: readonly { readonly closed: Buffer; readonly opened: readonly Buffer[] }[],
  nowMs: number,
): void {
  if (table.stream === undefined) return
  const { tree, label, counter } = table.stream
  const name = { table: table.record.name, label }
  let stream = readStream(trees, table.record, name)
  assert(stream !== undefined, 'an enabled stream is there')
  for (const { closed, opened } of replacements) {
    const from = closed.toString('hex')
    const parent = stream.open.find((each) => each.from === from)
    assert(parent !== undefined, 'each partition has an open shard')
    const parentId = closeShard(trees, tree, parent.shard, counter, nowMs)
    stream = { ...stream, open: stream.open.filter((each) => each !== parent) }
    const children = opened.map((each) => ({ from: each.toString('hex'), parent: parentId }))
    stream = openShards(trees, stream, children, counter, nowMs)
  }
  putStream(trees, table.record, name, stream)
}

/** Answers the shard's id. */
function closeShard(trees: TreeWriter, tree: number, number: number, counter: SequenceCounter, nowMs: number): string {
  const shard = readShard(trees, tree, number)
  assert(shard !== undefined, 'an open shard is there')
  counter.last += 1
  putShard(trees, tree, number, { ...shard, closed: { atMs: nowMs, ending: counter.last } })
  return shard.id
}

function openShards(
  trees: TreeWriter,
  stream: StoredStream,
  wanted: readonly { readonly from: string; readonly parent?: string }[],
  counter: SequenceCounter,
  nowMs: number,
): StoredStream {
  const openedAtMs = Math.max(nowMs, stream.newestShardAtMs)
  counter.last += 1
  const open = [...stream.open]
  for (const [position, { from, parent }] of wanted.entries()) {
    const number = stream.nextShard + position
    const shard: StoredShard = {
      id: shardId(openedAtMs, number),
      ...(parent !== undefined && { parent }),
      from,
      openedAtMs,
      starting: counter.last,
    }
    putShard(trees, stream.tree, number, shard)
    open.push({ shard: number, from })
  }
  open.sort((a, b) => (a.from < b.from ? -1 : 1))
  return {
    ...stream,
    nextShard: stream.nextShard + wanted.length,
    newestShardAtMs: openedAtMs,
    lastSequence: counter.last,
    open,
  }
}

/** A label is a time; a stream made in the same millisecond as another of its table takes the next one. */
function freeLabel(trees: TreeWriter, record: TableRecord, wanted: string): string {
  let label = wanted
  while (readStream(trees, record, { table: record.name, label }) !== undefined) {
    label = new Date(Date.parse(`${label}Z`) + 1).toISOString().slice(0, -1)
  }
  return label
}
