import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AssertionFailure } from '../foundation/assert.ts'
import { compilePolicy, contextKeysOf } from './compiled-policy.ts'
import { decide } from './decide.ts'
import { DecisionCache } from './decision-cache.ts'
import { contextOf, questionOf, recordOf } from './decision-record.ts'
import { policyOf } from './parse-policy.ts'
import { keysAsked, PolicySet } from './policy-set.ts'

const account = '111111111111'
const user = { type: 'User', accountId: account, arn: `arn:aws:iam::${account}:user/alice` } as const

function setOf(texts: readonly string[]): PolicySet {
  const identity = texts.map((text, at) => compilePolicy(`policy-${at}`, policyOf(text, 'inline')))
  return new PolicySet({ caller: user, identity, resource: { accountId: account } })
}

const untilWhen = JSON.stringify({
  Version: '2012-10-17',
  Statement: {
    ...statement('Allow', '*'),
    Condition: { DateGreaterThan: { 'aws:CurrentTime': '2018-08-16T12:00:00Z' } },
  },
})

test('the keys to fetch are those of statements that can apply', () => {
  const conditional = (action: string, resource: string, key: string) => ({
    ...statement('Allow', action),
    Resource: resource,
    Condition: { StringEquals: { [key]: 'x' } },
  })
  const table = `arn:aws:dynamodb:us-east-1:${account}:table`
  const set = setOf([
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        conditional('dynamodb:GetItem', `${table}/A`, 'dynamodb:LeadingKeys'),
        conditional('dynamodb:PutItem', `${table}/A`, 'dynamodb:Attributes'),
        conditional('dynamodb:GetItem', `${table}/B`, 'dynamodb:Select'),
        conditional('dynamodb:*', `${table}/$\{aws:PrincipalTag/Team}`, 'aws:SourceIp'),
      ],
    }),
  ])
  assert.deepEqual(keysAsked(set, 'dynamodb:GetItem', `${table}/A`), [
    'aws:principaltag/team',
    'aws:sourceip',
    'dynamodb:leadingkeys',
  ])
  assert.deepEqual(keysAsked(set, 'kms:Decrypt', `${table}/A`), [])
  const { missingKeys } = decide({ action: 'dynamodb:GetItem', resource: `${table}/A`, context: contextOf({}) }, set)
  assert.deepEqual(missingKeys, ['aws:PrincipalTag/Team', 'aws:SourceIp', 'dynamodb:LeadingKeys'])
  const [policy] = set.inForce.identity
  assert.deepEqual(policy === undefined ? [] : contextKeysOf(policy), [
    'dynamodb:LeadingKeys',
    'dynamodb:Attributes',
    'dynamodb:Select',
    'aws:PrincipalTag/Team',
    'aws:SourceIp',
  ])
})

test('a key that the service must work for is asked last and only if it matters', () => {
  const asked: string[] = []
  const context = (tls: string) => ({
    value(key: string) {
      asked.push(key)
      return key === 'aws:securetransport' ? [tls] : ['x']
    },
  })
  const text = JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      ...statement('Deny', '*'),
      Condition: { StringEquals: { 'dynamodb:LeadingKeys': 'y' }, Bool: { 'aws:SecureTransport': 'false' } },
    },
  })
  const set = setOf([text, documentOf('Allow', '*')])
  const question = { action: 'dynamodb:GetItem', resource: '*' }
  assert.equal(decide({ ...question, context: context('true') }, set).allowed, true)
  assert.deepEqual(asked, ['aws:securetransport'])
  assert.equal(decide({ ...question, context: context('false') }, set).allowed, true)
  assert.deepEqual(asked, ['aws:securetransport', 'aws:securetransport', 'dynamodb:leadingkeys'])
})

test('a remembered decision is not worked out again, but one on the time is', () => {
  const timed = new DecisionCache(setOf([untilWhen]))
  const at = (time: string) => ({
    action: 'dynamodb:X',
    resource: '*',
    context: contextOf({ 'aws:CurrentTime': time }),
  })
  assert.equal(timed.decide(at('2019-01-01T00:00:00Z')).allowed, true)
  assert.notEqual(timed.decide(at('2019-01-01T00:00:00Z')), timed.decide(at('2019-01-01T00:00:00Z')))
  assert.equal(timed.decide(at('2017-01-01T00:00:00Z')).allowed, false)
  const fixed = new DecisionCache(setOf([documentOf('Allow', '*')]))
  assert.equal(fixed.decide(at('2019-01-01T00:00:00Z')), fixed.decide(at('2020-01-01T00:00:00Z')))
})

test('values that could run together are kept apart', () => {
  const condition = { 'ForAnyValue:StringEquals': { 'svc:A': ['ab', '1'] }, StringEqualsIfExists: { 'svc:B': 'b' } }
  const text = JSON.stringify({
    Version: '2012-10-17',
    Statement: { ...statement('Allow', '*'), Condition: condition },
  })
  const cache = new DecisionCache(setOf([text]))
  const ask = (values: Record<string, readonly string[]>) =>
    cache.decide({ action: 'svc:X', resource: '*', context: contextOf(values) }).allowed
  assert.equal(ask({ 'svc:A': ['ab', 'c'] }), true)
  assert.equal(ask({ 'svc:A': ['a', 'bc'] }), false)
  assert.equal(ask({ 'svc:A': ['abc', ''] }), false)
  assert.equal(ask({ 'svc:A': ['1'] }), true)
  assert.equal(ask({ 'svc:A': ['11'] }), false)
  assert.equal(ask({ 'svc:A': ['ab'], 'svc:B': ['b'] }), true)
  assert.equal(ask({ 'svc:A': ['ab'], 'svc:B': ['-'] }), false)
  assert.equal(ask({ 'svc:A': ['ab'], 'svc:B': [] }), true)
  assert.equal(ask({ 'svc:A': ['ab'] }), true)
  assert.equal(ask({ 'svc:B': ['ab'] }), false)
  assert.equal(ask({ 'svc:A': ['ab', 'c'], 'svc:B': [] }), true)
  assert.equal(ask({ 'svc:A': ['ab'], 'svc:B': ['c'] }), false)
})

test('a policy that stands where another kind belongs decides nothing', () => {
  const misplaced = compilePolicy('misplaced', policyOf(documentOf('Allow', '*'), 'inline'))
  const set = new PolicySet({ caller: user, identity: [], resource: { accountId: account, policy: misplaced } })
  assert.throws(() => decide({ action: 'svc:X', resource: '*', context: contextOf({}) }, set), AssertionFailure)
})

test('a decision can be made again from its log line', () => {
  const set = setOf([untilWhen])
  const question = {
    action: 'dynamodb:X',
    resource: '*',
    context: contextOf({ 'aws:CurrentTime': '2017-01-01', 'aws:Other': 'x' }),
  }
  const line = JSON.stringify(recordOf(question, set))
  assert.equal(line, '{"action":"dynamodb:X","resource":"*","values":{"aws:currenttime":["2017-01-01"]}}')
  assert.deepEqual(decide(questionOf(JSON.parse(line)), set), decide(question, set))
})

function statement(effect: string, action: string) {
  return { Effect: effect, Action: action, Resource: '*' }
}

function documentOf(effect: string, action: string): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement(effect, action)] })
}
