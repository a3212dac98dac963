import type { InputOf } from '../../../contract/shape.ts'
import type { Iam } from '../iam.ts'
import { iamOperation, wholeAccount } from '../iam-operation.ts'
import { quotas } from '../quotas.ts'
import { structure } from '../shapes.ts'

const input = structure({})

export const getAccountSummary = ({ state }: Iam) =>
  iamOperation<InputOf<typeof input>, object>({
    name: 'GetAccountSummary',
    readOnly: true,
    input,
    target: () => wholeAccount,
    run: () => {
      const devices = state.mfaDevices.all()
      const policies = state.policies.all()
      return {
        SummaryMap: new Map<string, number>([
          ['Users', state.users.size],
          ['UsersQuota', quotas.usersPerAccount],
          ['Groups', state.groups.size],
          ['GroupsQuota', quotas.groupsPerAccount],
          ['Roles', state.roles.size],
          ['RolesQuota', quotas.rolesPerAccount],
          ['Policies', policies.length],
          ['PoliciesQuota', quotas.policiesPerAccount],
          ['PolicySizeQuota', quotas.policyCharactersMax],
          ['PolicyVersionsInUse', policies.reduce((sum, { versions }) => sum + versions.length, 0)],
          ['PolicyVersionsInUseQuota', quotas.policiesPerAccount * quotas.versionsPerPolicy],
          ['VersionsPerPolicyQuota', quotas.versionsPerPolicy],
          ['Providers', state.providers.size],
          ['MFADevices', devices.length],
          ['MFADevicesInUse', devices.filter(({ owner }) => owner !== undefined).length],
          // The root signs in by its key alone: it has no password and no device.
          ['AccountMFAEnabled', 0],
          ['AccountPasswordPresent', 0],
          ['AccountAccessKeysPresent', 1],
          ['AccountSigningCertificatesPresent', 0],
          ['AccessKeysPerUserQuota', quotas.accessKeysPerUser],
          ['GroupsPerUserQuota', quotas.groupsPerUser],
          ['AttachedPoliciesPerUserQuota', quotas.attachedPoliciesMax],
          ['AttachedPoliciesPerGroupQuota', quotas.attachedPoliciesMax],
          ['AttachedPoliciesPerRoleQuota', quotas.attachedPoliciesMax],
          ['UserPolicySizeQuota', quotas.inlineCharactersMax.user],
          ['GroupPolicySizeQuota', quotas.inlineCharactersMax.group],
          ['RolePolicySizeQuota', quotas.inlineCharactersMax.role],
          ['AssumeRolePolicySizeQuota', quotas.trustCharactersMax],
          ['ServerCertificates', 0],
          ['ServerCertificatesQuota', 0],
          ['SigningCertificatesPerUserQuota', 0],
          ['InstanceProfiles', 0],
          ['InstanceProfilesQuota', 0],
          ['GlobalEndpointTokenVersion', 2],
        ]),
      }
    },
  })
