/** What a refused caller reads, in AWS's words: IAM user guide, "Troubleshoot access denied error messages". */
import { assert } from '../foundation/assert.ts'
import type { PolicyType } from './access.ts'
import type { Decision } from './decide.ts'

export interface Refused {
  /** The user's or the session's ARN. */
  readonly callerArn: string
  readonly action: string
  /** Absent where the service does not know the resource. */
  readonly resource?: string
  readonly decision: Decision
}

/**
 * The whole text. One type of policy is named even if several deny. AWS leaves the reason out where caller and policy
 * belong to strangers; `withReason: false` does.
 */
export function accessDeniedMessage(
  { callerArn, action, resource, decision }: Refused,
  { withReason = true }: { readonly withReason?: boolean } = {},
): string {
  assert(!decision.allowed, 'only a refusal has a message')
  const where = resource === undefined ? '' : ` on resource: ${resource}`
  return `User: ${callerArn} is not authorized to perform: ${action}${where}${withReason ? reason(decision, action) : ''}`
}

function reason({ why, by }: Decision, action: string): string {
  return why === 'explicit-deny'
    ? ` with an explicit deny in ${article[by]} ${names[by]}`
    : ` because no ${names[by]} allows the ${action} action`
}

const names: Readonly<Record<PolicyType, string>> = {
  'service-control': 'service control policy',
  'resource-control': 'resource control policy',
  'vpc-endpoint': 'VPC endpoint policy',
  resource: 'resource-based policy',
  'role-trust': 'role trust policy',
  identity: 'identity-based policy',
  boundary: 'permissions boundary',
  session: 'session policy',
}

const article: Readonly<Record<PolicyType, string>> = {
  'service-control': 'a',
  'resource-control': 'a',
  'vpc-endpoint': 'a',
  resource: 'a',
  'role-trust': 'the',
  identity: 'an',
  boundary: 'a',
  session: 'a',
}
