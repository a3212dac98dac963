/**
 * Decisions remembered by what they depend on: the values of the condition keys that the policies ask about. It lives
 * and dies with its policy set, so a changed policy is a new set with nothing remembered.
 */
import { BoundedCache } from '../foundation/bounded-cache.ts'
import type { Access } from './access.ts'
import { type AccessQuestion, type Decision, decideBy } from './decide.ts'
import { narrowedAccess } from './narrowed-access.ts'
import type { PolicySet } from './policy-set.ts'
import type { ConditionContext } from './templates.ts'

/** Different values of a call's own facts remembered for one action on one resource: addresses, mostly. */
const lastingValuesMax = 16
/** Different values of the other keys remembered for each of these. */
const rememberedValuesMax = 64
/** Longer values are decided anew rather than kept. */
const rememberedCharactersMax = 1_024

/** Keys whose value is another one at each call. */
const everChanging = new Set(['aws:currenttime', 'aws:epochtime', 'aws:multifactorauthage'])

export class DecisionCache {
  readonly set: PolicySet
  readonly #remembered = new WeakMap<Access, RememberedDecisions>()

  constructor(set: PolicySet) {
    this.set = set
  }

  /** The same decision as `decide` makes. */
  decide({ action, resource, context }: AccessQuestion): Decision {
    return this.about(action, resource).decide(context)
  }

  /** What is remembered of one action on one resource: for callers that can keep it, and save the look-ups. */
  about(action: string, resource: string): RememberedDecisions {
    const access = this.set.access(action, resource)
    let remembered = this.#remembered.get(access)
    if (remembered === undefined) {
      remembered = new RememberedDecisions(this.set, access)
      this.#remembered.set(access, remembered)
    }
    return remembered
  }
}

export class RememberedDecisions {
  /** The condition keys that the decision may depend on, in lower case. */
  readonly keys: readonly string[]
  readonly #set: PolicySet
  readonly #access: Access
  /** Keys whose values many calls share, and the others. */
  readonly #lastingKeys: readonly string[]
  readonly #otherKeys: readonly string[]
  /** Whether any two calls could have the same values. */
  readonly #recurs: boolean
  /** The decision where no key is asked. */
  #only: Decision | undefined
  readonly #byLastingValues = new BoundedCache<string, Narrowed>(lastingValuesMax)

  constructor(set: PolicySet, access: Access) {
    const { keys } = access
    this.keys = keys
    this.#set = set
    this.#access = access
    this.#recurs = !keys.some((key) => everChanging.has(key))
    const isLasting = (key: string) => key.startsWith('aws:') && !everChanging.has(key)
    this.#lastingKeys = keys.filter(isLasting)
    this.#otherKeys = keys.filter((key) => !isLasting(key))
  }

  decide(context: ConditionContext): Decision {
    if (this.keys.length === 0) {
      this.#only ??= decideBy(this.#access, context, this.#set)
      return this.#only
    }
    const lasting = valuesAsked(this.#lastingKeys, context)
    if (lasting === undefined) return decideBy(this.#access, context, this.#set)
    let narrowed = this.#byLastingValues.get(lasting)
    if (narrowed === undefined) {
      const access = narrowedAccess(this.#access, new Set(this.#lastingKeys), context)
      narrowed = { access, byValues: new BoundedCache(rememberedValuesMax) }
      this.#byLastingValues.set(lasting, narrowed)
    }
    const values = this.#recurs ? valuesAsked(this.#otherKeys, context) : undefined
    if (values === undefined) return decideBy(narrowed.access, context, this.#set)
    const known = narrowed.byValues.get(values)
    if (known !== undefined) return known
    const decision = decideBy(narrowed.access, context, this.#set)
    narrowed.byValues.set(values, decision)
    return decision
  }
}

/** What is left to decide when the lasting values are known, and what was decided. */
interface Narrowed {
  readonly access: Access
  readonly byValues: BoundedCache<string, Decision>
}

/**
 * One text for the values of these keys, different for different values; undefined when they are not worth keeping.
 * Lengths before the values keep them apart whatever characters they hold.
 */
function valuesAsked(keys: readonly string[], context: ConditionContext): string | undefined {
  let text = ''
  for (const key of keys) {
    const values = context.value(key)
    if (values === undefined) {
      text += '-'
      continue
    }
    text += `${values.length}:`
    for (const value of values) text += `${value.length}:${value}`
    if (text.length > rememberedCharactersMax) return undefined
  }
  return text
}
