/** The door of the EC2 room: private (VPC) endpoints, and the networks that they are in. */
import type { AnyOperation } from '../../contract/operation.ts'
import type { QueryService } from '../../contract/service.ts'
import type { Ec2 } from './ec2.ts'
import { createVpcEndpoint } from './operations/create-vpc-endpoint.ts'
import { deleteVpcEndpoints } from './operations/delete-vpc-endpoints.ts'
import { describePrefixLists } from './operations/describe-prefix-lists.ts'
import { describeVpcEndpointServices } from './operations/describe-vpc-endpoint-services.ts'
import { describeVpcEndpoints } from './operations/describe-vpc-endpoints.ts'
import { describeVpcs } from './operations/describe-vpcs.ts'
import { modifyVpcEndpoint } from './operations/modify-vpc-endpoint.ts'

const operations: readonly ((ec2: Ec2) => AnyOperation)[] = [
  createVpcEndpoint,
  deleteVpcEndpoints,
  describePrefixLists,
  describeVpcEndpointServices,
  describeVpcEndpoints,
  describeVpcs,
  modifyVpcEndpoint,
]

export function ec2Service(ec2: Ec2): QueryService {
  return {
    name: 'ec2',
    signingName: 'ec2',
    protocol: 'ec2-query',
    xmlNamespace: 'http://ec2.amazonaws.com/doc/2016-11-15/',
    apiVersion: '2016-11-15',
    operations: operations.map((make) => make(ec2)),
  }
}
