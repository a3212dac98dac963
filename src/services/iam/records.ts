/** What IAM keeps: one record for each user, group, role, managed policy, provider and MFA device, as plain JSON. */

export interface Tag {
  readonly key: string
  readonly value: string
}

export interface InlinePolicy {
  readonly name: string
  /** As it was given. */
  readonly document: string
}

/** What users, groups and roles have in common. */
interface Entity {
  /** `AIDA…`, `AGPA…`, `AROA…`: never given twice, while a name may come back. */
  readonly id: string
  readonly name: string
  readonly path: string
  readonly createdAtMs: number
  /** In the order of their names. */
  readonly inline: readonly InlinePolicy[]
  /** ARNs of managed policies, in the order in which they were attached. */
  readonly attached: readonly string[]
}

export interface AccessKeyRecord {
  readonly id: string
  /** Signatures are made with it, so it is kept as it is; the trees seal it. No answer but the first shows it. */
  readonly secret: string
  readonly active: boolean
  readonly createdAtMs: number
}

export interface LoginProfileRecord {
  readonly createdAtMs: number
  readonly passwordResetRequired: boolean
  /** Absent: the user may sign in to the console, but not by a password. */
  readonly password?: PasswordHash
  readonly passwordChangedAtMs: number
}
/** scrypt over the password; all in base64. */
export interface PasswordHash {
  readonly salt: string
  readonly hash: string
}

export interface UserRecord extends Entity {
  readonly tags: readonly Tag[]
  /** ARN of a managed policy. */
  readonly boundary?: string
  /** Ids of groups, in the order in which it joined them. */
  readonly groups: readonly string[]
  readonly keys: readonly AccessKeyRecord[]
  readonly loginProfile?: LoginProfileRecord
}

export type GroupRecord = Entity

export interface RoleRecord extends Entity {
  readonly tags: readonly Tag[]
  readonly boundary?: string
  readonly trust: string
  /** By ARN: the users and roles whom the trust policy named when it was written. Absent: none, or an older record. */
  readonly trustedIds?: Readonly<Record<string, string>>
  readonly description?: string
  readonly maxSessionSeconds: number
  /** The service that owns it, of service-linked roles: `dynamodb.application-autoscaling.amazonaws.com`. */
  readonly linkedTo?: string
}

export interface PolicyVersionRecord {
  /** Of `v3`. */
  readonly number: number
  readonly document: string
  readonly createdAtMs: number
}

export interface PolicyRecord {
  /** `ANPA…` */
  readonly id: string
  readonly name: string
  readonly path: string
  readonly createdAtMs: number
  readonly updatedAtMs: number
  readonly description?: string
  readonly tags: readonly Tag[]
  /** In the order of their numbers. */
  readonly versions: readonly PolicyVersionRecord[]
  readonly defaultVersion: number
  /** Numbers are not given twice. */
  readonly lastVersion: number
  /** One of AWS's own: nobody may change it. */
  readonly ofAws?: true
  /** Kept for those who have it; nobody gets it any more. */
  readonly deprecated?: true
}

export interface ProviderRecord {
  /** Host and path of the issuer, as in the ARN; also its name. */
  readonly id: string
  readonly name: string
  readonly createdAtMs: number
  readonly clientIds: readonly string[]
  readonly thumbprints: readonly string[]
  readonly tags: readonly Tag[]
}

export interface MfaDeviceRecord {
  /** Its serial number without the account: `path/name`; also its name. */
  readonly id: string
  readonly name: string
  /** The seed of its codes, base32; sealed by the trees, shown once. */
  readonly seed: string
  readonly tags: readonly Tag[]
  readonly createdAtMs: number
  /** Undefined while it is nobody's. */
  readonly owner?: { readonly userId: string; readonly enabledAtMs: number }
  /** The time step of the last code that was taken; no code counts twice. */
  readonly lastStep?: number
}

export interface PasswordPolicyRecord {
  readonly minimumLength: number
  readonly requireSymbols: boolean
  readonly requireNumbers: boolean
  readonly requireUppercase: boolean
  readonly requireLowercase: boolean
  readonly allowUsersToChange: boolean
  readonly maxAgeDays?: number
  readonly reusePrevention?: number
  readonly hardExpiry?: boolean
}

/** The account's own settings: there is one record. */
export interface AccountRecord {
  readonly id: 'account'
  readonly name: 'account'
  /** Since when there is this account. */
  readonly createdAtMs: number
  readonly alias?: string
  readonly passwordPolicy?: PasswordPolicyRecord
}

/** When a key or a role was last used. */
export interface UseRecord {
  /** An access key's or a role's id. */
  readonly id: string
  readonly name: string
  readonly atMs: number
  readonly service: string
  readonly region: string
}
