/** What must hold for every policy and every question, and the plain model that the evaluator must agree with. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Decision, decide } from '../../src/policy/decide.ts'
import { DecisionCache } from '../../src/policy/decision-cache.ts'
import { explain } from '../../src/policy/explain.ts'
import {
  decisionOf,
  document,
  questionOf,
  randomPolicies,
  randomQuestion,
  setOf,
  statement,
} from './random-policies.ts'
import { type ModelDocument, type ModelPolicies, modelDecision } from './slow-model.ts'

const runs = { numRuns: 600 }

function summary({ allowed, why, by }: Decision): string {
  return allowed ? 'allowed' : `${why === 'explicit-deny' ? 'denied' : 'not allowed'} by ${by}`
}

test('the evaluator agrees with the plain model', () => {
  const seen = new Map<string, number>()
  fc.assert(
    fc.property(randomPolicies, randomQuestion, (policies, question) => {
      const expected = modelDecision(question, policies)
      seen.set(expected, (seen.get(expected) ?? 0) + 1)
      assert.equal(summary(decisionOf(question, policies)), expected)
    }),
    { numRuns: 2_000 },
  )
  // The random policies reach every outcome, or agreement would say little.
  const types = ['identity', 'boundary', 'session', 'resource', 'service-control', 'vpc-endpoint']
  const outcomes = types.flatMap((type) => [`denied by ${type}`, `not allowed by ${type}`])
  for (const outcome of ['allowed', ...outcomes]) assert.ok((seen.get(outcome) ?? 0) > 2, outcome)
})

test('adding a Deny never allows more', () => {
  const places = ['identity', 'boundary', 'session', 'serviceControl', 'resourcePolicy', 'vpcEndpoint'] as const
  fc.assert(
    fc.property(
      randomPolicies,
      randomQuestion,
      fc.constantFrom(...places),
      statement(false, ['Deny']),
      fc.nat(),
      (policies, question, place, deny, at) => {
        const before = decisionOf(question, policies)
        const after = decisionOf(question, withStatement(policies, place, deny, at))
        assert.ok(before.allowed || !after.allowed)
      },
    ),
    runs,
  )
})

test('the order of statements and of policies does not matter', () => {
  fc.assert(
    fc.property(randomPolicies, randomQuestion, (policies, question) => {
      const reversed = <T>(items: readonly T[]): readonly T[] => items.toReversed()
      const turned = (each: ModelDocument): ModelDocument => ({ ...each, Statement: reversed(each.Statement) })
      const maybe = (each: ModelDocument | undefined) => (each === undefined ? undefined : turned(each))
      const other: ModelPolicies = {
        ...policies,
        identity: reversed(policies.identity).map(turned),
        boundary: maybe(policies.boundary),
        session: policies.session === undefined ? undefined : reversed(policies.session).map(turned),
        serviceControl: reversed(policies.serviceControl).map((level) => reversed(level).map(turned)),
        resourcePolicy: maybe(policies.resourcePolicy),
        vpcEndpoint: maybe(policies.vpcEndpoint),
      }
      assert.equal(summary(decisionOf(question, other)), summary(decisionOf(question, policies)))
    }),
    runs,
  )
})

test('narrowing the resources of an Allow never widens access', () => {
  fc.assert(
    fc.property(randomPolicies, randomQuestion, (policies, question) => {
      const narrowed: ModelPolicies = {
        ...policies,
        identity: policies.identity.map((each) => ({
          ...each,
          Statement: each.Statement.map((one) =>
            one.Effect === 'Allow' && one.Resource !== undefined ? { ...one, Resource: one.Resource.slice(0, 1) } : one,
          ),
        })),
      }
      assert.ok(decisionOf(question, policies).allowed || !decisionOf(question, narrowed).allowed)
    }),
    runs,
  )
})

test('replacing a wildcard in an Allow by what it stood for never widens access', () => {
  const narrower: Readonly<Record<string, string>> = {
    '*': 'arn:aws:dynamodb:*:*:table/*',
    'arn:aws:dynamodb:us-*': 'arn:aws:dynamodb:us-east-1:*:table/a*',
    'arn:aws:dynamodb:us-east-1:111111111111:table/*': 'arn:aws:dynamodb:us-east-1:111111111111:table/alice',
  }
  fc.assert(
    fc.property(randomPolicies, randomQuestion, (policies, question) => {
      const narrowed = {
        ...policies,
        identity: policies.identity.map((each) => ({
          ...each,
          Statement: each.Statement.map((one) =>
            one.Effect === 'Allow' && one.Resource !== undefined
              ? { ...one, Resource: one.Resource.map((pattern) => narrower[pattern] ?? pattern) }
              : one,
          ),
        })),
      }
      assert.ok(decisionOf(question, policies).allowed || !decisionOf(question, narrowed).allowed)
    }),
    runs,
  )
})

test('guardrails never allow what is refused without them', () => {
  fc.assert(
    fc.property(randomPolicies, randomQuestion, document(false), (policies, question, guardrail) => {
      const without = decisionOf(question, policies)
      const guarded = { ...policies, serviceControl: [...policies.serviceControl, [guardrail]] }
      assert.ok(without.allowed || !decisionOf(question, guarded).allowed)
    }),
    runs,
  )
})

test('a decision depends on no other key than those that the set names', () => {
  fc.assert(
    fc.property(randomPolicies, randomQuestion, randomQuestion, (policies, question, other) => {
      const set = setOf(policies)
      const keys = new Set(set.access(question.action, question.resource).keys)
      const kept = Object.entries(question.values).filter(([key]) => keys.has(key.toLowerCase()))
      const noise = Object.entries(other.values).filter(([key]) => !keys.has(key.toLowerCase()))
      const changed = { ...question, values: Object.fromEntries([...kept, ...noise]) }
      assert.deepEqual(decide(questionOf(changed), set), decide(questionOf(question), set))
    }),
    runs,
  )
})

test('a remembered decision is the decision', () => {
  fc.assert(
    fc.property(randomPolicies, fc.array(randomQuestion, { minLength: 1, maxLength: 20 }), (policies, questions) => {
      const cache = new DecisionCache(setOf(policies))
      for (const question of [...questions, ...questions]) {
        assert.deepEqual(cache.decide(questionOf(question)), decisionOf(question, policies))
      }
    }),
    { numRuns: 100 },
  )
})

test('an explanation agrees with the decision', () => {
  fc.assert(
    fc.property(randomPolicies, randomQuestion, (policies, question) => {
      const { decision, simulated, matched, byType } = explain(questionOf(question), setOf(policies))
      assert.deepEqual(decision, decisionOf(question, policies))
      assert.equal(simulated === 'allowed', decision.allowed)
      assert.equal(Object.values(byType).includes('explicitDeny'), decision.why === 'explicit-deny')
      if (decision.why === 'implicit-deny') assert.deepEqual(matched, [])
      for (const reference of decision.statements) {
        assert.ok(matched.some((each) => each.policyId === reference.policyId && each.index === reference.index))
      }
    }),
    runs,
  )
})

function withStatement(
  policies: ModelPolicies,
  place: 'identity' | 'boundary' | 'session' | 'serviceControl' | 'resourcePolicy' | 'vpcEndpoint',
  deny: ModelDocument['Statement'][number],
  at: number,
): ModelPolicies {
  const into = (each: ModelDocument, added = deny): ModelDocument => ({
    ...each,
    Statement: each.Statement.toSpliced(at % (each.Statement.length + 1), 0, added),
  })
  const everyone = { ...deny, Principal: '*' as const }
  switch (place) {
    case 'identity':
      return { ...policies, identity: [...policies.identity, { Version: '2012-10-17', Statement: [deny] }] }
    case 'boundary':
      return { ...policies, boundary: policies.boundary === undefined ? undefined : into(policies.boundary) }
    case 'session':
      return { ...policies, session: policies.session?.map((each) => into(each)) }
    case 'serviceControl':
      return { ...policies, serviceControl: policies.serviceControl.map((level) => level.map((each) => into(each))) }
    case 'resourcePolicy': {
      const before = policies.resourcePolicy
      const alone: ModelDocument = { Version: '2012-10-17', Statement: [everyone] }
      return { ...policies, resourcePolicy: before === undefined ? alone : into(before, everyone) }
    }
    case 'vpcEndpoint':
      return {
        ...policies,
        vpcEndpoint: policies.vpcEndpoint === undefined ? undefined : into(policies.vpcEndpoint, everyone),
      }
  }
}
