/** The policy simulator: what would policies say, and which of their statements would say it. */
import type { Caller } from '../../policy/callers.ts'
import { accountOf } from '../../policy/callers.ts'
import { type CompiledPolicy, compilePolicy } from '../../policy/compiled-policy.ts'
import type { StatementReference } from '../../policy/decide.ts'
import { MalformedPolicy, type PolicyKind } from '../../policy/document.ts'
import { type Explanation, explain } from '../../policy/explain.ts'
import { parsePolicy } from '../../policy/parse-policy.ts'
import { PolicySet } from '../../policy/policy-set.ts'
import type { ConditionContext } from '../../policy/templates.ts'
import { invalidInput } from './errors.ts'

export interface ContextEntry {
  readonly ContextKeyName?: string
  readonly ContextKeyValues?: readonly string[]
}

export interface Simulation {
  readonly caller: Caller
  readonly identity: readonly CompiledPolicy[]
  readonly boundary: CompiledPolicy | undefined
  /** Service control policies from the root of an organization down to the account. */
  readonly organization: readonly (readonly CompiledPolicy[])[]
  readonly resourcePolicy: CompiledPolicy | undefined
  /** Of the resource, where its ARN names none. */
  readonly resourceOwner: string | undefined
  readonly context: ConditionContext
}

/** InvalidInput for a document that AWS would not take. */
export function simulatedPolicy(id: string, text: string, kind: PolicyKind): CompiledPolicy {
  const document = parsePolicy(text, kind)
  if (document instanceof MalformedPolicy) throw invalidInput(`Invalid policy ${id}: ${document.message}`)
  return compilePolicy(id, document)
}

/** Of a request with these keys and no others, but the time. */
export function simulatedContext(
  entries: readonly ContextEntry[],
  known: Readonly<Record<string, string | undefined>>,
): ConditionContext {
  const given = new Map(
    entries.map(({ ContextKeyName, ContextKeyValues }) => [
      ContextKeyName?.toLowerCase() ?? '',
      ContextKeyValues ?? [],
    ]),
  )
  return {
    value(key) {
      const found = given.get(key)
      if (found !== undefined) return found
      const value = known[key]
      return value === undefined ? undefined : [value]
    },
  }
}

/** One result as answers show it. */
export function simulate(simulation: Simulation, action: string, resource: string): object {
  const { caller, identity, boundary, organization, resourcePolicy, resourceOwner, context } = simulation
  const owner = /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(resource)?.[1] ?? resourceOwner ?? accountOf(caller) ?? ''
  const set = new PolicySet({
    caller,
    identity,
    boundary,
    serviceControl: organization,
    resource: { accountId: owner, policy: resourcePolicy },
  })
  const explained = explain({ action, resource, context }, set)
  return {
    EvalActionName: action,
    EvalResourceName: resource,
    EvalDecision: explained.simulated,
    MatchedStatements: explained.matched.map(printedStatement),
    MissingContextValues: explained.missingKeys,
    ...(organization.length > 0 && {
      OrganizationsDecisionDetail: { AllowedByOrganizations: explained.byType['service-control'] === 'allowed' },
    }),
    ...(boundary !== undefined && {
      PermissionsBoundaryDecisionDetail: {
        AllowedByPermissionsBoundary: explained.byType.boundary === 'allowed',
      },
    }),
    ...(resourcePolicy !== undefined && { EvalDecisionDetails: details(explained) }),
    ResourceSpecificResults: [],
  }
}

function details({ byType }: Explanation): ReadonlyMap<string, string> {
  const named = { identity: 'IAM Policy', resource: 'Resource Policy' } as const
  return new Map(
    Object.entries(named).flatMap(([type, name]) => {
      const said = byType[type as keyof typeof named]
      return said === undefined ? [] : [[name, said] as const]
    }),
  )
}

const sourceTypes: Readonly<Record<string, string>> = {
  boundary: 'IAM Permissions Boundary Policy',
  resource: 'Resource Policy',
}

function printedStatement({ policyType, policyId, start, end }: StatementReference): object {
  return {
    SourcePolicyId: policyId,
    SourcePolicyType: sourceTypes[policyType] ?? 'IAM Policy',
    StartPosition: { Line: start.line, Column: start.column },
    EndPosition: { Line: end.line, Column: end.column },
  }
}

const variable = /\$\{([^}',*?$]+)/g

/** Every condition key and variable that a document asks for, as it spells them. */
export function contextKeysOf(text: string): readonly string[] {
  const document = JSON.parse(text) as { readonly Statement?: unknown }
  const statements = Array.isArray(document.Statement) ? document.Statement : [document.Statement]
  const keys = statements.flatMap((statement) => {
    const condition = (statement as { readonly Condition?: Readonly<Record<string, object>> } | undefined)?.Condition
    return Object.values(condition ?? {}).flatMap((clause) => Object.keys(clause))
  })
  const variables = [...text.matchAll(variable)].map(([, name = '']) => name.trim())
  return [...keys, ...variables]
}
