/** What a policy set knows about one action on one resource, and how that is looked at in the light of a request. */
import type { Reach } from './callers.ts'
import type { CompiledStatement, ResourceVerdict } from './compiled-policy.ts'
import type { Condition } from './conditions.ts'
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

/** A statement that can apply to an action on a resource, if its conditions hold. */
export interface Candidate {
  readonly type: PolicyType
  readonly statement: CompiledStatement
  /** Where a principal is named: how the statement means the caller. */
  readonly reach: Reach
  readonly variables: Exclude<ResourceVerdict, boolean> | undefined
  /** Places of its conditions in `Access.conditions`. */
  readonly conditions: readonly number[]
}

/** What a set knows about one action on one resource. */
export interface Access {
  /** Condition keys that the outcome may depend on, in lower case and sorted; empty: the outcome is always the same. */
  readonly keys: readonly string[]
  /** The same keys as policies write them. */
  readonly writtenKeys: readonly string[]
  /** What `Candidate.conditions` points into. */
  readonly conditions: readonly Condition[]
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

/** Looks at candidates in the light of one request, and at each condition once. */
export class Evaluation {
  readonly #context: ConditionContext
  readonly #conditions: readonly Condition[]
  #outcomes: (boolean | undefined)[] = []

  constructor({ conditions }: Access, context: ConditionContext) {
    this.#context = context
    this.#conditions = conditions
  }

  applies({ variables, conditions }: Candidate): boolean {
    for (const place of conditions) if (!this.#holds(place)) return false
    return variables === undefined || variables.matches(this.#context)
  }

  firstThatApplies(candidates: readonly Candidate[]): Candidate | undefined {
    for (const candidate of candidates) if (this.applies(candidate)) return candidate
    return undefined
  }

  #holds(place: number): boolean {
    let outcome = this.#outcomes[place]
    if (outcome === undefined) {
      outcome = this.#conditions[place]?.holds(this.#context) ?? false
      this.#outcomes[place] = outcome
    }
    return outcome
  }
}

/** Entries kept since the memory last filled up, and as many from before. */
const rememberedMax = 512

/** Two maps deep, since action and resource come as separate texts and joining them would cost more than both look-ups. */
export class RememberedAccess {
  #fresh = new Map<string, Map<string, Access>>()
  #stale = new Map<string, Map<string, Access>>()
  #freshCount = 0

  get(action: string, resource: string): Access | undefined {
    const fresh = this.#fresh.get(action)?.get(resource)
    if (fresh !== undefined) return fresh
    const stale = this.#stale.get(action)?.get(resource)
    if (stale !== undefined) this.set(action, resource, stale)
    return stale
  }

  set(action: string, resource: string, access: Access): void {
    if (this.#freshCount >= rememberedMax) {
      this.#stale = this.#fresh
      this.#fresh = new Map()
      this.#freshCount = 0
    }
    const ofAction = this.#fresh.get(action)
    if (ofAction === undefined) this.#fresh.set(action, new Map([[resource, access]]))
    else ofAction.set(resource, access)
    this.#freshCount++
  }
}
