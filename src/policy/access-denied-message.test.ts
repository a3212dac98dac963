import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accessDeniedMessage } from './access-denied-message.ts'
import { decide } from './decide.ts'
import { contextOf } from './decision-record.ts'
import { PolicySet } from './policy-set.ts'

/** The texts for each reason are cases in test/authorization-cases/messages.json. */
const user = { type: 'User', accountId: '111111111111', arn: 'arn:aws:iam::111111111111:user/alice' } as const

test('the message may leave out the resource and the reason', () => {
  const decision = decide(
    { action: 'dynamodb:X', resource: '*', context: contextOf({}) },
    new PolicySet({ caller: user, identity: [], resource: { accountId: user.accountId } }),
  )
  const refused = { callerArn: user.arn, action: 'dynamodb:X', decision }
  assert.equal(
    accessDeniedMessage(refused),
    `User: ${user.arn} is not authorized to perform: dynamodb:X because no identity-based policy allows the dynamodb:X action`,
  )
  assert.equal(
    accessDeniedMessage({ ...refused, resource: 'r' }, { withReason: false }),
    `User: ${user.arn} is not authorized to perform: dynamodb:X on resource: r`,
  )
})
