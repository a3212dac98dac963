/** A decision as a log line: enough to make it again, given the policies of that moment. */
import type { AccessQuestion } from './decide.ts'
import type { PolicySet } from './policy-set.ts'
import type { ConditionContext } from './templates.ts'

export interface DecisionRecord {
  readonly action: string
  readonly resource: string
  /** Every key that the outcome could depend on, in lower case; null for those that the request did not have. */
  readonly values: Readonly<Record<string, readonly string[] | null>>
}

export function recordOf({ action, resource, context }: AccessQuestion, set: PolicySet): DecisionRecord {
  const { keys } = set.access(action, resource)
  return { action, resource, values: Object.fromEntries(keys.map((key) => [key, context.value(key) ?? null])) }
}

/** `decide(questionOf(record), set)` is the decision that was recorded. */
export function questionOf({ action, resource, values }: DecisionRecord): AccessQuestion {
  return { action, resource, context: contextOf(values) }
}

/** A context of plain values; names of keys in any case. */
export function contextOf(values: Readonly<Record<string, string | readonly string[] | null>>): ConditionContext {
  const known = new Map<string, readonly string[]>()
  for (const [key, value] of Object.entries(values)) {
    if (value !== null) known.set(key.toLowerCase(), typeof value === 'string' ? [value] : value)
  }
  return { value: (key) => known.get(key) }
}
