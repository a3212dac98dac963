import { operation } from '../../../contract/operation.ts'
import { structure } from '../../../contract/shape.ts'
import { managementEvent } from '../audit.ts'

const input = structure({}, 'DescribeEndpointsRequest')

/** How long an SDK may keep the answer. */
const cachePeriodMinutes = 1440

export const describeEndpoints = operation({
  name: 'DescribeEndpoints',
  kind: 'control-read',
  input,
  access: () => [{ action: 'dynamodb:DescribeEndpoints', resource: '*' }],
  audit: managementEvent({ readOnly: true }),
  // The endpoint to use is the one that was used: every door of this server leads to every table.
  run: (_input, ctx) => ({
    Endpoints: [{ Address: ctx.source.host, CachePeriodInMinutes: cachePeriodMinutes }],
  }),
})
