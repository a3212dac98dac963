/** A bank's server: tables of trades, and traders who come with a token of Login with Amazon. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { type Client, type Credentials, connect } from '../conformance/client.ts'
import { type MovingClock, movingClock } from '../conformance/moving-clock.ts'
import { done, iamApi, stsApi } from '../conformance/query.ts'
import { answered } from '../conformance/refusals.ts'
import { type ConformanceServer, startServer } from '../conformance/server.ts'
import { attributes, createTables, keys } from '../conformance/tables.ts'
import { element, queryExchange } from '../server/signed-query.ts'

export const account = '000000000000'
export const tradesArn = `arn:aws:dynamodb:us-east-1:${account}:table/Trades`
/** Users of Login with Amazon, who are the partition keys of their trades. */
export const me = 'amzn1.account.ME'
export const you = 'amzn1.account.YOU'
/** Is in every value that a trader is not to see: attributes of his own trades, and everything of others'. */
export const secret = 'secret'

const issuer = 'https://api.amazon.test'
const application = 'amzn1.application.trading'

const everyAttribute = { ProjectionType: 'ALL' }

const trades = {
  TableName: 'Trades',
  AttributeDefinitions: attributes({ TraderId: 'S', TradeId: 'S', TradeDateTime: 'S', Counterparty: 'S' }),
  KeySchema: keys('TraderId', 'TradeId'),
  BillingMode: 'PAY_PER_REQUEST',
  LocalSecondaryIndexes: [
    { IndexName: 'byTime', KeySchema: keys('TraderId', 'TradeDateTime'), Projection: everyAttribute },
  ],
  GlobalSecondaryIndexes: [
    { IndexName: 'byCounterparty', KeySchema: keys('Counterparty', 'TradeId'), Projection: everyAttribute },
  ],
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
}
const ledger = { ...trades, TableName: 'Ledger' }
const numbered = {
  TableName: 'Desks',
  AttributeDefinitions: attributes({ Desk: 'N' }),
  KeySchema: keys('Desk'),
  BillingMode: 'PAY_PER_REQUEST',
}
const binary = {
  TableName: 'Vaults',
  AttributeDefinitions: attributes({ Vault: 'B' }),
  KeySchema: keys('Vault'),
  BillingMode: 'PAY_PER_REQUEST',
}

/** An item of plain text and numbers. */
export function item(values: Readonly<Record<string, string | number>>): Readonly<Record<string, object>> {
  const typed = (value: string | number) => (typeof value === 'number' ? { N: String(value) } : { S: value })
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, typed(value)]))
}

export const hidden = {
  Commission: { S: `${secret}-commission` },
  Legs: { L: [{ M: { Note: { S: `${secret}-note` } } }] },
}

const items = [
  ...['t1', 't2', 't3'].map((TradeId) => ({
    ...item({ TraderId: me, TradeId, Stock: 'ACME', Price: 10, Quantity: 5, TradeDateTime: `2026-01-0${TradeId[1]}` }),
    ...hidden,
    Counterparty: { S: `${secret}-bank` },
  })),
  ...['u1', 'u2'].map((TradeId) => ({
    ...item({ TraderId: you, TradeId, Stock: `${secret}-stock`, Price: 77, Quantity: 9, TradeDateTime: '2026-01-09' }),
    ...hidden,
    Counterparty: { S: me },
  })),
]

export interface Bank {
  readonly server: ConformanceServer
  readonly clock: MovingClock
  /** A role that web identities may take, with the policy as its only one. */
  role(name: string, statements: readonly object[]): Promise<void>
  /** Takes the role as that user of Login with Amazon; `policy` is a session policy. */
  session(role: string, user: string, policy?: object): Promise<Credentials>
  client(credentials: Credentials): Client
  stop(): Promise<void>
}

export async function openBank(): Promise<Bank> {
  const folder = await mkdtemp(join(tmpdir(), 'coffer-bank-'))
  const keyPair = await generateKeyPair('ES256', { extractable: true })
  const keySet = { keys: [{ ...(await exportJWK(keyPair.publicKey)), kid: 'k', alg: 'ES256', use: 'sig' }] }
  await writeFile(join(folder, 'jwks.json'), JSON.stringify(keySet))
  const providers = [
    `${issuer}:`,
    `  jwks: ${join(folder, 'jwks.json')}`,
    '  as: www.amazon.com',
    `  client-ids: [${application}]`,
  ]
  await writeFile(join(folder, 'providers.yaml'), providers.join('\n'))
  const clock = movingClock()
  const server = await startServer({ clock, args: ['--identity-providers', join(folder, 'providers.yaml')] })
  await createTables(server.client, [trades, ledger, numbered, binary])
  for (const Item of items) {
    for (const TableName of ['Trades', 'Ledger']) await answered(server.client.call('PutItem', { TableName, Item }))
  }
  const clients: Client[] = []

  async function token(user: string): Promise<string> {
    const seconds = Math.floor(clock.nowMs() / 1000)
    const claims = { iss: issuer, aud: application, sub: 'ignored', user_id: user, iat: seconds, exp: seconds + 300 }
    return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'k' }).sign(keyPair.privateKey)
  }

  return {
    server,
    clock,
    async role(RoleName, statements) {
      const trust = {
        Effect: 'Allow',
        Principal: { Federated: 'www.amazon.com' },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { 'www.amazon.com:app_id': application } },
      }
      await done(server, iamApi, 'CreateRole', { RoleName, AssumeRolePolicyDocument: documentOf([trust]) })
      const PolicyDocument = documentOf(statements)
      await done(server, iamApi, 'PutRolePolicy', { RoleName, PolicyName: 'own', PolicyDocument })
    },
    async session(role, user, policy) {
      const form = new URLSearchParams({
        Action: 'AssumeRoleWithWebIdentity',
        Version: stsApi.version,
        RoleArn: `arn:aws:iam::${account}:role/${role}`,
        RoleSessionName: 'desk',
        ProviderId: 'www.amazon.com',
        WebIdentityToken: await token(user),
        ...(policy && { Policy: documentOf([policy]) }),
      }).toString()
      const { status, text } = await queryExchange(server.endpoint.port, { form, service: 'sts' })
      assert.equal(status, 200, text)
      return {
        accessKeyId: element(text, 'AccessKeyId') ?? '',
        secretAccessKey: element(text, 'SecretAccessKey') ?? '',
        sessionToken: element(text, 'SessionToken') ?? '',
      }
    },
    client(credentials) {
      const client = connect({ ...server.endpoint, credentials })
      clients.push(client)
      return client
    },
    async stop() {
      for (const client of clients) client.close()
      await server.stop()
      await rm(folder, { recursive: true })
    },
  }
}

export function documentOf(statements: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements })
}
