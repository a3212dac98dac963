/** GlobalSecondaryIndexUpdates of an UpdateTable: indexes to add, to drop, and to give other throughput. */
import { effectiveWarm, warmest, warmStart } from '../../engine/partitions/warm-throughput.ts'
import type { BillingMode, IndexRecord, KeyAttribute, TableRecord } from '../../engine/tables/table.ts'
import { validationError } from '../../foundation/service-error.ts'
import { indexNotFound, invalidParameter, resourceInUse, subscriberLimitExceeded } from './errors.ts'
import { checkedProjection, globalIndexesMax, refuseTooManyProjected, withThroughput } from './index-definitions.ts'
import { attributeNames, checkedDefinitions, type Definitions, globalKeySchema } from './key-schemas.ts'
import type { GlobalIndexInput, GlobalIndexUpdate } from './table-shapes.ts'
import type { UpdateTableRequest } from './table-update-request.ts'
import { changedThroughput, startingThroughput, throughputOfOnDemandIndex } from './throughput-change.ts'
import { checkedOnDemand, checkedThroughput, noThroughput, warmer } from './throughput-rules.ts'

/** `next` already has the table's own changes; `present` is as it was before them. */
export function changedIndexes(
  next: TableRecord,
  present: TableRecord,
  input: UpdateTableRequest,
  nowMs: number,
): TableRecord {
  const updates = input.GlobalSecondaryIndexUpdates ?? []
  for (const update of updates) refuseUnfit(update, present)
  refuseSecondOnlineChange(updates, present)
  let changed = switchedIndexes(next, present, updates, nowMs)
  for (const update of updates) {
    if (update.Update !== undefined) changed = withUpdatedIndex(changed, present, update.Update, nowMs)
    if (update.Create !== undefined) changed = withNewIndex(changed, input, update.Create)
    if (update.Delete !== undefined) changed = withDroppedIndex(changed, update.Delete.IndexName)
  }
  return changed
}

/** Whether the named index can be what the action needs. */
function refuseUnfit(
  { Create: create, Update: update, Delete: remove }: GlobalIndexUpdate,
  present: TableRecord,
): void {
  if (create !== undefined) {
    if (present.indexes.some((index) => index.name === create.IndexName)) {
      throw validationError('Attempting to create an index which already exists')
    }
    return
  }
  const name = update?.IndexName ?? remove?.IndexName ?? ''
  const index = present.indexes.find((each) => each.name === name)
  if (index === undefined) throw indexNotFound(name, present.name)
  const verb = update === undefined ? 'delete' : 'update'
  if (index.kind !== 'global')
    throw validationError(`Cannot ${verb} an index that is not a GlobalSecondaryIndex: ${name}`)
  if (update !== undefined && index.status !== 'ACTIVE') {
    throw resourceInUse(`Index is being ${progressive(index)}. Table: ${present.name} Index: ${name}`)
  }
  if (remove !== undefined && index.status === 'CREATING' && !index.backfilling) {
    throw resourceInUse(
      'Index creation is in resource allocation phase. Retry deletion during backfilling phase or when the index is ' +
        `active. Table: ${present.name} Index: ${name}`,
    )
  }
}

function progressive(index: IndexRecord): string {
  if (index.status === 'CREATING') return 'created'
  return index.status === 'DELETING' ? 'deleted' : 'updated'
}

/** One index at a time is made or dropped, over all requests. */
function refuseSecondOnlineChange(updates: readonly GlobalIndexUpdate[], present: TableRecord): void {
  const online = updates.filter((update) => update.Create !== undefined || update.Delete !== undefined)
  if (online.length === 0) return
  const dropped = new Set(online.map((update) => update.Delete?.IndexName))
  const others = present.indexes.filter(
    (index) => (index.status === 'CREATING' || index.status === 'DELETING') && !dropped.has(index.name),
  )
  if (online.length > 1 || others.length > 0) {
    throw subscriberLimitExceeded('Only 1 online index can be created or deleted simultaneously per table')
  }
  if (present.status === 'UPDATING' && !present.indexes.some((index) => index.status === 'CREATING')) {
    throw resourceInUse(`Can't create or delete indexes while table IOPS are being updated. Table: ${present.name}`)
  }
}

/** What a switch of the billing mode does to every global index. */
function switchedIndexes(
  next: TableRecord,
  present: TableRecord,
  updates: readonly GlobalIndexUpdate[],
  nowMs: number,
): TableRecord {
  if (next.billingMode === present.billingMode) return next
  if (next.billingMode === 'PAY_PER_REQUEST') {
    return withGlobalIndexes(next, (index) => ({
      ...index,
      status: index.status === 'ACTIVE' ? 'UPDATING' : index.status,
      throughput: throughputOfOnDemandIndex(index.throughput, nowMs),
      warmThroughput: warmest(warmOf(index, present.billingMode), warmStart('PAY_PER_REQUEST', undefined)),
    }))
  }
  const missing = next.indexes.filter(
    (index) =>
      index.kind === 'global' &&
      !updates.some(({ Update }) => Update?.IndexName === index.name && Update.ProvisionedThroughput !== undefined),
  )
  if (missing.length > 0) {
    const names = missing.map((index) => index.name).join(',')
    throw invalidParameter(`ProvisionedThroughput must be specified for index: ${names}`)
  }
  return withGlobalIndexes(next, ({ onDemandThroughput: _ceilings, ...index }) => ({
    ...index,
    warmThroughput: warmOf(index, present.billingMode),
  }))
}

function warmOf(index: IndexRecord, billingMode: BillingMode): ReturnType<typeof effectiveWarm> {
  return effectiveWarm({ ...index, billingMode })
}

function withGlobalIndexes(table: TableRecord, change: (index: IndexRecord) => IndexRecord): TableRecord {
  return { ...table, indexes: table.indexes.map((index) => (index.kind === 'global' ? change(index) : index)) }
}

function withUpdatedIndex(
  table: TableRecord,
  present: TableRecord,
  update: NonNullable<GlobalIndexUpdate['Update']>,
  nowMs: number,
): TableRecord {
  const { IndexName: name, ProvisionedThroughput: units, OnDemandThroughput: ceilings, WarmThroughput: warm } = update
  const hasCeilings = ceilings !== undefined && Object.keys(ceilings).length > 0
  if (table.billingMode === 'PAY_PER_REQUEST' && (units !== undefined || (!hasCeilings && warm === undefined))) {
    throw invalidParameter(
      `The only Updates for index: ${name} when TableThroughputMode is PAY_PER_REQUEST can be to ` +
        'OnDemandThroughput, WarmThroughput',
    )
  }
  if (table.billingMode === 'PROVISIONED' && units === undefined && ceilings === undefined && warm === undefined) {
    throw unitsMissing(name)
  }
  const owner = { index: name, region: table.region }
  return withGlobalIndexes(table, (index) => {
    if (index.name !== name) return index
    const { onDemandThroughput, ...rest } = index
    const nextCeilings = checkedOnDemand(ceilings, table.billingMode, owner, { present: onDemandThroughput })
    let changed: IndexRecord = { ...rest, ...(nextCeilings !== undefined && { onDemandThroughput: nextCeilings }) }
    if (hasCeilings) changed = { ...changed, status: 'UPDATING' }
    if (units !== undefined) {
      const checked = checkedThroughput(units, owner)
      const throughput =
        present.billingMode === 'PAY_PER_REQUEST'
          ? { ...(index.throughput ?? startingThroughput(noThroughput)), ...checked }
          : changedThroughput(index.throughput, checked, nowMs, name)
      const warmThroughput = warmest(warmOf(changed, present.billingMode), warmStart('PROVISIONED', checked))
      changed = { ...changed, status: 'UPDATING', throughput, warmThroughput }
    }
    if (warm !== undefined)
      changed = { ...changed, warmThroughput: warmer(warm, warmOf(changed, table.billingMode), owner) }
    return changed
  })
}

function unitsMissing(index: string): Error {
  return invalidParameter(`Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: ${index}`)
}

function withNewIndex(table: TableRecord, input: UpdateTableRequest, create: GlobalIndexInput): TableRecord {
  const { IndexName: name } = create
  if (table.billingMode === 'PROVISIONED' && create.ProvisionedThroughput === undefined) throw unitsMissing(name)
  if (table.billingMode === 'PAY_PER_REQUEST' && create.ProvisionedThroughput !== undefined) {
    throw invalidParameter(
      'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: ' +
        `${name} when BillingMode is PAY_PER_REQUEST`,
    )
  }
  const definitions = definitionsWith(input, table)
  const keySchema = globalKeySchema(create.KeySchema, definitions)
  const projection = checkedProjection(create.Projection)
  if (table.indexes.filter((index) => index.kind === 'global').length >= globalIndexesMax) {
    throw subscriberLimitExceeded(`Number of global secondary indexes exceeds per-table limit of ${globalIndexesMax}`)
  }
  refuseTooManyProjected([...table.indexes.map((index) => index.projection), projection])
  const { throughput, ...definition } = withThroughput(
    { name, kind: 'global', keySchema, projection },
    create,
    table.billingMode,
    table.region,
  )
  const index: IndexRecord = {
    ...definition,
    tree: 0,
    status: 'CREATING',
    backfilling: true,
    ...(throughput !== undefined && { throughput: startingThroughput(throughput) }),
  }
  const inUse = namesInUse(table)
  const added = attributeNames(keySchema).filter((attribute) => !inUse.has(attribute))
  return {
    ...table,
    status: 'UPDATING',
    attributeDefinitions: [...inUse, ...added].flatMap((attribute) => definitions.get(attribute) ?? []),
    indexes: [...table.indexes, index],
  }
}

/** The request's definitions beside those of the keys that the table has, whose types stand. */
function definitionsWith(input: UpdateTableRequest, table: TableRecord): Definitions {
  const definitions = new Map<string, KeyAttribute>(checkedDefinitions(input.AttributeDefinitions ?? []))
  const inUse = namesInUse(table)
  for (const attribute of table.attributeDefinitions) {
    if (inUse.has(attribute.name)) definitions.set(attribute.name, attribute)
  }
  return definitions
}

/** Attributes of some key; a dropped index leaves definitions behind that mean nothing any more. */
function namesInUse(table: TableRecord): ReadonlySet<string> {
  return new Set([table.keySchema, ...table.indexes.map((index) => index.keySchema)].flatMap(attributeNames))
}

function withDroppedIndex(table: TableRecord, name: string): TableRecord {
  return {
    ...withGlobalIndexes(table, (index) =>
      index.name === name ? { ...index, status: 'DELETING', backfilling: false } : index,
    ),
    status: 'UPDATING',
  }
}
