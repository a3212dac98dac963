/** What a service of this server may do by its service-linked role: the actions of the role, on everything. */
import type { PrincipalPolicies } from '../contract/ports.ts'
import type { ServiceLinkedRole } from '../contract/request-context.ts'
import { compilePolicy } from '../policy/compiled-policy.ts'
import { policyOf } from '../policy/parse-policy.ts'

const known = new WeakMap<ServiceLinkedRole, PrincipalPolicies>()

export function policiesOfServiceLinkedRole(role: ServiceLinkedRole): PrincipalPolicies {
  let policies = known.get(role)
  if (policies === undefined) {
    const statement = { Effect: 'Allow', Action: role.actions, Resource: '*' }
    const text = JSON.stringify({ Version: '2012-10-17', Statement: statement })
    policies = { identity: [compilePolicy(role.invokedBy, policyOf(text, 'managed'))], tags: {} }
    known.set(role, policies)
  }
  return policies
}
