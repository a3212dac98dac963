/**
 * What of the statements is left to ask when the facts of a call as such are known: who calls, from where, over what.
 * They are the same for very many requests, unlike the keys and attributes that each of these touches.
 */
import type { Access, Candidate } from './access.ts'
import type { ConditionContext } from './templates.ts'

/**
 * The same access without the statements that the values of these keys rule out, and without the conditions that they
 * fulfil. `context` is asked for no other key. Deciding by it gives what deciding by `access` gives, for each context
 * that has the same values for these keys.
 */
export function narrowedAccess(access: Access, keys: ReadonlySet<string>, context: ConditionContext): Access {
  const outcomes = access.conditions.map((condition) =>
    condition.keys.every((key) => keys.has(key.toLowerCase())) ? condition.holds(context) : undefined,
  )
  const left = (candidates: readonly Candidate[]): readonly Candidate[] =>
    candidates
      .filter(({ conditions }) => conditions.every((place) => outcomes[place] !== false))
      .map((candidate) => ({
        ...candidate,
        conditions: candidate.conditions.filter((place) => outcomes[place] === undefined),
      }))
  return {
    ...access,
    denies: left(access.denies),
    guards: access.guards.map(({ type, allows }) => ({ type, allows: left(allows) })),
    resourceAllows: left(access.resourceAllows),
    identityAllows: left(access.identityAllows),
    boundaryAllows: access.boundaryAllows && left(access.boundaryAllows),
    sessionAllows: access.sessionAllows && left(access.sessionAllows),
  }
}
