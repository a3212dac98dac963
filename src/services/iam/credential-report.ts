/** The credential report: one line for the root and each user, with the columns that AWS's has. */
import { rootArn } from './arns.ts'
import { arnOf } from './entities.ts'
import type { Iam } from './iam.ts'
import type { AccessKeyRecord, UserRecord } from './records.ts'

const columns = [
  'user',
  'arn',
  'user_creation_time',
  'password_enabled',
  'password_last_used',
  'password_last_changed',
  'password_next_rotation',
  'mfa_active',
  ...[1, 2].flatMap((n) => [
    `access_key_${n}_active`,
    `access_key_${n}_last_rotated`,
    `access_key_${n}_last_used_date`,
    `access_key_${n}_last_used_region`,
    `access_key_${n}_last_used_service`,
  ]),
  ...[1, 2].flatMap((n) => [`cert_${n}_active`, `cert_${n}_last_rotated`]),
]

const none = 'N/A'
const noCertificates = ['false', none, 'false', none]

export function credentialReport(iam: Iam): string {
  const { state } = iam
  const lines = [columns, rootLine(iam), ...state.users.all().map((user) => userLine(iam, user))]
  return lines.map((line) => line.join(',')).join('\n')
}

function rootLine({ state, since, uses, rootAccessKeyId }: Iam): readonly string[] {
  const use = uses.of(rootAccessKeyId)
  return [
    '<root_account>',
    rootArn(state.accountId),
    isoTime(since.getTime()),
    ...['not_supported', 'not_supported', 'not_supported', 'not_supported', 'false'],
    ...['true', isoTime(since.getTime()), use === undefined ? none : isoTime(use.atMs)],
    ...[use?.region ?? none, use?.service ?? none],
    ...noKey,
    ...noCertificates,
  ]
}

function userLine(iam: Iam, user: UserRecord): readonly string[] {
  const { state } = iam
  const profile = user.loginProfile
  const hasPassword = profile?.password !== undefined
  const maxAgeDays = state.account.passwordPolicy?.maxAgeDays
  const next =
    profile !== undefined && hasPassword && maxAgeDays !== undefined
      ? isoTime(profile.passwordChangedAtMs + maxAgeDays * 86_400_000)
      : none
  return [
    user.name,
    arnOf(state, 'user', user),
    isoTime(user.createdAtMs),
    String(hasPassword),
    hasPassword ? 'no_information' : none,
    profile !== undefined && hasPassword ? isoTime(profile.passwordChangedAtMs) : none,
    next,
    String(state.mfaDevices.all().some(({ owner }) => owner?.userId === user.id)),
    ...keyColumns(iam, user.keys[0]),
    ...keyColumns(iam, user.keys[1]),
    ...noCertificates,
  ]
}

const noKey = ['false', none, none, none, none]

function keyColumns({ uses }: Iam, key: AccessKeyRecord | undefined): readonly string[] {
  if (key === undefined) return noKey
  const use = uses.of(key.id)
  return [
    String(key.active),
    isoTime(key.createdAtMs),
    use === undefined ? none : isoTime(use.atMs),
    use?.region ?? none,
    use?.service ?? none,
  ]
}

function isoTime(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}+00:00`
}
