/** Records as answers show them, members in AWS's order. */

import { arnOf } from './entities.ts'
import type { Iam } from './iam.ts'
import { arnOfPolicy, attachmentsOf } from './policies.ts'
import { encodedDocument } from './policy-documents.ts'
import type { GroupRecord, PolicyRecord, PolicyVersionRecord, RoleRecord, UserRecord } from './records.ts'
import type { IamState } from './state.ts'
import { printedTags } from './tags.ts'

/** Lists show less than the calls for one entity: neither tags nor boundaries. */
export type Detail = 'whole' | 'listed'

export function printedUser(state: IamState, user: UserRecord, detail: Detail) {
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.id,
    Arn: arnOf(state, 'user', user),
    CreateDate: new Date(user.createdAtMs),
    ...(detail === 'whole' && { ...printedBoundary(user), ...someTags(user) }),
  }
}

export function printedGroup(state: IamState, group: GroupRecord) {
  return {
    Path: group.path,
    GroupName: group.name,
    GroupId: group.id,
    Arn: arnOf(state, 'group', group),
    CreateDate: new Date(group.createdAtMs),
  }
}

export function printedRole({ state, uses }: Iam, role: RoleRecord, detail: Detail) {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: arnOf(state, 'role', role),
    CreateDate: new Date(role.createdAtMs),
    AssumeRolePolicyDocument: encodedDocument(role.trust),
    Description: role.description,
    MaxSessionDuration: role.maxSessionSeconds,
    ...(detail === 'whole' && { ...printedBoundary(role), ...someTags(role), RoleLastUsed: lastUse(uses.of(role.id)) }),
  }
}

function lastUse(use: { readonly atMs: number; readonly region: string } | undefined): object {
  return use === undefined ? {} : { LastUsedDate: new Date(use.atMs), Region: use.region }
}

export function printedBoundary({ boundary }: { readonly boundary?: string }): object {
  if (boundary === undefined) return {}
  return {
    PermissionsBoundary: { PermissionsBoundaryType: 'PermissionsBoundaryPolicy', PermissionsBoundaryArn: boundary },
  }
}

function someTags({ tags }: UserRecord | RoleRecord | PolicyRecord): object {
  return tags.length === 0 ? {} : { Tags: printedTags(tags) }
}

export function printedPolicy(state: IamState, policy: PolicyRecord, detail: Detail) {
  const { attached, bounding } = attachmentsOf(state, arnOfPolicy(state, policy))
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: arnOfPolicy(state, policy),
    Path: policy.path,
    DefaultVersionId: `v${policy.defaultVersion}`,
    AttachmentCount: attached,
    PermissionsBoundaryUsageCount: bounding,
    IsAttachable: policy.deprecated !== true,
    ...(detail === 'whole' && policy.description !== undefined && { Description: policy.description }),
    CreateDate: new Date(policy.createdAtMs),
    UpdateDate: new Date(policy.updatedAtMs),
    ...(detail === 'whole' && someTags(policy)),
  }
}

export function printedVersion(policy: PolicyRecord, version: PolicyVersionRecord, detail: Detail) {
  return {
    ...(detail === 'whole' && { Document: encodedDocument(version.document) }),
    VersionId: `v${version.number}`,
    IsDefaultVersion: version.number === policy.defaultVersion,
    CreateDate: new Date(version.createdAtMs),
  }
}
