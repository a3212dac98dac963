import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AccessRequest, ConditionValues } from '../contract/operation.ts'
import type { PrincipalPolicies } from '../contract/ports.ts'
import type { Principal, RequestContext } from '../contract/request-context.ts'
import { compilePolicy } from '../policy/compiled-policy.ts'
import type { PolicyKind } from '../policy/document.ts'
import { policyOf } from '../policy/parse-policy.ts'
import { policyAuthorizer } from './policy-authorizer.ts'

const accountId = '000000000000'
const user: Principal = {
  type: 'User',
  accountId,
  arn: `arn:aws:iam::${accountId}:user/ann`,
  userId: 'AIDA1',
  userName: 'ann',
  accessKeyId: 'AKIA1',
}
const ctx = (principal: Principal): RequestContext =>
  ({
    accountId,
    region: 'eu-central-1',
    receivedAtMs: 0,
    principal,
    source: { ipAddress: '10.0.0.1', secureTransport: true, userAgent: '' },
    engine: { policies: { inForce: () => undefined } },
  }) as unknown as RequestContext

function compiled(id: string, kind: PolicyKind, ...statements: readonly object[]) {
  return compilePolicy(id, policyOf(JSON.stringify({ Version: '2012-10-17', Statement: statements }), kind))
}

const table = `arn:aws:dynamodb:eu-central-1:${accountId}:table/T`

function request(action: string, conditions?: () => ConditionValues | Promise<ConditionValues>): AccessRequest {
  return { action, resource: table, ...(conditions && { conditions }) }
}

const policies: PrincipalPolicies = {
  identity: [
    compiled(
      'own',
      'managed',
      { Effect: 'Allow', Action: 'dynamodb:Scan', Resource: '*' },
      {
        Effect: 'Allow',
        Action: 'dynamodb:GetItem',
        Resource: '*',
        Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['mine'] } },
      },
      {
        Effect: 'Allow',
        Action: 'dynamodb:Query',
        Resource: '*',
        Condition: { StringEquals: { 'aws:PrincipalTag/Desk': 'fx', 'aws:RequestedRegion': 'eu-central-1' } },
      },
    ),
  ],
  tags: { desk: 'fx' },
}
const authorizer = policyAuthorizer({ version: 1, policiesOf: () => policies })

test('conditions are worked out only when a policy asks, and may take their time', async () => {
  let asked = 0
  const keys = (value: string) => () => {
    asked++
    return Promise.resolve({ 'dynamodb:LeadingKeys': [value] })
  }
  assert.equal(authorizer.authorize([request('dynamodb:Scan', keys('mine'))], ctx(user)), undefined)
  assert.equal(asked, 0)
  await authorizer.authorize([request('dynamodb:GetItem', keys('mine'))], ctx(user))
  assert.equal(asked, 1)
  await assert.rejects(async () => authorizer.authorize([request('dynamodb:GetItem', keys('other'))], ctx(user)), {
    code: 'AccessDeniedException',
  })
})

test('every permission is needed, also behind one that had to wait', async () => {
  const mine = () => Promise.resolve({ 'dynamodb:LeadingKeys': ['mine'] })
  const needed = [request('dynamodb:GetItem', mine), request('dynamodb:Scan'), request('dynamodb:PutItem', mine)]
  await assert.rejects(async () => authorizer.authorize(needed, ctx(user)), {
    message: `User: ${user.arn} is not authorized to perform: dynamodb:PutItem on resource: ${table} because no identity-based policy allows the dynamodb:PutItem action`,
  })
  await authorizer.authorize(needed.slice(0, 2), ctx(user))
})

test('global keys come from the request and its principal', () => {
  authorizer.authorize([request('dynamodb:Query')], ctx(user))
  const elsewhere = { ...ctx(user), region: 'us-east-1' }
  assert.throws(() => authorizer.authorize([request('dynamodb:Query')], elsewhere), { code: 'AccessDeniedException' })
})

test("a resource's own policy bears, and a changed one at once", () => {
  const withPolicy = (effect: 'Allow' | 'Deny'): AccessRequest => {
    const statement = { Effect: effect, Principal: { AWS: user.arn }, Action: 'dynamodb:PutItem', Resource: table }
    return {
      ...request('dynamodb:PutItem'),
      resourcePolicy: { policy: compiled('rp', 'resource', statement), type: 'resource' },
    }
  }
  authorizer.authorize([withPolicy('Allow')], ctx(user))
  assert.throws(() => authorizer.authorize([withPolicy('Deny')], ctx(user)), /explicit deny in a resource-based policy/)
  authorizer.authorize([withPolicy('Allow')], ctx(user))
})

test('the root may do all, nobody without a name anything, and a service what its role says', () => {
  const root: Principal = { ...user, type: 'Root', arn: `arn:aws:iam::${accountId}:root`, userId: accountId }
  const empty = policyAuthorizer({ version: 1, policiesOf: () => ({ identity: [], tags: {} }) })
  empty.authorize([request('dynamodb:DeleteTable')], ctx(root))
  const nobody: Principal = { type: 'Anonymous', accountId: 'anonymous', arn: '', userId: 'anonymous', accessKeyId: '' }
  empty.authorize([], ctx(nobody))
  assert.throws(() => empty.authorize([request('dynamodb:GetItem')], ctx(nobody)), { code: 'AccessDeniedException' })
  const service = { ...user, serviceLinkedRole: { invokedBy: 'x.amazonaws.com', actions: ['dynamodb:UpdateTable'] } }
  empty.authorize([request('dynamodb:UpdateTable')], ctx(service))
  assert.throws(() => empty.authorize([request('dynamodb:GetItem')], ctx(service)), { code: 'AccessDeniedException' })
})

const everyone = { Principal: '*', Resource: '*' }
const organization = {
  ...{ id: 'o-a1b2c3d4e5', path: 'o-a1b2c3d4e5/r-ab12/' },
  serviceControl: [[compiled('scp', 'service-control', { Effect: 'Deny', Action: 'dynamodb:*', Resource: '*' })]],
  resourceControl: [
    [
      compiled('all', 'resource-control', { Effect: 'Allow', Action: '*', ...everyone }),
      compiled('rcp', 'resource-control', { Effect: 'Deny', Action: '*', ...everyone }),
    ],
  ],
}
const administrator: PrincipalPolicies = {
  identity: [compiled('all', 'managed', { Effect: 'Allow', Action: '*', Resource: '*' })],
  tags: {},
}

test('guardrails bind users and the root, not the roles of services; their resources’ own policies do', () => {
  const guarded = policyAuthorizer({ version: 1, policiesOf: () => administrator }, { organization })
  const root: Principal = { ...user, type: 'Root', arn: `arn:aws:iam::${accountId}:root`, userId: accountId }
  const service: Principal = {
    ...user,
    type: 'AssumedRole',
    arn: `arn:aws:sts::${accountId}:assumed-role/ServiceRole/s`,
    serviceLinkedRole: { invokedBy: 'x.amazonaws.com', actions: ['dynamodb:UpdateTable'] },
  }
  const update = request('dynamodb:UpdateTable')
  for (const principal of [user, root]) {
    assert.throws(() => guarded.authorize([update], ctx(principal)), /explicit deny in a service control policy/)
  }
  guarded.authorize([update], ctx(service))
  const denied = compiled('own', 'resource', { Effect: 'Deny', Action: 'dynamodb:UpdateTable', ...everyone })
  assert.throws(
    () => guarded.authorize([{ ...update, resourcePolicy: { policy: denied, type: 'resource' } }], ctx(service)),
    /explicit deny in a resource-based policy/,
  )
})

test('resource control policies guard the resources of their services, of this account', () => {
  const guarded = policyAuthorizer(
    { version: 1, policiesOf: () => administrator },
    { organization: { ...organization, serviceControl: [] } },
  )
  assert.throws(() => guarded.authorize([request('dynamodb:GetItem')], ctx(user)), /in a resource control policy/)
  const role = `arn:aws:iam::${accountId}:role/r`
  assert.throws(() => guarded.authorize([{ action: 'sts:AssumeRole', resource: role }], ctx(user)), /resource control/)
  guarded.authorize([{ action: 'iam:GetRole', resource: role }], ctx(user))
})

test('what a policy asks anew while a request waits is looked up before it is decided', async () => {
  const conditional = (key: string): PrincipalPolicies => ({
    identity: [
      compiled(
        'own',
        'managed',
        { Effect: 'Allow', Action: '*', Resource: '*' },
        {
          ...{ Effect: 'Deny', Action: '*', Resource: '*' },
          Condition: { StringEquals: { [key]: 'secret' } },
        },
      ),
    ],
    tags: {},
  })
  let policies = conditional('dynamodb:Select')
  const changing = policyAuthorizer({ version: 1, policiesOf: () => policies })
  const tables = { find: async () => ({ record: { tags: [{ key: 'Level', value: 'secret' }] } }) }
  const withTags = {
    ...ctx(user),
    engine: { policies: { inForce: () => undefined }, tables },
  } as unknown as RequestContext
  const waits = async () => {
    policies = conditional('aws:ResourceTag/level')
    return {}
  }
  await assert.rejects(async () => changing.authorize([request('dynamodb:GetItem', waits)], withTags), {
    message: /with an explicit deny in an identity-based policy/,
  })
})

test('a refusal may be told to the operation alone, in words of its own', () => {
  const told: string[] = []
  const asked = {
    ...request('dynamodb:PutItem'),
    refusal: 'Not like this.',
    onRefused: (error: Error) => void told.push(error.message),
  }
  authorizer.authorize([asked, request('dynamodb:Scan')], ctx(user))
  assert.deepEqual(told, ['Not like this.'])
})
