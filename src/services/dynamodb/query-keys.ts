/** The key condition of a query against the key schema of the table or index that it reads. */

import { attributesNamed } from '../../engine/expressions/attributes-named.ts'
import { keyConditionOf } from '../../engine/expressions/key-condition.ts'
import type { Condition, KeyCondition } from '../../engine/expressions/syntax.ts'
import type { AttributeValue } from '../../engine/items/attribute-value.ts'
import type { KeySchema, TableRecord } from '../../engine/tables/table.ts'
import { ServiceError, validationError } from '../../foundation/service-error.ts'

export interface QueryConditions {
  readonly keys: Condition
  readonly filter?: Condition
  /** How the refusal of a filter on a key attribute names the parameter. */
  readonly filterParameter: 'Filter Expression' | 'QueryFilter'
}

/** To be called when the table is known; throws the ValidationExceptions that need its schema. */
export function keyConditionFor(
  conditions: QueryConditions,
): (table: TableRecord, index: string | undefined) => KeyCondition {
  return (table, index) => {
    const schema = schemaRead(table, index)
    const result = keyConditionOf(conditions.keys, schema.hash, schema.range, index)
    if (conditions.filter !== undefined) refuseKeyAttributes(conditions.filter, schema, conditions.filterParameter)
    return result
  }
}

/**
 * By position in the partition key: the values that dynamodb:LeadingKeys and its kin have. None for a condition that the
 * query is going to be refused for: who may not query need not learn the key schema from that refusal.
 */
export function partitionKeyValues(
  keys: Condition,
  { hash, range }: KeySchema,
): readonly (readonly AttributeValue[])[] {
  try {
    return keyConditionOf(keys, hash, range).hash.map((value) => [value])
  } catch (error) {
    if (error instanceof ServiceError) return []
    throw error
  }
}

function schemaRead(table: TableRecord, index: string | undefined): KeySchema {
  if (index === undefined) return table.keySchema
  return table.indexes.find((each) => each.name === index)?.keySchema ?? table.keySchema
}

function refuseKeyAttributes(filter: Condition, schema: KeySchema, parameter: string): void {
  const named = attributesNamed({ filter })
  for (const { name } of [...schema.hash, ...schema.range]) {
    if (named.has(name)) {
      throw validationError(`${parameter} can only contain non-primary key attributes: Primary key attribute: ${name}`)
    }
  }
}
