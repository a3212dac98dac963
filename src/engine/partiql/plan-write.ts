/** Writes of one item: their key out of the WHERE clause, what else it says as the condition of the write. */
import { validationError } from '../../foundation/service-error.ts'
import type { Condition } from '../expressions/syntax.ts'
import type { Item } from '../items/attribute-value.ts'
import type { KeySchema } from '../tables/table.ts'
import type { BoundDelete, BoundExists, BoundUpdate } from './bound-statement.ts'
import { checkKeyType, conjunction, itemKeyOf } from './key-conditions.ts'

export interface WriteTarget {
  readonly key: Item
  readonly condition: Condition
}

/** An INSERT finds no item in its place. */
export function insertCondition(schema: KeySchema): Condition {
  return { kind: 'not-exists', path: hashPath(schema) }
}

/**
 * The item of an UPDATE or DELETE. An UPDATE never makes its item; a DELETE that finds none does nothing, whatever
 * else its clause says. Throws ValidationExceptions for clauses that do not name one item; with `checksTypes` also for
 * key values of other types than the schema's, which a transaction leaves to its items.
 */
export function writeTarget(
  statement: BoundUpdate | BoundDelete,
  schema: KeySchema,
  checksTypes: boolean,
): WriteTarget {
  const found = itemKeyOf(statement.where, schema, ({ name }) => {
    throw validationError(
      `Multiple conditions on same key ${name}. Only single item Update/Insert/Delete are supported`,
    )
  })
  if (found === undefined) {
    throw validationError('Where clause does not contain a mandatory equality on all key attributes')
  }
  if (checksTypes) checkTypes(found.key, schema)
  const rest = conjunction(found.rest)
  const path = hashPath(schema)
  if (statement.kind === 'update') {
    const exists: Condition = { kind: 'exists', path }
    return { key: found.key, condition: rest === undefined ? exists : { kind: 'and', all: [exists, rest] } }
  }
  const missing: Condition = { kind: 'not-exists', path }
  const anyItem: Condition = { kind: 'exists', path }
  return { key: found.key, condition: { kind: 'or', any: [missing, rest ?? anyItem] } }
}

/** The item of EXISTS, which must say something beside its key; the item must be there for it to hold. */
export function existsTarget(statement: BoundExists, schema: KeySchema): WriteTarget {
  const found = itemKeyOf(statement.where, schema, () => undefined)
  if (found === undefined || found.rest.length === 0) {
    throw validationError('EXISTS() must contain a single item read with additional condition')
  }
  return {
    key: found.key,
    condition: { kind: 'and', all: [{ kind: 'exists', path: hashPath(schema) }, ...found.rest] },
  }
}

export function checkTypes(key: Item, schema: KeySchema): void {
  for (const attribute of [...schema.hash, ...schema.range]) {
    const value = key[attribute.name]
    if (value !== undefined) checkKeyType(attribute, value)
  }
}

function hashPath(schema: KeySchema): readonly string[] {
  return [schema.hash[0]?.name ?? '']
}
