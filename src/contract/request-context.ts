import type { Engine } from '../engine/engine.ts'

/** Who calls. IAM users, roles and sessions join with the IAM service; the administrator is the account's root. */
export interface Principal {
  readonly type: 'Root' | 'User' | 'AssumedRole' | 'FederatedUser'
  readonly accountId: string
  /** `arn:aws:iam::A:root`, a user's ARN, or the session's ARN. */
  readonly arn: string
  readonly userId: string
  readonly accessKeyId: string
  /** Set only when a service of this server acts by its service-linked role. */
  readonly serviceLinkedRole?: ServiceLinkedRole
}

/** Who acts by the role, and all that its policy allows: no other policy gives it anything. */
export interface ServiceLinkedRole {
  /** CloudTrail's invokedBy: `dynamodb.application-autoscaling.amazonaws.com`. */
  readonly invokedBy: string
  readonly actions: readonly string[]
}

/** How the request came in: the facts that condition keys such as aws:SecureTransport and aws:SourceIp read. */
export interface RequestSource {
  /** Which listener it came through: `https`, `http`, later a VPC endpoint's id. */
  readonly door: string
  readonly secureTransport: boolean
  readonly tlsVersion: string | undefined
  readonly cipherSuite: string | undefined
  /** The Host header, for the audit record's tlsDetails. */
  readonly host: string
  readonly ipAddress: string
  readonly userAgent: string
}

/** What an operation knows of the call beside its input. */
export interface RequestContext {
  /** 52 characters, A-Z and 0-9; also the x-amzn-RequestId header. */
  readonly requestId: string
  readonly receivedAtMs: number
  readonly accountId: string
  readonly region: string
  readonly principal: Principal
  readonly source: RequestSource
  readonly engine: Engine
}
