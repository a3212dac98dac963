import { operation } from '../../../contract/operation.ts'
import { type InputOf, optional, required, structure } from '../../../contract/shape.ts'
import { boolean, string } from '../../../contract/shape-scalars.ts'
import type { TableFigures, WarmThroughput } from '../../../engine/tables/table.ts'
import type { TableDefinition } from '../../../engine/tables/tables.ts'
import { managementEvent } from '../audit.ts'
import { requestTags } from '../request-tags.ts'
import { tableDefinition } from '../table-definition.ts'
import { type TableDescription, tableDescription } from '../table-description.ts'
import { scopeOf, tableReference } from '../table-reference.ts'
import {
  attributeDefinitions,
  billingMode,
  globalSecondaryIndexes,
  keySchema,
  localSecondaryIndexes,
  namedTable,
  onDemandThroughput,
  provisionedThroughput,
  sseSpecification,
  streamSpecification,
  tableClass,
  tags,
  unsupported,
  warmThroughput,
} from '../table-shapes.ts'

const action = 'dynamodb:CreateTable'

const input = structure(
  {
    TableName: namedTable,
    AttributeDefinitions: required(attributeDefinitions),
    BillingMode: optional(billingMode),
    ProvisionedThroughput: optional(provisionedThroughput),
    KeySchema: required(keySchema),
    LocalSecondaryIndexes: optional(localSecondaryIndexes),
    GlobalSecondaryIndexes: optional(globalSecondaryIndexes),
    StreamSpecification: optional(streamSpecification),
    SSESpecification: optional(sseSpecification),
    Tags: optional(tags),
    TableClass: optional(tableClass),
    DeletionProtectionEnabled: optional(boolean),
    OnDemandThroughput: optional(onDemandThroughput),
    WarmThroughput: optional(warmThroughput),
    ResourcePolicy: optional(string()),
    VectorIndexes: unsupported('VectorIndexes'),
    GlobalTableSourceArn: unsupported('GlobalTableSourceArn'),
    GlobalTableSettingsReplicationMode: unsupported('GlobalTableSettingsReplicationMode'),
  },
  'CreateTableInput',
)
type Input = InputOf<typeof input>

const noFigures: TableFigures = { itemCount: 0, sizeBytes: 0, indexes: new Map() }

export const createTable = operation<Input, { readonly TableDescription: TableDescription }>({
  name: 'CreateTable',
  kind: 'control-write',
  input,
  access: (input, ctx) => {
    const { arn } = tableReference(input.TableName, ctx, action)
    const tags = input.Tags ?? []
    const create = { action, resource: arn, conditions: () => requestTags(tags) }
    return [
      create,
      ...(tags.length > 0 ? [{ ...create, action: 'dynamodb:TagResource' }] : []),
      ...(input.ResourcePolicy === undefined ? [] : [{ action: 'dynamodb:PutResourcePolicy', resource: arn }]),
    ]
  },
  audit: managementEvent({ readOnly: false, tableName: (input) => input.TableName }),
  run: async (input, ctx) => {
    const { name } = tableReference(input.TableName, ctx, action)
    const definition = tableDefinition(input, name, ctx.region)
    const record = await ctx.engine.tables.create(scopeOf(ctx), definition)
    return { TableDescription: newTable(tableDescription(record, noFigures, ctx.receivedAtMs), definition) }
  },
})

/** The first answer shows warm throughput only where the request asked for it. */
function newTable(description: TableDescription, definition: TableDefinition): TableDescription {
  const { GlobalSecondaryIndexes: indexes, ...table } = description
  if (!Array.isArray(indexes)) return withoutWarm(table, definition)
  const warmed = new Map(definition.indexes.map((index) => [index.name, index]))
  const shown = indexes.map((index: TableDescription) => withoutWarm(index, warmed.get(String(index['IndexName']))))
  return { ...withoutWarm(table, definition), GlobalSecondaryIndexes: shown }
}

function withoutWarm(
  description: TableDescription,
  definition: { readonly warmThroughput?: WarmThroughput } | undefined,
): TableDescription {
  if (definition?.warmThroughput !== undefined) return description
  const { WarmThroughput: _absent, ...rest } = description
  return rest
}
