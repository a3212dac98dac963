import type { AccessRequest, AnyOperation } from './operation.ts'
import type { Principal, RequestContext, ServiceLinkedRole } from './request-context.ts'
import type { Service } from './service.ts'

/** Who holds an access key. The secret never leaves this port but for the signature check. */
export interface Identities {
  find(accessKeyId: string): Identity | undefined
}
export interface Identity {
  readonly principal: Principal
  readonly secretAccessKey: string
  /** Present for temporary keys: the token that must come with them, and until when. */
  readonly session?: { readonly token: string; readonly expiresAtMs: number }
}

/** May this caller do all of this? Throws the service's AccessDeniedException when not. */
export interface Authorizer {
  authorize(requests: readonly AccessRequest[], ctx: RequestContext): void
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
