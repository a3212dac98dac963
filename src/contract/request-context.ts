import type { Engine } from '../engine/engine.ts'
import type { PrivateSource } from './private-endpoints.ts'

/** Who calls. The administrator is the account's root; nobody is known yet who calls without a signature. */
export interface Principal {
  readonly type: 'Root' | 'User' | 'AssumedRole' | 'FederatedUser' | 'Anonymous'
  readonly accountId: string
  /** `arn:aws:iam::A:root`, a user's ARN, or the session's ARN. */
  readonly arn: string
  /** The account's id, `AIDA…`, `AROA…:session` or `A:name`. */
  readonly userId: string
  readonly accessKeyId: string
  /** Of IAM users only. */
  readonly userName?: string
  /** Of temporary credentials only. */
  readonly session?: PrincipalSession
  /** Set only when a service of this server acts by its service-linked role. */
  readonly serviceLinkedRole?: ServiceLinkedRole
}

/** Who acts by the role, and all that its policy allows: no other policy gives it anything. */
export interface ServiceLinkedRole {
  /** CloudTrail's invokedBy: `dynamodb.application-autoscaling.amazonaws.com`. */
  readonly invokedBy: string
  readonly actions: readonly string[]
}

/** What a session token says of its session; the conditions of policies read it. */
export interface PrincipalSession {
  /** Whose permissions it has: the role, or the user or root that asked for it. */
  readonly issuer: { readonly type: 'Root' | 'User' | 'Role'; readonly id: string; readonly arn: string }
  /** The name behind the role's or before the federated user's permissions. */
  readonly name?: string
  /** aws:TokenIssueTime. */
  readonly issuedAtMs: number
  readonly expiresAtMs: number
  /** When the second factor was shown, for aws:MultiFactorAuthPresent and aws:MultiFactorAuthAge. */
  readonly mfaAtMs?: number
  readonly sourceIdentity?: string
  /** Session tags, for aws:PrincipalTag; those of the user or role come from IAM. */
  readonly tags?: Readonly<Record<string, string>>
  /** Names of tags that go on to sessions made from this one. */
  readonly transitiveTagKeys?: readonly string[]
  /** An inline session policy. */
  readonly policy?: string
  /** Managed policies that bound the session together with `policy`. */
  readonly policyArns?: readonly string[]
  /** aws:FederatedProvider. */
  readonly provider?: string
  /** What the provider said of the caller, by condition key: `www.amazon.com:user_id`, `<issuer>:sub`. */
  readonly claims?: Readonly<Record<string, string | readonly string[]>>
}

/** How the request came in: the facts that condition keys such as aws:SecureTransport and aws:SourceIp read. */
export interface RequestSource {
  /** Which listener it came through: `https`, `http`, or a VPC endpoint's id. */
  readonly door: string
  readonly secureTransport: boolean
  readonly tlsVersion: string | undefined
  readonly cipherSuite: string | undefined
  /** The Host header, for the audit record's tlsDetails. */
  readonly host: string
  readonly ipAddress: string
  readonly userAgent: string
  /** The Referer header, where a browser sent one. */
  readonly referer?: string
  /** Set when it came through a VPC endpoint. */
  readonly privateSource?: PrivateSource | undefined
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
