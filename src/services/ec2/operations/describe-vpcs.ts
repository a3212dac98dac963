import type { InputOf } from '../../../contract/shape.ts'
import type { Ec2 } from '../ec2.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { malformedId, noSuchNetwork } from '../errors.ts'
import { matching, page } from '../filters.ts'
import { printedNetwork } from '../printed.ts'
import { dryRun, filters, ids, optional, paged, request } from '../shapes.ts'

const input = request({ VpcId: optional(ids), Filter: optional(filters), ...paged, ...dryRun })

const filterNames = [
  'cidr',
  'cidr-block-association.cidr-block',
  'is-default',
  'owner-id',
  'state',
  'tag-key',
  'vpc-id',
]

export const describeVpcs = ({ endpoints }: Ec2) =>
  ec2Operation<InputOf<typeof input>, object>({
    name: 'DescribeVpcs',
    readOnly: true,
    input,
    run(given, ctx) {
      for (const id of given.VpcId ?? []) {
        if (!/^vpc-[0-9a-f]{1,17}$/.test(id)) throw malformedId('VpcID', 'vpc', id)
        if (endpoints.network(id) === undefined) throw noSuchNetwork(id, 'InvalidVpcID.NotFound')
      }
      const named = endpoints.networks.filter(({ vpcId }) => given.VpcId === undefined || given.VpcId.includes(vpcId))
      const found = matching(named, given.Filter, filterNames, ({ vpcId, cidrs }) => ({
        cidr: cidrs.slice(0, 1),
        'cidr-block-association.cidr-block': cidrs,
        'is-default': ['false'],
        'owner-id': [ctx.accountId],
        state: ['available'],
        'vpc-id': [vpcId],
      }))
      const { shown, nextToken } = page(found, given, ({ vpcId }) => vpcId)
      return { vpcSet: shown.map((network) => printedNetwork(network, ctx)), nextToken }
    },
  })
