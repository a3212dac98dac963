/** The provisioned capacity that a target scales: how it stands, and how the DynamoDB room is asked to change it. */
import type { Dispatch, ServiceCaller } from '../../contract/ports.ts'
import type { Engine, Scope } from '../../engine/engine.ts'
import type { TableRecord, ThroughputRecord } from '../../engine/tables/table.ts'
import { servicePrincipal, serviceRoleName } from './arns.ts'
import type { ScaledResource } from './target-id.ts'

export interface PresentCapacity {
  readonly tableId: string
  readonly tableCreatedAtMs: number
  readonly units: number
  /** False while DynamoDB changes the table or the index. */
  readonly isActive: boolean
  readonly throughput: ThroughputRecord
}

/** Undefined when there is nothing to scale: no such table or index, or one on demand. */
export async function presentCapacity(
  { table, index, direction }: ScaledResource,
  engine: Engine,
  scope: Scope,
): Promise<PresentCapacity | undefined> {
  const record = (await engine.tables.find(scope, table))?.record
  const holder = record && holderOf(record, index)
  if (record?.billingMode !== 'PROVISIONED' || holder?.throughput === undefined) return undefined
  const { throughput } = holder
  return {
    tableId: record.id,
    tableCreatedAtMs: record.createdAtMs,
    units: direction === 'Read' ? throughput.readCapacityUnits : throughput.writeCapacityUnits,
    isActive: record.status === 'ACTIVE' && holder.status === 'ACTIVE',
    throughput,
  }
}

function holderOf(
  record: TableRecord,
  index: string | undefined,
): Pick<TableRecord, 'throughput' | 'status'> | undefined {
  if (index === undefined) return record
  const found = record.indexes.find((each) => each.kind === 'global' && each.name === index)
  return found?.throughput && { throughput: found.throughput, status: found.status }
}

/** What AWS's policy of the service-linked role allows, as far as this server has it. */
const by: ServiceCaller = {
  roleName: serviceRoleName,
  sessionName: 'AutoScaling-UpdateTable',
  role: { invokedBy: servicePrincipal, actions: ['dynamodb:DescribeTable', 'dynamodb:UpdateTable'] },
}

/** By UpdateTable, with its rules and limits; rejects with its ServiceError. */
export async function setCapacity(
  { table, index, direction }: ScaledResource,
  present: PresentCapacity,
  units: number,
  dispatch: Dispatch,
): Promise<void> {
  const { readCapacityUnits, writeCapacityUnits } = present.throughput
  const ProvisionedThroughput = {
    ReadCapacityUnits: direction === 'Read' ? units : readCapacityUnits,
    WriteCapacityUnits: direction === 'Write' ? units : writeCapacityUnits,
  }
  const change =
    index === undefined
      ? { ProvisionedThroughput }
      : { GlobalSecondaryIndexUpdates: [{ Update: { IndexName: index, ProvisionedThroughput } }] }
  await dispatch.call('DynamoDB_20120810.UpdateTable', { TableName: table, ...change }, by)
}
