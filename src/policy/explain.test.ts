import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compilePolicy } from './compiled-policy.ts'
import { contextOf } from './decision-record.ts'
import { explain } from './explain.ts'
import { policyOf } from './parse-policy.ts'
import { type PoliciesInForce, PolicySet } from './policy-set.ts'

const account = '111111111111'
const user = { type: 'User', accountId: account, arn: `arn:aws:iam::${account}:user/alice` } as const

function setOf(texts: readonly string[], more: Partial<PoliciesInForce> = {}): PolicySet {
  const identity = texts.map((text, at) => compilePolicy(`PolicyInputList.${at + 1}`, policyOf(text, 'inline')))
  return new PolicySet({ caller: user, identity, resource: { accountId: account }, ...more })
}

/** The example of `aws iam simulate-custom-policy help`, whose answer AWS printed. */
const fromTheHelp =
  '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}'

test('positions of matched statements are those of the AWS CLI help', () => {
  const question = {
    action: 'dynamodb:CreateBackup',
    resource: '*',
    context: contextOf({ 'aws:CurrentTime': '2019-04-25T11:00:00Z' }),
  }
  const { simulated, matched, missingKeys } = explain(question, setOf([fromTheHelp]))
  assert.equal(simulated, 'allowed')
  assert.deepEqual(missingKeys, [])
  assert.deepEqual(
    matched.map(({ policyId, start, end }) => ({ policyId, start, end })),
    [{ policyId: 'PolicyInputList.1', start: { line: 1, column: 38 }, end: { line: 1, column: 167 } }],
  )
  const early = { ...question, context: contextOf({ 'aws:CurrentTime': '2014-04-25T11:00:00Z' }) }
  assert.deepEqual(
    [explain(early, setOf([fromTheHelp])).simulated, explain(early, setOf([fromTheHelp])).matched],
    ['implicitDeny', []],
  )
  const unknown = explain({ ...question, context: contextOf({}) }, setOf([fromTheHelp]))
  assert.deepEqual(unknown.missingKeys, ['aws:CurrentTime'])
})

test('positions in a document of many lines', () => {
  const text = JSON.stringify(
    { Version: '2012-10-17', Statement: [statement('Allow', '*'), statement('Deny', 'kms:*')] },
    undefined,
    4,
  )
  const question = { action: 'dynamodb:GetItem', resource: '*', context: contextOf({}) }
  const [first] = explain(question, setOf([text])).matched
  assert.deepEqual(
    [first?.start, first?.end],
    [
      { line: 3, column: 19 },
      { line: 8, column: 10 },
    ],
  )
  const [second] = explain({ ...question, action: 'kms:Decrypt' }, setOf([text])).matched
  assert.deepEqual(
    [second?.start, second?.end],
    [
      { line: 8, column: 10 },
      { line: 13, column: 10 },
    ],
  )
})

test('where a statement denies, the denying ones alone are matched, all of them', () => {
  const text = JSON.stringify({
    Version: '2012-10-17',
    Statement: [statement('Allow', '*'), statement('Deny', 'dynamodb:*'), statement('Deny', 'dynamodb:GetItem')],
  })
  const { decision, matched, byType } = explain(
    { action: 'dynamodb:GetItem', resource: '*', context: contextOf({}) },
    setOf([text], { boundary: compilePolicy('boundary', policyOf(fromTheHelp, 'managed')) }),
  )
  assert.equal(decision.why, 'explicit-deny')
  assert.deepEqual(
    matched.map(({ index }) => index),
    [1, 2],
  )
  assert.deepEqual(byType, { identity: 'explicitDeny', boundary: 'implicitDeny' })
})

test('each type of policy in force has its say', () => {
  const open = compilePolicy('open', policyOf(documentOf('Allow', '*'), 'managed'))
  const closed = compilePolicy('closed', policyOf(documentOf('Allow', 'kms:*'), 'managed'))
  const { byType } = explain(
    { action: 'dynamodb:GetItem', resource: '*', context: contextOf({}) },
    setOf([documentOf('Allow', '*')], {
      session: [closed],
      serviceControl: [[open], [closed], [open]],
      boundary: open,
    }),
  )
  assert.deepEqual(byType, {
    identity: 'allowed',
    boundary: 'allowed',
    session: 'implicitDeny',
    'service-control': 'implicitDeny',
  })
})

function statement(effect: string, action: string) {
  return { Effect: effect, Action: action, Resource: '*' }
}

function documentOf(effect: string, action: string): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement(effect, action)] })
}
