/** EC2's errors, with AWS's codes and texts. */
import { ServiceError } from '../../foundation/service-error.ts'

function refusal(code: string): (message: string) => ServiceError {
  return (message) => new ServiceError(code, message)
}

export const invalidParameter = refusal('InvalidParameter')
export const invalidParameterValue = refusal('InvalidParameterValue')
export const invalidPolicyDocument = refusal('InvalidPolicyDocument')

export function missingParameter(name: string): ServiceError {
  return new ServiceError('MissingParameter', `The request must contain the parameter ${name}`)
}

export function dryRunOperation(): ServiceError {
  return new ServiceError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', { status: 412 })
}

export function malformedId(kind: 'VpcEndpointId' | 'VpcId' | 'VpcID', prefix: string, id: string): ServiceError {
  return new ServiceError(`Invalid${kind}.Malformed`, `Invalid id: "${id}" (expecting "${prefix}-...")`)
}

export function noSuchEndpoint(id: string): ServiceError {
  return new ServiceError('InvalidVpcEndpointId.NotFound', `The Vpc Endpoint Id '${id}' does not exist`)
}

/** Operations on endpoints spell the code in another way than those on networks. */
export function noSuchNetwork(id: string, code: 'InvalidVpcId.NotFound' | 'InvalidVpcID.NotFound'): ServiceError {
  return new ServiceError(code, `The vpc ID '${id}' does not exist`)
}

export function noSuchService(name: string): ServiceError {
  return new ServiceError('InvalidServiceName', `The Vpc Endpoint Service '${name}' does not exist`)
}

export function noSuchPrefixList(id: string): ServiceError {
  return new ServiceError('InvalidPrefixListId.NotFound', `The prefix list ID '${id}' does not exist`)
}

export function noSuchRouteTable(id: string): ServiceError {
  return new ServiceError('InvalidRouteTableId.NotFound', `The routeTable ID '${id}' does not exist`)
}

export function noSuchSubnet(id: string): ServiceError {
  return new ServiceError('InvalidSubnetId.NotFound', `The subnet ID '${id}' does not exist`)
}

export function noSuchSecurityGroup(id: string): ServiceError {
  return new ServiceError('InvalidSecurityGroupId.NotFound', `The security group '${id}' does not exist`)
}

export function routeExists(routeTable: string, prefixList: string): ServiceError {
  return new ServiceError(
    'RouteAlreadyExists',
    `route table ${routeTable} already has a route with destination-prefix-list-id ${prefixList}`,
  )
}

/** Every address that the operator gave the network is taken, or cannot be had. */
export function noFreeAddress(vpcId: string): ServiceError {
  return new ServiceError(
    'VpcEndpointLimitExceeded',
    `The maximum number of VPC endpoints has been reached for ${vpcId}.`,
  )
}

export function tokenReused(): ServiceError {
  return new ServiceError(
    'IdempotentParameterMismatch',
    'The request uses the same client token as a previous, but non-identical request.',
  )
}

export function beingDeleted(id: string): ServiceError {
  return new ServiceError('InvalidState', `The Vpc Endpoint '${id}' is not in a state that allows this operation.`)
}
