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
  readonly #remembered = new WeakMap<Access, Remembered>()

  constructor(set: PolicySet) {
    this.set = set
  }

  /** The same decision as `decide` makes. */
  decide(question: AccessQuestion): Decision {
    const access = this.set.access(question.action, question.resource)
    let remembered = this.#remembered.get(access)
    if (remembered === undefined) {
      remembered = { only: undefined, byValues: new BoundedCache(rememberedValuesMax) }
      this.#remembered.set(access, remembered)
    }
    if (access.keys.length === 0) {
      remembered.only ??= decide(question, this.set)
      return remembered.only
    }
    const values = valuesAsked(access.keys, question.context)
    if (values === undefined) return decide(question, this.set)
    const known = remembered.byValues.get(values)
    if (known !== undefined) return known
    const decision = decide(question, this.set)
    remembered.byValues.set(values, decision)
    return decision
  }
}

interface Remembered {
  /** The decision where no key is asked. */
  only: Decision | undefined
  readonly byValues: BoundedCache<string, Decision>
}

/**
 * One text for the values of these keys, different for different values; undefined when they are not worth keeping.
 * Lengths before the values keep them apart whatever characters they hold.
 */
function valuesAsked(keys: readonly string[], context: ConditionContext): string | undefined {
  let text = ''
  for (const key of keys) {
    if (everChanging.has(key)) return undefined
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
