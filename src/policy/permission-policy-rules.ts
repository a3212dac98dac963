/**
 * What IAM asks of policies that say what their holder may do: managed, inline and session policies, and service
 * control policies, which have the same form. Passes follow one another as IAM's do, each over all statements.
 */

import { parseOperator } from './condition-operators.ts'
import { parseDate } from './dates.ts'
import { MalformedPolicy, type NameList, type PolicyKind } from './document.ts'
import type { ReadPolicy, ReadStatement, Wording } from './policy-syntax.ts'

const syntaxErrors = 'Syntax errors in policy.'
const legacyParsing = 'The policy failed legacy parsing'

export const permissionWording: Wording = {
  notJson: syntaxErrors,
  syntax: syntaxErrors,
  version: syntaxErrors,
  noStatement: syntaxErrors,
  noEffect: syntaxErrors,
  wrongEffect: () => syntaxErrors,
  emptyPrincipal: syntaxErrors,
  wrongPrincipal: () => syntaxErrors,
}

export function checkPermissionRules(policy: ReadPolicy, kind: PolicyKind): MalformedPolicy | undefined {
  const message = firstProblem(policy, kind)
  return message === undefined ? undefined : new MalformedPolicy(message)
}

function firstProblem({ version, statements }: ReadPolicy, kind: PolicyKind): string | undefined {
  if (kind === 'managed' && version !== '2012-10-17') return 'Policy document must be version 2012-10-17 or greater.'
  if (statements.some(({ principal }) => principal !== undefined)) {
    return 'Policy document should not specify a principal.'
  }
  if (statements.some(({ effect, conditions }) => !isEffect(effect) || !conditions.every(hasDates))) {
    return legacyParsing
  }
  const resources = statements.flatMap(({ resource }) => resource?.names ?? [])
  const resourceProblem = firstOf(resources, wrongResource)
  if (resourceProblem === legacyParsing) return resourceProblem
  return (
    sidProblem(statements) ??
    (statements.every(({ action }) => namesSomething(action)) ? undefined : 'Policy statement must contain actions.') ??
    resourceProblem ??
    firstOf(
      statements.flatMap(({ action }) => action?.names ?? []),
      wrongAction,
    ) ??
    (statements.every(({ resource }) => namesSomething(resource))
      ? undefined
      : 'Policy statement must contain resources.')
  )
}

export function isEffect(effect: string): boolean {
  return effect === 'Allow' || effect === 'Deny'
}

export function namesSomething(list: NameList | undefined): boolean {
  return list !== undefined && list.names.length > 0
}

export function firstOf<T>(items: readonly T[], problemOf: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const problem = problemOf(item)
    if (problem !== undefined) return problem
  }
  return undefined
}

/** The values of date operators are the only ones that IAM reads when a policy is stored. */
export function hasDates({ operator, values }: ReadStatement['conditions'][number]): boolean {
  return parseOperator(operator)?.family !== 'Date' || values.every((value) => parseDate(value) !== undefined)
}

function sidProblem(statements: readonly ReadStatement[]): string | undefined {
  const sids = statements.map(({ sid }) => sid ?? '').filter((sid) => sid !== '')
  if (!sids.every((sid) => /^[0-9A-Za-z]*$/.test(sid))) {
    return 'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*'
  }
  return new Set(sids).size < sids.length ? 'Statement IDs (SID) in a single policy must be unique.' : undefined
}

export function wrongAction(action: string): string | undefined {
  if (action === '*') return undefined
  const [vendor = '', , ...more] = action.split(':')
  if (!action.includes(':')) return 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.'
  if (more.length > 0) return 'Actions/Condition can contain only one colon.'
  return vendor === '' || /[^a-zA-Z0-9\-.]/.test(vendor) ? `Vendor ${vendor} is not valid` : undefined
}

const iamPaths = [
  'user/',
  'federated-user/',
  'role/',
  'group/',
  'instance-profile/',
  'mfa/',
  'server-certificate/',
  'policy/',
  'sms-mfa/',
  'saml-provider/',
  'oidc-provider/',
  'report/',
  'access-report/',
]

/** Undefined for a good pattern. */
export function wrongResource(resource: string): string | undefined {
  if (resource === '*') return undefined
  const parts = arnParts(resource)
  const [prefix = '', partition = '', service, region = '', account = '', name = ''] = parts
  if (!resource.includes(':')) return `Resource ${resource} must be in ARN format or "*".`
  if (parts.length < 6 && resource.includes('::') && resource.startsWith('arn:aws')) return legacyParsing
  if (partition !== 'aws') {
    // The message shows the ARN as IAM read it: with `*` for each part that is not there.
    const rest = [2, 3, 4, 5].map((index) => parts[index] ?? '*')
    if (rest[0] === '' && parts.length === 3) rest[0] = '*'
    return `Partition "${partition}" is not valid for resource "arn:${partition}:${rest.join(':')}".`
  }
  if (service === undefined) return 'Resource vendor must be fully qualified and cannot contain regexes.'
  if (prefix !== 'arn' || service === '' || !/^(aws|[0-9*?]*)$/.test(account) || parts.slice(0, 5).some(hasVariable)) {
    return legacyParsing
  }
  if (/[*?]/.test(service)) return 'Resource vendor must be fully qualified and cannot contain regexes.'
  if (service === 'iam' && region !== '' && parts.length === 6) {
    return `IAM resource ${resource} cannot contain region information.`
  }
  if (service === 's3' && region !== '' && account === '' && parts.length === 6) {
    return `Resource ${resource} can not contain region information.`
  }
  if (service === 'iam' && parts.length === 6 && name !== '*' && !iamPaths.some((path) => name.startsWith(path))) {
    return `IAM resource path must either be "*" or start with ${iamPaths.join(', ')}.`
  }
  return undefined
}

function hasVariable(part: string): boolean {
  return part.includes('$')
}

function arnParts(text: string): readonly string[] {
  const parts = text.split(':')
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')]
}
