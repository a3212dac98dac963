/** What the services may ask of streams. */
import type { Scope } from '../scope.ts'
import type { KeySchema, StreamViewType } from '../tables/table.ts'
import type { ChangeEvent } from './change-record.ts'
import type { StreamName } from './stored-stream.ts'

export type StreamStatus = 'ENABLING' | 'ENABLED' | 'DISABLING' | 'DISABLED'

export interface ShardDescription {
  readonly id: string
  readonly parent: string | undefined
  readonly startingSequenceNumber: string
  /** Of a closed shard. */
  readonly endingSequenceNumber: string | undefined
}

export interface StreamDescription {
  readonly status: StreamStatus
  readonly viewType: StreamViewType
  readonly createdAtMs: number
  readonly keySchema: KeySchema
  /** In the order of their ids. */
  readonly shards: readonly ShardDescription[]
  /** Set when there are more. */
  readonly lastShard: string | undefined
}

export type ShardStart =
  | { readonly type: 'TRIM_HORIZON' | 'LATEST' }
  | { readonly type: 'AT_SEQUENCE_NUMBER' | 'AFTER_SEQUENCE_NUMBER'; readonly sequenceNumber: string }

export interface StreamedRecord {
  readonly sequenceNumber: string
  readonly event: ChangeEvent
  /** Deleted by the service, not by a caller. */
  readonly byTimeToLive: boolean
  readonly createdAtMs: number
  readonly sizeBytes: number
  /** JSON objects in UTF-8, as are the images. */
  readonly keys: Uint8Array
  readonly newImage: Uint8Array | undefined
  readonly oldImage: Uint8Array | undefined
}

export interface RecordsPage {
  readonly records: readonly StreamedRecord[]
  readonly viewType: StreamViewType
  /** Undefined at the end of a closed shard. */
  readonly next: string | undefined
}

export interface Streams {
  /** By table name and label, after `after`; `last` is set when there are more. */
  list(
    scope: Scope,
    request: { readonly table?: string; readonly after?: StreamName; readonly limit: number },
  ): Promise<{ readonly streams: readonly StreamName[]; readonly last: StreamName | undefined }>
  /** Shards after the id `after`, whether or not there is such a shard; with `childrenOf`, only those of this parent. */
  describe(
    scope: Scope,
    stream: StreamName,
    request: { readonly limit: number; readonly after?: string; readonly childrenOf?: string },
  ): Promise<StreamDescription>
  /** An iterator: text that nobody else can make, good for 15 minutes, for this stream only. */
  iterator(scope: Scope, stream: StreamName, shard: string, start: ShardStart): Promise<string>
  /** The next records, at most `limit` and about 1 MB. */
  records(scope: Scope, stream: StreamName, iterator: string, limit: number): Promise<RecordsPage>
}

export type { StreamName }
