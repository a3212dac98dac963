import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RequestContext } from '../contract/request-context.ts'
import { administratorOnly } from './authorize.ts'

const ctx = {
  accountId: '000000000000',
  principal: {
    type: 'User',
    accountId: '000000000000',
    arn: 'arn:aws:iam::000000000000:user/ann',
    userId: 'U',
    accessKeyId: 'K',
  },
} as unknown as RequestContext

test('what needs no permission is allowed to anybody', () => {
  administratorOnly.authorize([], ctx)
})

test('nobody but the root of the account may do anything', () => {
  const requests = [{ action: 'dynamodb:GetItem', resource: 'arn:aws:dynamodb:us-east-1:000000000000:table/T' }]
  const root = (accountId: string) =>
    ({ ...ctx, principal: { ...ctx.principal, type: 'Root', accountId } }) as RequestContext
  administratorOnly.authorize(requests, root('000000000000'))
  assert.throws(() => administratorOnly.authorize(requests, root('111111111111')), { code: 'AccessDeniedException' })
  assert.throws(() => administratorOnly.authorize(requests, ctx), {
    code: 'AccessDeniedException',
    namespace: 'coral',
    messageMember: 'Message',
    status: 400,
    message:
      'User: arn:aws:iam::000000000000:user/ann is not authorized to perform: dynamodb:GetItem on resource: arn:aws:dynamodb:us-east-1:000000000000:table/T because no identity-based policy allows the dynamodb:GetItem action',
  })
})
