import type { InputOf } from '../../../contract/shape.ts'
import { type EndpointType, prefixListId } from '../carried-services.ts'
import type { Ec2 } from '../ec2.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { noSuchService } from '../errors.ts'
import { matching, page } from '../filters.ts'
import { dryRun, filters, ids, optional, paged, request } from '../shapes.ts'

const input = request({ ServiceName: optional(ids), Filter: optional(filters), ...paged, ...dryRun })

/** A service of both types is listed once for each, as AWS lists S3 and DynamoDB. */
export const describeVpcEndpointServices = ({ endpoints }: Ec2) =>
  ec2Operation<InputOf<typeof input>, object>({
    name: 'DescribeVpcEndpointServices',
    readOnly: true,
    input,
    run(given, ctx) {
      for (const name of given.ServiceName ?? []) {
        if (!endpoints.services.some((service) => service.name === name)) throw noSuchService(name)
      }
      const named = endpoints.services
        .filter(({ name }) => given.ServiceName?.includes(name) ?? true)
        .flatMap(({ name, types }) => types.map((type) => ({ name, type })))
      const found = matching(named, given.Filter, ['owner', 'service-name', 'service-type'], ({ name, type }) => ({
        owner: ['amazon'],
        'service-name': [name],
        'service-type': [type],
      }))
      const { shown, nextToken } = page(found, given, ({ name, type }) => `${name} ${type}`)
      return {
        serviceDetailSet: shown.map(({ name, type }) => detail(name, type, ctx.region)),
        serviceNameSet: [...new Set(shown.map(({ name }) => name))],
        nextToken,
      }
    },
  })

function detail(serviceName: string, type: EndpointType, serviceRegion: string): object {
  return {
    serviceName,
    serviceId: `vpce-svc-${prefixListId(serviceName).slice(3)}`,
    serviceRegion,
    serviceType: [{ serviceType: type }],
    owner: 'amazon',
    vpcEndpointPolicySupported: true,
    acceptanceRequired: false,
    managesVpcEndpoints: false,
    tagSet: [],
    supportedIpAddressTypeSet: ['ipv4', 'ipv6'],
  }
}
