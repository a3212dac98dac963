import { operation } from '../../../contract/operation.ts'
import type { RequestContext } from '../../../contract/request-context.ts'
import { type InputOf, optional, required, structure } from '../../../contract/shape.ts'
import { list } from '../../../contract/shape-collections.ts'
import { boolean } from '../../../contract/shape-scalars.ts'
import type { CapacityUse, WriteResult } from '../../../engine/items/items.ts'
import type { BoundStatement } from '../../../engine/partiql/bound-statement.ts'
import { planRead } from '../../../engine/partiql/plan-read.ts'
import type { TableRecord } from '../../../engine/tables/table.ts'
import { ServiceError, validationError } from '../../../foundation/service-error.ts'
import { type ConsumedCapacity, consumedCapacity, sumOfCapacities } from '../consumed-capacity.ts'
import { returnConsumedCapacity, returnValuesOnConditionCheckFailure } from '../shapes.ts'
import { statementAccess } from '../statement-access.ts'
import { recordedStatement, statementEvent } from '../statement-audit.ts'
import { getSelected } from '../statement-reads.ts'
import { runWrite } from '../statement-writes.ts'
import { boundStatement, existsOutsideTransaction, recordOf, statementMembers, statementTable } from '../statements.ts'

const request = structure(
  {
    ...statementMembers,
    ConsistentRead: optional(boolean),
    ReturnValuesOnConditionCheckFailure: optional(returnValuesOnConditionCheckFailure),
  },
  'BatchStatementRequest',
)
const input = structure(
  {
    Statements: required(list(request, { min: 1, max: 25 })),
    ReturnConsumedCapacity: optional(returnConsumedCapacity),
  },
  'BatchExecuteStatementInput',
)
type Input = InputOf<typeof input>
type StatementRequest = InputOf<typeof request>

interface StatementResponse {
  Error?: { readonly Code: string; readonly Message: string; readonly Item?: unknown }
  TableName?: string
  Item?: NonNullable<WriteResult['attributes']>
}

export interface BatchExecuteStatementOutput {
  Responses: readonly StatementResponse[]
  ConsumedCapacity?: readonly ConsumedCapacity[]
}

export const batchExecuteStatement = operation<Input, BatchExecuteStatementOutput>({
  name: 'BatchExecuteStatement',
  kind: 'data-write',
  input,
  access: (input, ctx) =>
    input.Statements.flatMap((each) => {
      const enclosing = { returnConsumedCapacity: input.ReturnConsumedCapacity }
      const needed = whereReadable(() =>
        statementAccess(boundStatement(each), enclosing, ctx, each.ReturnValuesOnConditionCheckFailure),
      )
      // A statement that may not be is refused alone.
      return (needed ?? []).map((access) => ({
        ...access,
        onRefused: (error) => void (refused.has(each) || refused.set(each, error)),
      }))
    }),
  audit: statementEvent({
    statements: (input) => input.Statements,
    parameters: (input) => ({
      statements: input.Statements.map(recordedStatement),
      ...(input.ReturnConsumedCapacity !== undefined && { returnConsumedCapacity: input.ReturnConsumedCapacity }),
    }),
  }),
  run: async (input, ctx) => {
    refuseMixed(readable(input))
    // Bodies on the trees run in the order in which they are handed over, so the statements keep theirs.
    const results = await Promise.all(input.Statements.map((each) => executed(each, ctx)))
    const output: BatchExecuteStatementOutput = { Responses: results.map(({ response }) => response) }
    const capacities = capacityByTable(results).flatMap(
      ([table, use]) => consumedCapacity(input.ReturnConsumedCapacity, use, table) ?? [],
    )
    if (capacities.length > 0) output.ConsumedCapacity = capacities
    return output
  },
})

/** Statements that the caller may not have run, and why. */
const refused = new WeakMap<StatementRequest, ServiceError>()

/** Those that can be read; the others have an error of their own in the answer. */
function readable(input: Input): readonly BoundStatement[] {
  return input.Statements.flatMap((each) => whereReadable(() => boundStatement(each)) ?? [])
}

function whereReadable<T>(made: () => T): T | undefined {
  try {
    return made()
  } catch (error) {
    if (error instanceof ServiceError) return undefined
    throw error
  }
}

function refuseMixed(statements: readonly BoundStatement[]): void {
  const reads = statements.filter(({ kind }) => kind === 'select').length
  if (reads > 0 && reads < statements.length) {
    throw validationError(
      'BatchExecuteStatement API does not support both read and write operations in the same request.',
    )
  }
}

interface Executed {
  readonly response: StatementResponse
  /** Of what ran. */
  readonly used?: { readonly table: string; readonly capacity: CapacityUse }
}

async function executed(request: StatementRequest, ctx: RequestContext): Promise<Executed> {
  // Named in the answer once the statement has come to its table.
  let table: string | undefined
  try {
    const statement = boundStatement(request)
    if (statement.kind === 'exists') throw existsOutsideTransaction()
    const refusal = refused.get(request)
    if (refusal !== undefined) throw refusal
    const record = await recordOf(statementTable(statement, ctx), ctx)
    const run = await prepared(statement, record, request, ctx)
    table = statement.table
    const { item, capacity } = await run()
    const response = { TableName: table, ...(item !== undefined && { Item: item }) }
    return { response, used: { table, capacity } }
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    return { response: { Error: statementError(error), ...(table !== undefined && { TableName: table }) } }
  }
}

interface Done {
  readonly item?: WriteResult['attributes']
  readonly capacity: CapacityUse
}

/** The statement checked against its table, ready to run. */
async function prepared(
  statement: Exclude<BoundStatement, { readonly kind: 'exists' }>,
  record: TableRecord,
  request: StatementRequest,
  ctx: RequestContext,
): Promise<() => Promise<Done>> {
  if (statement.kind !== 'select') {
    const returnsOld = request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD'
    return async () => {
      const { attributes, capacity } = await runWrite(statement, record, returnsOld, ctx)
      return { item: attributes, capacity }
    }
  }
  const plan = planRead(statement, record)
  const key = plan.kind === 'queries' ? plan.key : undefined
  if (key === undefined) {
    throw validationError(
      'Select statements within BatchExecuteStatement must specify the primary key in the where clause.',
    )
  }
  return () => getSelected(statement, record, key, request.ConsistentRead === true, ctx)
}

const errorCodes: Readonly<Record<string, string>> = {
  ValidationException: 'ValidationError',
  ConditionalCheckFailedException: 'ConditionalCheckFailed',
  ItemCollectionSizeLimitExceededException: 'ItemCollectionSizeLimitExceeded',
  RequestLimitExceeded: 'RequestLimitExceeded',
  ProvisionedThroughputExceededException: 'ProvisionedThroughputExceeded',
  TransactionConflictException: 'TransactionConflict',
  ThrottlingException: 'ThrottlingError',
  InternalServerError: 'InternalServerError',
  ResourceNotFoundException: 'ResourceNotFound',
  AccessDeniedException: 'AccessDenied',
  DuplicateItemException: 'DuplicateItem',
}

function statementError(error: ServiceError): NonNullable<StatementResponse['Error']> {
  const item = error.members['Item']
  const code = errorCodes[error.code] ?? 'InternalServerError'
  return { Code: code, Message: error.message, ...(item !== undefined && { Item: item }) }
}

/** Tables in the order in which statements first used them. */
function capacityByTable(results: readonly Executed[]): readonly (readonly [string, CapacityUse])[] {
  const byTable = new Map<string, CapacityUse>()
  for (const { used } of results) {
    if (used === undefined) continue
    const known = byTable.get(used.table)
    byTable.set(used.table, known === undefined ? used.capacity : sumOfCapacities(known, used.capacity))
  }
  return [...byTable]
}
