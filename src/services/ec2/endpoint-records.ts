/** What is kept of an endpoint. */
import type { ListenerAddress } from '../../contract/private-endpoints.ts'
import { collection } from '../../engine/collections/collections.ts'
import type { EndpointType } from './carried-services.ts'

export interface Tag {
  readonly key: string
  readonly value: string
}

export interface EndpointRecord {
  /** `vpce-` and 17 hexadecimal digits. */
  readonly id: string
  readonly vpcId: string
  readonly type: EndpointType
  readonly serviceName: string
  /** Where its listener is, for its life. */
  readonly address: ListenerAddress
  /** As it was written. */
  readonly policy: string
  readonly routeTables: readonly string[]
  readonly subnets: readonly string[]
  readonly securityGroups: readonly string[]
  readonly tags: readonly Tag[]
  readonly createdAtMs: number
  /** Calls under way come to their end. */
  readonly deleting?: true
  /** The client's, and a digest of what it asked for with it. */
  readonly token?: { readonly text: string; readonly request: string }
}

export const endpointRecords = collection<EndpointRecord>('ec2.vpc-endpoints')

export const fullAccess: Readonly<Record<EndpointType, string>> = {
  Gateway: '{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}',
  Interface: '{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]}',
}
