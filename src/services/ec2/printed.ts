/** Endpoints and networks as EC2's answers show them. */
import type { Network } from '../../contract/private-endpoints.ts'
import type { RequestContext } from '../../contract/request-context.ts'
import type { Tag } from './endpoint-records.ts'
import { type Endpoint, familyOf, textOf } from './endpoints.ts'

export function stateOf({ record, failure }: Endpoint): 'available' | 'deleting' | 'failed' {
  if (record.deleting === true) return 'deleting'
  return failure === undefined ? 'available' : 'failed'
}

/**
 * In place of names that a DNS of AWS's would know, the DNS entry is the address itself, with its port; the operator's
 * own DNS may have names for it.
 */
export function printedEndpoint(endpoint: Endpoint, ctx: RequestContext): object {
  const { record, failure } = endpoint
  const family = familyOf(record.address)
  return {
    vpcEndpointId: record.id,
    vpcEndpointType: record.type,
    vpcId: record.vpcId,
    serviceName: record.serviceName,
    state: stateOf(endpoint),
    policyDocument: record.policy,
    routeTableIdSet: record.routeTables,
    subnetIdSet: record.subnets,
    groupSet: record.securityGroups.map((groupId) => ({ groupId, groupName: groupId })),
    ipAddressType: family,
    dnsOptions: record.type === 'Interface' ? { dnsRecordIpType: family } : undefined,
    privateDnsEnabled: false,
    requesterManaged: false,
    networkInterfaceIdSet: [],
    dnsEntrySet: [{ dnsName: textOf(record.address) }],
    creationTimestamp: new Date(record.createdAtMs).toISOString(),
    tagSet: printedTags(record.tags),
    ownerId: ctx.accountId,
    lastError: failure === undefined ? undefined : { code: 'InternalError', message: failure },
    serviceRegion: ctx.region,
  }
}

export function printedTags(tags: readonly Tag[]): readonly object[] {
  return tags.map(({ key, value }) => ({ key, value }))
}

export function printedNetwork({ vpcId, cidrs }: Network, ctx: RequestContext): object {
  const version4 = cidrs.filter((cidr) => !cidr.includes(':'))
  const associated = { state: 'associated' }
  return {
    vpcId,
    ownerId: ctx.accountId,
    state: 'available',
    cidrBlock: version4[0],
    cidrBlockAssociationSet: version4.map((cidrBlock) => ({ cidrBlock, cidrBlockState: associated })),
    ipv6CidrBlockAssociationSet: cidrs
      .filter((cidr) => cidr.includes(':'))
      .map((ipv6CidrBlock) => ({ ipv6CidrBlock, ipv6CidrBlockState: associated })),
    instanceTenancy: 'default',
    isDefault: false,
    tagSet: [],
  }
}
