import type { CompiledPolicy } from '../policy/compiled-policy.ts'
import type { AccessRequest, AnyOperation } from './operation.ts'
import type { Principal, RequestContext, ServiceLinkedRole } from './request-context.ts'
import type { Service } from './service.ts'

/** Who holds an access key. The secret never leaves this port but for the signature check. */
export interface Identities {
  /** `sessionToken` as the request bears it: all that is known of a temporary key lies sealed in its token. */
  find(accessKeyId: string, sessionToken: string | undefined): Identity | undefined
  /** A request signed with this key was accepted; costs next to nothing and waits for nothing. */
  noteUse(identity: Identity, service: string, atMs: number): void
}
export interface Identity {
  readonly principal: Principal
  readonly secretAccessKey: string
  /** Present for temporary keys: the token that must come with them, and until when. */
  readonly session?: { readonly token: string; readonly expiresAtMs: number }
}

/** What IAM's policies say about a principal. */
export interface PolicySource {
  /** Grows whenever anything changes in IAM: decisions made before are void. */
  readonly version: number
  policiesOf(principal: Principal): PrincipalPolicies
}
export interface PrincipalPolicies {
  /** Of the user and his groups, or of the role; none for the root. */
  readonly identity: readonly CompiledPolicy[]
  readonly boundary?: CompiledPolicy
  /** Passed when the session began; undefined when none were. */
  readonly session?: readonly CompiledPolicy[]
  /** aws:PrincipalTag: of the user or role, overlaid by the session's. */
  readonly tags: Readonly<Record<string, string>>
}

/** The organisation that the account is in, as the operator says it is; its policies bind whatever IAM allows. */
export interface Organization {
  /** aws:PrincipalOrgID and aws:ResourceOrgID. */
  readonly id: string
  /** aws:PrincipalOrgPaths and aws:ResourceOrgPaths: `o-1/r-1/ou-1/`, without the account. */
  readonly path: string
  /** By level: the root, each unit, the account; none of the management account. */
  readonly serviceControl: readonly (readonly CompiledPolicy[])[]
  readonly resourceControl: readonly (readonly CompiledPolicy[])[]
}

/** What the STS room needs of IAM's. */
export interface Directory {
  readonly accountId: string
  /** By its whole ARN; undefined when there is none. */
  role(arn: string): AssumableRole | undefined
  /** The user or role that a session was made from, as it is now; undefined when it is gone. */
  holder(type: 'User' | 'Role', id: string): { readonly arn: string; readonly name: string } | undefined
  /** The account whose key it is, of a user or of the root; undefined for unknown keys. */
  accountOfKey(accessKeyId: string): string | undefined
  hasManagedPolicy(arn: string): boolean
  /** By the issuer without `https://`. */
  provider(name: string): IdentityProvider | undefined
  /** Is this now a code of that device of the user's, not used before? */
  knowsCode(userId: string, serialNumber: string, code: string): boolean
  /** As `knowsCode`, and the code counts no more. */
  takeCode(userId: string, serialNumber: string, code: string): Promise<boolean>
}
export interface AssumableRole {
  /** `AROA…` */
  readonly id: string
  readonly name: string
  readonly arn: string
  readonly trust: CompiledPolicy
  readonly maxSessionSeconds: number
  readonly tags: Readonly<Record<string, string>>
}
export interface IdentityProvider {
  readonly arn: string
  readonly clientIds: readonly string[]
}

/** May this caller do all of this? Throws the service's AccessDeniedException when not. */
export interface Authorizer {
  authorize(requests: readonly AccessRequest[], ctx: RequestContext): void | Promise<void>
}

/** Takes the record of a call: opened before the work, closed with its outcome before the answer leaves. */
export interface AuditTrail {
  open(service: Service, operation: AnyOperation, ctx: RequestContext): AuditRecord
}
export interface AuditRecord {
  close(outcome: AuditOutcome): Promise<void> | void
}
export type AuditOutcome =
  | { readonly input: unknown; readonly output: unknown }
  | { readonly input: unknown; readonly error: unknown }

/**
 * A call that one room makes of another, by the same staircase as a client's: its shape is checked, its access decided
 * and its record kept, with the room's service-linked role as the caller. Rejects with the other service's ServiceError.
 */
export interface Dispatch {
  /** `target` is as in X-Amz-Target: `DynamoDB_20120810.UpdateTable`. */
  call(target: string, input: unknown, by: ServiceCaller): Promise<unknown>
}

export interface ServiceCaller {
  /** Such as `AWSServiceRoleForApplicationAutoScaling_DynamoDBTable`. */
  readonly roleName: string
  readonly sessionName: string
  readonly role: ServiceLinkedRole
}
