import type { InputOf } from '../../../contract/shape.ts'
import { awsManagedPolicies } from '../aws-managed-policies.ts'
import { arnOf } from '../entities.ts'
import type { Iam } from '../iam.ts'
import { iamOperation, wholeAccount } from '../iam-operation.ts'
import { page } from '../pages.ts'
import { findPolicy } from '../policies.ts'
import { encodedDocument } from '../policy-documents.ts'
import { printedGroup, printedPolicy, printedRole, printedUser, printedVersion } from '../printed.ts'
import type { GroupRecord, InlinePolicy, PolicyRecord, RoleRecord, UserRecord } from '../records.ts'
import { list, optional, paged, string, structure } from '../shapes.ts'
import type { IamState } from '../state.ts'

const kinds = ['User', 'Role', 'Group', 'LocalManagedPolicy', 'AWSManagedPolicy'] as const
type Kind = (typeof kinds)[number]

const input = structure({ Filter: optional(list(string({ oneOf: kinds }))), ...paged })

interface Entry {
  readonly key: string
  readonly kind: Kind
  readonly detail: () => object
}

/** Everything, in pages that run through users, groups, roles and policies. */
export const getAccountAuthorizationDetails = (iam: Iam) =>
  iamOperation<InputOf<typeof input>, object>({
    name: 'GetAccountAuthorizationDetails',
    readOnly: true,
    input,
    target: () => wholeAccount,
    run: (given) => {
      const wanted = given.Filter === undefined || given.Filter.length === 0 ? kinds : given.Filter
      const all = entries(iam).filter(({ kind }) => wanted.includes(kind))
      const { items, end } = page(all, given, ({ key }) => key)
      const of = (...shown: readonly Kind[]) =>
        items.filter(({ kind }) => shown.includes(kind)).map(({ detail }) => detail())
      return {
        UserDetailList: of('User'),
        GroupDetailList: of('Group'),
        RoleDetailList: of('Role'),
        Policies: of('LocalManagedPolicy', 'AWSManagedPolicy'),
        ...end,
      }
    },
  })

function entries(iam: Iam): readonly Entry[] {
  const { state } = iam
  const entry = (order: number, kind: Kind, name: string, detail: () => object): Entry => {
    return { key: `${order} ${name}`, kind, detail }
  }
  return [
    ...state.users.all().map((user) => entry(1, 'User', user.name, () => userDetail(state, user))),
    ...state.groups.all().map((group) => entry(2, 'Group', group.name, () => groupDetail(state, group))),
    ...state.roles.all().map((role) => entry(3, 'Role', role.name, () => roleDetail(iam, role))),
    ...state.policies
      .all()
      .map((policy) => entry(4, 'LocalManagedPolicy', policy.name, () => policyDetail(state, policy))),
    ...[...awsManagedPolicies().values()].map((policy) =>
      entry(5, 'AWSManagedPolicy', policy.name, () => policyDetail(state, policy)),
    ),
  ]
}

function userDetail(state: IamState, user: UserRecord): object {
  return {
    ...printedUser(state, user, 'whole'),
    UserPolicyList: inlineList(user.inline),
    GroupList: user.groups.flatMap((id) => state.groups.get(id)?.name ?? []),
    AttachedManagedPolicies: attachedList(state, user.attached),
  }
}

function groupDetail(state: IamState, group: GroupRecord): object {
  return {
    ...printedGroup(state, group),
    GroupPolicyList: inlineList(group.inline),
    AttachedManagedPolicies: attachedList(state, group.attached),
  }
}

function roleDetail(iam: Iam, role: RoleRecord): object {
  const { Description: _d, MaxSessionDuration: _m, ...shown } = printedRole(iam, role, 'whole')
  return {
    ...shown,
    Arn: arnOf(iam.state, 'role', role),
    InstanceProfileList: [],
    RolePolicyList: inlineList(role.inline),
    AttachedManagedPolicies: attachedList(iam.state, role.attached),
  }
}

function policyDetail(state: IamState, policy: PolicyRecord): object {
  return {
    ...printedPolicy(state, policy, 'whole'),
    PolicyVersionList: [...policy.versions].reverse().map((version) => printedVersion(policy, version, 'whole')),
  }
}

function inlineList(policies: readonly InlinePolicy[]): readonly object[] {
  return policies.map(({ name, document }) => ({ PolicyName: name, PolicyDocument: encodedDocument(document) }))
}

function attachedList(state: IamState, arns: readonly string[]): readonly object[] {
  return arns.map((arn) => ({ PolicyName: findPolicy(state, arn)?.name ?? '', PolicyArn: arn }))
}
