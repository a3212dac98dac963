/** What the services may ask of items. Values and expressions are checked and parsed before they come here. */
import type { JsonFragment } from '../../foundation/json-fragment.ts'
import type { Column, Condition, KeyCondition, Path, Update } from '../expressions/syntax.ts'
import type { Scope } from '../scope.ts'
import type { TableRecord } from '../tables/table.ts'
import type { Item } from './attribute-value.ts'

/** What a call used, split as ReturnConsumedCapacity INDEXES shows it. Units may be halves. */
export interface CapacityUse {
  readonly tableName: string
  readonly table: number
  /** Only indexes that were touched. */
  readonly local: ReadonlyMap<string, number>
  readonly global: ReadonlyMap<string, number>
}

export type ReturnValues = 'NONE' | 'ALL_OLD' | 'UPDATED_OLD' | 'ALL_NEW' | 'UPDATED_NEW'

interface WriteRequest {
  readonly scope: Scope
  readonly table: string
  readonly condition?: Condition
  readonly returnValues: ReturnValues
  /** ReturnValuesOnConditionCheckFailure = ALL_OLD. */
  readonly returnOldOnFailure: boolean
}
export interface PutRequest extends WriteRequest {
  readonly item: Item
}
export interface DeleteRequest extends WriteRequest {
  readonly key: Item
}
export interface UpdateRequest extends WriteRequest {
  readonly key: Item
  /** Absent: an update without actions, which still creates the item. */
  readonly update?: Update
  /** What is held to the limit: UpdateItem counts its actions too, PartiQL the item alone (measured on AWS). */
  readonly sizeGate?: 'item'
}

export interface WriteResult {
  /** What ReturnValues asks for; absent when there is nothing to return. */
  readonly attributes?: Item | JsonFragment
  readonly capacity: CapacityUse
  /** Present when the table has a local index: the size of the item collection, for ReturnItemCollectionMetrics. */
  readonly collection?: CollectionSize
}

/** `key` is the partition key that the collection's items share. */
export interface CollectionSize {
  readonly key: Item
  readonly sizeBytes: number
}

export interface GetRequest {
  readonly scope: Scope
  readonly table: string
  readonly key: Item
  readonly consistent: boolean
  readonly projection?: readonly Path[]
  /** Of the same paths as `projection`: their values come under names of their own. */
  readonly columns?: readonly Column[]
}
export interface GetResult {
  readonly item?: Item | JsonFragment
  readonly capacity: CapacityUse
}

/** What Query and Scan share. */
interface ReadPageRequest {
  readonly scope: Scope
  readonly table: string
  readonly index?: string
  readonly consistent: boolean
  readonly filter?: Condition
  /** Absent: all attributes (for an index: all projected ones, unless `select` is ALL_ATTRIBUTES). */
  readonly projection?: readonly Path[]
  /** Of the same paths as `projection`: their values come under names of their own. */
  readonly columns?: readonly Column[]
  readonly select: 'ALL_ATTRIBUTES' | 'ALL_PROJECTED_ATTRIBUTES' | 'SPECIFIC_ATTRIBUTES' | 'COUNT'
  readonly limit?: number
  /** Data that this page may read, when it is the rest of a page of several reads; 1 MB unless told. */
  readonly bytesMax?: number
  readonly exclusiveStartKey?: Item
}
export interface QueryRequest extends ReadPageRequest {
  /**
   * Turns the request's key conditions into a range of the key schema found; throws the ValidationExceptions that
   * need the schema (missing hash, wrong types, filter on a key attribute). Called once the table is known.
   */
  readonly keyCondition: (table: TableRecord, index: string | undefined) => KeyCondition
  readonly forward: boolean
}
export interface ScanRequest extends ReadPageRequest {
  readonly segment?: { readonly number: number; readonly total: number }
}
export interface PageResult {
  /** A JSON array; absent for COUNT. */
  readonly items?: JsonFragment
  readonly count: number
  readonly scannedCount: number
  /** Data that was read, before the filter. */
  readonly bytes: number
  readonly lastEvaluatedKey?: Item
  readonly capacity: CapacityUse
}

export interface BatchGetRequest {
  readonly scope: Scope
  readonly tables: readonly {
    readonly table: string
    readonly keys: readonly Item[]
    readonly consistent: boolean
    readonly projection?: readonly Path[]
  }[]
}
export interface BatchGetResult {
  /** In request order; `items` is a JSON array. `unprocessed` holds positions in `keys`. */
  readonly tables: readonly {
    readonly items: JsonFragment
    readonly unprocessed: readonly number[]
    readonly capacity: CapacityUse
  }[]
}

export type BatchWrite = { readonly put: Item } | { readonly remove: Item }
export interface BatchWriteRequest {
  readonly scope: Scope
  readonly tables: readonly { readonly table: string; readonly writes: readonly BatchWrite[] }[]
}
export interface BatchWriteResult {
  readonly tables: readonly {
    /** Positions in `writes` that were throttled. */
    readonly unprocessed: readonly number[]
    readonly capacity: CapacityUse
    readonly collections: readonly CollectionSize[]
  }[]
}

/** One action of TransactWriteItems; `check` is a ConditionCheck. */
export type TransactAction = {
  readonly table: string
  readonly condition?: Condition
  /** ReturnValuesOnConditionCheckFailure = ALL_OLD. */
  readonly returnOldOnFailure: boolean
  /** The reason given when the condition fails; ConditionalCheckFailed unless told (PartiQL's INSERT: DuplicateItem). */
  readonly failsAs?: { readonly code: string; readonly message: string }
} & (
  | { readonly kind: 'put'; readonly item: Item }
  | { readonly kind: 'update'; readonly key: Item; readonly update?: Update }
  | { readonly kind: 'delete' | 'check'; readonly key: Item }
)
export interface TransactWriteRequest {
  readonly scope: Scope
  readonly actions: readonly TransactAction[]
  /** ClientRequestToken with a digest of the request, which must be the same whenever the token comes again. */
  readonly token?: { readonly value: string; readonly requestDigest: string }
}
export interface TransactWriteResult {
  /** One for each table, in the order in which the actions first name it. */
  readonly tables: readonly {
    readonly table: string
    readonly capacity: CapacityUse
    readonly collections: readonly CollectionSize[]
  }[]
  /** True when the token was spent before: nothing was written now, and the capacity is that of reading. */
  readonly replayed: boolean
}
export interface TransactGetRequest {
  readonly scope: Scope
  readonly gets: readonly {
    readonly table: string
    readonly key: Item
    readonly projection?: readonly Path[]
    /** Of the same paths as `projection`: their values come under names of their own. */
    readonly columns?: readonly Column[]
  }[]
}
export interface TransactGetResult {
  /** In request order; undefined where there is no item. */
  readonly items: readonly (Item | JsonFragment | undefined)[]
  readonly tables: readonly { readonly table: string; readonly capacity: CapacityUse }[]
}

export interface Items {
  put(request: PutRequest): Promise<WriteResult>
  update(request: UpdateRequest): Promise<WriteResult>
  delete(request: DeleteRequest): Promise<WriteResult>
  get(request: GetRequest): Promise<GetResult>
  query(request: QueryRequest): Promise<PageResult>
  scan(request: ScanRequest): Promise<PageResult>
  batchGet(request: BatchGetRequest): Promise<BatchGetResult>
  batchWrite(request: BatchWriteRequest): Promise<BatchWriteResult>
  /** TransactionCanceledException with a reason for each action when one of them cannot be done. */
  transactWrite(request: TransactWriteRequest): Promise<TransactWriteResult>
  transactGet(request: TransactGetRequest): Promise<TransactGetResult>
}
