import { operation } from '../../../contract/operation.ts'
import type { RequestContext } from '../../../contract/request-context.ts'
import { type InputOf, optional, required, structure } from '../../../contract/shape.ts'
import { list } from '../../../contract/shape-collections.ts'
import { string } from '../../../contract/shape-scalars.ts'
import type { CapacityUse, TransactGetResult, TransactWriteRequest } from '../../../engine/items/items.ts'
import type { BoundSelect, BoundStatement } from '../../../engine/partiql/bound-statement.ts'
import { ServiceError } from '../../../foundation/service-error.ts'
import { type TransactionCapacity, transactionCapacity } from '../consumed-capacity.ts'
import { requestDigest } from '../request-digest.ts'
import { returnConsumedCapacity, returnValuesOnConditionCheckFailure } from '../shapes.ts'
import { statementAccess } from '../statement-access.ts'
import { recordedStatement, statementEvent } from '../statement-audit.ts'
import { shortenedMessage } from '../statement-writes.ts'
import { statementMembers } from '../statements.ts'
import { scopeOf, tableNamesAsGiven } from '../table-reference.ts'
import { actionsOf, boundStatements, isRead, readsOf } from '../transact-statements.ts'

const statement = structure(
  {
    ...statementMembers,
    ReturnValuesOnConditionCheckFailure: optional(returnValuesOnConditionCheckFailure),
  },
  'ParameterizedStatement',
)
const input = structure(
  {
    ClientRequestToken: optional(string({ min: 1, max: 36 })),
    ReturnConsumedCapacity: optional(returnConsumedCapacity),
    TransactStatements: required(list(statement, { min: 1, max: 100 })),
  },
  'ExecuteTransactionInput',
)
type Input = InputOf<typeof input>

interface ItemResponse {
  readonly Item?: NonNullable<TransactGetResult['items'][number]>
}

export interface ExecuteTransactionOutput {
  /** One for each statement of a transaction of reads; empty for writes. */
  Responses: readonly ItemResponse[]
  ConsumedCapacity?: readonly TransactionCapacity[]
}

export const executeTransaction = operation<Input, ExecuteTransactionOutput>({
  name: 'ExecuteTransaction',
  kind: 'data-write',
  input,
  access: (input, ctx) =>
    boundStatements(input.TransactStatements).flatMap((statement, position) => {
      const returned = input.TransactStatements[position]?.ReturnValuesOnConditionCheckFailure ?? 'NONE'
      const enclosing = {
        enclosingOperation: 'ExecuteTransaction',
        returnConsumedCapacity: input.ReturnConsumedCapacity,
        ...(!isRead(statement) && { returnValues: returned }),
      }
      return statementAccess(statement, enclosing, ctx)
    }),
  audit: statementEvent({
    statements: (input) => input.TransactStatements,
    parameters: (input) => ({
      transactStatements: input.TransactStatements.map(recordedStatement),
      ...(input.ReturnConsumedCapacity !== undefined && { returnConsumedCapacity: input.ReturnConsumedCapacity }),
    }),
  }),
  run: async (input, ctx) => {
    const statements = boundStatements(input.TransactStatements)
    const selects = statements.filter(isRead)
    return selects.length > 0 ? read(input, selects, ctx) : write(input, statements, ctx)
  },
})

async function read(
  input: Input,
  selects: readonly BoundSelect[],
  ctx: RequestContext,
): Promise<ExecuteTransactionOutput> {
  const gets = await readsOf(selects, ctx)
  const { items, tables } = await ctx.engine.items.transactGet({ scope: scopeOf(ctx), gets })
  const responses = items.map((item): ItemResponse => (item === undefined ? {} : { Item: item }))
  return { Responses: responses, ...capacityOf(input, selects, tables, 'read') }
}

async function write(
  input: Input,
  statements: readonly BoundStatement[],
  ctx: RequestContext,
): Promise<ExecuteTransactionOutput> {
  const changes = statements.filter((each) => !isRead(each))
  const token = input.ClientRequestToken
  const request: TransactWriteRequest = {
    scope: scopeOf(ctx),
    actions: await actionsOf(changes, input.TransactStatements, ctx),
    ...(token !== undefined && { token: { value: token, requestDigest: requestDigest(input.TransactStatements) } }),
  }
  try {
    const { tables, replayed } = await ctx.engine.items.transactWrite(request)
    return { Responses: [], ...capacityOf(input, changes, tables, replayed ? 'read' : 'write') }
  } catch (error) {
    throw withShortReasons(error)
  }
}

function capacityOf(
  input: Input,
  statements: readonly BoundStatement[],
  tables: readonly { readonly table: string; readonly capacity: CapacityUse }[],
  kind: 'read' | 'write',
): Pick<ExecuteTransactionOutput, 'ConsumedCapacity'> {
  const given = tableNamesAsGiven(statements.map(({ table }) => table))
  const capacities = tables.flatMap(
    ({ table, capacity }) =>
      transactionCapacity(input.ReturnConsumedCapacity, capacity, given.get(table) ?? table, kind) ?? [],
  )
  return capacities.length > 0 ? { ConsumedCapacity: capacities } : {}
}

interface Reason {
  readonly Message?: string
}

/** PartiQL's words for reasons that it words otherwise than TransactWriteItems. */
function withShortReasons(error: unknown): unknown {
  if (!(error instanceof ServiceError) || error.code !== 'TransactionCanceledException') return error
  const reasons = (error.members['CancellationReasons'] as readonly Reason[]).map((reason) =>
    reason.Message === undefined ? reason : { ...reason, Message: shortenedMessage(reason.Message) },
  )
  const { messageMember } = error
  return new ServiceError(error.code, error.message, { messageMember, members: { CancellationReasons: reasons } })
}
