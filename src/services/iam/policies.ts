/** Managed policies, the account's own and AWS's. */
import { awsAccount, iamArn, partedArn } from './arns.ts'
import { awsManagedPolicies } from './aws-managed-policies.ts'
import { invalidArn, invalidInput, noSuchPolicy, quotaExceeded } from './errors.ts'
import type { Target } from './iam-operation.ts'
import { documentSize } from './policy-documents.ts'
import { quotas } from './quotas.ts'
import type { PolicyRecord, PolicyVersionRecord } from './records.ts'
import type { IamState } from './state.ts'

export function arnOfPolicy(state: IamState, { path, name, ofAws }: PolicyRecord): string {
  return iamArn(ofAws === true ? awsAccount : state.accountId, 'policy', path, name)
}

/** Undefined when there is none. */
export function findPolicy(state: IamState, arn: string): PolicyRecord | undefined {
  const parts = partedArn(arn)
  if (parts?.kind !== 'policy') return undefined
  if (parts.accountId === awsAccount) return awsManagedPolicies().get(arn)
  const policy = state.policies.named(parts.rest.slice(parts.rest.lastIndexOf('/') + 1))
  return policy !== undefined && arnOfPolicy(state, policy) === arn ? policy : undefined
}

/** InvalidInput for what is no policy's ARN, NoSuchEntity when there is none of it. */
export function policyWith(state: IamState, arn: string): PolicyRecord {
  checkPolicyArn(arn)
  const policy = findPolicy(state, arn)
  if (policy === undefined) throw noSuchPolicy(arn)
  return policy
}

export function checkPolicyArn(arn: string): void {
  if (partedArn(arn)?.kind !== 'policy') throw invalidArn(arn)
}

export function policyTarget(state: IamState, arn: string): Target {
  const tags = findPolicy(state, arn)?.tags
  return { arn, ...(tags && { tags }) }
}

export function defaultVersion(policy: PolicyRecord): PolicyVersionRecord {
  const found = policy.versions.find(({ number }) => number === policy.defaultVersion)
  return found ?? (policy.versions[0] as PolicyVersionRecord)
}

export interface Attachments {
  readonly attached: number
  readonly bounding: number
}

interface Counted {
  readonly version: number
  readonly counts: ReadonlyMap<string, Attachments>
}

const counted = new WeakMap<IamState, Counted>()

/** How many users, groups and roles have it, and how many are bounded by it. */
export function attachmentsOf(state: IamState, arn: string): Attachments {
  let known = counted.get(state)
  if (known?.version !== state.version) {
    known = { version: state.version, counts: countAttachments(state) }
    counted.set(state, known)
  }
  return known.counts.get(arn) ?? { attached: 0, bounding: 0 }
}

function countAttachments(state: IamState): ReadonlyMap<string, Attachments> {
  const counts = new Map<string, { attached: number; bounding: number }>()
  const of = (arn: string) => {
    const found = counts.get(arn) ?? { attached: 0, bounding: 0 }
    counts.set(arn, found)
    return found
  }
  for (const { attached } of state.groups.all()) for (const arn of attached) of(arn).attached++
  for (const { attached, boundary } of [...state.users.all(), ...state.roles.all()]) {
    for (const arn of attached) of(arn).attached++
    if (boundary !== undefined) of(boundary).bounding++
  }
  return counts
}

/** AWS's own are not to be changed. */
export function ownPolicyWith(state: IamState, arn: string): PolicyRecord {
  const policy = policyWith(state, arn)
  if (policy.ofAws === true) throw invalidInput(`Policy ${arn} is outside your own account.`)
  return policy
}

export function checkPolicySize(document: string): void {
  if (documentSize(document) > quotas.policyCharactersMax) {
    throw quotaExceeded('PolicySize', quotas.policyCharactersMax)
  }
}
