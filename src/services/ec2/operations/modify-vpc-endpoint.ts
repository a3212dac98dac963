import type { InputOf } from '../../../contract/shape.ts'
import type { Ec2 } from '../ec2.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { accessToEndpoint, accessToParts } from '../endpoint-access.ts'
import { type EndpointRecord, fullAccess } from '../endpoint-records.ts'
import { checkPartsOfType, checkPartsThere, checkPolicy, checkRoutes } from '../endpoint-rules.ts'
import { type Endpoints, familyOf } from '../endpoints.ts'
import { beingDeleted, invalidParameter, noSuchNetwork } from '../errors.ts'
import { checkEndpointId } from '../ids.ts'
import { boolean, dryRun, ids, optional, request, required, text } from '../shapes.ts'

const input = request({
  VpcEndpointId: required(text),
  ResetPolicy: optional(boolean),
  PolicyDocument: optional(text),
  AddRouteTableId: optional(ids),
  RemoveRouteTableId: optional(ids),
  AddSubnetId: optional(ids),
  RemoveSubnetId: optional(ids),
  AddSecurityGroupId: optional(ids),
  RemoveSecurityGroupId: optional(ids),
  IpAddressType: optional(text),
  PrivateDnsEnabled: optional(boolean),
  ...dryRun,
})
type Input = InputOf<typeof input>

const action = 'ec2:ModifyVpcEndpoint'

export const modifyVpcEndpoint = ({ endpoints }: Ec2) =>
  ec2Operation<Input, object>({
    name: 'ModifyVpcEndpoint',
    readOnly: false,
    input,
    access: (given, ctx) => [
      accessToEndpoint(action, given.VpcEndpointId, endpoints.get(given.VpcEndpointId)?.record, ctx),
      ...accessToParts(
        action,
        [
          ['route-table', [...(given.AddRouteTableId ?? []), ...(given.RemoveRouteTableId ?? [])]],
          ['subnet', [...(given.AddSubnetId ?? []), ...(given.RemoveSubnetId ?? [])]],
          ['security-group', [...(given.AddSecurityGroupId ?? []), ...(given.RemoveSecurityGroupId ?? [])]],
        ],
        ctx,
      ),
    ],
    async run(given) {
      checkEndpointId(given.VpcEndpointId)
      await endpoints.modify(given.VpcEndpointId, (record) => changed(record, given, endpoints))
      return { return: true }
    },
  })

function changed(record: EndpointRecord, given: Input, endpoints: Endpoints): EndpointRecord {
  if (record.deleting === true) throw beingDeleted(record.id)
  if (given.ResetPolicy === true && given.PolicyDocument !== undefined) {
    throw invalidParameter('ResetPolicy and PolicyDocument cannot be specified together.')
  }
  if (given.PrivateDnsEnabled === true) {
    throw invalidParameter(
      `Private DNS can't be enabled because the service ${record.serviceName} does not provide a private DNS name.`,
    )
  }
  if (given.IpAddressType !== undefined && given.IpAddressType !== familyOf(record.address)) {
    throw invalidParameter(`The IP address type '${given.IpAddressType}' is not supported by the endpoint.`)
  }
  const network = endpoints.network(record.vpcId)
  if (network === undefined) throw noSuchNetwork(record.vpcId, 'InvalidVpcId.NotFound')
  const added = {
    routeTables: given.AddRouteTableId ?? [],
    subnets: given.AddSubnetId ?? [],
    securityGroups: given.AddSecurityGroupId ?? [],
  }
  checkPartsOfType(record.type, added)
  checkPartsThere(network, added)
  if (given.PolicyDocument !== undefined) checkPolicy(given.PolicyDocument)
  const next: EndpointRecord = {
    ...record,
    policy: given.ResetPolicy === true ? fullAccess[record.type] : (given.PolicyDocument ?? record.policy),
    routeTables: joined(record.routeTables, added.routeTables, given.RemoveRouteTableId),
    subnets: joined(record.subnets, added.subnets, given.RemoveSubnetId),
    securityGroups: joined(record.securityGroups, added.securityGroups, given.RemoveSecurityGroupId),
  }
  checkRoutes(next, endpoints.all())
  return next
}

function joined(present: readonly string[], added: readonly string[], removed: readonly string[] = []) {
  return [...new Set([...present, ...added])].filter((id) => !removed.includes(id))
}
