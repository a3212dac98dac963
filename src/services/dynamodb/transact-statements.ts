/** The statements of ExecuteTransaction as reads or writes of a transaction, or the reasons why one cannot be. */
import type { RequestContext } from '../../contract/request-context.ts'
import { RequestFault, requestFault, tableNotFound } from '../../engine/errors.ts'
import type { Item } from '../../engine/items/attribute-value.ts'
import type { TransactAction, TransactGetRequest } from '../../engine/items/items.ts'
import { checkItemKeys } from '../../engine/items/key-attributes.ts'
import type { BoundExists, BoundSelect, BoundStatement, BoundWrite } from '../../engine/partiql/bound-statement.ts'
import { isWrongKeyType } from '../../engine/partiql/key-conditions.ts'
import { planRead } from '../../engine/partiql/plan-read.ts'
import { checkTypes, existsTarget, insertCondition, writeTarget } from '../../engine/partiql/plan-write.ts'
import type { TableRecord } from '../../engine/tables/table.ts'
import { ActionRefused, Cancellation } from '../../engine/transactions/cancellation.ts'
import { ServiceError, validationError } from '../../foundation/service-error.ts'
import { duplicateItemMessage } from './statement-writes.ts'
import { boundStatement, checkedParameters, type StatementInput, statementTable } from './statements.ts'
import { scopeOf } from './table-reference.ts'

export interface TransactStatement extends StatementInput {
  readonly ReturnValuesOnConditionCheckFailure?: 'ALL_OLD' | 'NONE'
}

export type TransactRead = TransactGetRequest['gets'][number]
type BoundAction = BoundWrite | BoundExists

/** All statements, all of them reads or all of them writes. All parameters are checked before any statement is read. */
export function boundStatements(inputs: readonly TransactStatement[]): readonly BoundStatement[] {
  for (const input of inputs) checkedParameters(input)
  const statements = inputs.map((input, position) => ofStatement(position, () => boundStatement(input)))
  const reads = statements.filter(isRead).length
  if (reads > 0 && reads < statements.length) {
    throw validationError('ExecuteTransaction API does not support both read and write operations in the same request.')
  }
  return statements
}

export function isRead(statement: BoundStatement): statement is BoundSelect {
  return statement.kind === 'select'
}

/** Refusals of a statement's form name its position. */
function ofStatement<T>(position: number, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof ServiceError) || error instanceof RequestFault || error.code !== 'ValidationException') {
      throw error
    }
    throw requestFault(`Validation failed in TransactStatements[${position}]: ${error.message}`)
  }
}

export async function readsOf(selects: readonly BoundSelect[], ctx: RequestContext): Promise<readonly TransactRead[]> {
  return planned(selects, ctx, (select, record) => {
    if (select.index !== undefined) throw readsOnIndex()
    const { projection, columns } = select
    return {
      table: record.name,
      key: selectedKey(select, record),
      ...(projection !== undefined && { projection }),
      ...(columns !== undefined && { columns }),
    }
  })
}

export async function actionsOf(
  statements: readonly BoundAction[],
  inputs: readonly TransactStatement[],
  ctx: RequestContext,
): Promise<readonly TransactAction[]> {
  return planned(statements, ctx, (statement, record, position) => {
    const returnOldOnFailure = inputs[position]?.ReturnValuesOnConditionCheckFailure === 'ALL_OLD'
    return { table: record.name, returnOldOnFailure, ...actionOf(statement, record) }
  })
}

function actionOf(statement: BoundAction, record: TableRecord) {
  const { keySchema } = record
  switch (statement.kind) {
    case 'insert': {
      const { item } = statement
      asReason(() => checkItemKeys(keySchema, item))
      const failsAs = { code: 'DuplicateItem', message: duplicateItemMessage }
      return { kind: 'put', item, condition: insertCondition(keySchema), failsAs } as const
    }
    case 'exists':
      if (statement.index !== undefined) throw readsOnIndex()
      return { kind: 'check', ...existsTarget(statement, keySchema) } as const
    default: {
      if (statement.returnValues !== 'NONE') {
        throw validationError('RETURNING clause is not supported in ExecuteTransaction.')
      }
      const target = asReason(() => {
        const found = writeTarget(statement, keySchema, false)
        checkTypes(found.key, keySchema)
        return found
      }, keyMismatchMessage)
      if (statement.kind === 'delete') return { kind: 'delete', ...target } as const
      return { kind: 'update', ...target, update: statement.update } as const
    }
  }
}

const keyMismatchMessage = 'The provided key element does not match the schema'

function readsOnIndex(): ServiceError {
  return validationError('Reads on indices are not supported within transactions.')
}

function selectedKey(select: BoundSelect, record: TableRecord): Item {
  let plan: ReturnType<typeof planRead>
  try {
    plan = planRead(select, record)
  } catch (error) {
    throw isWrongKeyType(error) ? statementFault(keyMismatchMessage) : error
  }
  const key = plan.kind === 'queries' ? plan.key : undefined
  if (key !== undefined) return key
  throw validationError('Select statements within ExecuteTransaction must specify the primary key in the where clause.')
}

// Faults of single statements are reasons of a cancellation; all others refuse the request.

function statementFault(message: string): ActionRefused {
  return new ActionRefused({ Code: 'ValidationError', Message: message })
}

function asReason<T>(work: () => T, message?: string): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof ServiceError) || error instanceof RequestFault) throw error
    throw statementFault(message ?? error.message)
  }
}

/**
 * What each statement becomes on its table. TransactionCanceledException when a table is missing or a statement does not
 * fit its table, but only when no statement's form is refused.
 */
async function planned<Statement extends BoundStatement, Planned>(
  statements: readonly Statement[],
  ctx: RequestContext,
  plan: (statement: Statement, record: TableRecord, position: number) => Planned,
): Promise<readonly Planned[]> {
  const records = await Promise.all(
    statements.map((statement) => ctx.engine.tables.usable(scopeOf(ctx), statementTable(statement, ctx).name)),
  )
  const cancellation = new Cancellation(statements.length)
  const results = statements.map((statement, position) =>
    cancellation.attempt(position, () => {
      const record = records[position]
      if (record === undefined) throw new ActionRefused({ Code: 'ResourceNotFound', Message: tableNotFound().message })
      return ofStatement(position, () => plan(statement, record, position))
    }),
  )
  if (cancellation.needed) throw cancellation.error()
  return results as readonly Planned[]
}
