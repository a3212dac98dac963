/** Every case of every table; README.md tells how to add one. */
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { accessDeniedMessage } from '../../src/policy/access-denied-message.ts'
import { accountOf } from '../../src/policy/callers.ts'
import { type AccessQuestion, type Decision, decide } from '../../src/policy/decide.ts'
import { DecisionCache } from '../../src/policy/decision-cache.ts'
import { contextOf, questionOf, recordOf } from '../../src/policy/decision-record.ts'
import { MalformedPolicy } from '../../src/policy/document.ts'
import { parsePolicy } from '../../src/policy/parse-policy.ts'
import { PolicySet } from '../../src/policy/policy-set.ts'
import { policiesOf } from './policies-of-case.ts'
import { type AuthorizationCase, authorizationTopics, documentTopics } from './read-cases.ts'

for (const { file, topic, cases } of authorizationTopics()) {
  suite(`${file}: ${topic}`, () => {
    for (const each of cases) test(each.name, () => checkCase(each))
    test('names are unique', () => assert.equal(new Set(cases.map(({ name }) => name)).size, cases.length))
  })
}

for (const { file, topic, cases } of documentTopics()) {
  suite(`documents/${file}: ${topic}`, () => {
    for (const { name, kind, document, expect } of cases) {
      test(name, () => {
        const text = typeof document === 'string' ? document : JSON.stringify(document)
        const parsed = parsePolicy(text, kind)
        assert.equal(parsed instanceof MalformedPolicy ? parsed.message : 'valid', expect)
      })
    }
  })
}

test('there are at least 400 cases', () => {
  assert.ok(authorizationTopics().reduce((count, { cases }) => count + cases.length, 0) >= 400)
})

function checkCase(given: AuthorizationCase): void {
  const set = new PolicySet(policiesOf(given))
  const question: AccessQuestion = {
    action: given.action,
    resource: given.resource,
    context: contextOf(given.context),
  }
  const decision = decide(question, set)
  assert.ok([summary(decision), decision.allowed ? 'allowed' : 'refused'].includes(given.expect), summary(decision))
  if (given.missing !== undefined) assert.deepEqual(decision.missingKeys, given.missing)
  if (given.message !== undefined) {
    const { action, resource } = given
    const { caller } = set.inForce
    const callerArn = 'arn' in caller ? caller.arn : `arn:aws:iam::${accountOf(caller)}:root`
    assert.equal(accessDeniedMessage({ callerArn, action, resource, decision }), given.message)
  }
  // However it is asked, the answer is the same: remembered, and made again from a log line.
  const cache = new DecisionCache(set)
  assert.deepEqual([cache.decide(question), cache.decide(question)], [decision, decision])
  const line = JSON.stringify(recordOf(question, set))
  assert.deepEqual(decide(questionOf(JSON.parse(line)), new PolicySet(policiesOf(given))), decision)
}

function summary({ allowed, why, by }: Decision): string {
  if (allowed) return why === 'root' ? 'allowed by root' : `allowed by ${by}`
  return why === 'explicit-deny' ? `denied by ${by}` : `not allowed by ${by}`
}
