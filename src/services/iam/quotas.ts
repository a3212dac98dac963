/** AWS's quotas, at their usual values. Lengths of policies count no white space. */
export const quotas = {
  usersPerAccount: 5000,
  groupsPerAccount: 300,
  rolesPerAccount: 1000,
  policiesPerAccount: 1500,
  providersPerAccount: 100,
  accessKeysPerUser: 2,
  groupsPerUser: 10,
  mfaDevicesPerUser: 8,
  attachedPoliciesMax: 10,
  versionsPerPolicy: 5,
  tagsMax: 50,
  policyCharactersMax: 6144,
  trustCharactersMax: 2048,
  inlineCharactersMax: { user: 2048, group: 5120, role: 10_240 },
  clientIdsPerProvider: 100,
} as const
