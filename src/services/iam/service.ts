/** The door of the IAM room: users, groups, roles, policies and keys of the account. */
import type { AnyOperation } from '../../contract/operation.ts'
import type { QueryService } from '../../contract/service.ts'
import { entityKinds } from './entities.ts'
import type { Iam } from './iam.ts'
import {
  createAccessKey,
  deleteAccessKey,
  getAccessKeyLastUsed,
  listAccessKeys,
  updateAccessKey,
} from './operations/access-keys.ts'
import { createAccountAlias, deleteAccountAlias, listAccountAliases } from './operations/account-aliases.ts'
import { getAccountAuthorizationDetails } from './operations/account-authorization-details.ts'
import { getAccountSummary } from './operations/account-summary.ts'
import { attachPolicy, detachPolicy, listAttachedPolicies } from './operations/attached-policies.ts'
import { generateCredentialReport, getCredentialReport } from './operations/credential-reports.ts'
import { listTags, taggedThings, tagThing, untagThing } from './operations/entity-tags.ts'
import { addUserToGroup, listGroupsForUser, removeUserFromGroup } from './operations/group-members.ts'
import { createGroup, deleteGroup, getGroup, listGroups, updateGroup } from './operations/groups.ts'
import {
  deleteInlinePolicy,
  getInlinePolicy,
  listInlinePolicies,
  putInlinePolicy,
} from './operations/inline-policies.ts'
import {
  changePassword,
  createLoginProfile,
  deleteLoginProfile,
  getLoginProfile,
  updateLoginProfile,
} from './operations/login-profiles.ts'
import {
  createPolicy,
  deletePolicy,
  getPolicy,
  listEntitiesForPolicy,
  listPolicies,
} from './operations/managed-policies.ts'
import {
  createVirtualMfaDevice,
  deactivateMfaDevice,
  deleteVirtualMfaDevice,
  enableMfaDevice,
  getMfaDevice,
  listMfaDevices,
  listVirtualMfaDevices,
  resyncMfaDevice,
} from './operations/mfa-devices.ts'
import {
  addOidcClientId,
  createOidcProvider,
  deleteOidcProvider,
  getOidcProvider,
  listOidcProviders,
  removeOidcClientId,
  updateOidcThumbprint,
} from './operations/oidc-providers.ts'
import {
  deleteAccountPasswordPolicy,
  getAccountPasswordPolicy,
  updateAccountPasswordPolicy,
} from './operations/password-policies.ts'
import { deletePermissionsBoundary, putPermissionsBoundary } from './operations/permissions-boundaries.ts'
import {
  createPolicyVersion,
  deletePolicyVersion,
  getPolicyVersion,
  listPolicyVersions,
  setDefaultPolicyVersion,
} from './operations/policy-versions.ts'
import {
  createRole,
  deleteRole,
  getRole,
  listRoles,
  updateAssumeRolePolicy,
  updateRole,
  updateRoleDescription,
} from './operations/roles.ts'
import {
  createServiceLinkedRole,
  deleteServiceLinkedRole,
  getServiceLinkedRoleDeletionStatus,
} from './operations/service-linked-roles.ts'
import {
  getContextKeysForCustomPolicy,
  getContextKeysForPrincipalPolicy,
  simulateCustomPolicy,
  simulatePrincipalPolicy,
} from './operations/simulations.ts'
import { createUser, deleteUser, getUser, listUsers, updateUser } from './operations/users.ts'

const operations: readonly ((iam: Iam) => AnyOperation)[] = [
  addOidcClientId,
  addUserToGroup,
  changePassword,
  createAccessKey,
  createAccountAlias,
  createGroup,
  createLoginProfile,
  createOidcProvider,
  createPolicy,
  createPolicyVersion,
  createRole,
  createServiceLinkedRole,
  createUser,
  createVirtualMfaDevice,
  deactivateMfaDevice,
  deleteAccessKey,
  deleteAccountAlias,
  deleteAccountPasswordPolicy,
  deleteGroup,
  deleteLoginProfile,
  deleteOidcProvider,
  deletePolicy,
  deletePolicyVersion,
  deleteRole,
  deleteServiceLinkedRole,
  deleteUser,
  deleteVirtualMfaDevice,
  enableMfaDevice,
  generateCredentialReport,
  getAccessKeyLastUsed,
  getAccountAuthorizationDetails,
  getAccountPasswordPolicy,
  getAccountSummary,
  getCredentialReport,
  getContextKeysForCustomPolicy,
  getContextKeysForPrincipalPolicy,
  getGroup,
  getLoginProfile,
  getMfaDevice,
  getOidcProvider,
  getPolicy,
  getPolicyVersion,
  getRole,
  getServiceLinkedRoleDeletionStatus,
  getUser,
  listAccessKeys,
  listAccountAliases,
  listEntitiesForPolicy,
  listGroups,
  listGroupsForUser,
  listMfaDevices,
  listOidcProviders,
  listPolicies,
  listPolicyVersions,
  listRoles,
  listUsers,
  listVirtualMfaDevices,
  removeOidcClientId,
  removeUserFromGroup,
  resyncMfaDevice,
  setDefaultPolicyVersion,
  simulateCustomPolicy,
  simulatePrincipalPolicy,
  updateAccessKey,
  updateAccountPasswordPolicy,
  updateAssumeRolePolicy,
  updateGroup,
  updateLoginProfile,
  updateOidcThumbprint,
  updateRole,
  updateRoleDescription,
  updateUser,
]

/** The same calls for users, groups and roles. */
const ofEntities = [
  attachPolicy,
  deleteInlinePolicy,
  detachPolicy,
  getInlinePolicy,
  listAttachedPolicies,
  listInlinePolicies,
  putInlinePolicy,
]

export function iamService(iam: Iam): QueryService {
  return {
    name: 'iam',
    signingName: 'iam',
    global: true,
    protocol: 'query',
    xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
    apiVersion: '2010-05-08',
    operations: [
      ...operations.map((make) => make(iam)),
      ...entityKinds.flatMap((kind) => ofEntities.map((make) => make(iam, kind))),
      ...(['user', 'role'] as const).flatMap((kind) => [
        putPermissionsBoundary(iam, kind),
        deletePermissionsBoundary(iam, kind),
      ]),
      ...taggedThings.flatMap((thing) => [tagThing(iam, thing), untagThing(iam, thing), listTags(iam, thing)]),
    ],
  }
}
