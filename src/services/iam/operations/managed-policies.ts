/** CreatePolicy, GetPolicy, ListPolicies, DeletePolicy and ListEntitiesForPolicy. */
import type { InputOf } from '../../../contract/shape.ts'
import { iamArn } from '../arns.ts'
import { awsManagedPolicies } from '../aws-managed-policies.ts'
import { alreadyExists, deleteConflict, quotaExceeded } from '../errors.ts'
import type { Iam } from '../iam.ts'
import { iamOperation, wholeAccount } from '../iam-operation.ts'
import { entityId } from '../ids.ts'
import { page, sortedBy } from '../pages.ts'
import { arnOfPolicy, attachmentsOf, checkPolicySize, ownPolicyWith, policyTarget, policyWith } from '../policies.ts'
import { checkDocument } from '../policy-documents.ts'
import { printedPolicy } from '../printed.ts'
import { quotas } from '../quotas.ts'
import type { PolicyRecord } from '../records.ts'
import {
  arn,
  boolean,
  document,
  optional,
  paged,
  path,
  policyDescription,
  policyName,
  policyPath,
  required,
  string,
  structure,
  tags,
} from '../shapes.ts'
import { newTags } from '../tags.ts'

const createInput = structure({
  PolicyName: required(policyName),
  Path: optional(policyPath),
  PolicyDocument: required(document),
  Description: optional(policyDescription),
  Tags: optional(tags),
})

export const createPolicy = ({ state, clock, random }: Iam) =>
  iamOperation<InputOf<typeof createInput>, object>({
    name: 'CreatePolicy',
    readOnly: false,
    input: createInput,
    target: (input) => ({ arn: iamArn(state.accountId, 'policy', input.Path ?? '/', input.PolicyName) }),
    run: (input) => {
      checkDocument(input.PolicyDocument, 'managed')
      checkPolicySize(input.PolicyDocument)
      const given = newTags(input.Tags)
      return state.change((changes) => {
        if (state.policies.isTaken(input.PolicyName)) {
          throw alreadyExists(`A policy called ${input.PolicyName} already exists. Duplicate names are not allowed.`)
        }
        if (state.policies.size >= quotas.policiesPerAccount) {
          throw quotaExceeded('PoliciesPerAccount', quotas.policiesPerAccount)
        }
        const createdAtMs = clock.nowMs()
        const policy: PolicyRecord = {
          id: entityId('ANPA', random),
          name: input.PolicyName,
          path: input.Path ?? '/',
          createdAtMs,
          updatedAtMs: createdAtMs,
          tags: given,
          versions: [{ number: 1, document: input.PolicyDocument, createdAtMs }],
          defaultVersion: 1,
          lastVersion: 1,
          ...(input.Description !== undefined && { description: input.Description }),
        }
        changes.put('policies', policy)
        return { Policy: printedPolicy(state, policy, 'whole') }
      })
    },
  })

const arnInput = structure({ PolicyArn: required(arn) })

export const getPolicy = ({ state }: Iam) =>
  iamOperation<InputOf<typeof arnInput>, object>({
    name: 'GetPolicy',
    readOnly: true,
    input: arnInput,
    target: (input) => policyTarget(state, input.PolicyArn),
    run: (input) => ({ Policy: printedPolicy(state, policyWith(state, input.PolicyArn), 'whole') }),
  })

const usage = string({ oneOf: ['PermissionsPolicy', 'PermissionsBoundary'] })

const listInput = structure({
  Scope: optional(string({ oneOf: ['All', 'AWS', 'Local'] })),
  OnlyAttached: optional(boolean),
  PathPrefix: optional(policyPath),
  PolicyUsageFilter: optional(usage),
  ...paged,
})

export const listPolicies = ({ state }: Iam) =>
  iamOperation<InputOf<typeof listInput>, object>({
    name: 'ListPolicies',
    readOnly: true,
    input: listInput,
    target: () => wholeAccount,
    run: (input) => {
      const arnKey = (policy: PolicyRecord) => arnOfPolicy(state, policy)
      const scope = input.Scope ?? 'All'
      const all = [
        ...(scope === 'AWS' ? [] : state.policies.all()),
        ...(scope === 'Local' ? [] : awsManagedPolicies().values()),
      ]
      const shown = all.filter((policy) => {
        if (!policy.path.startsWith(input.PathPrefix ?? '/')) return false
        const { attached, bounding } = attachmentsOf(state, arnKey(policy))
        if (input.PolicyUsageFilter === 'PermissionsBoundary') return bounding > 0
        return input.OnlyAttached !== true || attached > 0
      })
      const { items, end } = page(sortedBy(shown, arnKey), input, arnKey)
      return { Policies: items.map((policy) => printedPolicy(state, policy, 'listed')), ...end }
    },
  })

export const deletePolicy = ({ state }: Iam) =>
  iamOperation<InputOf<typeof arnInput>, undefined>({
    name: 'DeletePolicy',
    readOnly: false,
    input: arnInput,
    target: (input) => policyTarget(state, input.PolicyArn),
    run: (input) =>
      state.change((changes) => {
        const policy = ownPolicyWith(state, input.PolicyArn)
        const { attached, bounding } = attachmentsOf(state, input.PolicyArn)
        if (attached + bounding > 0) throw deleteConflict('Cannot delete a policy attached to entities.')
        if (policy.versions.length > 1) {
          throw deleteConflict(
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
          )
        }
        changes.remove('policies', policy.id)
        return undefined
      }),
  })

const entitiesInput = structure({
  PolicyArn: required(arn),
  EntityFilter: optional(string({ oneOf: ['User', 'Role', 'Group', 'LocalManagedPolicy', 'AWSManagedPolicy'] })),
  PathPrefix: optional(path),
  PolicyUsageFilter: optional(usage),
  ...paged,
})

interface Holder {
  readonly kind: 'Group' | 'Role' | 'User'
  readonly name: string
  readonly id: string
}

export const listEntitiesForPolicy = ({ state }: Iam) =>
  iamOperation<InputOf<typeof entitiesInput>, object>({
    name: 'ListEntitiesForPolicy',
    readOnly: true,
    input: entitiesInput,
    target: (input) => policyTarget(state, input.PolicyArn),
    run: (input) => {
      policyWith(state, input.PolicyArn)
      const holders: Holder[] = []
      const add = (
        kind: Holder['kind'],
        entity: {
          readonly name: string
          readonly id: string
          readonly path: string
          readonly attached: readonly string[]
        } & {
          readonly boundary?: string
        },
      ) => {
        if (input.EntityFilter !== undefined && input.EntityFilter !== kind) return
        if (!entity.path.startsWith(input.PathPrefix ?? '/')) return
        const has = entity.attached.includes(input.PolicyArn)
        const bounded = entity.boundary === input.PolicyArn
        const wanted =
          input.PolicyUsageFilter === undefined
            ? has || bounded
            : input.PolicyUsageFilter === 'PermissionsPolicy'
              ? has
              : bounded
        if (wanted) holders.push({ kind, name: entity.name, id: entity.id })
      }
      for (const group of state.groups.all()) add('Group', group)
      for (const user of state.users.all()) add('User', user)
      for (const role of state.roles.all()) add('Role', role)
      const keyOf = (holder: Holder) => `${holder.kind} ${holder.name}`
      const { items, end } = page(sortedBy(holders, keyOf), input, keyOf)
      const of = (kind: Holder['kind']) =>
        items.filter((one) => one.kind === kind).map(({ name, id }) => ({ [`${kind}Name`]: name, [`${kind}Id`]: id }))
      return { PolicyGroups: of('Group'), PolicyUsers: of('User'), PolicyRoles: of('Role'), ...end }
    },
  })
