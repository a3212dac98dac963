import { operation } from '../../../contract/operation.ts'
import { type InputOf, required, structure } from '../../../contract/shape.ts'
import { boolean, string } from '../../../contract/shape-scalars.ts'
import { managementEvent } from '../audit.ts'
import { scopeOf, tableReference } from '../table-reference.ts'
import { namedTable } from '../table-shapes.ts'
import { checkTimeToLiveRequest, timeToLiveChange } from '../time-to-live-change.ts'

const action = 'dynamodb:UpdateTimeToLive'

const input = structure(
  {
    TableName: namedTable,
    TimeToLiveSpecification: required(
      structure(
        { Enabled: required(boolean), AttributeName: required(string({ max: 255 })) },
        'TimeToLiveSpecification',
      ),
    ),
  },
  'UpdateTimeToLiveInput',
)
type Input = InputOf<typeof input>

type Output = Pick<Input, 'TimeToLiveSpecification'>

export const updateTimeToLive = operation<Input, Output>({
  name: 'UpdateTimeToLive',
  kind: 'control-write',
  input,
  access: (input, ctx) => [{ action, resource: tableReference(input.TableName, ctx, action).arn }],
  audit: managementEvent({ readOnly: false, tableName: (input) => input.TableName }),
  run: async (input, ctx) => {
    const { TimeToLiveSpecification } = input
    checkTimeToLiveRequest(TimeToLiveSpecification)
    const { name } = tableReference(input.TableName, ctx, action)
    await ctx.engine.tables.update(scopeOf(ctx), name, timeToLiveChange(TimeToLiveSpecification, ctx.receivedAtMs))
    return { TimeToLiveSpecification }
  },
})
