/** What endpoints can be made for: the services of this server that AWS has endpoints for, under AWS's names. */
import { hash } from 'node:crypto'

export type EndpointType = 'Gateway' | 'Interface'

export interface CarriedService {
  readonly name: string
  readonly types: readonly EndpointType[]
  /** What goes through: services by name, or by the prefix of their targets where two have one name. */
  readonly services: ReadonlySet<string>
}

const both: readonly EndpointType[] = ['Gateway', 'Interface']
const interfaceOnly: readonly EndpointType[] = ['Interface']

/** In the order of their names. Streams belong to a table's data, so the table's endpoint carries them too. */
export function carriedServices(region: string): readonly CarriedService[] {
  const carried = (name: string, types: readonly EndpointType[], ...services: readonly string[]) => ({
    name,
    types,
    services: new Set(services),
  })
  return [
    carried('com.amazonaws.iam', interfaceOnly, 'iam'),
    carried(`com.amazonaws.${region}.application-autoscaling`, interfaceOnly, 'application-autoscaling'),
    carried(`com.amazonaws.${region}.dynamodb`, both, 'dynamodb'),
    carried(`com.amazonaws.${region}.dynamodb-streams`, interfaceOnly, 'DynamoDBStreams_20120810'),
    carried(`com.amazonaws.${region}.ec2`, interfaceOnly, 'ec2'),
    carried(`com.amazonaws.${region}.monitoring`, interfaceOnly, 'cloudwatch'),
    carried(`com.amazonaws.${region}.sts`, interfaceOnly, 'sts'),
  ]
}

/** Of the service's prefix list, the same at each start. */
export function prefixListId(serviceName: string): string {
  return `pl-${hash('sha256', serviceName).slice(0, 8)}`
}
