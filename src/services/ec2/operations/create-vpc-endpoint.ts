import { hash } from 'node:crypto'
import type { AccessRequest } from '../../../contract/operation.ts'
import type { RequestContext } from '../../../contract/request-context.ts'
import type { InputOf } from '../../../contract/shape.ts'
import type { Random } from '../../../foundation/random.ts'
import type { EndpointType } from '../carried-services.ts'
import type { Ec2 } from '../ec2.ts'
import { ec2Arn, ec2Operation } from '../ec2-operation.ts'
import { accessToParts, serviceConditions, tagged } from '../endpoint-access.ts'
import { fullAccess, type Tag } from '../endpoint-records.ts'
import { checkPartsOfType, checkPartsThere, checkPolicy, checkRoutes } from '../endpoint-rules.ts'
import type { AddressFamily, Endpoint, Endpoints } from '../endpoints.ts'
import {
  invalidParameter,
  invalidParameterValue,
  malformedId,
  noSuchNetwork,
  noSuchService,
  tokenReused,
} from '../errors.ts'
import { printedEndpoint } from '../printed.ts'
import { boolean, dryRun, ids, optional, request, required, tagSpecifications, text } from '../shapes.ts'
import { newTags } from '../tags.ts'

const input = request({
  VpcId: required(text),
  ServiceName: required(text),
  VpcEndpointType: optional(text),
  PolicyDocument: optional(text),
  RouteTableId: optional(ids),
  SubnetId: optional(ids),
  SecurityGroupId: optional(ids),
  IpAddressType: optional(text),
  PrivateDnsEnabled: optional(boolean),
  TagSpecification: optional(tagSpecifications),
  ClientToken: optional(text),
  ...dryRun,
})
type Input = InputOf<typeof input>

export const createVpcEndpoint = ({ endpoints, clock, random }: Ec2) =>
  ec2Operation<Input, object>({
    name: 'CreateVpcEndpoint',
    readOnly: false,
    input,
    access,
    async run(given, ctx) {
      const asked = checked(given, endpoints)
      const token = given.ClientToken
      const request = token === undefined ? undefined : digestOf(given)
      const endpoint = await endpoints.create(() => {
        const same = token === undefined ? undefined : withToken(endpoints, token)
        if (same !== undefined) {
          if (same.record.token?.request !== request) throw tokenReused()
          return same
        }
        const id = endpointId(random)
        checkRoutes({ id, serviceName: asked.serviceName, routeTables: asked.routeTables }, endpoints.all())
        const { family, ...parts } = asked
        const record = {
          id,
          ...parts,
          createdAtMs: clock.nowMs(),
          ...(token !== undefined && request !== undefined && { token: { text: token, request } }),
        }
        return { record, family }
      })
      return { vpcEndpoint: printedEndpoint(endpoint, ctx), clientToken: token }
    },
  })

const action = 'ec2:CreateVpcEndpoint'

function access(given: Input, ctx: RequestContext): readonly AccessRequest[] {
  const tags = (given.TagSpecification ?? []).flatMap(({ Tag: found = [] }) =>
    found.map(({ Key: key = '', Value: value = '' }): Tag => ({ key, value })),
  )
  const requested = {
    'ec2:Region': ctx.region,
    ...tagged('RequestTag', tags),
    ...(tags.length > 0 && { 'aws:TagKeys': tags.map(({ key }) => key) }),
  }
  const anyEndpoint = ec2Arn(ctx, 'vpc-endpoint', '*')
  return [
    { action, resource: anyEndpoint, conditions: () => ({ ...requested, ...serviceConditions(given.ServiceName) }) },
    ...accessToParts(
      action,
      [
        ['vpc', [given.VpcId]],
        ['route-table', given.RouteTableId],
        ['subnet', given.SubnetId],
        ['security-group', given.SecurityGroupId],
      ],
      ctx,
    ),
    ...(tags.length === 0
      ? []
      : [
          {
            action: 'ec2:CreateTags',
            resource: anyEndpoint,
            conditions: () => ({ ...requested, 'ec2:CreateAction': 'CreateVpcEndpoint' }),
          },
        ]),
  ]
}

/** What does not depend on other endpoints. */
function checked(given: Input, endpoints: Endpoints) {
  const type = given.VpcEndpointType ?? 'Gateway'
  if (!isType(type)) {
    throw invalidParameterValue(`Invalid value '${type}' for VpcEndpointType. Valid values are Gateway, Interface.`)
  }
  if (!/^vpc-[0-9a-f]{1,17}$/.test(given.VpcId)) throw malformedId('VpcId', 'vpc', given.VpcId)
  const service = endpoints.services.find(({ name }) => name === given.ServiceName)
  if (service === undefined) throw noSuchService(given.ServiceName)
  const network = endpoints.network(given.VpcId)
  if (network === undefined) throw noSuchNetwork(given.VpcId, 'InvalidVpcId.NotFound')
  if (!service.types.includes(type)) {
    const available = service.types.join(', ')
    throw invalidParameter(`Endpoint type (${type}) does not match available service types ([${available}]).`)
  }
  const parts = {
    routeTables: unique(given.RouteTableId),
    subnets: unique(given.SubnetId),
    securityGroups: unique(given.SecurityGroupId),
  }
  checkPartsOfType(type, parts)
  if (given.PrivateDnsEnabled === true) {
    throw invalidParameter(
      `Private DNS can't be enabled because the service ${service.name} does not provide a private DNS name.`,
    )
  }
  checkPartsThere(network, parts)
  // Some clients send the empty text for "none".
  const policy = given.PolicyDocument || fullAccess[type]
  checkPolicy(policy)
  return {
    vpcId: network.vpcId,
    type,
    serviceName: service.name,
    policy,
    ...parts,
    tags: newTags(given.TagSpecification),
    family: familyAsked(given.IpAddressType),
  }
}

function isType(text: string): text is EndpointType {
  return text === 'Gateway' || text === 'Interface'
}

/** One listener has one address, so an endpoint is of one family. */
function familyAsked(type: string | undefined): AddressFamily {
  if (type === undefined || type === 'ipv4' || type === 'ipv6') return type
  throw invalidParameter(`The IP address type '${type}' is not supported by the service.`)
}

function unique(ids: readonly string[] | undefined): readonly string[] {
  return [...new Set(ids)]
}

function withToken(endpoints: Endpoints, token: string): Endpoint | undefined {
  return endpoints.all().find(({ record }) => record.token?.text === token)
}

function digestOf({ ClientToken: _, DryRun: __, ...rest }: Input): string {
  return hash('sha256', JSON.stringify(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))))
}

const idDigits = 17

function endpointId(random: Random): string {
  return `vpce-${random.bytes(9).toString('hex').slice(0, idDigits)}`
}
