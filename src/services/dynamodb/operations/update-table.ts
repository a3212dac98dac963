import { operation } from '../../../contract/operation.ts'
import { type InputOf, optional, structure } from '../../../contract/shape.ts'
import { boolean } from '../../../contract/shape-scalars.ts'
import type { TableRecord } from '../../../engine/tables/table.ts'
import { managementEvent } from '../audit.ts'
import { tableChange } from '../table-change.ts'
import { type TableDescription, tableDescription } from '../table-description.ts'
import { scopeOf, tableReference } from '../table-reference.ts'
import {
  attributeDefinitions,
  billingMode,
  globalSecondaryIndexUpdates,
  namedTable,
  onDemandThroughput,
  provisionedThroughput,
  sseSpecification,
  streamSpecification,
  tableClass,
  unsupported,
  warmThroughput,
} from '../table-shapes.ts'
import { checkUpdateRequest } from '../table-update-request.ts'

const action = 'dynamodb:UpdateTable'

const input = structure(
  {
    TableName: namedTable,
    AttributeDefinitions: optional(attributeDefinitions),
    ProvisionedThroughput: optional(provisionedThroughput),
    BillingMode: optional(billingMode),
    GlobalSecondaryIndexUpdates: optional(globalSecondaryIndexUpdates),
    StreamSpecification: optional(streamSpecification),
    SSESpecification: optional(sseSpecification),
    TableClass: optional(tableClass),
    DeletionProtectionEnabled: optional(boolean),
    OnDemandThroughput: optional(onDemandThroughput),
    WarmThroughput: optional(warmThroughput),
    ReplicaUpdates: unsupported('ReplicaUpdates'),
    MultiRegionConsistency: unsupported('MultiRegionConsistency'),
    GlobalTableWitnessUpdates: unsupported('GlobalTableWitnessUpdates'),
    GlobalTableSettingsReplicationMode: unsupported('GlobalTableSettingsReplicationMode'),
    VectorIndexUpdates: unsupported('VectorIndexUpdates'),
    DisassociationProtectionEnabled: unsupported('DisassociationProtectionEnabled'),
  },
  'UpdateTableInput',
)
type Input = InputOf<typeof input>

export const updateTable = operation<Input, { readonly TableDescription: TableDescription }>({
  name: 'UpdateTable',
  kind: 'control-write',
  input,
  access: (input, ctx) => [{ action, resource: tableReference(input.TableName, ctx, action).arn }],
  audit: managementEvent({ readOnly: false, tableName: (input) => input.TableName }),
  run: async (input, ctx) => {
    checkUpdateRequest(input)
    const { name } = tableReference(input.TableName, ctx, action)
    const change = tableChange(input, ctx.receivedAtMs)
    let before: TableRecord | undefined
    const { record, figures } = await ctx.engine.tables.update(scopeOf(ctx), name, (present) => {
      before = present
      return change(present)
    })
    const shown = before === undefined ? record : answered(record, before)
    return { TableDescription: tableDescription(shown, figures, ctx.receivedAtMs) }
  },
})

/**
 * The answer still shows units and warm throughput as they were, though with the new times of change (recorded
 * 2026-10). Only a switch of the billing mode shows its new units at once. A new index is not yet being filled.
 */
function answered(record: TableRecord, before: TableRecord): TableRecord {
  if (record.billingMode !== before.billingMode) return record
  return {
    ...unitsOf(record, before),
    indexes: record.indexes.map((index) => {
      const own = before.indexes.find((each) => each.name === index.name)
      return own === undefined ? { ...index, backfilling: false } : unitsOf(index, own)
    }),
  }
}

function unitsOf<T extends Pick<Partial<TableRecord>, 'throughput' | 'warmThroughput'>>(after: T, before: T): T {
  const { throughput } = before
  return {
    ...after,
    ...(throughput !== undefined &&
      after.throughput !== undefined && {
        throughput: {
          ...after.throughput,
          readCapacityUnits: throughput.readCapacityUnits,
          writeCapacityUnits: throughput.writeCapacityUnits,
          decreasesToday: throughput.decreasesToday,
        },
      }),
    ...(before.warmThroughput !== undefined && { warmThroughput: before.warmThroughput }),
  }
}
