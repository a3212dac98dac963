/** Users and roles of a test, each with a client that signs as they do. */
import assert from 'node:assert/strict'
import { element } from '../server/signed-query.ts'
import { type Client, type Credentials, connect } from './client.ts'
import { callQuery, done, iamApi, stsApi } from './query.ts'
import type { ConformanceServer } from './server.ts'

export interface Statement {
  readonly [element: string]: unknown
}

/** A policy's text. */
export function policyText(...statements: readonly Statement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements })
}

export function allow(action: string | readonly string[], more: Statement = {}): Statement {
  return { Effect: 'Allow', Action: action, Resource: '*', ...more }
}
export function deny(action: string | readonly string[], more: Statement = {}): Statement {
  return allow(action, { Effect: 'Deny', ...more })
}

/** A user with these statements as his inline policy, and a client of his. The caller closes it. */
export async function user(
  server: ConformanceServer,
  name: string,
  ...statements: readonly Statement[]
): Promise<Client> {
  return connect({ ...server.endpoint, credentials: await credentialsOf(server, name, statements) })
}

export async function credentialsOf(
  server: ConformanceServer,
  name: string,
  statements: readonly Statement[],
): Promise<Credentials> {
  await done(server, iamApi, 'CreateUser', { UserName: name })
  if (statements.length > 0) {
    await done(server, iamApi, 'PutUserPolicy', {
      UserName: name,
      PolicyName: 'own',
      PolicyDocument: policyText(...statements),
    })
  }
  const { text } = await done(server, iamApi, 'CreateAccessKey', { UserName: name })
  return credentialsIn(text)
}

/** A session of a role that the account may assume; `session` are the statements of its session policy. */
export async function session(
  server: ConformanceServer,
  role: string,
  statements: readonly Statement[],
  passed?: readonly Statement[],
): Promise<Client> {
  const account = '000000000000'
  const arn = `arn:aws:iam::${account}:role/${role}`
  await done(server, iamApi, 'CreateRole', {
    RoleName: role,
    AssumeRolePolicyDocument: policyText({
      Effect: 'Allow',
      Principal: { AWS: account },
      Action: 'sts:AssumeRole',
    }),
  })
  await done(server, iamApi, 'PutRolePolicy', {
    RoleName: role,
    PolicyName: 'own',
    PolicyDocument: policyText(...statements),
  })
  const assumer = await credentialsOf(server, `${role}-assumer`, [allow('sts:AssumeRole')])
  const answer = await callQuery(
    server,
    stsApi,
    'AssumeRole',
    { RoleArn: arn, RoleSessionName: 'now', ...(passed && { Policy: policyText(...passed) }) },
    assumer,
  )
  assert.equal(answer.status, 200, answer.text)
  const sessionToken = element(answer.text, 'SessionToken') ?? ''
  return connect({ ...server.endpoint, credentials: { ...credentialsIn(answer.text), sessionToken } })
}

function credentialsIn(text: string): Credentials {
  return { accessKeyId: element(text, 'AccessKeyId') ?? '', secretAccessKey: element(text, 'SecretAccessKey') ?? '' }
}
