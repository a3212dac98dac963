/**
 * Everything that bears on one caller's calls to the resources of one account: a value that never changes. When a
 * policy changes, a new set is made (which costs nothing but the list), and what was learnt from the old one goes with
 * it. A set remembers, for each action and resource it was asked about, the statements that can matter; deciding then
 * looks only at the conditions of these.
 */
import { BoundedCache } from '../foundation/bounded-cache.ts'
import { type Caller, type Reach, reach } from './callers.ts'
import type { CompiledPolicy, CompiledStatement, ResourceVerdict } from './compiled-policy.ts'
import type { ConditionContext } from './templates.ts'

/** In the order in which an explicit deny is looked for. */
export const policyTypes = [
  'service-control',
  'resource-control',
  'vpc-endpoint',
  'resource',
  'role-trust',
  'identity',
  'boundary',
  'session',
] as const
export type PolicyType = (typeof policyTypes)[number]

export interface PoliciesInForce {
  readonly caller: Caller
  /** Policies of the user and his groups, or of the role. A root user needs none. */
  readonly identity: readonly CompiledPolicy[]
  readonly boundary?: CompiledPolicy | undefined
  /** The inline and managed policies passed when the session began; undefined when none were. */
  readonly session?: readonly CompiledPolicy[] | undefined
  /**
   * Service control policies at the root, at each unit and at the account itself; each level must allow. Empty outside
   * an organisation and for its management account.
   */
  readonly serviceControl?: readonly (readonly CompiledPolicy[])[]
  readonly resource: ResourceSide
  /** The policy of the VPC endpoint that the call came through. */
  readonly vpcEndpoint?: CompiledPolicy | undefined
}

export interface ResourceSide {
  readonly accountId: string
  /** The policy attached to the resource itself: a table, a stream, a key, a role. */
  readonly policy?: CompiledPolicy | undefined
  /** How that policy is called when it denies; `role-trust` for roles. */
  readonly policyType?: 'resource' | 'role-trust'
  /** KMS keys and roles: nothing happens that their policy does not allow, whatever identity policies say. */
  readonly mustAllow?: boolean
  /** Resource control policies of the account that owns the resource, by level. */
  readonly resourceControl?: readonly (readonly CompiledPolicy[])[]
}

/** A statement that can apply to an action on a resource, if its conditions hold. */
export interface Candidate {
  readonly type: PolicyType
  readonly statement: CompiledStatement
  /** Where a principal is named: how the statement means the caller. */
  readonly reach: Reach
  readonly variables: Exclude<ResourceVerdict, boolean> | undefined
}

/** What a set knows about one action on one resource. */
export interface Access {
  /** Condition keys that the outcome may depend on, in lower case and sorted; empty: the outcome is always the same. */
  readonly keys: readonly string[]
  /** In the order of `policyTypes`. */
  readonly denies: readonly Candidate[]
  /** Guardrails: each must have an Allow that applies. */
  readonly guards: readonly Guard[]
  /** Allows of the resource's own policy, those of furthest reach first. */
  readonly resourceAllows: readonly Candidate[]
  readonly identityAllows: readonly Candidate[]
  readonly boundaryAllows: readonly Candidate[] | undefined
  readonly sessionAllows: readonly Candidate[] | undefined
}

export interface Guard {
  readonly type: PolicyType
  readonly allows: readonly Candidate[]
}

export function applies({ statement, variables }: Candidate, context: ConditionContext): boolean {
  if (variables !== undefined && !variables.matches(context)) return false
  for (const condition of statement.conditions) if (!condition.holds(context)) return false
  return true
}

/** Resources remembered for each action; a busier set asks its policies again. */
const rememberedResourcesMax = 128
const rememberedActionsMax = 256

export class PolicySet {
  readonly inForce: PoliciesInForce
  readonly #layers: readonly Layer[]
  #remembered = new BoundedCache<string, BoundedCache<string, Access>>(rememberedActionsMax)

  constructor(inForce: PoliciesInForce) {
    this.inForce = inForce
    this.#layers = layersOf(inForce)
  }

  /** `action` as the service spells it, `resource` an ARN or `*`. */
  access(action: string, resource: string): Access {
    const ofAction = this.#remembered.get(action)
    const known = ofAction?.get(resource)
    if (known !== undefined) return known
    const access = this.#work(action.toLowerCase(), resource)
    const remembered = ofAction ?? new BoundedCache<string, Access>(rememberedResourcesMax)
    if (ofAction === undefined) this.#remembered.set(action, remembered)
    remembered.set(resource, access)
    return access
  }

  #work(action: string, resource: string): Access {
    const { caller, boundary } = this.inForce
    const asked = this.#layers.map((layer) => ({
      ...layer,
      candidates: layer.policies.flatMap((policy) =>
        policy
          .statementsFor(action)
          .map((statement) => candidateOf(layer.type, statement, resource, caller, boundary !== undefined))
          .filter((candidate) => candidate !== undefined),
      ),
    }))
    const all = asked.flatMap(({ candidates }) => candidates)
    const allowsOf = (...types: readonly PolicyType[]) =>
      all.filter(({ type, statement }) => types.includes(type) && statement.effect === 'Allow')
    const whereThere = (type: PolicyType, isThere: boolean) => (isThere ? allowsOf(type) : undefined)
    return {
      keys: [...new Set(all.flatMap(keysOf))].sort(),
      denies: all
        .filter(({ statement }) => statement.effect === 'Deny')
        .sort((a, b) => policyTypes.indexOf(a.type) - policyTypes.indexOf(b.type)),
      guards: asked
        .filter(({ guards }) => guards)
        .map(({ type, candidates }) => ({
          type,
          allows: candidates.filter(({ statement }) => statement.effect === 'Allow'),
        })),
      resourceAllows: allowsOf('resource', 'role-trust').sort((a, b) => reachOrder[a.reach] - reachOrder[b.reach]),
      identityAllows: allowsOf('identity'),
      boundaryAllows: whereThere('boundary', boundary !== undefined),
      sessionAllows: whereThere('session', this.inForce.session !== undefined),
    }
  }
}

/** The condition keys that a decision about an action on a resource may ask for: fetch these before deciding. */
export function keysAsked(set: PolicySet, action: string, resource: string): readonly string[] {
  return set.access(action, resource).keys
}

const reachOrder: Readonly<Record<Reach, number>> = { direct: 0, role: 1, account: 2 }

interface Layer {
  readonly type: PolicyType
  readonly policies: readonly CompiledPolicy[]
  /** Whether an Allow is needed here whatever other layers say. */
  readonly guards: boolean
}

function layersOf(inForce: PoliciesInForce): readonly Layer[] {
  const { caller, resource } = inForce
  const serviceLinked = caller.type === 'AssumedRole' && caller.serviceLinked === true
  const layer = (type: PolicyType, policies: readonly (CompiledPolicy | undefined)[], guards = false): Layer => ({
    type,
    policies: policies.filter((policy) => policy !== undefined),
    guards,
  })
  // Guardrails do not bind service-linked roles; service control policies bind principals of accounts only.
  const serviceControl = serviceLinked || !('accountId' in caller) ? [] : (inForce.serviceControl ?? [])
  const resourceControl = serviceLinked ? [] : (resource.resourceControl ?? [])
  return [
    ...resourceControl.map((policies) => layer('resource-control', policies, true)),
    ...serviceControl.map((policies) => layer('service-control', policies, true)),
    ...(inForce.vpcEndpoint === undefined ? [] : [layer('vpc-endpoint', [inForce.vpcEndpoint], true)]),
    layer(resource.policyType ?? 'resource', [resource.policy]),
    layer('identity', inForce.identity),
    layer('boundary', [inForce.boundary]),
    layer('session', inForce.session ?? []),
  ]
}

function candidateOf(
  type: PolicyType,
  statement: CompiledStatement,
  resource: string,
  caller: Caller,
  hasBoundary: boolean,
): Candidate | undefined {
  const found = statement.principal === undefined ? 'direct' : reach(statement.principal, caller, hasBoundary)
  if (found === undefined) return undefined
  const verdict = statement.resource(resource)
  if (verdict === false) return undefined
  return { type, statement, reach: found, variables: verdict === true ? undefined : verdict }
}

function keysOf({ statement, variables }: Candidate): readonly string[] {
  return [...(variables?.keys ?? []), ...statement.conditions.flatMap(({ keys }) => keys)]
}
