import { operation } from '../../../contract/operation.ts'
import { type InputOf, structure } from '../../../contract/shape.ts'
import { managementEvent } from '../audit.ts'
import { tableNotFound } from '../errors.ts'
import { type TableDescription, tableDescription } from '../table-description.ts'
import { scopeOf, tableReference } from '../table-reference.ts'
import { namedTable } from '../table-shapes.ts'

const action = 'dynamodb:DescribeTable'

const input = structure({ TableName: namedTable }, 'DescribeTableInput')
type Input = InputOf<typeof input>

export const describeTable = operation<Input, { readonly Table: TableDescription }>({
  name: 'DescribeTable',
  kind: 'control-read',
  input,
  access: (input, ctx) => [{ action, resource: tableReference(input.TableName, ctx, action).arn }],
  audit: managementEvent({ readOnly: true, tableName: (input) => input.TableName }),
  run: async (input, ctx) => {
    const { name } = tableReference(input.TableName, ctx, action)
    const found = await ctx.engine.tables.find(scopeOf(ctx), name)
    if (found === undefined) throw tableNotFound(name)
    return { Table: tableDescription(found.record, found.figures, ctx.receivedAtMs) }
  },
})
