/** TableDescription: a table as CreateTable, DescribeTable, UpdateTable and DeleteTable show it. */
import { createHash } from 'node:crypto'
import { effectiveWarm } from '../../engine/partitions/warm-throughput.ts'
import type {
  BillingMode,
  IndexRecord,
  KeyAttribute,
  KeySchema,
  OnDemandThroughput,
  Projection,
  SseRecord,
  TableFigures,
  TableRecord,
  ThroughputRecord,
  WarmThroughput,
} from '../../engine/tables/table.ts'
import { attributeNames } from './key-schemas.ts'
import { indexArn, streamArn, tableArn } from './table-reference.ts'

export type TableDescription = Readonly<Record<string, unknown>>

/** `nowMs` decides whether today's decreases are still today's. */
export function tableDescription(record: TableRecord, figures: TableFigures, nowMs: number): TableDescription {
  const arn = tableArn(record.name, record)
  const local = record.indexes.filter((index) => index.kind === 'local')
  const global = record.indexes.filter((index) => index.kind === 'global')
  return {
    AttributeDefinitions: attributeDefinitionsInUse(record),
    TableName: record.name,
    KeySchema: keySchemaElements(record.keySchema),
    TableStatus: record.status,
    CreationDateTime: seconds(record.createdAtMs),
    ProvisionedThroughput: throughputDescription(record.throughput, nowMs),
    TableSizeBytes: figures.sizeBytes,
    ItemCount: figures.itemCount,
    TableArn: arn,
    TableId: record.id,
    ...billingDescription(record),
    ...(local.length > 0 && {
      LocalSecondaryIndexes: local.map((index) => localIndexDescription(index, figures, arn)),
    }),
    ...(global.length > 0 && {
      GlobalSecondaryIndexes: global.map((index) => globalIndexDescription(index, record, figures, arn, nowMs)),
    }),
    ...streamDescription(record, arn),
    ...(record.sse?.enabled === true && { SSEDescription: sseDescription(record.sse, record) }),
    ...(record.tableClass !== undefined && { TableClassSummary: tableClassSummary(record.tableClass) }),
    DeletionProtectionEnabled: record.deletionProtection,
    ...onDemandDescription(record.onDemandThroughput),
    ...warmDescription(effectiveWarm(record), record.status === 'CREATING'),
  }
}

/** Times on the wire are seconds since the epoch. */
function seconds(ms: number): number {
  return ms / 1000
}

/** Sorted by name; a definition goes with the last index whose key uses it. */
function attributeDefinitionsInUse(record: TableRecord): readonly object[] {
  const used = new Set([record.keySchema, ...record.indexes.map((index) => index.keySchema)].flatMap(attributeNames))
  return record.attributeDefinitions
    .filter(({ name }) => used.has(name))
    .toSorted(byName)
    .map(({ name, type }) => ({ AttributeName: name, AttributeType: type }))
}

function byName(a: KeyAttribute, b: KeyAttribute): number {
  if (a.name === b.name) return 0
  return a.name < b.name ? -1 : 1
}

export function keySchemaElements(schema: KeySchema): readonly object[] {
  return [
    ...schema.hash.map(({ name }) => ({ AttributeName: name, KeyType: 'HASH' })),
    ...schema.range.map(({ name }) => ({ AttributeName: name, KeyType: 'RANGE' })),
  ]
}

const msPerDay = 86_400_000

export function throughputDescription(throughput: ThroughputRecord | undefined, nowMs: number): object {
  if (throughput === undefined) return { NumberOfDecreasesToday: 0, ReadCapacityUnits: 0, WriteCapacityUnits: 0 }
  const isToday = throughput.decreaseDay === Math.floor(nowMs / msPerDay)
  return {
    ...(throughput.lastIncreaseAtMs !== undefined && { LastIncreaseDateTime: seconds(throughput.lastIncreaseAtMs) }),
    ...(throughput.lastDecreaseAtMs !== undefined && { LastDecreaseDateTime: seconds(throughput.lastDecreaseAtMs) }),
    NumberOfDecreasesToday: isToday ? throughput.decreasesToday : 0,
    ReadCapacityUnits: throughput.readCapacityUnits,
    WriteCapacityUnits: throughput.writeCapacityUnits,
  }
}

/** A table that was never on demand shows no billing mode; the time of the switch appears when the switch is done. */
function billingDescription(record: TableRecord): object {
  if (record.onDemandSinceMs === undefined) return {}
  const isSwitching = record.billingMode === 'PAY_PER_REQUEST' && record.status !== 'ACTIVE'
  return {
    BillingModeSummary: {
      BillingMode: record.billingMode satisfies BillingMode,
      ...(!isSwitching && { LastUpdateToPayPerRequestDateTime: seconds(record.onDemandSinceMs) }),
    },
  }
}

function localIndexDescription(index: IndexRecord, figures: TableFigures, table: string): object {
  return {
    IndexName: index.name,
    KeySchema: keySchemaElements(index.keySchema),
    Projection: projectionDescription(index.projection),
    ...indexFigures(index, figures),
    IndexArn: indexArn(table, index.name),
  }
}

function globalIndexDescription(
  index: IndexRecord,
  table: TableRecord,
  figures: TableFigures,
  arn: string,
  nowMs: number,
): object {
  const warm = effectiveWarm({ ...index, billingMode: table.billingMode })
  // Backfilling is shown only of an index that was added to a table that stood.
  const isAdded = index.status === 'CREATING' && table.status !== 'CREATING'
  return {
    IndexName: index.name,
    KeySchema: keySchemaElements(index.keySchema),
    Projection: projectionDescription(index.projection),
    IndexStatus: index.status,
    ...(isAdded && { Backfilling: index.backfilling }),
    ProvisionedThroughput: throughputDescription(index.throughput, nowMs),
    ...indexFigures(index, figures),
    IndexArn: indexArn(arn, index.name),
    ...onDemandDescription(index.onDemandThroughput),
    ...warmDescription(warm, index.status === 'CREATING'),
  }
}

function indexFigures(index: IndexRecord, figures: TableFigures): object {
  const own = figures.indexes.get(index.name)
  return { IndexSizeBytes: own?.sizeBytes ?? 0, ItemCount: own?.itemCount ?? 0 }
}

function projectionDescription(projection: Projection): object {
  if (projection.type !== 'INCLUDE') return { ProjectionType: projection.type }
  return { ProjectionType: projection.type, NonKeyAttributes: projection.nonKeyAttributes.toSorted() }
}

function streamDescription(record: TableRecord, arn: string): object {
  const { stream } = record
  if (stream === undefined) return {}
  return {
    ...(stream.enabled && { StreamSpecification: { StreamEnabled: true, StreamViewType: stream.viewType } }),
    LatestStreamLabel: stream.label,
    LatestStreamArn: streamArn(arn, stream.label),
  }
}

function onDemandDescription(ceilings: OnDemandThroughput | undefined): object {
  if (ceilings === undefined) return {}
  const { maxReadRequestUnits: read, maxWriteRequestUnits: write } = ceilings
  return {
    OnDemandThroughput: {
      ...(read !== undefined && { MaxReadRequestUnits: read }),
      ...(write !== undefined && { MaxWriteRequestUnits: write }),
    },
  }
}

function warmDescription(warm: WarmThroughput, isStarting: boolean): object {
  return {
    WarmThroughput: {
      ReadUnitsPerSecond: warm.readUnitsPerSecond,
      WriteUnitsPerSecond: warm.writeUnitsPerSecond,
      Status: isStarting ? 'UPDATING' : 'ACTIVE',
    },
  }
}

function tableClassSummary(tableClass: NonNullable<TableRecord['tableClass']>): object {
  return {
    TableClass: tableClass.value,
    ...(tableClass.updatedAtMs !== undefined && { LastUpdateDateTime: seconds(tableClass.updatedAtMs) }),
  }
}

function sseDescription(sse: SseRecord, record: TableRecord): object {
  return { Status: 'ENABLED', SSEType: sse.type ?? 'KMS', KMSMasterKeyArn: masterKeyArn(sse.kmsMasterKeyId, record) }
}

/** A key's ARN from whatever names it; without a name it is the account's own key for DynamoDB. */
function masterKeyArn(keyId: string | undefined, record: TableRecord): string {
  if (keyId?.startsWith('arn:')) return keyId
  const prefix = `arn:aws:kms:${record.region}:${record.accountId}`
  if (keyId?.startsWith('alias/')) return `${prefix}:${keyId}`
  return `${prefix}:key/${keyId ?? managedKeyId(record)}`
}

/** The same for ever for an account and Region, in the form of a UUID. */
function managedKeyId(record: TableRecord): string {
  const hex = createHash('sha256').update(`aws/dynamodb ${record.accountId} ${record.region}`).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
}
