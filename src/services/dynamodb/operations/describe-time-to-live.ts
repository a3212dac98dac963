import { operation } from '../../../contract/operation.ts'
import { type InputOf, structure } from '../../../contract/shape.ts'
import type { TimeToLiveRecord } from '../../../engine/tables/table.ts'
import { validationError } from '../../../foundation/service-error.ts'
import { managementEvent } from '../audit.ts'
import { tableNotFound } from '../errors.ts'
import { scopeOf, tableReference } from '../table-reference.ts'
import { namedTable } from '../table-shapes.ts'

const action = 'dynamodb:DescribeTimeToLive'

const input = structure({ TableName: namedTable }, 'DescribeTimeToLiveInput')
type Input = InputOf<typeof input>

export interface TimeToLiveDescription {
  readonly TimeToLiveStatus: TimeToLiveRecord['status']
  readonly AttributeName?: string
}

export const describeTimeToLive = operation<Input, { readonly TimeToLiveDescription: TimeToLiveDescription }>({
  name: 'DescribeTimeToLive',
  kind: 'control-read',
  input,
  access: (input, ctx) => [{ action, resource: tableReference(input.TableName, ctx, action).arn }],
  audit: managementEvent({ readOnly: true, tableName: (input) => input.TableName }),
  run: async (input, ctx) => {
    const { name } = tableReference(input.TableName, ctx, action)
    const found = await ctx.engine.tables.find(scopeOf(ctx), name)
    if (found === undefined) throw tableNotFound(name)
    const { status, timeToLive } = found.record
    // Words of the service (recorded 2026-10).
    if (status === 'CREATING' || status === 'DELETING') {
      throw validationError(
        `Cannot describe time to live while table is in ${status} state: Current table state is ${status}`,
      )
    }
    return { TimeToLiveDescription: described(timeToLive) }
  },
})

/** Once DISABLED, a table is as one that never had time to live. */
function described(timeToLive: TimeToLiveRecord | undefined): TimeToLiveDescription {
  if (timeToLive === undefined || timeToLive.status === 'DISABLED') return { TimeToLiveStatus: 'DISABLED' }
  return { TimeToLiveStatus: timeToLive.status, AttributeName: timeToLive.attributeName }
}
