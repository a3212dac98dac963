/** Every global condition key that has a meaning here, for each kind of caller (IAM user guide, "Global condition keys"). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { conditionContext } from './global-conditions.ts'
import type { Principal, RequestContext } from './request-context.ts'

const account = '123456789012'
const atMs = Date.UTC(2026, 9, 9, 12, 0, 0, 500)
const organization = { id: 'o-a1b2c3d4e5', path: 'o-a1b2c3d4e5/r-ab12/' }

const user: Principal = {
  ...{ type: 'User', accountId: account, arn: `arn:aws:iam::${account}:user/desk/ann` },
  ...{ userId: 'AIDA1', userName: 'ann', accessKeyId: 'AKIA1' },
}
const root: Principal = {
  type: 'Root',
  accountId: account,
  arn: `arn:aws:iam::${account}:root`,
  userId: account,
  accessKeyId: 'AKIA2',
}
const session: Principal = {
  type: 'AssumedRole',
  accountId: account,
  arn: `arn:aws:sts::${account}:assumed-role/analyst/me`,
  userId: 'AROA1:me',
  accessKeyId: 'ASIA1',
  session: {
    issuer: { type: 'Role', id: 'AROA1', arn: `arn:aws:iam::${account}:role/desk/analyst` },
    ...{ name: 'me', issuedAtMs: atMs - 60_000, expiresAtMs: atMs + 60_000, mfaAtMs: atMs - 5_000 },
    ...{ sourceIdentity: 'ann', provider: 'www.amazon.com' },
    claims: { 'www.amazon.com:user_id': 'amzn1.account.A' },
  },
}
const service: Principal = {
  ...{
    type: 'AssumedRole',
    accountId: account,
    arn: `arn:aws:sts::${account}:assumed-role/AWSServiceRoleForScaling/s`,
  },
  ...{ userId: 'x:s', accessKeyId: '' },
  serviceLinkedRole: { invokedBy: 'scaling.amazonaws.com', actions: [] },
}
const nobody: Principal = { type: 'Anonymous', accountId: 'anonymous', arn: '', userId: 'anonymous', accessKeyId: '' }

function valueFor(
  principal: Principal,
  key: string,
  more: { readonly resourceAccount?: string; readonly alone?: true } = {},
) {
  const ctx = {
    accountId: account,
    receivedAtMs: atMs,
    principal,
    source: { ipAddress: '10.0.0.1', secureTransport: true, userAgent: 'cli', referer: 'https://desk.example/' },
  } as unknown as RequestContext
  const { resourceAccount = account } = more
  const context = conditionContext({
    ...{ ctx, principalTags: { Desk: 'fx' }, region: 'eu-central-1', resourceAccount },
    organization: more.alone === undefined ? organization : undefined,
  })
  return context.value(key.toLowerCase())
}

type Row = readonly [key: string, principal: Principal, value: string | undefined]
const rows: readonly Row[] = [
  ['aws:PrincipalArn', root, root.arn],
  ['aws:PrincipalArn', user, user.arn],
  ['aws:PrincipalArn', session, `arn:aws:iam::${account}:role/desk/analyst`],
  [
    'aws:PrincipalArn',
    service,
    `arn:aws:iam::${account}:role/aws-service-role/scaling.amazonaws.com/AWSServiceRoleForScaling`,
  ],
  ['aws:PrincipalArn', nobody, undefined],
  ['aws:PrincipalAccount', user, account],
  ['aws:PrincipalType', root, 'Account'],
  ['aws:PrincipalType', user, 'User'],
  ['aws:PrincipalType', session, 'AssumedRole'],
  ['aws:PrincipalType', nobody, 'Anonymous'],
  ['aws:userid', root, account],
  ['aws:userid', session, 'AROA1:me'],
  ['aws:username', user, 'ann'],
  ['aws:username', session, undefined],
  ['aws:PrincipalTag/desk', user, 'fx'],
  ['aws:PrincipalTag/other', user, undefined],
  ['aws:PrincipalOrgID', user, 'o-a1b2c3d4e5'],
  ['aws:PrincipalOrgPaths', session, 'o-a1b2c3d4e5/r-ab12/'],
  ['aws:PrincipalOrgID', nobody, undefined],
  ['aws:ResourceOrgID', nobody, 'o-a1b2c3d4e5'],
  ['aws:ResourceOrgPaths', user, 'o-a1b2c3d4e5/r-ab12/'],
  ['aws:ResourceAccount', user, account],
  ['aws:TokenIssueTime', session, '2026-10-09T11:59:00Z'],
  ['aws:TokenIssueTime', user, undefined],
  ['aws:MultiFactorAuthPresent', session, 'true'],
  ['aws:MultiFactorAuthPresent', user, undefined],
  ['aws:MultiFactorAuthAge', session, '5'],
  ['aws:SourceIdentity', session, 'ann'],
  ['aws:FederatedProvider', session, 'www.amazon.com'],
  ['www.amazon.com:user_id', session, 'amzn1.account.A'],
  ['aws:SourceIp', user, '10.0.0.1'],
  ['aws:SecureTransport', user, 'true'],
  ['aws:UserAgent', user, 'cli'],
  ['aws:referer', user, 'https://desk.example/'],
  ['aws:CurrentTime', user, '2026-10-09T12:00:00Z'],
  ['aws:EpochTime', user, '1791547200'],
  ['aws:RequestedRegion', user, 'eu-central-1'],
  // Nobody here calls as a service itself, or hands a caller's rights on: these say no, or nothing.
  ['aws:PrincipalIsAWSService', service, 'false'],
  ['aws:ViaAWSService', service, 'false'],
  ...['PrincipalServiceName', 'PrincipalServiceNamesList', 'CalledVia', 'CalledViaFirst', 'CalledViaLast'].map(
    (key): Row => [`aws:${key}`, service, undefined],
  ),
  ...['SourceArn', 'SourceAccount', 'SourceOrgID', 'SourceOrgPaths', 'AssumedRoot', 'Ec2InstanceSourceVpc'].map(
    (key): Row => [`aws:${key}`, service, undefined],
  ),
]
for (const [key, principal, value] of rows) {
  test(`${key} of ${principal.arn || 'nobody'} is ${value}`, () => {
    assert.deepEqual(valueFor(principal, key), value === undefined ? undefined : [value])
  })
}

test('without an organisation, or of another account’s resource, its keys are absent', () => {
  for (const key of ['aws:PrincipalOrgID', 'aws:PrincipalOrgPaths', 'aws:ResourceOrgID', 'aws:ResourceOrgPaths']) {
    assert.equal(valueFor(user, key, { alone: true }), undefined)
  }
  assert.equal(valueFor(user, 'aws:ResourceOrgID', { resourceAccount: '999999999999' }), undefined)
  assert.deepEqual(valueFor(user, 'aws:PrincipalOrgID', { resourceAccount: '999999999999' }), ['o-a1b2c3d4e5'])
})
