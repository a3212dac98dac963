/** `Tables` on the catalog. */
import { randomUUID } from 'node:crypto'
import type { Clock } from '../../foundation/clock.ts'
import type { TableKey, TreeId, Trees, TreeWriter } from '../../storage/trees.ts'
import type { Admission } from '../capacity/admission.ts'
import type { Scope } from '../engine.ts'
import { limitExceeded, resourceInUse, tableNotFoundNamed } from '../errors.ts'
import { queuedTimeToLive } from '../expiry/expiry-queue.ts'
import type { Sweeper } from '../expiry/sweeper.ts'
import { evenPartitions, type Partition, putPartition } from '../partitions/partition.ts'
import { splitForThroughput } from '../partitions/split-partition.ts'
import { startingPartitions } from '../partitions/starting-partitions.ts'
import { changeStream, partitionSplit, startStream, stopStream, streamKeyContext } from '../streams/change-stream.ts'
import type { StreamDuties } from '../streams/stream-duties.ts'
import { type Catalog, figuresOf, noteDrop, takeTreeIds } from './catalog.ts'
import { tableArn } from './compiled-table.ts'
import { type PolicyMemory, putPolicy } from './engine-resource-policies.ts'
import type { BillingMode, IndexRecord, TableFigures, TableRecord, ThroughputRecord } from './table.ts'
import { removeTable, type TableDuties } from './table-duties.ts'
import { isUsable, needsNoWork, settled } from './table-statuses.ts'
import type { IndexDefinition, TableDefinition, Tables } from './tables.ts'

/** AWS quota (initial), per account and region. */
export const tablesPerRegionMax = 2500

interface TablesHouse {
  readonly trees: Trees
  readonly catalog: Catalog
  readonly duties: TableDuties
  readonly streamDuties: StreamDuties
  readonly admission: Admission
  readonly sweeper: Sweeper
  readonly policies: PolicyMemory
  readonly clock: Clock
  /** How long a table stays CREATING, UPDATING or DELETING; 0: no longer than its work takes. */
  readonly transitionMs: number
}

export function engineTables(house: TablesHouse): Tables {
  const { trees, catalog, duties, clock } = house

  /** Stores a record; what only time would settle is settled at once when no delay is set. */
  const store = (writer: TreeWriter, record: TableRecord): void => {
    catalog.put(writer, house.transitionMs === 0 && needsNoWork(record) ? settled(record) : record)
  }

  const newStreamKey = (scope: Scope, table: string) => trees.newTableKey(streamKeyContext(scope, table))

  return {
    async create(scope, definition) {
      const key = await trees.newTableKey({
        'aws:dynamodb:tableName': definition.name,
        'aws:dynamodb:subscriberId': scope.accountId,
      })
      const streamKey = await newStreamKey(scope, definition.name)
      const nowMs = clock.nowMs()
      const id = randomUUID()
      const record = await trees.atomically((writer) => {
        if (catalog.find(writer, scope, definition.name) !== undefined)
          throw resourceInUse(`Table already exists: ${definition.name}`)
        if (catalog.names(writer, scope, undefined, tablesPerRegionMax).length >= tablesPerRegionMax) {
          throw limitExceeded(
            `Subscriber limit exceeded: There is a limit of ${tablesPerRegionMax} tables per subscriber`,
          )
        }
        const created = withNewStream(
          writer,
          newRecord(scope, definition, id, nowMs, writer, key),
          evenPartitions(startingPartitions(definition.billingMode, definition), nowMs),
          streamKey,
          nowMs,
        )
        store(writer, created)
        const document = definition.resourcePolicy
        if (document !== undefined) putPolicy(writer, tableArn(created), { document, changedAtMs: nowMs })
        return created
      })
      if (definition.resourcePolicy !== undefined) await house.policies.refresh(trees, record)
      duties.settle(record)
      if (record.stream !== undefined) house.streamDuties.wake()
      return record
    },

    find(scope, name) {
      return trees.view((reader) => {
        const table = catalog.find(reader, scope, name)
        return table && { record: table.record, figures: figuresOf(reader, table.record) }
      })
    },

    usable(scope, name) {
      return trees.view((reader) => {
        const record = catalog.find(reader, scope, name)?.record
        return record === undefined || !isUsable(record) ? undefined : record
      })
    },

    current(scope, name) {
      const seen: { done: boolean; record: TableRecord | undefined } = { done: false, record: undefined }
      const settled = trees.view((reader) => {
        seen.record = catalog.find(reader, scope, name)?.record
        seen.done = true
        return seen.record
      })
      if (!seen.done) return settled
      // Should what was read not become durable, the call that reads the items is told, and this one need not be.
      settled.catch(() => undefined)
      return seen.record
    },

    list(scope, after, limit) {
      return trees.view((reader) => {
        const names = catalog.names(reader, scope, after, limit + 1)
        return names.length > limit
          ? { names: names.slice(0, limit), last: names[limit - 1] }
          : { names, last: undefined }
      })
    },

    count(scope) {
      return trees.view((reader) => catalog.names(reader, scope, undefined, Number.MAX_SAFE_INTEGER).length)
    },

    async update(scope, name, change) {
      const streamKey = await newStreamKey(scope, name)
      const updated = await trees.atomically((writer) => {
        const present = catalog.find(writer, scope, name)
        if (present === undefined) throw tableNotFoundNamed(name)
        const nowMs = clock.nowMs()
        const changed = changeStream(writer, present, change(present.record), streamKey, nowMs)
        const { record: withIndexes, figures } = withTrees(writer, changed, present.record, nowMs)
        // A stream that changes in the same call has made its shards for the partitions that stand.
        const record =
          changed.stream === present.record.stream
            ? splitForThroughput(writer, present, withIndexes, nowMs, partitionSplit)
            : withIndexes
        store(writer, record)
        return { record, figures, endedQueue: endsQueue(record, present.record) }
      })
      duties.settle(updated.record)
      if (updated.record.stream !== undefined) house.streamDuties.wake()
      house.sweeper.watch(updated.record)
      if (updated.endedQueue) duties.drop()
      return { record: updated.record, figures: updated.figures }
    },

    async delete(scope, name, check) {
      const deleted = await trees.atomically((writer) => {
        const present = catalog.find(writer, scope, name)
        if (present === undefined) throw tableNotFoundNamed(name)
        check(present.record)
        const record: TableRecord = { ...present.record, status: 'DELETING' }
        const figures = figuresOf(writer, record)
        stopStream(writer, present, clock.nowMs())
        if (house.transitionMs === 0) removeTable(writer, catalog, record)
        else catalog.put(writer, record)
        return { record, figures }
      })
      house.admission.forget(deleted.record.id)
      if (house.transitionMs === 0) {
        await house.policies.refresh(trees, deleted.record)
        duties.drop()
      }
      if (house.transitionMs > 0) duties.settle(deleted.record)
      return deleted
    },
  }
}

function newRecord(
  scope: Scope,
  definition: TableDefinition,
  id: string,
  nowMs: number,
  writer: TreeWriter,
  key: TableKey,
): TableRecord {
  const { indexes: indexDefinitions, throughput, stream, tableClass, resourcePolicy: _kept, ...rest } = definition
  const hasLocal = indexDefinitions.some((index) => index.kind === 'local')
  const ids = takeTreeIds(writer, 1 + indexDefinitions.length + (hasLocal ? 1 : 0))
  const tree = ids[0] as TreeId
  writer.createTree(tree, key)
  for (const other of ids.slice(1)) writer.createTree(other, { sharedWith: tree })
  const indexes = indexDefinitions.map((index, at) => indexRecord(index, ids[1 + at] as TreeId))
  startPartitions(writer, tree, definition.billingMode, definition, nowMs)
  for (const index of indexes) startIndexPartitions(writer, index, definition.billingMode, nowMs)
  const collectionTree = hasLocal ? { collectionTree: ids[ids.length - 1] as TreeId } : {}
  return {
    ...rest,
    accountId: scope.accountId,
    region: scope.region,
    id,
    tree,
    ...collectionTree,
    indexes,
    status: 'CREATING',
    partitionVersion: 0,
    createdAtMs: nowMs,
    throughput: freshThroughput(throughput),
    ...(definition.billingMode === 'PAY_PER_REQUEST' && { onDemandSinceMs: nowMs }),
    ...(tableClass && { tableClass: { value: tableClass } }),
    ...(stream && { stream: { viewType: stream.viewType, label: streamLabel(nowMs), enabled: true } }),
  }
}

function withNewStream(
  writer: TreeWriter,
  record: TableRecord,
  partitions: readonly Partition[],
  key: TableKey,
  nowMs: number,
): TableRecord {
  return record.stream === undefined ? record : startStream(writer, record, record.stream, key, partitions, nowMs)
}

function startPartitions(
  writer: TreeWriter,
  tree: TreeId,
  billing: BillingMode,
  throughputs: Parameters<typeof startingPartitions>[1],
  nowMs: number,
): void {
  const partitions = evenPartitions(startingPartitions(billing, throughputs), nowMs)
  for (const partition of partitions) putPartition(writer, tree, partition)
}

/** Local indexes lie in their table's partitions. */
function startIndexPartitions(writer: TreeWriter, index: IndexRecord, billing: BillingMode, nowMs: number): void {
  if (index.kind === 'global') startPartitions(writer, index.tree, billing, index, nowMs)
}

function indexRecord(definition: IndexDefinition, tree: TreeId): IndexRecord {
  const { throughput, ...rest } = definition
  return {
    ...rest,
    tree,
    status: 'CREATING',
    backfilling: false,
    ...(throughput && { throughput: freshThroughput(throughput) }),
  }
}

export function freshThroughput(units: {
  readonly readCapacityUnits: number
  readonly writeCapacityUnits: number
}): ThroughputRecord {
  return { ...units, decreasesToday: 0, decreaseDay: 0 }
}

/** The time that names a stream, such as 2015-05-11T21:21:33.291. */
export function streamLabel(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, -1)
}

/** Gives a tree to a queue that begins; one that has ended is left to the duties. */
function withQueue(writer: TreeWriter, changed: TableRecord, present: TableRecord): TableRecord {
  const queued = queuedTimeToLive(changed)
  const before = queuedTimeToLive(present)
  if (before !== undefined && endsQueue(changed, present)) noteDrop(writer, before.queue)
  if (queued?.queue !== 0) return changed
  const [queue] = takeTreeIds(writer, 1) as [TreeId]
  writer.createTree(queue, { sharedWith: changed.tree })
  return { ...changed, timeToLive: { ...queued, queue } }
}

function endsQueue(changed: TableRecord, present: TableRecord): boolean {
  const before = queuedTimeToLive(present)
  return before !== undefined && before.queue !== queuedTimeToLive(changed)?.queue
}

/** Gives trees to new indexes; an index that was dropped at once leaves its tree to the duties. */
function withTrees(
  writer: TreeWriter,
  changed: TableRecord,
  present: TableRecord,
  nowMs: number,
): { record: TableRecord; figures: TableFigures } {
  const missing = changed.indexes.filter((index) => index.tree === 0)
  const ids = missing.length > 0 ? takeTreeIds(writer, missing.length) : []
  for (const id of ids) writer.createTree(id, { sharedWith: changed.tree })
  const indexes = changed.indexes.map((index) =>
    index.tree === 0 ? { ...index, tree: ids[missing.indexOf(index)] as TreeId } : index,
  )
  for (const index of indexes) {
    if (ids.includes(index.tree)) startIndexPartitions(writer, index, changed.billingMode, nowMs)
  }
  for (const index of present.indexes)
    if (!indexes.some((kept) => kept.tree === index.tree)) noteDrop(writer, index.tree)
  const record = withQueue(writer, { ...changed, indexes }, present)
  return { record, figures: figuresOf(writer, record) }
}
