/**
 * The Condition block of a statement: all of its clauses must hold. A key that is absent, or present without values,
 * fails a plain operator, satisfies a negated one and one with IfExists, satisfies ForAllValues and fails ForAnyValue.
 */
import { assert } from '../foundation/assert.ts'
import { type ConditionOperator, parseOperator } from './condition-operators.ts'
import { type ConditionValues, compileConditionValues } from './condition-values.ts'
import type { ConditionClause, PolicyVersion } from './document.ts'
import type { ConditionContext } from './templates.ts'

export interface Condition {
  /** Equal for conditions that always have the same outcome, so that a decision may look at them once. */
  readonly id: string
  /** Every key that the outcome may depend on, as written. */
  readonly keys: readonly string[]
  holds(context: ConditionContext): boolean
}

/** Clauses on `aws:` keys first: a service's own keys may cost a look at the request, and often need not be asked. */
export function compileConditions(clauses: readonly ConditionClause[], version: PolicyVersion): readonly Condition[] {
  const conditions = clauses.map((clause) => ({ clause, condition: compileClause(clause, version) }))
  return conditions.toSorted((a, b) => cost(a.clause) - cost(b.clause)).map(({ condition }) => condition)
}

function cost({ key }: ConditionClause): number {
  return key.toLowerCase().startsWith('aws:') ? 0 : 1
}

function compileClause({ operator: name, key, values }: ConditionClause, version: PolicyVersion): Condition {
  const operator = parseOperator(name)
  assert(operator !== undefined, 'a parsed policy has known operators only')
  const wanted = compileConditionValues(operator, values, version)
  const id = JSON.stringify([version, name, key, ...values])
  return { id, keys: [key, ...wanted.keys], holds: test(operator, key.toLowerCase(), wanted) }
}

function test(operator: ConditionOperator, key: string, wanted: ConditionValues): Condition['holds'] {
  const { negated } = operator
  if (operator.family === 'Null') {
    return (context) => wanted.matchAny(String((context.value(key)?.length ?? 0) === 0), context)
  }
  const whenAbsent = operator.ifExists || (operator.set === undefined ? negated : operator.set === 'ForAllValues')
  // The first value that matches, or for some operators the first that does not, settles the outcome.
  const all = operator.set === 'ForAllValues'
  const stopsAt = operator.set === undefined ? true : all === negated
  const whenStopped = operator.set === undefined ? !negated : !all
  return (context) => {
    const present = context.value(key)
    if (present === undefined || present.length === 0) return whenAbsent
    // Loops and no closures: some policies have this asked hundreds of times for one request.
    for (const value of present) if (wanted.matchAny(value, context) === stopsAt) return whenStopped
    return !whenStopped
  }
}
