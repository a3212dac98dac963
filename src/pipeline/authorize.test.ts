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

test('a service-linked role may do what its policy names, and nothing else', () => {
  const role = { invokedBy: 'x.amazonaws.com', actions: ['dynamodb:GetItem'] }
  const principal = { ...ctx.principal, type: 'AssumedRole', accountId: '000000000000', serviceLinkedRole: role }
  const byRole = { ...ctx, principal } as RequestContext
  const resource = 'arn:aws:dynamodb:us-east-1:000000000000:table/T'
  administratorOnly.authorize([{ action: 'dynamodb:GetItem', resource }], byRole)
  const refused = [
    { action: 'dynamodb:GetItem', resource },
    { action: 'dynamodb:PutItem', resource },
  ]
  assert.throws(() => administratorOnly.authorize(refused, byRole), {
    code: 'AccessDeniedException',
    message: /PutItem/,
  })
  assert.throws(() => administratorOnly.authorize([], byRole), { code: 'AccessDeniedException' })
  // Not even when it would be the root's account.
  const asRoot = { ...byRole, principal: { ...principal, type: 'Root' } } as RequestContext
  assert.throws(() => administratorOnly.authorize(refused, asRoot), { code: 'AccessDeniedException' })
})
