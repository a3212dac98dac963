/** Roles assumed with tokens of identity providers, by the official STS client that signs nothing. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { CreateTableCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import {
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  GetOpenIDConnectProviderCommand,
  IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam'
import {
  AssumeRoleWithWebIdentityCommand,
  type AssumeRoleWithWebIdentityCommandInput,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts'
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { type RunningCoffer, runCoffer } from '../run-coffer.ts'

const issuer = 'https://login.bank.test/realms/trading'
const amazon = 'https://api.amazon.test'
const account = '000000000000'
const providerArn = `arn:aws:iam::${account}:oidc-provider/login.bank.test/realms/trading`

let coffer: RunningCoffer
let folder: string
let iam: IAMClient
let sts: STSClient
const rsa = await generateKeyPair('RS256', { extractable: true })
const elliptic = await generateKeyPair('ES256', { extractable: true })
const stranger = await generateKeyPair('RS256')

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coffer-oidc-'))
  const keys = [
    { ...(await exportJWK(rsa.publicKey)), kid: 'r1', alg: 'RS256', use: 'sig' },
    { ...(await exportJWK(elliptic.publicKey)), kid: 'e1', alg: 'ES256', use: 'sig' },
  ]
  await writeFile(join(folder, 'jwks.json'), JSON.stringify({ keys }))
  const lines = [
    `${issuer}:`,
    `  jwks: ${join(folder, 'jwks.json')}`,
    `${amazon}:`,
    `  jwks: ${join(folder, 'jwks.json')}`,
    '  as: www.amazon.com',
    '  client-ids: [amzn1.application.books]',
  ]
  await writeFile(join(folder, 'providers.yaml'), lines.join('\n'))
  coffer = await runCoffer({ args: ['--identity-providers', join(folder, 'providers.yaml')] })
  const options = { endpoint: coffer.endpoint, region: coffer.region }
  iam = new IAMClient({ ...options, credentials: coffer.credentials })
  sts = new STSClient(options)
  await iam.send(new CreateOpenIDConnectProviderCommand({ Url: issuer, ClientIDList: ['blotter'] }))
  await newRole('trader', {
    Effect: 'Allow',
    Principal: { Federated: providerArn },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringLike: { 'login.bank.test/realms/trading:sub': 'trader-*' } },
  })
  await newRole('player', {
    Effect: 'Allow',
    Principal: { Federated: 'www.amazon.com' },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { 'www.amazon.com:app_id': 'amzn1.application.books' } },
  })
})
after(async () => {
  await coffer?.stop()
  if (folder !== undefined) await rm(folder, { recursive: true })
})

async function newRole(RoleName: string, trust: object): Promise<void> {
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] })
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }))
}

const seconds = () => Math.floor(Date.now() / 1000)

function token(
  more: JWTPayload = {},
  options: { key?: typeof rsa.privateKey; alg?: string; kid?: string } = {},
): Promise<string> {
  const claims = { iss: issuer, aud: 'blotter', sub: 'trader-7', iat: seconds(), exp: seconds() + 300, ...more }
  return new SignJWT(claims)
    .setProtectedHeader({ alg: options.alg ?? 'RS256', kid: options.kid ?? 'r1' })
    .sign(options.key ?? rsa.privateKey)
}

function assume(WebIdentityToken: string, more: Partial<AssumeRoleWithWebIdentityCommandInput> = {}) {
  const RoleArn = `arn:aws:iam::${account}:role/trader`
  return sts.send(new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: 'desk', WebIdentityToken, ...more }))
}

function unsignedToken(header: object, payload: object, secret?: string): string {
  const text = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  const signature = secret === undefined ? '' : createHmac('sha256', secret).update(text).digest('base64url')
  return `${text}.${signature}`
}

test('a token of a provider in IAM gives a session of the role', async () => {
  const answer = await assume(await token())
  assert.equal(answer.SubjectFromWebIdentityToken, 'trader-7')
  assert.equal(answer.Provider, providerArn)
  assert.equal(answer.Audience, 'blotter')
  const credentials = {
    accessKeyId: answer.Credentials?.AccessKeyId ?? '',
    secretAccessKey: answer.Credentials?.SecretAccessKey ?? '',
    sessionToken: answer.Credentials?.SessionToken ?? '',
  }
  const who = await new STSClient({ endpoint: coffer.endpoint, region: coffer.region, credentials }).send(
    new GetCallerIdentityCommand({}),
  )
  assert.equal(who.Arn, `arn:aws:sts::${account}:assumed-role/trader/desk`)
  await assume(await token({}, { key: elliptic.privateKey, alg: 'ES256', kid: 'e1' }))
  await assume(await token({ aud: ['other', 'blotter'] }))
  const shown = await iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: providerArn }))
  assert.deepEqual(shown.ClientIDList, ['blotter'])
})

const notValidated =
  'The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.'
const notJwt = 'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)'

test('what is not to be believed is refused', async () => {
  const payload = { iss: issuer, aud: 'blotter', sub: 'trader-7', iat: seconds(), exp: seconds() + 300 }
  const publicKey = await exportSPKI(rsa.publicKey)
  const good = await token()
  const [head, body, signature] = good.split('.')
  const otherBody = Buffer.from(JSON.stringify({ ...payload, sub: 'trader-1' })).toString('base64url')
  const refusals: readonly (readonly [string, string, string | RegExp])[] = [
    ['not a token', 'InvalidIdentityTokenException', notJwt],
    [unsignedToken({ alg: 'none' }, payload), 'InvalidIdentityTokenException', notValidated],
    [unsignedToken({ alg: 'HS256', kid: 'r1' }, payload, publicKey), 'InvalidIdentityTokenException', notValidated],
    [`${head}.${otherBody}.${signature}`, 'InvalidIdentityTokenException', notValidated],
    [`${head}.${body}.`, 'InvalidIdentityTokenException', notValidated],
    [await token({}, { key: stranger.privateKey }), 'InvalidIdentityTokenException', notValidated],
    [await token({}, { kid: 'unknown' }), 'InvalidIdentityTokenException', /Couldn't retrieve verification key/],
    [await token({ aud: 'other' }), 'InvalidIdentityTokenException', 'Incorrect token audience'],
    [await token({ azp: 'other' }), 'InvalidIdentityTokenException', 'Incorrect token audience'],
    [await token({ iat: seconds() + 600 }), 'InvalidIdentityTokenException', notValidated],
    [await token({ exp: seconds() - 600 }), 'ExpiredTokenException', /^Token expired: current date\/time \d+ must be/],
    [await token({ sub: '' }), 'InvalidIdentityTokenException', notValidated],
    [
      await token({ iss: 'https://evil.test' }),
      'InvalidIdentityTokenException',
      'No OpenIDConnect provider found in your account for https://evil.test',
    ],
    [await token({ sub: 'clerk-7' }), 'AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity'],
  ]
  for (const [given, name, message] of refusals) {
    await assert.rejects(assume(given), (error: Error) => {
      assert.equal(error.name, name, `${given} ${error.message}`)
      if (typeof message === 'string') assert.equal(error.message, message)
      else assert.match(error.message, message)
      return true
    })
  }
  await assert.rejects(assume(good, { RoleArn: `arn:aws:iam::${account}:role/none` }), { name: 'AccessDenied' })
  await assert.rejects(assume(good, { RoleArn: `arn:aws:iam::${account}:role/player` }), { name: 'AccessDenied' })
  await assert.rejects(assume(good, { DurationSeconds: 7200 }), { name: 'ValidationError' })
})

test("a player of Login with Amazon reads his own items and nobody else's", async () => {
  const dynamodb = new DynamoDBClient({
    endpoint: coffer.endpoint,
    region: coffer.region,
    credentials: coffer.credentials,
  })
  await dynamodb.send(
    new CreateTableCommand({
      TableName: 'Scores',
      AttributeDefinitions: [{ AttributeName: 'user', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'user', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  )
  // The text of the variable is the policy's, not a template of this file's.
  const variable = `$${'{www.amazon.com:user_id}'}`
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'dynamodb:GetItem',
        Resource: `arn:aws:dynamodb:*:${account}:table/Scores`,
        Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [variable] } },
      },
    ],
  })
  await iam.send(new PutRolePolicyCommand({ RoleName: 'player', PolicyName: 'own-scores', PolicyDocument }))
  const RoleArn = `arn:aws:iam::${account}:role/player`
  const given = await token({
    iss: amazon,
    aud: 'amzn1.application.books',
    sub: 'ignored',
    user_id: 'amzn1.account.A1',
  })
  await assert.rejects(assume(given, { RoleArn }), { name: 'InvalidIdentityTokenException' })
  await assert.rejects(assume(given, { RoleArn, ProviderId: 'graph.facebook.com' }), { name: 'ValidationError' })
  const answer = await assume(given, { RoleArn, ProviderId: 'www.amazon.com' })
  assert.equal(answer.SubjectFromWebIdentityToken, 'amzn1.account.A1')
  const credentials = {
    accessKeyId: answer.Credentials?.AccessKeyId ?? '',
    secretAccessKey: answer.Credentials?.SecretAccessKey ?? '',
    sessionToken: answer.Credentials?.SessionToken ?? '',
  }
  const player = new DynamoDBClient({ endpoint: coffer.endpoint, region: coffer.region, credentials })
  const read = (user: string) => player.send(new GetItemCommand({ TableName: 'Scores', Key: { user: { S: user } } }))
  await read('amzn1.account.A1')
  await assert.rejects(read('amzn1.account.B2'), { name: 'AccessDeniedException' })
})
