/** ARNs of IAM's entities: none names a region. */
import { assert } from '../../foundation/assert.ts'

export type ArnKind = 'user' | 'group' | 'role' | 'policy' | 'mfa' | 'oidc-provider'

/** `path` begins and ends with a slash. */
export function iamArn(accountId: string, kind: ArnKind, path: string, name: string): string {
  assert(path.startsWith('/') && path.endsWith('/'), 'a path begins and ends with a slash')
  return `arn:aws:iam::${accountId}:${kind}${path}${name}`
}

export function rootArn(accountId: string): string {
  return `arn:aws:iam::${accountId}:root`
}

/** The account of AWS's own policies. */
export const awsAccount = 'aws'

export interface PartedArn {
  readonly accountId: string
  readonly kind: string
  /** What follows the kind and its slash. */
  readonly rest: string
}

/** Undefined for what is no ARN of IAM. */
export function partedArn(arn: string): PartedArn | undefined {
  const [, accountId = '', kind = '', rest = ''] = /^arn:aws:iam::(\d{12}|aws):([a-z-]+)\/(.+)$/.exec(arn) ?? []
  return kind === '' ? undefined : { accountId, kind, rest }
}
