/** What a simulator shows of a decision: every statement that mattered, what each type of policy said, what was missing. */
import { type Candidate, Evaluation, type PolicyType } from './access.ts'
import {
  type AccessQuestion,
  type Decision,
  decide,
  missingAmong,
  referenceTo,
  type StatementReference,
} from './decide.ts'
import type { PolicySet } from './policy-set.ts'

/** In the words of IAM's EvalDecision. */
export type SimulatedDecision = 'allowed' | 'explicitDeny' | 'implicitDeny'

export interface Explanation {
  readonly decision: Decision
  readonly simulated: SimulatedDecision
  /** The denying statements if any deny, else the allowing ones: IAM's MatchedStatements. */
  readonly matched: readonly StatementReference[]
  /** IAM's MissingContextValues: keys that statements for this action and resource ask for, as written, and the request lacks. */
  readonly missingKeys: readonly string[]
  /** What the policies of each type that is in force say, taken alone. */
  readonly byType: Readonly<Partial<Record<PolicyType, SimulatedDecision>>>
}

export function explain(question: AccessQuestion, set: PolicySet): Explanation {
  const { context } = question
  const access = set.access(question.action, question.resource)
  const decision = decide(question, set)
  const evaluation = new Evaluation(access, context)
  const denying = access.denies.filter((candidate) => evaluation.applies(candidate))
  const allowing = [
    ...access.guards.flatMap(({ allows }) => allows),
    ...access.resourceAllows,
    ...access.identityAllows,
    ...(access.boundaryAllows ?? []),
    ...(access.sessionAllows ?? []),
  ].filter((candidate) => evaluation.applies(candidate))
  const verdict = (type: PolicyType, allows: readonly Candidate[]): SimulatedDecision => {
    if (denying.some((candidate) => candidate.type === type)) return 'explicitDeny'
    return allows.some((candidate) => evaluation.applies(candidate)) ? 'allowed' : 'implicitDeny'
  }
  const byType: Partial<Record<PolicyType, SimulatedDecision>> = {}
  const { caller } = set.inForce
  if ('accountId' in caller) {
    const identity = verdict('identity', access.identityAllows)
    // A root user needs no Allow, so only a Deny can speak against the call.
    byType.identity = caller.type === 'Root' && identity === 'implicitDeny' ? 'allowed' : identity
  }
  for (const { type, allows } of access.guards) {
    // All levels of a guardrail must allow, so the strictest of them speaks for it.
    if (byType[type] === undefined || byType[type] === 'allowed') byType[type] = verdict(type, allows)
  }
  if (access.boundaryAllows !== undefined) byType.boundary = verdict('boundary', access.boundaryAllows)
  if (access.sessionAllows !== undefined) byType.session = verdict('session', access.sessionAllows)
  const { policy, policyType = 'resource' } = set.inForce.resource
  if (policy !== undefined) byType[policyType] = verdict(policyType, access.resourceAllows)
  return {
    decision,
    simulated: decision.allowed ? 'allowed' : decision.why === 'explicit-deny' ? 'explicitDeny' : 'implicitDeny',
    matched: (denying.length > 0 ? denying : decision.allowed ? allowing : []).map(referenceTo),
    missingKeys: missingAmong(access, context),
    byType,
  }
}
