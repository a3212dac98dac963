/** What a caller passes along with a session: policies that bound it and tags that mark it. */
import type { Directory } from '../../contract/ports.ts'
import { MalformedPolicy } from '../../policy/document.ts'
import { parsePolicy } from '../../policy/parse-policy.ts'
import { malformedPolicy, packedPolicyTooLarge, refusedValue } from './errors.ts'
import { packedBytes } from './sealed-tokens.ts'

export interface PassedInput {
  readonly Policy?: string
  readonly PolicyArns?: readonly { readonly arn?: string }[]
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[]
}

export interface Passed {
  readonly policy?: string
  readonly policyArns?: readonly string[]
  readonly tags?: Readonly<Record<string, string>>
}

/** MalformedPolicyDocument, or ValidationError for policies and tags that cannot be passed. */
export function passedWith(input: PassedInput, directory: Directory): Passed {
  const { Policy: policy, PolicyArns: descriptors = [], Tags: given = [] } = input
  if (policy !== undefined) {
    const parsed = parsePolicy(policy, 'session')
    if (parsed instanceof MalformedPolicy) throw malformedPolicy(parsed.message)
  }
  const policyArns = descriptors.flatMap(({ arn }) => arn ?? [])
  for (const arn of policyArns) {
    if (!directory.hasManagedPolicy(arn)) throw refusedValue(`The policy ${arn} does not exist or is not attachable.`)
  }
  if (new Set(given.map(({ Key }) => Key.toLowerCase())).size !== given.length) {
    throw refusedValue('Duplicate tag keys found. Please note that Tag keys are case insensitive.')
  }
  return {
    ...(policy !== undefined && { policy }),
    ...(policyArns.length > 0 && { policyArns }),
    ...(given.length > 0 && { tags: Object.fromEntries(given.map(({ Key, Value }) => [Key, Value])) }),
  }
}

/** Ours: a token goes along with every request in a header, and all headers together have a bound of 16 KiB. */
const packedBytesMax = 4096

/** Percent of what may be passed; undefined when nothing was. PackedPolicyTooLarge beyond it. */
export function packedPolicySize(passed: Passed): number | undefined {
  if (Object.keys(passed).length === 0) return undefined
  const percent = Math.ceil((packedBytes(passed) * 100) / packedBytesMax)
  if (percent > 100) throw packedPolicyTooLarge(percent)
  return percent
}

/** `aws:RequestTag/k` and `aws:TagKeys`. */
export function tagRequestConditions(tags: Readonly<Record<string, string>> = {}) {
  const keys = Object.keys(tags)
  return {
    ...Object.fromEntries(keys.map((key) => [`aws:RequestTag/${key}`, tags[key] ?? ''])),
    ...(keys.length > 0 && { 'aws:TagKeys': keys }),
  }
}
