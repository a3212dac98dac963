import { operation } from '../../../contract/operation.ts'
import { structure } from '../../../contract/shape.ts'
import { managementEvent } from '../audit.ts'
import { accountUnitsMax, tableUnitsMax } from '../throughput-rules.ts'

const input = structure({}, 'DescribeLimitsInput')

export const describeLimits = operation({
  name: 'DescribeLimits',
  kind: 'control-read',
  input,
  access: () => [{ action: 'dynamodb:DescribeLimits', resource: '*' }],
  audit: managementEvent({ readOnly: true }),
  run: () => ({
    AccountMaxReadCapacityUnits: accountUnitsMax,
    AccountMaxWriteCapacityUnits: accountUnitsMax,
    TableMaxReadCapacityUnits: tableUnitsMax,
    TableMaxWriteCapacityUnits: tableUnitsMax,
  }),
})
