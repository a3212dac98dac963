import type { Scope } from '../scope.ts'
import type {
  BillingMode,
  IndexRecord,
  KeyAttribute,
  KeySchema,
  OnDemandThroughput,
  Projection,
  ProvisionedThroughput,
  SseRecord,
  StreamViewType,
  TableClass,
  TableFigures,
  TableRecord,
  WarmThroughput,
} from './table.ts'

export interface IndexDefinition {
  readonly name: string
  readonly kind: 'local' | 'global'
  readonly keySchema: KeySchema
  readonly projection: Projection
  readonly throughput?: ProvisionedThroughput
  readonly onDemandThroughput?: OnDemandThroughput
  readonly warmThroughput?: WarmThroughput
}

/** A checked CreateTable: everything that needs no look at the catalog has been validated by the service. */
export interface TableDefinition {
  readonly name: string
  readonly keySchema: KeySchema
  readonly attributeDefinitions: readonly KeyAttribute[]
  readonly indexes: readonly IndexDefinition[]
  readonly billingMode: BillingMode
  readonly throughput: ProvisionedThroughput
  readonly onDemandThroughput?: OnDemandThroughput
  readonly warmThroughput?: WarmThroughput
  readonly tableClass?: TableClass
  readonly deletionProtection: boolean
  readonly sse?: SseRecord
  readonly stream?: { readonly viewType: StreamViewType }
  readonly tags: readonly { readonly key: string; readonly value: string }[]
  /** The text to attach to it. */
  readonly resourcePolicy?: string
}

/** A new record made from the present one, or a thrown ServiceError; pure, since it may run again. */
export type TableChange = (present: TableRecord) => TableRecord

export interface Tables {
  /** ResourceInUseException when the name is taken; the record answered is still CREATING. */
  create(scope: Scope, definition: TableDefinition): Promise<TableRecord>
  /** Undefined when there is none. */
  find(
    scope: Scope,
    name: string,
  ): Promise<{ readonly record: TableRecord; readonly figures: TableFigures } | undefined>
  /** The record alone, of a table whose items may be read and written; undefined when there is none. */
  usable(scope: Scope, name: string): Promise<TableRecord | undefined>
  /** The record alone, as it stands now; no promise where its pages are in memory, since each call of an item asks. */
  current(scope: Scope, name: string): TableRecord | undefined | Promise<TableRecord | undefined>
  /** Names in byte order after `after`; `last` is set when there are more. */
  list(
    scope: Scope,
    after: string | undefined,
    limit: number,
  ): Promise<{ readonly names: readonly string[]; readonly last: string | undefined }>
  /** How many tables the account has in the region, and their provisioned units (DescribeLimits). */
  count(scope: Scope): Promise<number>
  /**
   * Changes settings. The service's `change` validates against the present record and answers the new one: statuses
   * UPDATING where work remains; indexes to add have tree 0 and status CREATING, indexes to drop status DELETING.
   * The engine gives trees, stores, and brings the statuses to ACTIVE in the background.
   */
  update(
    scope: Scope,
    name: string,
    change: TableChange,
  ): Promise<{ readonly record: TableRecord; readonly figures: TableFigures }>
  /** The record answered is DELETING; `check` may refuse it (deletion protection, state). */
  delete(
    scope: Scope,
    name: string,
    check: (present: TableRecord) => void,
  ): Promise<{ readonly record: TableRecord; readonly figures: TableFigures }>
}

export type { IndexRecord }
