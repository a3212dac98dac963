import { operation } from '../../../contract/operation.ts'
import type { RequestContext } from '../../../contract/request-context.ts'
import { type InputOf, optional, structure } from '../../../contract/shape.ts'
import { boolean, integer, string } from '../../../contract/shape-scalars.ts'
import type { Item } from '../../../engine/items/attribute-value.ts'
import type { BoundSelect, BoundWrite } from '../../../engine/partiql/bound-statement.ts'
import type { TableRecord } from '../../../engine/tables/table.ts'
import type { JsonFragment } from '../../../foundation/json-fragment.ts'
import { type ConsumedCapacity, consumedCapacity } from '../consumed-capacity.ts'
import { returnConsumedCapacity, returnValuesOnConditionCheckFailure } from '../shapes.ts'
import { statementAccess } from '../statement-access.ts'
import { recordedStatement, statementEvent } from '../statement-audit.ts'
import { readSelect } from '../statement-reads.ts'
import { nextToken, pagePosition, tokenDigest } from '../statement-token.ts'
import { runWrite } from '../statement-writes.ts'
import { boundStatement, existsOutsideTransaction, recordOf, statementMembers, statementTable } from '../statements.ts'

const input = structure(
  {
    ...statementMembers,
    ConsistentRead: optional(boolean),
    NextToken: optional(string({ min: 1, max: 32768 })),
    ReturnConsumedCapacity: optional(returnConsumedCapacity),
    Limit: optional(integer({ min: 1 })),
    ReturnValuesOnConditionCheckFailure: optional(returnValuesOnConditionCheckFailure),
  },
  'ExecuteStatementInput',
)
type Input = InputOf<typeof input>

export interface ExecuteStatementOutput {
  Items: JsonFragment | readonly unknown[]
  NextToken?: string
  LastEvaluatedKey?: Item
  ConsumedCapacity?: ConsumedCapacity
}

export const executeStatement = operation<Input, ExecuteStatementOutput>({
  name: 'ExecuteStatement',
  kind: 'data-write',
  input,
  access: (input, ctx) => {
    const { ReturnConsumedCapacity: returnConsumedCapacity, ReturnValuesOnConditionCheckFailure: returned } = input
    return statementAccess(boundStatement(input), { returnConsumedCapacity }, ctx, returned)
  },
  audit: statementEvent({
    statements: (input) => [input],
    parameters: (input) => ({
      ...recordedStatement(input),
      ...(input.ConsistentRead !== undefined && { consistentRead: input.ConsistentRead }),
      ...(input.Limit !== undefined && { limit: input.Limit }),
      ...(input.ReturnConsumedCapacity !== undefined && { returnConsumedCapacity: input.ReturnConsumedCapacity }),
    }),
  }),
  run: async (input, ctx) => {
    const statement = boundStatement(input)
    if (statement.kind === 'exists') throw existsOutsideTransaction()
    const record = await recordOf(statementTable(statement, ctx), ctx)
    return statement.kind === 'select'
      ? selected(input, statement, record, ctx)
      : written(input, statement, record, ctx)
  },
})

async function selected(
  input: Input,
  select: BoundSelect,
  record: TableRecord,
  ctx: RequestContext,
): Promise<ExecuteStatementOutput> {
  const digest = (): Buffer => tokenDigest(record.id, input.Statement, input.Parameters ?? [])
  const from = input.NextToken === undefined ? undefined : pagePosition(input.NextToken, digest())
  const request = { consistent: input.ConsistentRead === true, limit: input.Limit, from }
  const { items, capacity, next } = await readSelect(select, record, request, ctx)
  const output: ExecuteStatementOutput = { Items: items }
  if (next !== undefined) {
    output.NextToken = nextToken(next, digest())
    if (next.after !== undefined) output.LastEvaluatedKey = next.after
  }
  const consumed = consumedCapacity(input.ReturnConsumedCapacity, capacity, select.table)
  if (consumed !== undefined) output.ConsumedCapacity = consumed
  return output
}

async function written(
  input: Input,
  statement: BoundWrite,
  record: TableRecord,
  ctx: RequestContext,
): Promise<ExecuteStatementOutput> {
  // Only a SELECT gives tokens.
  if (input.NextToken !== undefined) pagePosition(input.NextToken, tokenDigest(record.id))
  const returnOldOnFailure = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD'
  const { attributes, capacity } = await runWrite(statement, record, returnOldOnFailure, ctx)
  const output: ExecuteStatementOutput = { Items: attributes === undefined ? [] : [attributes] }
  const consumed = consumedCapacity(input.ReturnConsumedCapacity, capacity, statement.table)
  if (consumed !== undefined) output.ConsumedCapacity = consumed
  return output
}
