/** Words that rooms, staircase and listeners share about private (VPC) endpoints. */
import type { CompiledPolicy } from '../policy/compiled-policy.ts'

/** A network that the operator named: clients of these addresses, and where endpoints for them may listen. */
export interface Network {
  /** `vpc-…` */
  readonly vpcId: string
  readonly cidrs: readonly string[]
  readonly listeners: readonly ListenerAddress[]
  /** Names only: the operator's own network does what AWS does by these. */
  readonly subnets: readonly string[]
  readonly routeTables: readonly string[]
  readonly securityGroups: readonly string[]
}

export interface ListenerAddress {
  /** An IP address. */
  readonly host: string
  readonly port: number
}

/** What is known of a request because it came through an endpoint; one value for the endpoint's life. */
export interface PrivateSource {
  /** `vpce-…`: aws:SourceVpce. */
  readonly endpointId: string
  /** aws:SourceVpc. */
  readonly vpcId: string
  /** The services that the endpoint carries, by name or by the prefix of their targets: `dynamodb`. */
  readonly services: ReadonlySet<string>
}

export interface PrivateDoor {
  readonly source: PrivateSource
  readonly address: ListenerAddress
  /** Clients from elsewhere are not let in. */
  readonly cidrs: readonly string[]
}

/** Listeners of endpoints, for the room that has the endpoints. */
export interface PrivateDoors {
  /** Settles when clients are let in; rejects with OperatorError when the address cannot be had. */
  open(door: PrivateDoor): Promise<void>
  /** Settles when the last call that came through has ended; no client is let in from the call on. */
  close(endpointId: string): Promise<void>
}

/** Endpoint policies, for who decides. */
export interface EndpointPolicies {
  /** The policy as it is now, and the same value until it changes. One that allows nothing when the endpoint is gone. */
  policyOf(endpointId: string): CompiledPolicy
}
