/** CreateTable's request as the engine's definition of a table: every check that needs no look at the catalog. */
import type { BillingMode } from '../../engine/tables/table.ts'
import type { TableDefinition } from '../../engine/tables/tables.ts'
import { invalidParameter } from './errors.ts'
import { type IndexesInput, indexDefinitions, indexSchemas } from './index-definitions.ts'
import { attributeNames, checkedDefinitions, refuseUnused, tableKeySchema } from './key-schemas.ts'
import { checkedPolicy } from './policy-documents.ts'
import { checkedSse, streamAtStart } from './table-settings.ts'
import type {
  AttributeDefinitions,
  KeySchemaElements,
  OnDemandInput,
  SseInput,
  StreamInput,
  TableClassInput,
  TagInput,
  ThroughputInput,
  WarmInput,
} from './table-shapes.ts'
import { checkedTags } from './tags.ts'
import { checkedOnDemand, checkedThroughput, noThroughput, warmAtStart } from './throughput-rules.ts'

export interface CreateTableRequest extends IndexesInput {
  readonly AttributeDefinitions: AttributeDefinitions
  readonly KeySchema: KeySchemaElements
  readonly BillingMode?: BillingMode
  readonly ProvisionedThroughput?: ThroughputInput
  readonly OnDemandThroughput?: OnDemandInput
  readonly WarmThroughput?: WarmInput
  readonly StreamSpecification?: StreamInput
  readonly SSESpecification?: SseInput
  readonly Tags?: readonly TagInput[]
  readonly TableClass?: TableClassInput
  readonly DeletionProtectionEnabled?: boolean
  readonly ResourcePolicy?: string
}

export function tableDefinition(input: CreateTableRequest, name: string, region: string): TableDefinition {
  const billing = input.BillingMode ?? 'PROVISIONED'
  checkBilling(input, billing)
  const throughput =
    input.ProvisionedThroughput === undefined
      ? noThroughput
      : checkedThroughput(input.ProvisionedThroughput, { region })
  const definitions = checkedDefinitions(input.AttributeDefinitions)
  const keySchema = tableKeySchema(input.KeySchema, definitions)
  const hasIndexes = input.LocalSecondaryIndexes !== undefined || input.GlobalSecondaryIndexes !== undefined
  const schemas = indexSchemas(input, keySchema, definitions)
  refuseUnused(definitions, [...schemas.used, ...attributeNames(keySchema)], hasIndexes)
  const indexes = indexDefinitions(input, schemas, billing, region)
  const onDemand = checkedOnDemand(input.OnDemandThroughput, billing, { region })
  const warm = warmAtStart(input.WarmThroughput, billing, throughput, { region })
  const stream = streamAtStart(input.StreamSpecification)
  const sse = checkedSse(input.SSESpecification)
  return {
    name,
    keySchema,
    attributeDefinitions: [...definitions.values()],
    indexes,
    billingMode: billing,
    throughput,
    ...(onDemand !== undefined && { onDemandThroughput: onDemand }),
    ...(warm !== undefined && { warmThroughput: warm }),
    ...(input.TableClass !== undefined && { tableClass: input.TableClass }),
    deletionProtection: input.DeletionProtectionEnabled === true,
    ...(sse !== undefined && { sse }),
    ...(stream !== undefined && { stream }),
    tags: checkedTags(input.Tags ?? []),
    ...(input.ResourcePolicy !== undefined && { resourcePolicy: checkedPolicy(input.ResourcePolicy, 'table') }),
  }
}

function checkBilling(input: CreateTableRequest, billing: BillingMode): void {
  if (billing === 'PAY_PER_REQUEST' && input.ProvisionedThroughput !== undefined) {
    throw invalidParameter(
      'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST',
    )
  }
  if (billing === 'PROVISIONED' && input.ProvisionedThroughput === undefined) {
    throw invalidParameter(
      'ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED',
    )
  }
}
