/** A policy document made ready to be asked: patterns compiled, statements found by action without reading them all. */
import { type ArnPattern, compileArnPattern } from './arn-patterns.ts'
import { type Condition, compileConditions } from './conditions.ts'
import type { Effect, NameList, PolicyDocument, PrincipalElement, Statement } from './document.ts'
import { glob, type Matcher } from './glob.ts'
import { type Position, positionOf } from './json-document.ts'
import type { ConditionContext } from './templates.ts'

export interface CompiledPolicy {
  /** An ARN or a name; what decisions and explanations call the policy. */
  readonly id: string
  readonly statements: readonly CompiledStatement[]
  /** The statements whose action element takes in an action, which is given in lower case. */
  statementsFor(action: string): readonly CompiledStatement[]
}

export interface CompiledStatement {
  readonly policyId: string
  /** From 0, in the document's order. */
  readonly index: number
  readonly sid: string | undefined
  readonly effect: Effect
  readonly start: Position
  readonly end: Position
  readonly principal: PrincipalElement | undefined
  readonly conditions: readonly Condition[]
  /** Condition keys that the statement can ask for, as written. */
  readonly keys: readonly string[]
  /** Decides about a resource as far as variables let it. */
  readonly resource: (arn: string) => ResourceVerdict
}

export type ResourceVerdict =
  | boolean
  /** It depends on the values of variables. */
  | { readonly keys: readonly string[]; readonly matches: (context: ConditionContext) => boolean }

/** A policy without statements: where one must allow, nothing is allowed. */
export function emptyPolicy(id: string): CompiledPolicy {
  return { id, statements: [], statementsFor: () => [] }
}

export function compilePolicy(id: string, document: PolicyDocument): CompiledPolicy {
  const statements = document.statements.map((statement, index) => compileStatement(id, document, statement, index))
  const actions = document.statements.map(({ action }) => compileActions(action))
  const everywhere: number[] = []
  const byService = new Map<string, number[]>()
  actions.forEach(({ services }, index) => {
    if (services === undefined) everywhere.push(index)
    for (const service of services ?? []) byService.set(service, [...(byService.get(service) ?? []), index])
  })
  return {
    id,
    statements,
    statementsFor(action) {
      const service = byService.get(action.slice(0, action.indexOf(':'))) ?? []
      const candidates = everywhere.length === 0 ? service : [...everywhere, ...service].sort((a, b) => a - b)
      return candidates
        .filter((index) => actions[index]?.matches(action) ?? false)
        .map((index) => statements[index])
        .filter((statement) => statement !== undefined)
    },
  }
}

interface ActionMatcher {
  /** Prefixes whose actions alone can match; undefined when any can. */
  readonly services: ReadonlySet<string> | undefined
  readonly matches: Matcher
}

function compileActions({ negated, names }: NameList): ActionMatcher {
  const lower = names.map((name) => name.toLowerCase())
  const exact = new Set(lower.filter((name) => !/[*?]/.test(name)))
  const patterns = lower.filter((name) => !exact.has(name)).map(glob)
  const matches: Matcher = (action) => exact.has(action) || patterns.some((fits) => fits(action))
  if (negated) return { services: undefined, matches: (action) => !matches(action) }
  const services = lower.map((name) => name.slice(0, Math.max(name.indexOf(':'), 0)))
  const known = services.every((service) => service !== '' && !/[*?]/.test(service))
  return { services: known ? new Set(services) : undefined, matches }
}

/** The condition keys that a policy asks for anywhere, as written, each once: IAM's GetContextKeysForCustomPolicy. */
export function contextKeysOf({ statements }: CompiledPolicy): readonly string[] {
  const byName = new Map<string, string>()
  for (const key of statements.flatMap(({ keys }) => keys)) {
    if (!byName.has(key.toLowerCase())) byName.set(key.toLowerCase(), key)
  }
  return [...byName.values()]
}

function compileStatement(
  policyId: string,
  { version, text }: PolicyDocument,
  statement: Statement,
  index: number,
): CompiledStatement {
  const conditions = compileConditions(statement.conditions, version)
  const patterns = (statement.resource?.names ?? []).map((name) => compileArnPattern(name, version))
  return {
    policyId,
    index,
    sid: statement.sid,
    effect: statement.effect,
    start: positionOf(text, statement.span.start),
    end: positionOf(text, statement.span.end),
    principal: statement.principal,
    conditions,
    keys: [
      ...patterns.flatMap((pattern) => (pattern.kind === 'variable' ? pattern.keys : [])),
      ...conditions.flatMap(({ keys }) => keys),
    ],
    resource:
      statement.resource === undefined ? () => true : resourceTest(patterns, statement.resource, statement.effect),
  }
}

/**
 * Resource or NotResource of a statement. A variable without a value matches nothing; under NotResource that would make
 * the statement apply to everything, so there an Allow is void instead, while a Deny stands.
 */
function resourceTest(
  patterns: readonly ArnPattern[],
  { negated }: NameList,
  effect: Effect,
): CompiledStatement['resource'] {
  return (arn) => {
    if (patterns.some((pattern) => pattern.kind === 'static' && pattern.matches(arn))) return !negated
    const open = patterns.filter((pattern) => pattern.kind === 'variable').filter((pattern) => pattern.mayMatch(arn))
    if (open.length === 0) return negated
    return {
      keys: open.flatMap(({ keys }) => keys),
      matches(context) {
        const verdicts = open.map((pattern) => pattern.matches(arn, context))
        if (verdicts.includes(true)) return !negated
        return negated && (effect === 'Deny' || !verdicts.includes('unresolved'))
      },
    }
  }
}
