/** `Streams`: each call is one body on the trees. */
import type { TreeReader, Trees } from '../../storage/trees.ts'
import type { Scope } from '../scope.ts'
import type { Catalog } from '../tables/catalog.ts'
import { type ChangeRecord, newestSequence, recordKey, recordOf } from './change-record.ts'
import { sequenceOf, sequenceText } from './sequence-numbers.ts'
import type { ShardIterators, ShardPosition } from './shard-iterators.ts'
import {
  eachShard,
  eachStream,
  findShard,
  readShard,
  readStream,
  type StoredShard,
  type StoredStream,
  type StreamName,
} from './stored-stream.ts'
import { dataTrimmed, invalidSequenceNumber, shardNotFound, streamNotFound } from './stream-errors.ts'
import type { ShardDescription, ShardStart, StreamStatus, Streams } from './streams.ts'

/** AWS: GetRecords answers at most 1 MB. */
const pageBytesMax = 2 ** 20

export function engineStreams(trees: Trees, catalog: Catalog, iterators: ShardIterators): Streams {
  return {
    list: (scope, request) => trees.view((reader) => listStreams(reader, scope, request)),
    describe: (scope, name, request) =>
      trees.view((reader) => {
        const stream = existing(reader, scope, name)
        const { viewType, createdAtMs, keySchema } = stream
        const status = statusOf(reader, catalog, scope, name, stream)
        return { status, viewType, createdAtMs, keySchema, ...shardsPage(reader, stream, request) }
      }),
    iterator: async (scope, name, shard, start) =>
      iterators.issue(scope, name, await trees.view((reader) => positionAt(reader, scope, name, shard, start))),
    records: async (scope, name, iterator, limit) => {
      const position = iterators.open(scope, name, iterator)
      const page = await trees.view((reader) => readRecords(reader, scope, name, position, limit))
      return {
        viewType: page.viewType,
        records: page.records.map(({ sequence, ...record }) => ({ ...record, sequenceNumber: sequenceText(sequence) })),
        next: page.next && iterators.issue(scope, name, page.next),
      }
    },
  }
}

function listStreams(
  reader: TreeReader,
  scope: Scope,
  { table, after, limit }: { readonly table?: string; readonly after?: StreamName; readonly limit: number },
): { readonly streams: readonly StreamName[]; readonly last: StreamName | undefined } {
  const streams: StreamName[] = []
  let more = false
  const within = { scope, ...(table !== undefined && { table }) }
  eachStream(reader, within, after && { scope, name: after }, ({ name }) => {
    more = streams.length === limit
    if (!more) streams.push(name)
    return !more
  })
  return { streams, last: more ? streams[streams.length - 1] : undefined }
}

function existing(reader: TreeReader, scope: Scope, name: StreamName): StoredStream {
  const stream = readStream(reader, scope, name)
  if (stream === undefined) throw streamNotFound(scope, name)
  return stream
}

/** A stream's status follows its table's while the table is being made, changed or removed on its account. */
function statusOf(
  reader: TreeReader,
  catalog: Catalog,
  scope: Scope,
  name: StreamName,
  stream: StoredStream,
): StreamStatus {
  const record = catalog.find(reader, scope, name.table)?.record
  const own = record?.stream?.tree === stream.tree ? record : undefined
  const changing = own?.status === 'DELETING' || own?.stream?.changing === true
  if (stream.disabledAtMs === undefined) return changing ? 'ENABLING' : 'ENABLED'
  return changing ? 'DISABLING' : 'DISABLED'
}

function shardsPage(
  reader: TreeReader,
  { tree }: StoredStream,
  { limit, after, childrenOf }: { readonly limit: number; readonly after?: string; readonly childrenOf?: string },
): { readonly shards: readonly ShardDescription[]; readonly lastShard: string | undefined } {
  const shards: ShardDescription[] = []
  let more = false
  const start = after === undefined ? undefined : findShard(reader, tree, after)
  eachShard(reader, tree, start === undefined ? 0 : start.number + 1, (_, shard) => {
    if (after !== undefined && shard.id <= after) return true
    if (childrenOf !== undefined && shard.parent !== childrenOf) return true
    more = shards.length === limit
    if (!more) shards.push(shardDescription(shard))
    return !more
  })
  return { shards, lastShard: more ? shards[shards.length - 1]?.id : undefined }
}

function shardDescription({ id, parent, starting, closed }: StoredShard): ShardDescription {
  return {
    id,
    parent,
    startingSequenceNumber: sequenceText(starting),
    endingSequenceNumber: closed && sequenceText(closed.ending),
  }
}

function positionAt(
  reader: TreeReader,
  scope: Scope,
  name: StreamName,
  shardId: string,
  start: ShardStart,
): ShardPosition {
  const { tree } = existing(reader, scope, name)
  const found = findShard(reader, tree, shardId)
  if (found === undefined) throw shardNotFound()
  const { number, shard } = found
  const horizon = shard.trimmedThrough ?? shard.starting
  switch (start.type) {
    case 'TRIM_HORIZON':
      return { tree, shard: number, after: horizon }
    case 'LATEST':
      return { tree, shard: number, after: shard.closed?.ending ?? newestSequence(reader, tree, number) ?? horizon }
    case 'AT_SEQUENCE_NUMBER':
    case 'AFTER_SEQUENCE_NUMBER': {
      const sequence = sequenceOf(start.sequenceNumber)
      if (sequence === undefined || sequence < shard.starting) throw invalidSequenceNumber()
      if (sequence > (shard.closed?.ending ?? 2 ** 47)) throw invalidSequenceNumber()
      const after = start.type === 'AFTER_SEQUENCE_NUMBER' ? sequence : Math.max(sequence - 1, shard.starting)
      const wanted = start.type === 'AFTER_SEQUENCE_NUMBER' ? sequence + 1 : sequence
      if (shard.trimmedThrough !== undefined && wanted <= shard.trimmedThrough) throw dataTrimmed()
      return { tree, shard: number, after }
    }
  }
}

interface ReadPage {
  readonly viewType: StoredStream['viewType']
  readonly records: readonly ChangeRecord[]
  readonly next: ShardPosition | undefined
}

function readRecords(
  reader: TreeReader,
  scope: Scope,
  name: StreamName,
  position: ShardPosition,
  limit: number,
): ReadPage {
  const { viewType, tree } = existing(reader, scope, name)
  const shard = readShard(reader, position.tree, position.shard)
  if (tree !== position.tree || shard === undefined) throw shardNotFound()
  if (position.after < (shard.trimmedThrough ?? 0)) throw dataTrimmed()
  const records: ChangeRecord[] = []
  let bytes = 0
  let more = false
  const from = recordKey(position.shard, position.after + 1)
  reader.scan(tree, { from, to: recordKey(position.shard + 1, 0) }, false, (entry) => {
    more = records.length === limit
    if (more) return false
    const record = recordOf(entry)
    bytes += record.sizeBytes
    more = bytes > pageBytesMax && records.length > 0
    if (!more) records.push(record)
    return !more
  })
  const ended = shard.closed !== undefined && !more
  const after = records[records.length - 1]?.sequence ?? position.after
  return { viewType, records, next: ended ? undefined : { ...position, after } }
}
