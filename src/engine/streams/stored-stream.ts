/** Streams and their shards as they are kept. All times are milliseconds since the epoch. */
import type { TreeId, TreeReader, TreeWriter } from '../../storage/trees.ts'
import { afterKey, afterPrefix } from '../encoding/keys.ts'
import type { Scope } from '../scope.ts'
import { shardsTree, streamsTree } from '../storage-map.ts'
import type { KeySchema, StreamViewType } from '../tables/table.ts'

/** A stream of this account and region: the last two parts of its ARN. */
export interface StreamName {
  readonly table: string
  readonly label: string
}

export interface StoredStream {
  /** The change records; sealed under a key of its own, so that it outlives its table. */
  readonly tree: TreeId
  readonly tableId: string
  readonly viewType: StreamViewType
  readonly keySchema: KeySchema
  readonly createdAtMs: number
  /** Absent while changes are recorded. */
  readonly disabledAtMs?: number
  readonly nextShard: number
  /** Shard ids begin with a time; it never goes back, so that the ids are in the order of the numbers. */
  readonly newestShardAtMs: number
  /** At least every number given out before the shards last changed. */
  readonly lastSequence: number
  /** By first hash; empty once the stream is disabled. */
  readonly open: readonly { readonly shard: number; readonly from: string }[]
}

export interface StoredShard {
  readonly id: string
  /** A parent's id stays here when the parent itself is gone. */
  readonly parent?: string
  /** The first partition hash that it takes, hex. */
  readonly from: string
  readonly openedAtMs: number
  /** Every record's sequence is greater. */
  readonly starting: number
  /** No record's sequence is greater. */
  readonly closed?: { readonly atMs: number; readonly ending: number }
  /** The sequence of the newest record that was trimmed. */
  readonly trimmedThrough?: number
}

export function readStream(trees: TreeReader, scope: Scope, name: StreamName): StoredStream | undefined {
  const raw = trees.get(streamsTree, streamKey(scope, name))
  return raw && (JSON.parse(raw.toString('utf8')) as StoredStream)
}

export function putStream(trees: TreeWriter, scope: Scope, name: StreamName, stream: StoredStream): void {
  trees.set(streamsTree, streamKey(scope, name), Buffer.from(JSON.stringify(stream)))
}

export function removeStream(trees: TreeWriter, scope: Scope, name: StreamName): void {
  trees.remove(streamsTree, streamKey(scope, name))
}

export interface NamedStream {
  readonly scope: Scope
  readonly name: StreamName
  readonly stream: StoredStream
}

/** Streams of every account, or of one account and region, or of one table, after the one named `after`. */
export function eachStream(
  trees: TreeReader,
  within: { readonly scope?: Scope; readonly table?: string },
  after: NamedPlace | undefined,
  visit: (stream: NamedStream) => boolean,
): void {
  const prefix = placeOf(within)
  const to = afterPrefix(prefix)
  const start = after && afterKey(streamKey(after.scope, after.name))
  const from = start === undefined || prefix.compare(start) > 0 ? prefix : start
  if (to !== undefined && from.compare(to) >= 0) return
  trees.scan(streamsTree, { from, ...(to && { to }) }, false, (entry) => {
    const key = entry.keyBytes.toString('utf8', entry.keyStart, entry.keyEnd)
    const [accountId = '', region = '', table = '', label = ''] = key.split('\0')
    const text = entry.valueBytes.toString('utf8', entry.valueStart, entry.valueEnd)
    return visit({
      scope: { accountId, region },
      name: { table, label },
      stream: JSON.parse(text) as StoredStream,
    })
  })
}

export interface NamedPlace {
  readonly scope: Scope
  readonly name: StreamName
}

function placeOf({ scope, table }: { readonly scope?: Scope; readonly table?: string }): Buffer {
  if (scope === undefined) return Buffer.alloc(0)
  const inScope = `${scope.accountId}\0${scope.region}\0`
  return Buffer.from(table === undefined ? inScope : `${inScope}${table}\0`)
}

function streamKey(scope: Scope, { table, label }: StreamName): Buffer {
  return Buffer.from(`${scope.accountId}\0${scope.region}\0${table}\0${label}`)
}

export function readShard(trees: TreeReader, tree: TreeId, shard: number): StoredShard | undefined {
  const raw = trees.get(shardsTree, shardKey(tree, shard))
  return raw && (JSON.parse(raw.toString('utf8')) as StoredShard)
}

export function putShard(trees: TreeWriter, tree: TreeId, number: number, shard: StoredShard): void {
  trees.set(shardsTree, shardKey(tree, number), Buffer.from(JSON.stringify(shard)))
}

export function removeShard(trees: TreeWriter, tree: TreeId, shard: number): void {
  trees.remove(shardsTree, shardKey(tree, shard))
}

/** A stream's shards from number `from` on, in the order of their numbers, which is that of their ids. */
export function eachShard(
  trees: TreeReader,
  tree: TreeId,
  from: number,
  visit: (number: number, shard: StoredShard) => boolean,
): void {
  trees.scan(shardsTree, { from: shardKey(tree, from), to: shardKey(tree + 1, 0) }, false, (entry) => {
    const text = entry.valueBytes.toString('utf8', entry.valueStart, entry.valueEnd)
    return visit(entry.keyBytes.readUInt32BE(entry.keyStart + 4), JSON.parse(text) as StoredShard)
  })
}

function shardKey(tree: TreeId, shard: number): Buffer {
  const key = Buffer.allocUnsafe(8)
  key.writeUInt32BE(tree, 0)
  key.writeUInt32BE(shard, 4)
  return key
}

const idForm = /^shardId-\d{20}-([0-9a-f]{8})$/

/** `shardId-00000001414576573621-00000003`: the time of its opening, and its number. */
export function shardId(openedAtMs: number, number: number): string {
  return `shardId-${String(openedAtMs).padStart(20, '0')}-${number.toString(16).padStart(8, '0')}`
}

/** The shard of this id with its number; undefined when there is none. */
export function findShard(
  trees: TreeReader,
  tree: TreeId,
  id: string,
): { readonly number: number; readonly shard: StoredShard } | undefined {
  const hex = idForm.exec(id)?.[1]
  if (hex === undefined) return undefined
  const number = Number.parseInt(hex, 16)
  const shard = readShard(trees, tree, number)
  return shard?.id === id ? { number, shard } : undefined
}
