import { operation } from '../../../contract/operation.ts'
import { type InputOf, optional, structure } from '../../../contract/shape.ts'
import { integer } from '../../../contract/shape-scalars.ts'
import { managementEvent } from '../audit.ts'
import { plainTableName } from '../shapes.ts'
import { scopeOf } from '../table-reference.ts'

const namesMax = 100

const input = structure(
  {
    ExclusiveStartTableName: optional(plainTableName),
    Limit: optional(integer({ min: 1, max: namesMax })),
  },
  'ListTablesInput',
)
type Input = InputOf<typeof input>

export interface ListTablesOutput {
  readonly TableNames: readonly string[]
  readonly LastEvaluatedTableName?: string
}

export const listTables = operation<Input, ListTablesOutput>({
  name: 'ListTables',
  kind: 'control-read',
  input,
  access: () => [{ action: 'dynamodb:ListTables', resource: '*' }],
  audit: managementEvent({ readOnly: true }),
  run: async (input, ctx) => {
    const limit = input.Limit ?? namesMax
    const { names, last } = await ctx.engine.tables.list(scopeOf(ctx), input.ExclusiveStartTableName, limit)
    return { TableNames: names, ...(last !== undefined && { LastEvaluatedTableName: last }) }
  },
})
