/** From the short forms of a case to policies in force. */
import type { Caller } from '../../src/policy/callers.ts'
import { type CompiledPolicy, compilePolicy } from '../../src/policy/compiled-policy.ts'
import type { PolicyKind } from '../../src/policy/document.ts'
import { policyOf } from '../../src/policy/parse-policy.ts'
import type { PoliciesInForce } from '../../src/policy/policy-set.ts'
import { callers } from './callers.ts'
import type { AuthorizationCase } from './read-cases.ts'

type Element = Readonly<Record<string, unknown>>
type Statements = Element | readonly Element[]

export function policiesOf(given: AuthorizationCase): PoliciesInForce {
  const compile = (id: string, kind: PolicyKind, statements: Statements): CompiledPolicy =>
    compilePolicy(id, policyOf(JSON.stringify(documentOf(statements, kind, given.version)), kind))
  const maybe = (id: string, kind: PolicyKind, statements: Statements | undefined): CompiledPolicy | undefined =>
    statements === undefined ? undefined : compile(id, kind, statements)
  const levels = (id: string, kind: PolicyKind, each: readonly Statements[]) =>
    each.map((statements, index) => (isEmpty(statements) ? [] : [compile(`${id}-${index}`, kind, statements)]))
  return {
    caller: callerOf(given.caller),
    identity: identityOf(given).map((statements, index) => compile(`identity-${index}`, 'inline', statements)),
    boundary: maybe('boundary', 'inline', given.boundary),
    session:
      given.session === undefined
        ? undefined
        : isEmpty(given.session)
          ? []
          : [compile('session', 'session', given.session)],
    serviceControl: levels('scp', 'service-control', given.scp),
    resource: {
      accountId: given.owner,
      policy: maybe('resource', given.trust ? 'trust' : 'resource', given.resourcePolicy),
      policyType: given.trust ? 'role-trust' : 'resource',
      mustAllow: given.mustAllow,
      resourceControl: levels('rcp', 'resource-control', given.rcp),
    },
    vpcEndpoint: maybe('endpoint', 'vpc-endpoint', given.endpoint),
  }
}

function callerOf(caller: AuthorizationCase['caller']): Caller {
  const found = typeof caller === 'string' ? callers[caller] : (caller as unknown as Caller)
  if (found === undefined) throw new TypeError(`no caller is called ${JSON.stringify(caller)}`)
  return found
}

function identityOf({ condition, allow, deny, identity }: AuthorizationCase): readonly Statements[] {
  const given = identity === undefined ? [] : isListOfDocuments(identity) ? identity : [identity]
  return [
    ...given,
    ...(condition === undefined ? [] : [{ Condition: condition }]),
    ...(allow === undefined ? [] : [{ Resource: allow }]),
    ...(deny === undefined ? [] : [{ Effect: 'Deny', Resource: deny }]),
  ]
}

function documentOf(statements: Statements, kind: PolicyKind, version: string): Element {
  if (!Array.isArray(statements) && 'Statement' in statements) return statements as Element
  const list = (Array.isArray(statements) ? statements : [statements]) as readonly Element[]
  return { Version: version, Statement: list.map((statement) => completed(statement, kind)) }
}

function completed(statement: Element, kind: PolicyKind): Element {
  const named = ['resource', 'resource-control', 'vpc-endpoint', 'trust'].includes(kind)
  return {
    Effect: 'Allow',
    ...(named && !('NotPrincipal' in statement) ? { Principal: '*' } : {}),
    ...('NotAction' in statement ? {} : { Action: kind === 'trust' ? 'sts:*' : '*' }),
    ...('NotResource' in statement || kind === 'trust' ? {} : { Resource: '*' }),
    ...statement,
  }
}

function isListOfDocuments(given: Statements): given is readonly Element[] {
  return Array.isArray(given) && given.every((each) => 'Statement' in each)
}

function isEmpty(statements: Statements): boolean {
  return Array.isArray(statements) && statements.length === 0
}
