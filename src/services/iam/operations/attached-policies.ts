/** AttachUserPolicy, DetachUserPolicy, ListAttachedUserPolicies, and the same of groups and roles. */
import type { AnyOperation } from '../../../contract/operation.ts'
import type { Shape } from '../../../contract/shape.ts'
import { changedEntityNamed, entityFacts, entityNamed, entityTarget, putEntity } from '../entities.ts'
import { type EntityKind, noSuchPolicy, notAttachable, quotaExceeded } from '../errors.ts'
import type { Iam } from '../iam.ts'
import { iamOperation } from '../iam-operation.ts'
import { type PageRequest, page, sortedBy } from '../pages.ts'
import { checkPolicyArn, findPolicy } from '../policies.ts'
import { quotas } from '../quotas.ts'
import { arn, optional, paged, policyPath, required, structure } from '../shapes.ts'

/** The calls of users, groups and roles differ in names alone; this reads the member that bears the entity's. */
type Named = Readonly<Record<string, string>>

function attachmentInput(kind: EntityKind): Shape<Named> {
  const { member, name } = entityFacts[kind]
  return structure({ [member]: required(name), PolicyArn: required(arn) }) as unknown as Shape<Named>
}

export const attachPolicy = ({ state }: Iam, kind: EntityKind): AnyOperation => {
  const { title, member } = entityFacts[kind]
  return iamOperation<Named, undefined>({
    name: `Attach${title}Policy`,
    readOnly: false,
    input: attachmentInput(kind),
    target: (input) => entityTarget(state, kind, input[member] ?? ''),
    conditions: (input) => ({ 'iam:PolicyARN': input['PolicyArn'] ?? '' }),
    run: (input) =>
      state.change((changes) => {
        const policyArn = input['PolicyArn'] ?? ''
        checkPolicyArn(policyArn)
        const entity = changedEntityNamed(state, kind, input[member] ?? '')
        const policy = findPolicy(state, policyArn)
        if (policy === undefined) throw notAttachable(policyArn)
        if (entity.attached.includes(policyArn)) return undefined
        if (policy.deprecated === true) throw notAttachable(policyArn)
        if (entity.attached.length >= quotas.attachedPoliciesMax) {
          throw quotaExceeded(`PoliciesPer${title}`, quotas.attachedPoliciesMax)
        }
        putEntity(changes, kind, { ...entity, attached: [...entity.attached, policyArn] })
        return undefined
      }),
  })
}

export const detachPolicy = ({ state }: Iam, kind: EntityKind): AnyOperation => {
  const { title, member } = entityFacts[kind]
  return iamOperation<Named, undefined>({
    name: `Detach${title}Policy`,
    readOnly: false,
    input: attachmentInput(kind),
    target: (input) => entityTarget(state, kind, input[member] ?? ''),
    conditions: (input) => ({ 'iam:PolicyARN': input['PolicyArn'] ?? '' }),
    run: (input) =>
      state.change((changes) => {
        const policyArn = input['PolicyArn'] ?? ''
        checkPolicyArn(policyArn)
        const entity = changedEntityNamed(state, kind, input[member] ?? '')
        if (!entity.attached.includes(policyArn)) throw noSuchPolicy(policyArn)
        putEntity(changes, kind, { ...entity, attached: entity.attached.filter((one) => one !== policyArn) })
        return undefined
      }),
  })
}

export const listAttachedPolicies = ({ state }: Iam, kind: EntityKind): AnyOperation => {
  const { title, member, name } = entityFacts[kind]
  const input = structure({ [member]: required(name), PathPrefix: optional(policyPath), ...paged })
  return iamOperation<Named & PageRequest, object>({
    name: `ListAttached${title}Policies`,
    readOnly: true,
    input: input as unknown as Shape<Named & PageRequest>,
    target: (given) => entityTarget(state, kind, given[member] ?? ''),
    run: (given) => {
      const policies = entityNamed(state, kind, given[member] ?? '').attached.flatMap((one) => {
        const policy = findPolicy(state, one)
        if (policy === undefined || !policy.path.startsWith(given['PathPrefix'] ?? '/')) return []
        return [{ PolicyName: policy.name, PolicyArn: one }]
      })
      const { items, end } = page(sortedBy(policies, keyOf), given, keyOf)
      return { AttachedPolicies: items, ...end }
    },
  })
}

function keyOf(policy: { readonly PolicyName: string; readonly PolicyArn: string }): string {
  return `${policy.PolicyName} ${policy.PolicyArn}`
}
