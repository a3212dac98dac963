/** What item calls ask permission for, with the values of DynamoDB's condition keys (computed only when asked for). */
import type { AccessRequest } from '../../contract/operation.ts'
import type { RequestContext } from '../../contract/request-context.ts'
import type { RawItem } from '../../contract/shape-attribute-values.ts'
import type { KeySchema } from '../../engine/tables/table.ts'
import type { ReturnConsumedCapacity } from './consumed-capacity.ts'
import { indexArn, scopeOf, type TableReference } from './table-reference.ts'

/** What a call says that condition keys read; members that a call has no word for stay absent. */
export interface ItemConditions {
  /** Items or keys whose partition key values are LeadingKeys. */
  readonly keys?: readonly RawItem[]
  /** Partition key values themselves, when the request states them otherwise (Query), given the schema. */
  readonly leadingValues?: (schema: KeySchema) => readonly (readonly unknown[])[]
  /** Top-level attribute names that the request names. */
  readonly attributes?: readonly string[]
  readonly select?: string
  readonly returnValues?: string
  readonly returnConsumedCapacity?: ReturnConsumedCapacity | undefined
  /** Whether a SELECT reads every item, given the schema. */
  readonly fullTableScan?: (schema: KeySchema) => boolean
  /** The transaction call that the action is part of. */
  readonly enclosingOperation?: string
}

export function itemAccess(
  action: string,
  table: TableReference,
  ctx: RequestContext,
  conditions: () => ItemConditions,
  index?: string,
): AccessRequest {
  return {
    action,
    resource: index === undefined ? table.arn : indexArn(table.arn, index),
    conditions: async () => conditionValues(conditions(), await schemaOf(table.name, index, ctx)),
  }
}

type ConditionValues = Readonly<Record<string, string | readonly string[]>>

const partitionKeyNames = [
  'dynamodb:FirstPartitionKeyValues',
  'dynamodb:SecondPartitionKeyValues',
  'dynamodb:ThirdPartitionKeyValues',
  'dynamodb:FourthPartitionKeyValues',
]

function conditionValues(said: ItemConditions, schema: KeySchema | undefined): ConditionValues {
  const values: Record<string, string | readonly string[]> = {}
  if (said.attributes !== undefined) values['dynamodb:Attributes'] = [...new Set(said.attributes)]
  if (said.select !== undefined) values['dynamodb:Select'] = said.select
  if (said.returnValues !== undefined) values['dynamodb:ReturnValues'] = said.returnValues
  if ('returnConsumedCapacity' in said) {
    values['dynamodb:ReturnConsumedCapacity'] = said.returnConsumedCapacity ?? 'NONE'
  }
  if (said.enclosingOperation !== undefined) values['dynamodb:EnclosingOperation'] = said.enclosingOperation
  if (schema !== undefined) {
    if (said.fullTableScan !== undefined) values['dynamodb:FullTableScan'] = String(said.fullTableScan(schema))
    for (const [position, of] of leadingValues(said, schema).entries()) {
      const name = partitionKeyNames[position]
      if (name !== undefined && of.length > 0) values[name] = of.map(keyText)
    }
    const first = values['dynamodb:FirstPartitionKeyValues']
    if (first !== undefined) values['dynamodb:LeadingKeys'] = first
  }
  return values
}

/** By position in the partition key: all the values that the request names. */
function leadingValues(said: ItemConditions, schema: KeySchema): readonly (readonly unknown[])[] {
  if (said.leadingValues !== undefined) return said.leadingValues(schema)
  const { keys } = said
  if (keys === undefined) return []
  return schema.hash.map((attribute) =>
    keys.filter((key) => Object.hasOwn(key, attribute.name)).map((key) => key[attribute.name]),
  )
}

/** A key value as policies write it: text, canonical number text, base64. */
function keyText(value: unknown): string {
  const typed = (value ?? {}) as { readonly S?: string; readonly N?: string; readonly B?: string }
  return typed.S ?? typed.N ?? typed.B ?? ''
}

async function schemaOf(table: string, index: string | undefined, ctx: RequestContext): Promise<KeySchema | undefined> {
  const found = await ctx.engine.tables.find(scopeOf(ctx), table)
  if (index === undefined) return found?.record.keySchema
  return found?.record.indexes.find((each) => each.name === index)?.keySchema
}
