/** What an endpoint may be joined to and what its policy may say, in the words of EC2's refusals. */
import type { Network } from '../../contract/private-endpoints.ts'
import { MalformedPolicy } from '../../policy/document.ts'
import { charactersWithoutWhiteSpace, parsePolicy, policySizeQuotas } from '../../policy/parse-policy.ts'
import { type EndpointType, prefixListId } from './carried-services.ts'
import type { EndpointRecord } from './endpoint-records.ts'
import type { Endpoint } from './endpoints.ts'
import {
  invalidParameter,
  invalidPolicyDocument,
  noSuchRouteTable,
  noSuchSecurityGroup,
  noSuchSubnet,
  routeExists,
} from './errors.ts'

export interface JoinedParts {
  readonly routeTables: readonly string[]
  readonly subnets: readonly string[]
  readonly securityGroups: readonly string[]
}

/** Which parts go with which type. */
export function checkPartsOfType(type: EndpointType, parts: JoinedParts): void {
  if (type !== 'Gateway' && parts.routeTables.length > 0) {
    throw invalidParameter('Route table IDs are only supported for Gateway type VPC Endpoint.')
  }
  if (type !== 'Interface' && parts.subnets.length > 0) {
    throw invalidParameter('Subnet IDs are only supported for Interface and GatewayLoadBalancer type VPC Endpoints.')
  }
  if (type !== 'Interface' && parts.securityGroups.length > 0) {
    throw invalidParameter('Security Group IDs are only supported for Interface type VPC Endpoint.')
  }
}

/** The operator's file names all that there is. */
export function checkPartsThere(network: Network, { routeTables, subnets, securityGroups }: JoinedParts): void {
  const unknown = (ids: readonly string[], there: readonly string[]) => ids.find((id) => !there.includes(id))
  const routeTable = unknown(routeTables, network.routeTables)
  if (routeTable !== undefined) throw noSuchRouteTable(routeTable)
  const subnet = unknown(subnets, network.subnets)
  if (subnet !== undefined) throw noSuchSubnet(subnet)
  const securityGroup = unknown(securityGroups, network.securityGroups)
  if (securityGroup !== undefined) throw noSuchSecurityGroup(securityGroup)
}

/** A route table leads to a service by one gateway endpoint. */
export function checkRoutes(
  { id, serviceName, routeTables }: Pick<EndpointRecord, 'id' | 'serviceName' | 'routeTables'>,
  all: readonly Endpoint[],
): void {
  for (const { record } of all) {
    if (record.id === id || record.serviceName !== serviceName) continue
    const taken = routeTables.find((routeTable) => record.routeTables.includes(routeTable))
    if (taken !== undefined) throw routeExists(taken, prefixListId(serviceName))
  }
}

export function checkPolicy(text: string): void {
  if (charactersWithoutWhiteSpace(text) > policySizeQuotas.vpcEndpointPolicyCharactersMax) {
    throw invalidPolicyDocument(
      `Policy document length exceeds the limit of ${policySizeQuotas.vpcEndpointPolicyCharactersMax} characters.`,
    )
  }
  const document = parsePolicy(text, 'vpc-endpoint')
  if (document instanceof MalformedPolicy) throw invalidPolicyDocument(document.message)
}
