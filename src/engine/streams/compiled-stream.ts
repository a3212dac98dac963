/** What a table's writes need of its enabled stream, worked out once. */
import type { TreeId, TreeReader } from '../../storage/trees.ts'
import { partitionHashBytes } from '../encoding/keys.ts'
import type { StreamViewType, TableRecord } from '../tables/table.ts'
import { newestSequence } from './change-record.ts'
import { readShard, readStream, type StoredStream } from './stored-stream.ts'

/**
 * Gives out a stream's sequence numbers. It lives in memory and only grows, so a failed commit leaves a gap and nothing
 * else; a start sets it to the greatest number that is stored.
 */
export interface SequenceCounter {
  last: number
}

/** Of every stream that this process writes, by its tree. */
export type SequenceCounters = Map<TreeId, SequenceCounter>

export interface OpenShard {
  readonly number: number
  /** The first partition hash that it takes. */
  readonly from: Buffer
}

export interface CompiledStream {
  readonly tree: TreeId
  readonly label: string
  readonly viewType: StreamViewType
  /** By where they begin; the first begins at zero, so every key lies in one. */
  readonly shards: readonly OpenShard[]
  readonly counter: SequenceCounter
}

/** Undefined when no changes are to be recorded. */
export function compileStream(
  trees: TreeReader,
  record: TableRecord,
  counters: SequenceCounters,
): CompiledStream | undefined {
  const { stream } = record
  if (stream?.tree === undefined) return undefined
  if (!stream.enabled || record.status === 'DELETING') {
    counters.delete(stream.tree)
    return undefined
  }
  const stored = readStream(trees, record, { table: record.name, label: stream.label })
  if (stored === undefined) return undefined
  let counter = counters.get(stream.tree)
  if (counter === undefined) {
    counter = { last: lastSequence(trees, stored) }
    counters.set(stream.tree, counter)
  }
  counter.last = Math.max(counter.last, stored.lastSequence)
  const shards = stored.open.map(({ shard, from }) => ({ number: shard, from: Buffer.from(from, 'hex') }))
  return { tree: stored.tree, label: stream.label, viewType: stored.viewType, shards, counter }
}

/** Open shards hold the newest records, and a child begins behind the end of its parent. */
function lastSequence(trees: TreeReader, { tree, open }: StoredStream): number {
  let last = 0
  for (const { shard: number } of open) {
    const shard = readShard(trees, tree, number)
    last = Math.max(last, shard?.starting ?? 0, shard?.trimmedThrough ?? 0, newestSequence(trees, tree, number) ?? 0)
  }
  return last
}

/** The open shard that takes the changes of an item with this tree key. */
export function shardFor(shards: readonly OpenShard[], key: Uint8Array): OpenShard {
  let low = 0
  let high = shards.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((shards[middle] as OpenShard).from.compare(key, 0, partitionHashBytes) <= 0) low = middle
    else high = middle - 1
  }
  return shards[low] as OpenShard
}
