/** What item calls ask permission for, with the values of DynamoDB's condition keys (computed only when asked for). */
import type { AccessRequest } from '../../contract/operation.ts'
import type { RequestContext } from '../../contract/request-context.ts'
import type { RawItem } from '../../contract/shape-attribute-values.ts'
import { canonicalNumber } from '../../engine/encoding/numbers.ts'
import type { KeySchema, TableRecord } from '../../engine/tables/table.ts'
import { ServiceError } from '../../foundation/service-error.ts'
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
    conditions: () => {
      const said = conditions()
      const found = ctx.engine.tables.current(scopeOf(ctx), table.name)
      if (found instanceof Promise) return found.then((record) => conditionValues(said, schemaRead(record, index)))
      return conditionValues(said, schemaRead(found, index))
    },
  }
}

/**
 * What a write asks permission for. ReturnValuesOnConditionCheckFailure gives an item back as ReturnValues does, so a
 * call that uses it is asked twice: who may not have ALL_OLD may not have it that way either.
 */
export function writeAccess(
  action: string,
  table: TableReference,
  ctx: RequestContext,
  conditions: () => ItemConditions,
  returnedOnFailure: 'ALL_OLD' | 'NONE' | undefined,
): readonly AccessRequest[] {
  const asked = itemAccess(action, table, ctx, conditions)
  if (returnedOnFailure !== 'ALL_OLD') return [asked]
  return [asked, itemAccess(action, table, ctx, () => ({ ...conditions(), returnValues: 'ALL_OLD' }))]
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
  if (typed.S !== undefined) return typed.S
  if (typed.N !== undefined) return numberText(typed.N)
  // Base64 that differs in unused bits is the same bytes.
  return typed.B === undefined ? '' : Buffer.from(typed.B, 'base64').toString('base64')
}

/** Numbers that are equal are one key, however they are written; what is no number, the call refuses later. */
function numberText(written: string): string {
  try {
    return canonicalNumber(written)
  } catch (error) {
    if (error instanceof ServiceError) return written
    throw error
  }
}

function schemaRead(record: TableRecord | undefined, index: string | undefined): KeySchema | undefined {
  return index === undefined ? record?.keySchema : record?.indexes.find(({ name }) => name === index)?.keySchema
}
