/**
 * What UpdateTable makes of a table: a pure function of the present record, since the engine may run it again.
 * Statuses are UPDATING where work remains; the engine brings them to ACTIVE.
 */
import { onDemandStart } from '../../engine/partitions/starting-partitions.ts'
import { effectiveWarm, warmest, warmStart } from '../../engine/partitions/warm-throughput.ts'
import type { BillingMode, TableRecord, TableStatus } from '../../engine/tables/table.ts'
import type { TableChange } from '../../engine/tables/tables.ts'
import { validationError } from '../../foundation/service-error.ts'
import { invalidParameter, resourceInUse, subscriberLimitExceeded } from './errors.ts'
import { changedIndexes } from './index-changes.ts'
import { changedSse, changedStream } from './table-settings.ts'
import type { UpdateTableRequest } from './table-update-request.ts'
import { changedThroughput } from './throughput-change.ts'
import { checkedOnDemand, checkedThroughput, warmer } from './throughput-rules.ts'

/** AWS quota: two changes of the class in any 30 days. */
const classChangesWithinMs = 30 * 86_400_000

export function tableChange(input: UpdateTableRequest, nowMs: number): TableChange {
  return (present) => {
    refuseUnsettled(present)
    const billing = input.BillingMode ?? present.billingMode
    checkThroughputGiven(input, billing)
    refuseBusy(input, present)
    let next = withBilling(present, input, nowMs)
    next = withUnits(next, present, input, nowMs)
    next = changedIndexes(next, present, input, nowMs)
    next = withCeilings(next, present, input)
    if (input.StreamSpecification !== undefined) {
      const stream = changedStream(input.StreamSpecification, present.stream, present.name, nowMs)
      next = { ...next, stream, status: 'UPDATING' }
    }
    next = withEncryption(next, input)
    if (input.TableClass !== undefined) next = withTableClass(next, input.TableClass, nowMs)
    if (input.DeletionProtectionEnabled !== undefined) {
      next = { ...next, deletionProtection: input.DeletionProtectionEnabled }
    }
    return next
  }
}

/** The check of DeleteTable. */
export function refuseDelete(present: TableRecord): void {
  refuseUnsettled(present)
  if (present.deletionProtection) {
    throw validationError(
      'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
    )
  }
  if (present.indexes.some((index) => index.status !== 'ACTIVE')) {
    throw resourceInUse('Cannot delete table while indexes are being created, updated, or deleted.')
  }
  if (present.status === 'UPDATING') {
    throw resourceInUse(`Table: ${present.name} is in the process of being updated.`)
  }
}

function refuseUnsettled(present: TableRecord): void {
  if (present.status === 'CREATING') throw resourceInUse(`Table is being created: ${present.name}`)
  if (present.status === 'DELETING') throw resourceInUse(`Table is being deleted: ${present.name}`)
}

/** Units belong to provisioned tables, ceilings to tables on demand. */
function checkThroughputGiven(input: UpdateTableRequest, billing: BillingMode): void {
  if (input.ProvisionedThroughput !== undefined && billing === 'PAY_PER_REQUEST') {
    throw invalidParameter(
      'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST',
    )
  }
}

/** What may not begin while something else is under way. */
function refuseBusy(input: UpdateTableRequest, present: TableRecord): void {
  const { name } = present
  const deleting = present.indexes.filter((index) => index.status === 'DELETING').map((index) => index.name)
  const creating = present.indexes.filter((index) => index.status === 'CREATING').map((index) => index.name)
  const switches = input.BillingMode !== undefined && input.BillingMode !== present.billingMode
  const isUpdating = present.status === 'UPDATING'
  if (input.ProvisionedThroughput !== undefined || switches) {
    if (deleting.length > 0) {
      throw resourceInUse(
        `Can't change table IOPS when an index is being deleted. Table: ${name} Indexes: [${deleting.join(', ')}]`,
      )
    }
    if (isUpdating) throw resourceInUse(`Table IOPS are currently being updated. Table: ${name}`)
  }
  if (input.OnDemandThroughput !== undefined) {
    const [work, indexes] = deleting.length > 0 ? ['deletion', deleting] : ['creation', creating]
    if (isUpdating && indexes.length > 0) {
      throw resourceInUse(
        `OnDemandThroughput cannot be updated while index ${work} is in progress for indexes: [${indexes.join(', ')}]`,
      )
    }
    if (isUpdating) throw resourceInUse(`Table IOPS are currently being updated. Table: ${name}`)
  }
  if (input.StreamSpecification !== undefined && isUpdating) {
    throw resourceInUse(
      creating.length > 0
        ? "Can't change stream status when an index is being created"
        : `Table is being updated: ${name}`,
    )
  }
  if (input.TableClass !== undefined && isUpdating) throw resourceInUse(`Table is being updated: ${name}`)
}

/** The billing mode and all that goes with a switch of it. Asking for the present mode changes nothing. */
function withBilling(present: TableRecord, input: UpdateTableRequest, nowMs: number): TableRecord {
  if (input.BillingMode === undefined || input.BillingMode === present.billingMode) return present
  const status: TableStatus = 'UPDATING'
  if (input.BillingMode === 'PAY_PER_REQUEST') {
    return {
      ...present,
      status,
      billingMode: 'PAY_PER_REQUEST',
      onDemandSinceMs: nowMs,
      throughput: { ...present.throughput, readCapacityUnits: 0, writeCapacityUnits: 0 },
      warmThroughput: warmest(effectiveWarm(present), onDemandStart),
    }
  }
  const { onDemandThroughput: _ceilings, ...rest } = present
  return { ...rest, status, billingMode: 'PROVISIONED', warmThroughput: effectiveWarm(present) }
}

function withUnits(next: TableRecord, present: TableRecord, input: UpdateTableRequest, nowMs: number): TableRecord {
  if (input.ProvisionedThroughput === undefined) return next
  const units = checkedThroughput(input.ProvisionedThroughput, { region: present.region })
  const throughput =
    present.billingMode === 'PAY_PER_REQUEST'
      ? { ...next.throughput, ...units }
      : changedThroughput(next.throughput, units, nowMs)
  // Warm throughput follows the units up, and never down.
  const warmThroughput = warmest(effectiveWarm(next), warmStart('PROVISIONED', units))
  return { ...next, status: 'UPDATING', throughput, warmThroughput }
}

function withCeilings(next: TableRecord, present: TableRecord, input: UpdateTableRequest): TableRecord {
  const owner = { region: present.region }
  const { onDemandThroughput, ...rest } = next
  const ceilings = checkedOnDemand(input.OnDemandThroughput, next.billingMode, owner, { present: onDemandThroughput })
  const withOnDemand: TableRecord = { ...rest, ...(ceilings !== undefined && { onDemandThroughput: ceilings }) }
  if (input.WarmThroughput === undefined || Object.keys(input.WarmThroughput).length === 0) return withOnDemand
  return { ...withOnDemand, warmThroughput: warmer(input.WarmThroughput, effectiveWarm(present), owner) }
}

function withEncryption(next: TableRecord, input: UpdateTableRequest): TableRecord {
  if (input.SSESpecification === undefined) return next
  const { sse: before, ...rest } = next
  const sse = changedSse(input.SSESpecification, before)
  return { ...rest, ...(sse !== undefined && { sse }) }
}

function withTableClass(
  next: TableRecord,
  tableClass: 'STANDARD' | 'STANDARD_INFREQUENT_ACCESS',
  nowMs: number,
): TableRecord {
  const { value = 'STANDARD', updatedAtMs, previousAtMs } = next.tableClass ?? {}
  if (value === tableClass) return next
  if (previousAtMs !== undefined && nowMs < previousAtMs + classChangesWithinMs) {
    throw subscriberLimitExceeded('Updates to TableClass are limited to 2 times in 30 day(s).')
  }
  const history = { updatedAtMs: nowMs, ...(updatedAtMs !== undefined && { previousAtMs: updatedAtMs }) }
  return { ...next, status: 'UPDATING', tableClass: { value: tableClass, ...history } }
}
