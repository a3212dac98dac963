/** A trust policy means the user or role that bore the name when it was written, not whoever bears it later. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { element, type QueryParts } from '../server/signed-query.ts'
import { callQuery, done, iamApi, stsApi } from './query.ts'
import { type ConformanceServer, startServer } from './server.ts'

const account = '000000000000'
let server: ConformanceServer
before(async () => {
  server = await startServer()
})
after(() => server?.stop())

async function keysOf(user: string): Promise<Partial<QueryParts>> {
  const { text } = await done(server, iamApi, 'CreateAccessKey', { UserName: user })
  return {
    accessKeyId: element(text, 'AccessKeyId') ?? '',
    secretAccessKey: element(text, 'SecretAccessKey') ?? '',
  }
}

function trusting(arn: string): string {
  const statement = { Effect: 'Allow', Principal: { AWS: arn }, Action: 'sts:AssumeRole' }
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
}

async function assumed(role: string, caller: Partial<QueryParts>): Promise<string> {
  const parameters = { RoleArn: `arn:aws:iam::${account}:role/${role}`, RoleSessionName: 'session' }
  const { status, code } = await callQuery(server, stsApi, 'AssumeRole', parameters, caller)
  return status === 200 ? 'assumed' : (code ?? '')
}

test('a user made anew under a trusted name is not trusted until the policy is written again', async () => {
  const arn = `arn:aws:iam::${account}:user/dana`
  await done(server, iamApi, 'CreateUser', { UserName: 'dana' })
  await done(server, iamApi, 'CreateRole', { RoleName: 'vault', AssumeRolePolicyDocument: trusting(arn) })
  const first = await keysOf('dana')
  assert.equal(await assumed('vault', first), 'assumed')
  await done(server, iamApi, 'DeleteAccessKey', { UserName: 'dana', AccessKeyId: first.accessKeyId ?? '' })
  await done(server, iamApi, 'DeleteUser', { UserName: 'dana' })
  await done(server, iamApi, 'CreateUser', { UserName: 'dana' })
  const second = await keysOf('dana')
  assert.equal(await assumed('vault', second), 'AccessDenied')
  server = await server.restart()
  assert.equal(await assumed('vault', second), 'AccessDenied')
  await done(server, iamApi, 'UpdateAssumeRolePolicy', { RoleName: 'vault', PolicyDocument: trusting(arn) })
  assert.equal(await assumed('vault', second), 'assumed')
})

test('a user who is renamed stays trusted, and who takes the old name is not', async () => {
  await done(server, iamApi, 'CreateUser', { UserName: 'erin' })
  const arn = `arn:aws:iam::${account}:user/erin`
  await done(server, iamApi, 'CreateRole', { RoleName: 'desk', AssumeRolePolicyDocument: trusting(arn) })
  const erin = await keysOf('erin')
  await done(server, iamApi, 'UpdateUser', { UserName: 'erin', NewUserName: 'erin.o', NewPath: '/moved/' })
  await done(server, iamApi, 'CreateUser', { UserName: 'erin' })
  assert.equal(await assumed('desk', erin), 'assumed')
  assert.equal(await assumed('desk', await keysOf('erin')), 'AccessDenied')
})
