/** What STS refuses, in the words that it was recorded with. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { element, type QueryParts } from '../server/signed-query.ts'
import { callQuery, done, iamApi, type Refusal, refusals, stsApi } from './query.ts'
import { type ConformanceServer, startServer } from './server.ts'

let server: ConformanceServer
let caller: Partial<QueryParts>
let skewMs = 0

const account = '000000000000'
const me = `arn:aws:iam::${account}:user/caller`
const roleArn = `arn:aws:iam::${account}:role/desk/analyst`

before(async () => {
  const clock = {
    nowMs: () => Date.now() + skewMs,
    monotonicMs: () => performance.now(),
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms)
        signal?.addEventListener('abort', () => {
          clearTimeout(timer)
          resolve()
        })
      }),
  }
  server = await startServer({ clock })
  await done(server, iamApi, 'CreateUser', { UserName: 'caller' })
  await done(server, iamApi, 'AttachUserPolicy', {
    UserName: 'caller',
    PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
  })
  const { text } = await done(server, iamApi, 'CreateAccessKey', { UserName: 'caller' })
  caller = {
    accessKeyId: element(text, 'AccessKeyId') ?? '',
    secretAccessKey: element(text, 'SecretAccessKey') ?? '',
  }
  await done(server, iamApi, 'CreateRole', {
    RoleName: 'analyst',
    Path: '/desk/',
    AssumeRolePolicyDocument: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"${account}"},"Action":"sts:AssumeRole"}]}`,
  })
})
after(() => server?.stop())

const arnPattern = '[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+'
const assume = (more: Readonly<Record<string, string>>) => ({
  RoleArn: roleArn,
  RoleSessionName: 'session',
  ...more,
})
const one = (value: string, name: string, rule: string) =>
  `1 validation error detected: Value ${value} at '${name}' failed to satisfy constraint: ${rule}`

function refused(parameters: Readonly<Record<string, string>>, code: string, message: string, status = 400): Refusal {
  return ['AssumeRole', parameters, status, code, message]
}

test('AssumeRole: recorded refusals', () => {
  const long = 'x'.repeat(2049)
  const supplementary = '\u{1f600}'.repeat(2048)
  const cases: readonly Refusal[] = [
    refused({ RoleSessionName: 's1' }, 'ValidationError', one('null', 'roleArn', 'Member must not be null')),
    refused({ RoleArn: roleArn }, 'ValidationError', one('null', 'roleSessionName', 'Member must not be null')),
    refused(
      assume({ RoleArn: '' }),
      'ValidationError',
      `2 validation errors detected: Value '' at 'roleArn' failed to satisfy constraint: Member must satisfy regular expression pattern: ${arnPattern}; Value '' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20`,
    ),
    refused(
      assume({ RoleArn: 'not-an-arn' }),
      'ValidationError',
      one("'not-an-arn'", 'roleArn', 'Member must have length greater than or equal to 20'),
    ),
    refused(assume({ RoleArn: 'x'.repeat(20) }), 'ValidationError', `${'x'.repeat(20)} is invalid`),
    refused(
      assume({ RoleArn: long }),
      'ValidationError',
      one(`'${long}'`, 'roleArn', 'Member must have length less than or equal to 2048'),
    ),
    refused(
      assume({ RoleArn: supplementary }),
      'ValidationError',
      one(`'${supplementary}'`, 'roleArn', `Member must satisfy regular expression pattern: ${arnPattern}`),
    ),
    refused(
      assume({ RoleSessionName: 'a' }),
      'ValidationError',
      one("'a'", 'roleSessionName', 'Member must have length greater than or equal to 2'),
    ),
    refused(
      assume({ RoleSessionName: 'bad/name' }),
      'ValidationError',
      one("'bad/name'", 'roleSessionName', 'Member must satisfy regular expression pattern: [\\w+=,.@-]*'),
    ),
    refused(assume({ DurationSeconds: '' }), 'MalformedInput', 'missing value for decimal type'),
    refused(
      assume({ DurationSeconds: '899' }),
      'ValidationError',
      one("'899'", 'durationSeconds', 'Member must have value greater than or equal to 900'),
    ),
    refused(
      assume({ DurationSeconds: '43201' }),
      'ValidationError',
      one("'43201'", 'durationSeconds', 'Member must have value less than or equal to 43200'),
    ),
    refused(
      assume({ DurationSeconds: '3601' }),
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    ),
    refused(
      assume({ RoleArn: `${roleArn}-missing` }),
      'AccessDenied',
      `User: ${me} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}-missing`,
      403,
    ),
    // The path belongs to the ARN.
    refused(
      assume({ RoleArn: `arn:aws:iam::${account}:role/analyst` }),
      'AccessDenied',
      `User: ${me} is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::${account}:role/analyst`,
      403,
    ),
    refused(
      assume({ 'ProvidedContexts.member.1.ContextAssertion': 'x' }),
      'ValidationError',
      'ProvidedContexts is not supported by this server',
    ),
    refused(
      assume({ SerialNumber: `arn:aws:iam::${account}:mfa/none` }),
      'AccessDenied',
      'MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.',
      403,
    ),
  ]
  return refusals(server, stsApi, cases, caller)
})

test('AssumeRole: what is taken', async () => {
  for (const [DurationSeconds, seconds] of [
    ['900', 900],
    ['+900', 900],
    ['0900', 900],
    ['3600', 3600],
  ] as const) {
    const { status, text } = await callQuery(server, stsApi, 'AssumeRole', assume({ DurationSeconds }), caller)
    assert.equal(status, 200, text)
    assert.equal(element(text, 'Arn'), `arn:aws:sts::${account}:assumed-role/analyst/session`)
    const lasts = Date.parse(element(text, 'Expiration') ?? '') - Date.now()
    assert.ok(Math.abs(lasts - seconds * 1000) < 30_000)
  }
})

test('tags that a chain of roles hands on count with those that are added', async () => {
  const admin = 'arn:aws:iam::aws:policy/AdministratorAccess'
  await done(server, iamApi, 'CreateRole', {
    RoleName: 'link',
    AssumeRolePolicyDocument: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"${account}"},"Action":"sts:*"}]}`,
  })
  await done(server, iamApi, 'AttachRolePolicy', { RoleName: 'link', PolicyArn: admin })
  let keys = caller
  const ends: (string | number)[] = []
  for (let hop = 1; hop <= 10; hop++) {
    const tags = Array.from({ length: 5 }, (_, at) => [`k${hop}.${at}`, randomBytes(96).toString('hex')] as const)
    const answer = await callQuery(
      server,
      stsApi,
      'AssumeRole',
      {
        RoleArn: `arn:aws:iam::${account}:role/link`,
        RoleSessionName: 'session',
        ...Object.fromEntries(
          tags.flatMap(([key, value], at) => [
            [`Tags.member.${at + 1}.Key`, key],
            [`Tags.member.${at + 1}.Value`, value],
            [`TransitiveTagKeys.member.${at + 1}`, key],
          ]),
        ),
      },
      keys,
    )
    ends.push(answer.code ?? Number(element(answer.text, 'PackedPolicySize')))
    if (answer.code !== undefined) break
    keys = {
      accessKeyId: element(answer.text, 'AccessKeyId') ?? '',
      secretAccessKey: element(answer.text, 'SecretAccessKey') ?? '',
      sessionToken: element(answer.text, 'SessionToken') ?? '',
    }
  }
  const sizes = ends.slice(0, -1).map(Number)
  assert.equal(ends.at(-1), 'PackedPolicyTooLarge', String(ends))
  assert.deepEqual(
    sizes,
    [...sizes].sort((a, b) => a - b),
  )
  assert.ok(sizes.length >= 2, String(ends))
})

test('a session ends when it ends', async () => {
  const { text } = await callQuery(server, stsApi, 'AssumeRole', assume({ DurationSeconds: '900' }), caller)
  const session = {
    accessKeyId: element(text, 'AccessKeyId') ?? '',
    secretAccessKey: element(text, 'SecretAccessKey') ?? '',
    sessionToken: element(text, 'SessionToken') ?? '',
  }
  const who = () => callQuery(server, stsApi, 'GetCallerIdentity', {}, session)
  assert.equal((await who()).status, 200)
  skewMs = 901_000
  const ended = await who()
  assert.deepEqual(
    [ended.status, ended.code, ended.message],
    [403, 'ExpiredToken', 'The security token included in the request is expired'],
  )
  skewMs = 0
  const { sessionToken: _, ...bare } = session
  assert.equal((await callQuery(server, stsApi, 'GetCallerIdentity', {}, bare)).code, 'InvalidClientTokenId')
  const stray = { ...caller, sessionToken: session.sessionToken }
  assert.equal((await callQuery(server, stsApi, 'GetCallerIdentity', {}, stray)).code, 'InvalidClientTokenId')
})

test('the rest', async () => {
  await refusals(
    server,
    stsApi,
    [
      ['GetAccessKeyInfo', { AccessKeyId: 'AKIANOSUCHKEY0000000' }, 400, 'ValidationError', 'Invalid Access Key'],
      [
        'DecodeAuthorizationMessage',
        { EncodedMessage: 'nonsense' },
        400,
        'InvalidAuthorizationMessageException',
        'The authorization message is not valid',
      ],
      [
        'GetSessionToken',
        { DurationSeconds: '129601' },
        400,
        'ValidationError',
        one("'129601'", 'durationSeconds', 'Member must have value less than or equal to 129600'),
      ],
      [
        'GetFederationToken',
        { Name: 'ab', 'PolicyArns.member.1.arn': `arn:aws:iam::${account}:policy/none` },
        400,
        'ValidationError',
        `The policy arn:aws:iam::${account}:policy/none does not exist or is not attachable.`,
      ],
      [
        'AssumeRoleWithWebIdentity',
        { ...assume({}), WebIdentityToken: 'not-a-real-jwt-token' },
        400,
        'InvalidIdentityToken',
        'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
      ],
    ],
    caller,
  )
  const unsigned = await callQuery(
    server,
    stsApi,
    'GetCallerIdentity',
    {},
    { ...server.endpoint.credentials, secretAccessKey: 'wrong' },
  )
  assert.deepEqual([unsigned.status, unsigned.code], [403, 'SignatureDoesNotMatch'])
})
