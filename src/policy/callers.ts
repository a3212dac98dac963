/** Who calls, as far as policies can tell callers apart, and which Principal elements mean them. */
import type { Effect, PrincipalElement, PrincipalName } from './document.ts'

export type Caller =
  | { readonly type: 'Root'; readonly accountId: string }
  | { readonly type: 'User'; readonly accountId: string; readonly arn: string; readonly uniqueId?: string }
  | {
      readonly type: 'AssumedRole'
      readonly accountId: string
      /** `arn:aws:sts::A:assumed-role/R/S`. */
      readonly arn: string
      /** With the role's path, which the session's ARN lacks. */
      readonly roleArn: string
      /** The role's `AROA…`. */
      readonly uniqueId?: string
      /** Guardrails of the organisation do not bind these. */
      readonly serviceLinked?: boolean
    }
  | {
      readonly type: 'FederatedUser'
      readonly accountId: string
      /** `arn:aws:sts::A:federated-user/N`. */
      readonly arn: string
      /** The user who called GetFederationToken. */
      readonly userArn?: string
    }
  /** Whoever shows a token of an identity provider: a domain, or the ARN of a provider in IAM. */
  | { readonly type: 'WebIdentity'; readonly provider: string }
  /** `dynamodb.amazonaws.com` and the service's other names. */
  | { readonly type: 'Service'; readonly names: readonly string[] }
  | { readonly type: 'Anonymous' }

/**
 * How a Principal element means a caller. `direct`: this very caller, or everyone; such a grant passes by boundary and
 * session policy. `role`: the role behind a session, or the user behind a federation. `account`: the account, which may
 * then let its own policies decide. (IAM user guide, "Evaluating identity-based policies with resource-based policies".)
 */
export type Reach = 'direct' | 'role' | 'account'

export function accountOf(caller: Caller): string | undefined {
  return 'accountId' in caller ? caller.accountId : undefined
}

/**
 * How far a statement's principal reaches this caller; undefined when it does not. `hasBoundary` matters to
 * NotPrincipal, which AWS applies to everyone who has a permissions boundary, named or not.
 */
export function reach(
  element: PrincipalElement,
  caller: Caller,
  { effect, hasBoundary }: { readonly effect: Effect; readonly hasBoundary: boolean },
): Reach | undefined {
  if (element.negated) return hasBoundary || !isExempt(element.names, caller) ? 'direct' : undefined
  let widest: Reach | undefined
  for (const name of element.names) {
    const found = reachOf(name, caller, effect)
    if (found === 'direct') return found
    widest = found === 'role' || widest === 'role' ? 'role' : (found ?? widest)
  }
  return widest
}

function reachOf({ family, name }: PrincipalName, caller: Caller, effect: Effect): Reach | undefined {
  switch (family) {
    case 'AWS':
      if (name !== '*') return reachOfAws(name, caller)
      // Everyone is denied by a Deny for everyone; but only its provider's name lets a token in.
      return caller.type === 'WebIdentity' && effect === 'Allow' ? undefined : 'direct'
    case 'Service':
      return caller.type === 'Service' && caller.names.includes(name) ? 'direct' : undefined
    case 'Federated':
      return caller.type === 'WebIdentity' && caller.provider === name ? 'direct' : undefined
    case 'CanonicalUser':
      return undefined
  }
}

function reachOfAws(name: string, caller: Caller): Reach | undefined {
  const account = accountOf(caller)
  if (account !== undefined && (name === account || name === rootArn(account))) return 'account'
  switch (caller.type) {
    case 'User':
      return name === caller.arn || name === caller.uniqueId ? 'direct' : undefined
    case 'AssumedRole':
      if (name === caller.arn) return 'direct'
      return name === caller.roleArn || name === caller.uniqueId ? 'role' : undefined
    case 'FederatedUser':
      if (name === caller.arn) return 'direct'
      return name === caller.userArn ? 'role' : undefined
    default:
      return undefined
  }
}

/**
 * Whether NotPrincipal leaves the caller out. AWS looks at the account, then the role, then the session, so naming a
 * user or a role spares it only together with its account.
 */
function isExempt(names: readonly PrincipalName[], caller: Caller): boolean {
  const found = names.map((name) => (name.name === '*' ? 'everyone' : reachOf(name, caller, 'Deny')))
  if (found.includes('everyone')) return true
  switch (caller.type) {
    case 'Root':
      return found.includes('account')
    case 'User':
    case 'FederatedUser':
      return found.includes('account') && found.includes('direct')
    case 'AssumedRole':
      return found.includes('account') && found.includes('role')
    default:
      return found.includes('direct')
  }
}

function rootArn(accountId: string): string {
  return `arn:aws:iam::${accountId}:root`
}
