import type { InputOf } from '../../../contract/shape.ts'
import type { Ec2 } from '../ec2.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { familyOf } from '../endpoints.ts'
import { noSuchEndpoint } from '../errors.ts'
import { matching, page, tagValues } from '../filters.ts'
import { checkEndpointId } from '../ids.ts'
import { printedEndpoint, stateOf } from '../printed.ts'
import { dryRun, filters, ids, optional, paged, request } from '../shapes.ts'

const input = request({ VpcEndpointId: optional(ids), Filter: optional(filters), ...paged, ...dryRun })

const filterNames = [
  'ip-address-type',
  'service-name',
  'service-region',
  'tag-key',
  'vpc-id',
  'vpc-endpoint-id',
  'vpc-endpoint-state',
  'vpc-endpoint-type',
]

export const describeVpcEndpoints = ({ endpoints }: Ec2) =>
  ec2Operation<InputOf<typeof input>, object>({
    name: 'DescribeVpcEndpoints',
    readOnly: true,
    input,
    run(given, ctx) {
      const asked = given.VpcEndpointId
      for (const id of asked ?? []) {
        checkEndpointId(id)
        if (endpoints.get(id) === undefined) throw noSuchEndpoint(id)
      }
      const named = endpoints.all().filter(({ record }) => asked === undefined || asked.includes(record.id))
      const found = matching(named, given.Filter, filterNames, (endpoint) => ({
        'ip-address-type': [familyOf(endpoint.record.address)],
        'service-name': [endpoint.record.serviceName],
        'service-region': [ctx.region],
        'vpc-id': [endpoint.record.vpcId],
        'vpc-endpoint-id': [endpoint.record.id],
        'vpc-endpoint-state': [stateOf(endpoint)],
        'vpc-endpoint-type': [endpoint.record.type],
        ...tagValues(endpoint.record.tags),
      }))
      const { shown, nextToken } = page(found, given, ({ record }) => record.id)
      return { vpcEndpointSet: shown.map((endpoint) => printedEndpoint(endpoint, ctx)), nextToken }
    },
  })
