/** PartiQL statements as requests carry them, and what is worked out from one request once. */

import type { RequestContext } from '../../contract/request-context.ts'
import { optional, required } from '../../contract/shape.ts'
import { attributeValue, type RawAttributeValue } from '../../contract/shape-attribute-values.ts'
import { list } from '../../contract/shape-collections.ts'
import { string } from '../../contract/shape-scalars.ts'
import { tableNotFound } from '../../engine/errors.ts'
import { checkValue } from '../../engine/items/check-item.ts'
import { bindStatement } from '../../engine/partiql/bind-statement.ts'
import type { BoundStatement } from '../../engine/partiql/bound-statement.ts'
import type { Parameters } from '../../engine/partiql/literal-values.ts'
import type { TableRecord } from '../../engine/tables/table.ts'
import { validationError } from '../../foundation/service-error.ts'
import { scopeOf, type TableReference, tableReference } from './table-reference.ts'

/** The members that say what is to be done, of all three calls. */
export const statementMembers = {
  Statement: required(string({ min: 1, max: 8192 })),
  Parameters: optional(list(attributeValue, { min: 1 })),
}

export interface StatementInput {
  readonly Statement: string
  readonly Parameters?: readonly RawAttributeValue[]
}

interface KnownStatement {
  parameters?: Parameters
  bound?: BoundStatement
}

/** Access, audit and run ask for the same statement, so what was made of it is kept as long as its request. */
const knownStatements = new WeakMap<StatementInput, KnownStatement>()

function known(input: StatementInput): KnownStatement {
  const found = knownStatements.get(input)
  if (found !== undefined) return found
  const fresh: KnownStatement = {}
  knownStatements.set(input, fresh)
  return fresh
}

/** The parameters, checked; the service checks them before it reads the statement. */
export function checkedParameters(input: StatementInput): Parameters {
  const statement = known(input)
  statement.parameters ??= (input.Parameters ?? []).map(checkValue)
  return statement.parameters
}

export function boundStatement(input: StatementInput): BoundStatement {
  const statement = known(input)
  statement.bound ??= bindStatement(input.Statement, checkedParameters(input))
  return statement.bound
}

export const statementActions = {
  select: 'dynamodb:PartiQLSelect',
  insert: 'dynamodb:PartiQLInsert',
  update: 'dynamodb:PartiQLUpdate',
  delete: 'dynamodb:PartiQLDelete',
  // A check of a transaction reads.
  exists: 'dynamodb:PartiQLSelect',
} as const

export function statementTable(statement: BoundStatement, ctx: RequestContext): TableReference {
  return tableReference(statement.table, ctx, statementActions[statement.kind])
}

/** ResourceNotFoundException when the statement's table is not there. */
export async function recordOf(table: TableReference, ctx: RequestContext): Promise<TableRecord> {
  const record = await ctx.engine.tables.usable(scopeOf(ctx), table.name)
  if (record === undefined) throw tableNotFound()
  return record
}

export function existsOutsideTransaction(): Error {
  return validationError('EXISTS can only be used in ExecuteTransaction write requests.')
}
