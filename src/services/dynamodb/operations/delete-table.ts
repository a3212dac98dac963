import { operation } from '../../../contract/operation.ts'
import { type InputOf, structure } from '../../../contract/shape.ts'
import { managementEvent } from '../audit.ts'
import { refuseDelete } from '../table-change.ts'
import { type TableDescription, tableDescription } from '../table-description.ts'
import { scopeOf, tableReference } from '../table-reference.ts'
import { namedTable } from '../table-shapes.ts'

const action = 'dynamodb:DeleteTable'

const input = structure({ TableName: namedTable }, 'DeleteTableInput')
type Input = InputOf<typeof input>

export const deleteTable = operation<Input, { readonly TableDescription: TableDescription }>({
  name: 'DeleteTable',
  kind: 'control-write',
  input,
  access: (input, ctx) => [{ action, resource: tableReference(input.TableName, ctx, action).arn }],
  audit: managementEvent({ readOnly: false, tableName: (input) => input.TableName }),
  run: async (input, ctx) => {
    const { name } = tableReference(input.TableName, ctx, action)
    const { record, figures } = await ctx.engine.tables.delete(scopeOf(ctx), name, refuseDelete)
    return { TableDescription: departing(tableDescription(record, figures, ctx.receivedAtMs)) }
  },
})

/** What is left to say of a table on its way out: nothing of keys, attributes and indexes. */
function departing(description: TableDescription): TableDescription {
  const {
    AttributeDefinitions: _attributes,
    KeySchema: _keys,
    CreationDateTime: _created,
    LocalSecondaryIndexes: _local,
    GlobalSecondaryIndexes: _global,
    WarmThroughput: _warm,
    ...rest
  } = description
  return rest
}
