/**
 * Decisions remembered by what they depend on: the values of the condition keys that the policies ask about. It lives
 * and dies with its policy set, so a changed policy is a new set with nothing remembered.
 */
import { BoundedCache } from '../foundation/bounded-cache.ts'
import type { Access } from './access.ts'
import { type AccessQuestion, type Decision, decide } from './decide.ts'
import type { PolicySet } from './policy-set.ts'
import type { ConditionContext } from './templates.ts'

/** Different values remembered for one action on one resource. */
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
      remembered = new RememberedDecisions(this.set, access, action, resource)
      this.#remembered.set(access, remembered)
    }
    return remembered
  }
}

export class RememberedDecisions {
  /** The condition keys that the decision may depend on, in lower case. */
  readonly keys: readonly string[]
  readonly #set: PolicySet
  readonly #action: string
  readonly #resource: string
  /** Whether any two calls could have the same values. */
  readonly #recurs: boolean
  /** The decision where no key is asked. */
  #only: Decision | undefined
  readonly #byValues = new BoundedCache<string, Decision>(rememberedValuesMax)

  constructor(set: PolicySet, { keys }: Access, action: string, resource: string) {
    this.keys = keys
    this.#set = set
    this.#action = action
    this.#resource = resource
    this.#recurs = !keys.some((key) => everChanging.has(key))
  }

  decide(context: ConditionContext): Decision {
    if (this.keys.length === 0) {
      this.#only ??= this.#anew(context)
      return this.#only
    }
    const values = this.#recurs ? valuesAsked(this.keys, context) : undefined
    if (values === undefined) return this.#anew(context)
    const known = this.#byValues.get(values)
    if (known !== undefined) return known
    const decision = this.#anew(context)
    this.#byValues.set(values, decision)
    return decision
  }

  #anew(context: ConditionContext): Decision {
    return decide({ action: this.#action, resource: this.#resource, context }, this.#set)
  }
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
