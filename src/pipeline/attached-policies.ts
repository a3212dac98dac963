/** The policy that hangs on a resource itself, ready to be asked; compiled once for each text. */
import type { ResourcePolicy } from '../contract/operation.ts'
import type { RequestContext } from '../contract/request-context.ts'
import type { ResourcePolicyRecord } from '../engine/tables/resource-policies.ts'
import { compilePolicy } from '../policy/compiled-policy.ts'
import { MalformedPolicy } from '../policy/document.ts'
import { parsePolicy, policyOf } from '../policy/parse-policy.ts'

/** Stands in for a text that can no longer be read: what it denied is not known, so all of it is. */
const nobody = policyOf(
  '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}}',
  'resource',
)

const compiled = new WeakMap<ResourcePolicyRecord, ResourcePolicy>()

/** Of a table, its indexes, or a stream; undefined where there is none. A policy counts from the answer that told of it. */
export function attachedPolicy(resource: string, ctx: RequestContext): ResourcePolicy | undefined {
  const record = ctx.engine.policies.inForce(resource)
  if (record?.document === undefined) return undefined
  const known = compiled.get(record)
  if (known !== undefined) return known
  const document = parsePolicy(record.document, 'resource')
  const policy = compilePolicy(resource, document instanceof MalformedPolicy ? nobody : document)
  const made: ResourcePolicy = { policy, type: 'resource' }
  compiled.set(record, made)
  return made
}
