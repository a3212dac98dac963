/** A table as the catalog keeps it. All times are milliseconds since the epoch. */
import type { TreeId } from '../../storage/trees.ts'
import type { KeyAttributeType } from '../items/attribute-value.ts'

export interface KeyAttribute {
  readonly name: string
  readonly type: KeyAttributeType
}

/** A table has one hash and at most one range attribute; a global index up to four of each. */
export interface KeySchema {
  readonly hash: readonly KeyAttribute[]
  readonly range: readonly KeyAttribute[]
}

export type Projection =
  | { readonly type: 'ALL' }
  | { readonly type: 'KEYS_ONLY' }
  | { readonly type: 'INCLUDE'; readonly nonKeyAttributes: readonly string[] }

export interface ProvisionedThroughput {
  readonly readCapacityUnits: number
  readonly writeCapacityUnits: number
}

/** Provisioned units with the history that DescribeTable shows. */
export interface ThroughputRecord extends ProvisionedThroughput {
  readonly lastIncreaseAtMs?: number
  readonly lastDecreaseAtMs?: number
  readonly decreasesToday: number
  /** The UTC day (days since the epoch) that `decreasesToday` counts. */
  readonly decreaseDay: number
}

/** -1 on update removes a ceiling; absent: no ceiling. */
export interface OnDemandThroughput {
  readonly maxReadRequestUnits?: number
  readonly maxWriteRequestUnits?: number
}

export interface WarmThroughput {
  readonly readUnitsPerSecond: number
  readonly writeUnitsPerSecond: number
}

export type BillingMode = 'PROVISIONED' | 'PAY_PER_REQUEST'
export type TableClass = 'STANDARD' | 'STANDARD_INFREQUENT_ACCESS'
export type TableStatus = 'CREATING' | 'ACTIVE' | 'UPDATING' | 'DELETING'
export type IndexStatus = 'CREATING' | 'ACTIVE' | 'UPDATING' | 'DELETING'
export type StreamViewType = 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES'

export type InsightsMode = 'ACCESSED_AND_THROTTLED_KEYS' | 'THROTTLED_KEYS'

/** Contributor insights as they were last set; a table or index where they never were has none. */
export interface InsightsRecord {
  readonly status: 'ENABLING' | 'ENABLED' | 'DISABLING' | 'DISABLED'
  readonly mode: InsightsMode
  readonly updatedAtMs: number
  /** When they were last enabled; part of their rules' names. */
  readonly enabledAtMs: number
}

export interface IndexRecord {
  readonly name: string
  readonly kind: 'local' | 'global'
  readonly tree: TreeId
  readonly keySchema: KeySchema
  readonly projection: Projection
  readonly status: IndexStatus
  /** True while existing items are being added to a new index; such an index cannot be read. */
  readonly backfilling: boolean
  /** Where the backfill goes on after a restart: the base64 tree key of the last item done. */
  readonly backfillAfter?: string
  /** Global indexes of provisioned tables. */
  readonly throughput?: ThroughputRecord
  readonly onDemandThroughput?: OnDemandThroughput
  readonly warmThroughput?: WarmThroughput
  /** Global indexes. */
  readonly contributorInsights?: InsightsRecord
}

export interface StreamRecord {
  readonly viewType: StreamViewType
  /** The ISO time that ends the stream's ARN, such as 2015-05-11T21:21:33.291. */
  readonly label: string
  readonly enabled: boolean
  /** The engine's: where its records lie. */
  readonly tree?: TreeId
  /** The engine's: true while the table's change of its stream is under way (ENABLING, DISABLING). */
  readonly changing?: true
  /** The engine's: raised whenever shards change while partitions do not. */
  readonly shardVersion?: number
}

/** Time to live as it stands; `queue` is the tree of what is to expire, 0 when the engine is to give one. */
export type TimeToLiveRecord = {
  /** Of the last change that was asked for. */
  readonly changedAtMs: number
} & (
  | {
      readonly status: 'ENABLING'
      readonly attributeName: string
      readonly queue: TreeId
      /** Where filling the queue goes on after a restart: the base64 tree key of the last item done. */
      readonly filledTo?: string
    }
  | { readonly status: 'ENABLED'; readonly attributeName: string; readonly queue: TreeId }
  | { readonly status: 'DISABLING'; readonly attributeName: string }
  | { readonly status: 'DISABLED' }
)

/** As asked for in SSESpecification; keys come with the KMS service. */
export interface SseRecord {
  readonly enabled: boolean
  readonly type?: 'AES256' | 'KMS'
  readonly kmsMasterKeyId?: string
}

export interface TableRecord {
  readonly accountId: string
  readonly region: string
  readonly name: string
  /** UUID. */
  readonly id: string
  readonly tree: TreeId
  /** With local indexes: the sizes of the item collections. */
  readonly collectionTree?: TreeId
  readonly keySchema: KeySchema
  /** In the order and extent of the request; DescribeTable echoes it. */
  readonly attributeDefinitions: readonly KeyAttribute[]
  readonly indexes: readonly IndexRecord[]
  readonly status: TableStatus
  /** Raised whenever the partitions of the table or of one of its global indexes change. */
  readonly partitionVersion: number
  readonly createdAtMs: number
  readonly billingMode: BillingMode
  /** Present when a BillingModeSummary is shown: the table was on demand once. */
  readonly onDemandSinceMs?: number
  readonly throughput: ThroughputRecord
  readonly onDemandThroughput?: OnDemandThroughput
  readonly warmThroughput?: WarmThroughput
  readonly tableClass?: {
    readonly value: TableClass
    readonly updatedAtMs?: number
    /** Of the change before that one. */
    readonly previousAtMs?: number
  }
  readonly deletionProtection: boolean
  readonly sse?: SseRecord
  /** The newest stream, enabled or not; its label stays in LatestStreamLabel. */
  readonly stream?: StreamRecord
  /** Absent until time to live was first enabled. */
  readonly timeToLive?: TimeToLiveRecord
  readonly tags: readonly { readonly key: string; readonly value: string }[]
  readonly contributorInsights?: InsightsRecord
}

/** Live figures beside the record. */
export interface TableFigures {
  readonly itemCount: number
  readonly sizeBytes: number
  /** By index name. */
  readonly indexes: ReadonlyMap<string, { readonly itemCount: number; readonly sizeBytes: number }>
}
