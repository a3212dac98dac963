/**
 * May this caller do this? IAM's evaluation logic as a pure function: the same request and policies always give the
 * same decision, which names the statements that made it. Order (IAM user guide, "Policy evaluation logic"):
 *
 * 1. an explicit deny anywhere;
 * 2. guardrails: resource control, service control, VPC endpoint: each must allow;
 * 3. within one account the resource's own policy or the identity policies must allow, and boundary and session policy
 *    limit what was not granted to this very caller; between accounts both sides must allow.
 */
import { type Access, type Candidate, Evaluation, type PolicyType } from './access.ts'
import { accountOf } from './callers.ts'
import type { CompiledStatement } from './compiled-policy.ts'
import type { Position } from './json-document.ts'
import type { PolicySet } from './policy-set.ts'
import type { ConditionContext } from './templates.ts'

export interface AccessQuestion {
  /** Such as `dynamodb:GetItem`. */
  readonly action: string
  /** An ARN, or `*` for actions without a resource. */
  readonly resource: string
  readonly context: ConditionContext
}

export interface Decision {
  readonly allowed: boolean
  /** `root`: allowed because nothing forbids it to the account's own root user. */
  readonly why: 'granted' | 'root' | 'explicit-deny' | 'implicit-deny'
  /** The type of policy that granted, denied or did not allow; `identity` for root. */
  readonly by: PolicyType
  /** The statement that granted or denied; empty for an implicit deny. */
  readonly statements: readonly StatementReference[]
  /** For a refusal: keys that policies ask for, as they write them, and that the request did not have. */
  readonly missingKeys: readonly string[]
  /** Whether the resource belongs to another account than the caller. */
  readonly crossAccount: boolean
}

export interface StatementReference {
  readonly policyType: PolicyType
  readonly policyId: string
  /** From 0, in the document's order. */
  readonly index: number
  readonly sid: string | undefined
  /** As IAM's simulator counts them: from behind what opens the statement to behind its closing brace. */
  readonly start: Position
  readonly end: Position
}

export function decide({ action, resource, context }: AccessQuestion, set: PolicySet): Decision {
  return decideBy(set.access(action, resource), context, set)
}

/** `access` is the set's about the action and resource in question, or what is left of it. */
export function decideBy(access: Access, context: ConditionContext, set: PolicySet): Decision {
  const evaluation = new Evaluation(access, context)
  const denial = evaluation.firstThatApplies(access.denies)
  const verdict = denial === undefined ? withoutDenial(access, evaluation, set) : ({ denied: denial } as const)
  const crossAccount = isCrossAccount(set)
  if ('granted' in verdict) {
    const { granted } = verdict
    return granted === 'root'
      ? { allowed: true, why: 'root', by: 'identity', statements: [], missingKeys: [], crossAccount }
      : {
          allowed: true,
          why: 'granted',
          by: granted.type,
          statements: [referenceTo(granted)],
          missingKeys: [],
          crossAccount,
        }
  }
  const missingKeys = missingAmong(access, context)
  if ('denied' in verdict) {
    const { denied } = verdict
    return {
      allowed: false,
      why: 'explicit-deny',
      by: denied.type,
      statements: [referenceTo(denied)],
      missingKeys,
      crossAccount,
    }
  }
  return { allowed: false, why: 'implicit-deny', by: verdict.lacking, statements: [], missingKeys, crossAccount }
}

type Verdict =
  | { readonly granted: Candidate | 'root' }
  | { readonly denied: Candidate }
  /** The type of policy of which none allows. */
  | { readonly lacking: PolicyType }

function withoutDenial(access: Access, evaluation: Evaluation, set: PolicySet): Verdict {
  for (const { type, allows } of access.guards) {
    if (evaluation.firstThatApplies(allows) === undefined) return { lacking: type }
  }
  const { caller, resource } = set.inForce
  const granted = evaluation.firstThatApplies(access.resourceAllows)
  const unnamed: Verdict = { lacking: resource.policyType ?? 'resource' }
  if (!('accountId' in caller)) return granted === undefined ? unnamed : { granted }
  if (caller.accountId === resource.accountId) {
    if (granted === undefined && resource.mustAllow === true) return unnamed
    if (granted?.reach === 'direct') return { granted }
    return identitySide(access, evaluation, set, granted?.reach === 'role' ? granted : undefined)
  }
  const identity = identitySide(access, evaluation, set, undefined)
  return 'granted' in identity && granted === undefined ? unnamed : identity
}

/** Identity policies within boundary and session policy; `grantedToRole` stands in for an identity policy's Allow. */
function identitySide(
  { identityAllows, boundaryAllows, sessionAllows }: Access,
  evaluation: Evaluation,
  { inForce: { caller } }: PolicySet,
  grantedToRole: Candidate | undefined,
): Verdict {
  if (caller.type === 'Root') return { granted: 'root' }
  const granted = evaluation.firstThatApplies(identityAllows) ?? grantedToRole
  if (granted === undefined) return { lacking: 'identity' }
  if (boundaryAllows !== undefined && evaluation.firstThatApplies(boundaryAllows) === undefined) {
    return { lacking: 'boundary' }
  }
  if (sessionAllows === undefined) return caller.type === 'FederatedUser' ? { lacking: 'session' } : { granted }
  return evaluation.firstThatApplies(sessionAllows) === undefined ? { lacking: 'session' } : { granted }
}

export function isCrossAccount({ inForce: { caller, resource } }: PolicySet): boolean {
  const account = accountOf(caller)
  return account !== undefined && account !== resource.accountId
}

export function missingAmong({ keys, writtenKeys }: Access, context: ConditionContext): readonly string[] {
  return writtenKeys.filter((_, at) => context.value(keys[at] ?? '') === undefined)
}

export function referenceTo({
  type,
  statement,
}: {
  type: PolicyType
  statement: CompiledStatement
}): StatementReference {
  const { policyId, index, sid, start, end } = statement
  return { policyType: type, policyId, index, sid, start, end }
}
