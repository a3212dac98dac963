/**
 * What AWS asks of policies that say who may do something: trust policies of roles, policies of tables, streams and
 * keys, of VPC endpoints, and resource control policies. Statements are checked one after another.
 */
import { MalformedPolicy, type PolicyKind, type PrincipalName } from './document.ts'
import { firstOf, hasDates, isEffect, namesSomething, wrongAction, wrongResource } from './permission-policy-rules.ts'
import type { ReadPolicy, ReadStatement, Wording } from './policy-syntax.ts'

const syntaxError = 'Syntax error in policy.'
const allowWithNotPrincipal = 'Allow with NotPrincipal is not allowed.'

export const principalWording: Wording = {
  notJson: 'This policy contains invalid Json',
  syntax: syntaxError,
  version: 'The policy must contain a valid version string',
  noStatement: 'Could not parse the policy: Statement is empty!',
  noEffect: 'Missing required field Effect',
  wrongEffect: (effect) => `Invalid effect: ${effect}`,
  emptyPrincipal: 'Missing required field Principal cannot be empty!',
  wrongPrincipal: (family) => `Invalid principal in policy: "${family}"`,
}

export function checkPrincipalRules(policy: ReadPolicy, kind: PolicyKind): MalformedPolicy | undefined {
  const message =
    firstOf(policy.statements, (statement) => statementProblem(statement, kind)) ?? sidProblem(policy.statements, kind)
  return message === undefined ? undefined : new MalformedPolicy(message)
}

function statementProblem(statement: ReadStatement, kind: PolicyKind): string | undefined {
  if (!isEffect(statement.effect)) return principalWording.wrongEffect(statement.effect)
  return (
    principalProblem(statement, kind) ??
    (statement.conditions.every(hasDates) ? undefined : syntaxError) ??
    actionProblem(statement, kind) ??
    (kind === 'trust' ? trustResourceProblem(statement) : resourceProblem(statement)) ??
    (kind === 'resource-control' ? resourceControlProblem(statement) : undefined)
  )
}

function principalProblem({ principal, principalIsText, effect }: ReadStatement, kind: PolicyKind): string | undefined {
  if (principal === undefined) return 'Missing required field Principal'
  if (principal.negated) {
    if (effect === 'Allow') return allowWithNotPrincipal
    if (kind === 'trust') return 'AssumeRole policy must not contain NotPrincipal field.'
  }
  if (kind === 'trust' && principalIsText) return 'Principal must be a JSON object.'
  return firstOf(principal.names, wrongPrincipal)
}

const arnsOfPrincipals =
  /^arn:aws:(iam::\d{12}:(root|(user|role)\/[^*?]+)|sts::\d{12}:(assumed-role\/[^*?/]+\/[^*?/]+|federated-user\/[^*?]+))$/
const uniqueId = /^A[A-Z]{3}[A-Z0-9]{12,}$/

const goodNames: Readonly<Record<PrincipalName['family'], (name: string) => boolean>> = {
  AWS: (name) => name === '*' || /^\d{12}$/.test(name) || uniqueId.test(name) || arnsOfPrincipals.test(name),
  Service: (name) => /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(name),
  Federated: (name) =>
    /^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/.test(name) || /^arn:aws:iam::\d{12}:(oidc|saml)-provider\/[^*?\s]+$/.test(name),
  CanonicalUser: (name) => /^[0-9a-f]{64}$/.test(name),
}

function wrongPrincipal({ family, name }: PrincipalName): string | undefined {
  if (goodNames[family](name)) return undefined
  const written = family === 'AWS' || family === 'CanonicalUser' ? family : family.toUpperCase()
  return `Invalid principal in policy: "${written}":"${name}"`
}

function actionProblem({ action }: ReadStatement, kind: PolicyKind): string | undefined {
  if (!namesSomething(action)) return 'Missing required field Action'
  const names = action?.names ?? []
  if (kind === 'trust') {
    return names.every((name) => name.toLowerCase().startsWith('sts:'))
      ? undefined
      : 'AssumeRole policy may only specify STS AssumeRole actions.'
  }
  return firstOf(names, wrongAction)
}

function trustResourceProblem({ resource }: ReadStatement): string | undefined {
  if (resource === undefined) return undefined
  return resource.negated ? 'AssumeRole policy must not contain resources.' : 'Has prohibited field Resource'
}

function resourceProblem({ resource }: ReadStatement): string | undefined {
  return namesSomething(resource) ? firstOf(resource?.names ?? [], wrongResource) : 'Missing required field Resource'
}

/** AWS Organizations: written by a customer they only deny, and for everyone; the default one allows everything. */
function resourceControlProblem({
  effect,
  principal,
  action,
  resource,
  conditions,
}: ReadStatement): string | undefined {
  const everyone = principal?.names.every(({ family, name }) => family === 'AWS' && name === '*') ?? false
  if (principal?.negated || !everyone) return 'A resource control policy must have the Principal "*".'
  if (action?.negated) return 'A resource control policy must not contain NotAction.'
  const isDefault =
    conditions.length === 0 && isEverything(action?.names) && isEverything(resource?.names) && !resource?.negated
  return effect === 'Allow' && !isDefault ? 'A resource control policy may only deny.' : undefined
}

function isEverything(names: readonly string[] | undefined): boolean {
  return names?.length === 1 && names[0] === '*'
}

function sidProblem(statements: readonly ReadStatement[], kind: PolicyKind): string | undefined {
  const sids = statements.map(({ sid }) => sid ?? '').filter((sid) => sid !== '')
  if (kind === 'trust' && !sids.every((sid) => /^[0-9A-Za-z]*$/.test(sid))) {
    return 'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*'
  }
  return new Set(sids).size < sids.length ? 'The Statement Ids in the policy are not unique' : undefined
}
