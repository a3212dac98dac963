/**
 * Everything that bears on one caller's calls to the resources of one account: a value that never changes. When a
 * policy changes, a new set is made (which costs nothing but the list), and what was learnt from the old one goes with
 * it. A set remembers, for each action and resource it was asked about, the statements that can matter; deciding then
 * looks only at the conditions of these.
 */
import { assert } from '../foundation/assert.ts'
import { type Access, type Candidate, type PolicyType, policyTypes, RememberedAccess } from './access.ts'
import { type Caller, type Reach, reach } from './callers.ts'
import type { CompiledPolicy, CompiledStatement } from './compiled-policy.ts'
import type { Condition } from './conditions.ts'

export interface PoliciesInForce {
  readonly caller: Caller
  /** Policies of the user and the groups, or of the role. A root user needs none. */
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

export class PolicySet {
  readonly inForce: PoliciesInForce
  readonly #layers: readonly Layer[]
  readonly #conditions = new DistinctConditions()
  readonly #remembered = new RememberedAccess()

  constructor(inForce: PoliciesInForce) {
    this.inForce = inForce
    this.#layers = layersOf(inForce)
  }

  /** `action` as the service spells it, `resource` an ARN or `*`. */
  access(action: string, resource: string): Access {
    const known = this.#remembered.get(action, resource)
    if (known !== undefined) return known
    const access = this.#accessOf(action.toLowerCase(), resource)
    this.#remembered.set(action, resource, access)
    return access
  }

  #accessOf(action: string, resource: string): Access {
    const { boundary, session } = this.inForce
    const asked = this.#layers.map(({ type, guards, policies, bound }) => ({
      type,
      guards,
      candidates: policies
        .flatMap((policy) => policy.statementsFor(action))
        .map((statement) => this.#candidate(type, statement, resource, bound))
        .filter((candidate) => candidate !== undefined),
    }))
    const all = asked.flatMap(({ candidates }) => candidates)
    const keys = sortedKeys([
      ...this.#conditions.keysOf(new Set(all.flatMap(({ conditions }) => conditions))),
      ...all.flatMap(({ variables }) => variables?.keys ?? []),
    ])
    const allowsOf = (...types: readonly PolicyType[]) => allowing(all.filter(({ type }) => types.includes(type)))
    return {
      keys: keys.map(([key]) => key),
      writtenKeys: keys.map(([, written]) => written),
      conditions: this.#conditions.list,
      denies: all
        .filter(({ statement }) => statement.effect === 'Deny')
        .sort((a, b) => policyTypes.indexOf(a.type) - policyTypes.indexOf(b.type)),
      guards: asked
        .filter(({ guards }) => guards)
        .map(({ type, candidates }) => ({ type, allows: allowing(candidates) })),
      resourceAllows: allowsOf('resource', 'role-trust').toSorted((a, b) => reachOrder[a.reach] - reachOrder[b.reach]),
      identityAllows: allowsOf('identity'),
      boundaryAllows: boundary === undefined ? undefined : allowsOf('boundary'),
      sessionAllows: session === undefined ? undefined : allowsOf('session'),
    }
  }

  #candidate(
    type: PolicyType,
    statement: CompiledStatement,
    resource: string,
    bound: Layer['bound'],
  ): Candidate | undefined {
    let candidate = bound.get(statement)
    if (candidate === undefined) {
      candidate = this.#bind(type, statement)
      bound.set(statement, candidate)
    }
    if (candidate === 'another caller') return undefined
    const verdict = statement.resource(resource)
    if (verdict === false) return undefined
    return verdict === true ? candidate : { ...candidate, variables: verdict }
  }

  /** What of a statement does not depend on the resource. */
  #bind(type: PolicyType, statement: CompiledStatement): Candidate | 'another caller' {
    const { caller, boundary } = this.inForce
    const { principal, effect } = statement
    // A policy in the wrong place would mean everyone, or no one: that is our defect and must not decide anything.
    assert(
      (principal !== undefined) === withPrincipal.has(type),
      'statements name principals where their type asks for it',
    )
    const found =
      // Resource control policies are for everyone, those who come without an account too.
      principal === undefined || type === 'resource-control'
        ? 'direct'
        : reach(principal, caller, { effect, hasBoundary: boundary !== undefined })
    if (found === undefined) return 'another caller'
    const conditions = statement.conditions.map((condition) => this.#conditions.placeOf(condition))
    return { type, statement, reach: found, variables: undefined, conditions }
  }
}

/** The condition keys that a decision about an action on a resource may ask for: fetch these before deciding. */
export function keysAsked(set: PolicySet, action: string, resource: string): readonly string[] {
  return set.access(action, resource).keys
}

const withPrincipal: ReadonlySet<PolicyType> = new Set(['resource', 'role-trust', 'vpc-endpoint', 'resource-control'])

const reachOrder: Readonly<Record<Reach, number>> = { direct: 0, role: 1, account: 2 }

interface Layer {
  readonly type: PolicyType
  readonly policies: readonly CompiledPolicy[]
  /** Whether an Allow is needed here whatever other layers say. */
  readonly guards: boolean
  /** Statements already looked at in the light of the caller. */
  readonly bound: Map<CompiledStatement, Candidate | 'another caller'>
}

function layersOf(inForce: PoliciesInForce): readonly Layer[] {
  const { caller, resource } = inForce
  const serviceLinked = caller.type === 'AssumedRole' && caller.serviceLinked === true
  const layer = (type: PolicyType, policies: readonly (CompiledPolicy | undefined)[], guards = false): Layer => ({
    type,
    policies: policies.filter((policy) => policy !== undefined),
    guards,
    bound: new Map(),
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

function sortedKeys(written: readonly string[]): readonly (readonly [key: string, written: string])[] {
  const found = new Map<string, string>()
  for (const name of written) if (!found.has(name.toLowerCase())) found.set(name.toLowerCase(), name)
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1))
}

/** The Allows among these, cheapest first. */
function allowing(candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates
    .filter(({ statement }) => statement.effect === 'Allow')
    .sort((a, b) => a.conditions.length - b.conditions.length)
}

/** The conditions of all statements that were looked at; equal ones of different statements are here once. */
class DistinctConditions {
  readonly list: Condition[] = []
  readonly #places = new Map<string, number>()

  placeOf(condition: Condition): number {
    let place = this.#places.get(condition.id)
    if (place === undefined) {
      place = this.list.push(condition) - 1
      this.#places.set(condition.id, place)
    }
    return place
  }

  keysOf(places: ReadonlySet<number>): readonly string[] {
    return [...places].flatMap((place) => this.list[place]?.keys ?? [])
  }
}
