/** The official STS client: who calls, roles assumed and chained, second factors, and what sessions may do. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, test } from 'node:test'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  CreateVirtualMFADeviceCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  EnableMFADeviceCommand,
  GetRoleCommand,
  IAMClient,
  ListUsersCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  type Credentials,
  GetAccessKeyInfoCommand,
  GetCallerIdentityCommand,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
  STSClient,
} from '@aws-sdk/client-sts'
import { type RunningCoffer, runCoffer } from '../run-coffer.ts'

let coffer: RunningCoffer
let iam: IAMClient
let root: STSClient

const account = '000000000000'

before(async () => {
  coffer = await runCoffer()
  iam = new IAMClient(clientOptions(coffer.credentials))
  root = new STSClient(clientOptions(coffer.credentials))
})
after(() => coffer?.stop())

interface Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

function clientOptions(credentials: Keys) {
  return { endpoint: coffer.endpoint, region: coffer.region, credentials }
}

function keysOf(credentials: Credentials | undefined): Keys {
  return {
    accessKeyId: credentials?.AccessKeyId ?? '',
    secretAccessKey: credentials?.SecretAccessKey ?? '',
    sessionToken: credentials?.SessionToken ?? '',
  }
}

async function newUser(name: string, ...statements: readonly object[]): Promise<Keys> {
  await iam.send(new CreateUserCommand({ UserName: name }))
  if (statements.length > 0) {
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements })
    await iam.send(new PutUserPolicyCommand({ UserName: name, PolicyName: 'own', PolicyDocument }))
  }
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: name }))
  return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }
}

async function newRole(
  RoleName: string,
  trust: readonly object[],
  allows: readonly string[],
  more = {},
): Promise<void> {
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: trust })
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument, ...more }))
  if (allows.length === 0) return
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: allows, Resource: '*' }],
  })
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument }))
}

const roleArn = (name: string) => `arn:aws:iam::${account}:role/${name}`
const byAccount = { Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' }
const mayAssume = { Effect: 'Allow', Action: 'sts:*', Resource: '*' }

function assume(keys: Keys, RoleArn: string, more: Partial<AssumeRoleCommandInput> = {}) {
  const sts = new STSClient(clientOptions(keys))
  return sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test', ...more }))
}

function whoIs(keys: Keys) {
  return new STSClient(clientOptions(keys)).send(new GetCallerIdentityCommand({}))
}

function listTables(keys: Keys) {
  return new DynamoDBClient({ ...clientOptions(keys), maxAttempts: 1 }).send(new ListTablesCommand({}))
}

/** RFC 6238, by code that shares nothing with the server's. */
function totp(seed: string, atMs: number): string {
  const bits = [...seed].map((letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  )
  const bytes = (bits.join('').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2))
  const counter = Buffer.alloc(8)
  counter.writeUInt32BE(Math.floor(atMs / 30_000), 4)
  const digest = createHmac('sha1', Buffer.from(bytes)).update(counter).digest()
  const number = digest.readUInt32BE((digest[19] ?? 0) & 15) & 0x7fff_ffff
  return String(number % 1_000_000).padStart(6, '0')
}

test('the administrator is the root of the account', async () => {
  const { Arn, Account, UserId, $metadata } = await root.send(new GetCallerIdentityCommand({}))
  assert.deepEqual({ Arn, Account, UserId }, { Arn: `arn:aws:iam::${account}:root`, Account: account, UserId: account })
  assert.match($metadata.requestId ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  await assert.rejects(assume(coffer.credentials, roleArn('none')), { name: 'AccessDenied' })
})

test('a role is assumed and does what its policy says', async () => {
  const ann = await newUser('ann', mayAssume)
  await newRole('lister', [byAccount], ['dynamodb:ListTables'], { Tags: [{ Key: 'team', Value: 'fx' }] })
  await assert.rejects(listTables(ann), {
    name: 'AccessDeniedException',
    message: `User: arn:aws:iam::${account}:user/ann is not authorized to perform: dynamodb:ListTables on resource: * because no identity-based policy allows the dynamodb:ListTables action`,
  })
  const { Credentials: session, AssumedRoleUser } = await assume(ann, roleArn('lister'), { DurationSeconds: 900 })
  assert.match(session?.AccessKeyId ?? '', /^ASIA[A-Z2-7]{16}$/)
  assert.ok(Math.abs((session?.Expiration?.getTime() ?? 0) - Date.now() - 900_000) < 60_000)
  assert.equal(AssumedRoleUser?.Arn, `arn:aws:sts::${account}:assumed-role/lister/test`)
  await listTables(keysOf(session))
  const who = await whoIs(keysOf(session))
  assert.equal(who.Arn, AssumedRoleUser?.Arn)
  assert.equal(who.UserId, AssumedRoleUser?.AssumedRoleId)
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'lister' }))
  assert.equal(Role?.RoleLastUsed?.Region, coffer.region)

  const { sessionToken, ...bare } = keysOf(session)
  await assert.rejects(whoIs(bare), { name: 'InvalidClientTokenId' })
  const forged = `${sessionToken?.slice(0, -8)}AAAAAAAA`
  await assert.rejects(whoIs({ ...bare, sessionToken: forged }), { name: 'InvalidClientTokenId' })
  await assert.rejects(whoIs({ ...keysOf(session), secretAccessKey: 'wrong' }), { name: 'SignatureDoesNotMatch' })

  await iam.send(new DeleteRolePolicyCommand({ RoleName: 'lister', PolicyName: 'own' }))
  await assert.rejects(listTables(keysOf(session)), { name: 'AccessDeniedException' })
  await iam.send(new DeleteRoleCommand({ RoleName: 'lister' }))
  await assert.rejects(listTables(keysOf(session)), { name: 'UnrecognizedClientException' })
})

test('a session survives a restart, and a session policy bounds it', async () => {
  const ben = await newUser('ben', mayAssume)
  await newRole('wide', [byAccount], ['dynamodb:*'])
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'dynamodb:DescribeLimits', Resource: '*' }],
  })
  const { Credentials: bounded, PackedPolicySize } = await assume(ben, roleArn('wide'), { Policy })
  assert.ok((PackedPolicySize ?? 0) > 0)
  const { Credentials: free } = await assume(ben, roleArn('wide'), {
    PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess' }],
  })
  await coffer.kill('SIGTERM')
  await coffer.restart()
  await listTables(keysOf(free))
  await assert.rejects(listTables(keysOf(bounded)), {
    message: `User: arn:aws:sts::${account}:assumed-role/wide/test is not authorized to perform: dynamodb:ListTables on resource: * because no session policy allows the dynamodb:ListTables action`,
  })
  await assert.rejects(assume(ben, roleArn('wide'), { Policy: '{' }), { name: 'MalformedPolicyDocumentException' })
  await assert.rejects(assume(ben, roleArn('wide'), { DurationSeconds: 3601 }), {
    name: 'ValidationError',
    message: 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
  })
})

test('trust: external ids, tags that must be allowed, and who is named', async () => {
  const cat = await newUser('cat', mayAssume)
  const dan = await newUser('dan')
  await newRole('third-party', [{ ...byAccount, Condition: { StringEquals: { 'sts:ExternalId': 'deal-7' } } }], [])
  await assert.rejects(assume(cat, roleArn('third-party')), {
    name: 'AccessDenied',
    message: `User: arn:aws:iam::${account}:user/cat is not authorized to perform: sts:AssumeRole on resource: ${roleArn('third-party')} because no role trust policy allows the sts:AssumeRole action`,
  })
  await assume(cat, roleArn('third-party'), { ExternalId: 'deal-7' })
  // Named himself, he needs no policy of his own; named by the account, he does.
  await newRole('for-dan', [{ ...byAccount, Principal: { AWS: `arn:aws:iam::${account}:user/dan` } }], [])
  await assume(dan, roleArn('for-dan'))
  await assert.rejects(assume(cat, roleArn('for-dan')), { name: 'AccessDenied' })
  await assert.rejects(assume(dan, roleArn('third-party'), { ExternalId: 'deal-7' }), { name: 'AccessDenied' })
  const tagged = { Tags: [{ Key: 'desk', Value: 'fx' }] }
  await assert.rejects(assume(dan, roleArn('for-dan'), tagged), /not authorized to perform: sts:TagSession/)
})

test('tags and a source identity go along a chain of roles, which lasts an hour', async () => {
  const eve = await newUser('eve', mayAssume)
  const trust = [{ ...byAccount, Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'] }]
  await newRole('first', trust, ['sts:*'])
  await newRole('second', [{ ...trust[0], Condition: { StringEquals: { 'aws:PrincipalTag/desk': 'fx' } } }], [], {
    MaxSessionDuration: 7200,
  })
  const first = await assume(eve, roleArn('first'), {
    Tags: [{ Key: 'desk', Value: 'fx' }],
    TransitiveTagKeys: ['desk'],
    SourceIdentity: 'eve',
  })
  assert.equal(first.SourceIdentity, 'eve')
  const second = await assume(keysOf(first.Credentials), roleArn('second'))
  assert.equal(second.SourceIdentity, 'eve')
  await assert.rejects(assume(keysOf(first.Credentials), roleArn('second'), { DurationSeconds: 3601 }), {
    message: 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
  })
  await assert.rejects(assume(keysOf(first.Credentials), roleArn('second'), { SourceIdentity: 'else' }), {
    name: 'AccessDenied',
  })
  const conflict = { Tags: [{ Key: 'DESK', Value: 'rates' }] }
  await assert.rejects(assume(keysOf(first.Credentials), roleArn('second'), conflict), { name: 'InvalidParameter' })
  const plain = await assume(eve, roleArn('first'))
  await assert.rejects(assume(keysOf(plain.Credentials), roleArn('second')), { name: 'AccessDenied' })
})

test('a role that asks for a second factor', async () => {
  const fay = await newUser('fay', mayAssume)
  await newRole(
    'break-glass',
    [{ ...byAccount, Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }],
    ['iam:ListUsers'],
  )
  const { VirtualMFADevice: device } = await iam.send(
    new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: 'fay-phone' }),
  )
  const SerialNumber = device?.SerialNumber ?? ''
  const seed = Buffer.from(device?.Base32StringSeed ?? []).toString()
  const now = Date.now()
  const at = (steps: number) => totp(seed, now + steps * 30_000)
  await assert.rejects(
    iam.send(
      new EnableMFADeviceCommand({
        UserName: 'fay',
        SerialNumber,
        AuthenticationCode1: at(-2),
        AuthenticationCode2: at(0),
      }),
    ),
    { name: 'InvalidAuthenticationCodeException', message: 'Authentication code for device is not valid.' },
  )
  await iam.send(
    new EnableMFADeviceCommand({
      UserName: 'fay',
      SerialNumber,
      AuthenticationCode1: at(-2),
      AuthenticationCode2: at(-1),
    }),
  )
  await assert.rejects(assume(fay, roleArn('break-glass')), { name: 'AccessDenied' })
  await assert.rejects(assume(fay, roleArn('break-glass'), { SerialNumber, TokenCode: '000000' }), {
    message: /MultiFactorAuthentication failed with invalid MFA one time pass code/,
  })
  const glass = await assume(fay, roleArn('break-glass'), { SerialNumber, TokenCode: at(0) })
  await new IAMClient(clientOptions(keysOf(glass.Credentials))).send(new ListUsersCommand({}))
  // The same code does not count again.
  await assert.rejects(assume(fay, roleArn('break-glass'), { SerialNumber, TokenCode: at(0) }), {
    name: 'AccessDenied',
  })
  const own = await new STSClient(clientOptions(fay)).send(
    new GetSessionTokenCommand({ SerialNumber, TokenCode: at(1) }),
  )
  await assume(keysOf(own.Credentials), roleArn('break-glass'))
})

test('sessions of users and federated users', async () => {
  const gus = await newUser('gus', {
    Effect: 'Allow',
    Action: ['dynamodb:*', 'iam:*', 'sts:GetFederationToken'],
    Resource: '*',
  })
  const sts = new STSClient(clientOptions(gus))
  const own = keysOf((await sts.send(new GetSessionTokenCommand({}))).Credentials)
  await listTables(own)
  assert.equal((await whoIs(own)).Arn, `arn:aws:iam::${account}:user/gus`)
  await assert.rejects(new IAMClient(clientOptions(own)).send(new ListUsersCommand({})), {
    name: 'InvalidClientTokenId',
  })
  await assert.rejects(new STSClient(clientOptions(own)).send(new GetSessionTokenCommand({})), {
    message: 'Cannot call GetSessionToken with session credentials',
  })
  await assert.rejects(
    new STSClient(clientOptions(own)).send(new GetAccessKeyInfoCommand({ AccessKeyId: gus.accessKeyId })),
    { message: 'Cannot call GetAccessKeyInfo with session credentials' },
  )
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'dynamodb:ListTables', Resource: '*' }],
  })
  const federated = await sts.send(new GetFederationTokenCommand({ Name: 'desk-4', Policy }))
  assert.equal(federated.FederatedUser?.Arn, `arn:aws:sts::${account}:federated-user/desk-4`)
  await listTables(keysOf(federated.Credentials))
  const without = await sts.send(new GetFederationTokenCommand({ Name: 'desk-5' }))
  await assert.rejects(listTables(keysOf(without.Credentials)), /because no session policy allows/)
  const info = await root.send(new GetAccessKeyInfoCommand({ AccessKeyId: gus.accessKeyId }))
  assert.equal(info.Account, account)
})

test("a federated user of the root does what the session's policy says", async () => {
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'dynamodb:ListTables', Resource: '*' }],
  })
  const { Credentials } = await root.send(new GetFederationTokenCommand({ Name: 'guest', Policy }))
  await listTables(keysOf(Credentials))
  const without = await root.send(new GetFederationTokenCommand({ Name: 'guest' }))
  await assert.rejects(listTables(keysOf(without.Credentials)), { name: 'AccessDeniedException' })
  const own = keysOf((await root.send(new GetSessionTokenCommand({}))).Credentials)
  await listTables(own)
})
