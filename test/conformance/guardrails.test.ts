/** The organisation's file over the wire: who is bound, what conditions see of it, and that it counts from a start on. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { allow, credentialsOf, deny, policyText, user } from './people.ts'
import { callQuery, done, iamApi, stsApi } from './query.ts'
import { answered } from './refusals.ts'
import { type ConformanceServer, startServer } from './server.ts'
import { createTables, hashTable } from './tables.ts'

const account = '000000000000'
const get = { TableName: 'Hash', Key: { pk: { S: 'a' } } }
let folder: string
let file: string
let server: ConformanceServer

interface Guards {
  readonly management?: boolean
  readonly serviceControl?: readonly string[]
  readonly resourceControl?: readonly string[]
}

async function guards({ management = false, serviceControl, resourceControl }: Guards): Promise<void> {
  const named = (documents: readonly string[]) =>
    documents.map((text, at) => ({ name: `p${at}`, document: JSON.parse(text) }))
  const root = {
    id: 'r-ab12',
    ...(serviceControl && { 'service-control-policies': ['FullAWSAccess', ...named(serviceControl)] }),
    ...(resourceControl && { 'resource-control-policies': named(resourceControl) }),
  }
  const levels = [root, { id: account }]
  await writeFile(file, JSON.stringify({ organization: 'o-a1b2c3d4e5', 'management-account': management, levels }))
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coffer-guardrails-'))
  file = join(folder, 'guardrails.json')
  await guards({})
  server = await startServer({ args: ['--organization', file] })
  await createTables(server.client, [hashTable])
})
after(async () => {
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

test('conditions see the organisation of the caller and of the resource', async () => {
  const seen = {
    StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5', 'aws:ResourceOrgID': 'o-a1b2c3d4e5' },
    'ForAnyValue:StringLike': {
      'aws:PrincipalOrgPaths': 'o-a1b2c3d4e5/r-ab12/*',
      'aws:ResourceOrgPaths': 'o-a1b2c3d4e5/*',
    },
  }
  const member = await user(server, 'member', allow('dynamodb:GetItem', { Condition: seen }))
  const stranger = await user(
    server,
    'stranger',
    allow('dynamodb:GetItem', { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-other' } } }),
  )
  await answered(member.call('GetItem', get))
  assert.equal((await stranger.call('GetItem', get)).code, 'AccessDeniedException')
  member.close()
  stranger.close()
})

test('a changed file counts from the next start on', async () => {
  await guards({ serviceControl: [policyText(deny('dynamodb:GetItem'))] })
  await answered(server.client.call('GetItem', get))
  server = await server.restart()
  const { message } = await server.client.call('GetItem', get)
  assert.match(String(message), /with an explicit deny in a service control policy$/)
  const simulated = await done(server, iamApi, 'SimulatePrincipalPolicy', {
    PolicySourceArn: `arn:aws:iam::${account}:user/member`,
    'ActionNames.member.1': 'dynamodb:GetItem',
  })
  assert.match(simulated.text, /<EvalDecision>explicitDeny</)
  assert.match(simulated.text, /<AllowedByOrganizations>false</)
  await guards({ management: true, serviceControl: [policyText(deny('dynamodb:GetItem'))] })
  server = await server.restart()
  await answered(server.client.call('GetItem', get))
})

test('resource control policies guard roles too', async () => {
  const trust = policyText({ Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' })
  await done(server, iamApi, 'CreateRole', { RoleName: 'guarded', AssumeRolePolicyDocument: trust })
  const assumer = await credentialsOf(server, 'assumer', [allow('sts:AssumeRole')])
  await guards({ resourceControl: [policyText(deny('sts:AssumeRole', { Principal: '*' }))] })
  server = await server.restart()
  const RoleArn = `arn:aws:iam::${account}:role/guarded`
  const assume = () => callQuery(server, stsApi, 'AssumeRole', { RoleArn, RoleSessionName: 'me' }, assumer)
  const { status, message } = await assume()
  assert.equal(status, 403)
  assert.equal(
    message,
    `User: arn:aws:iam::${account}:user/assumer is not authorized to perform: sts:AssumeRole on resource: ${RoleArn} with an explicit deny in a resource control policy`,
  )
  await guards({})
  server = await server.restart()
  assert.equal((await assume()).status, 200)
})

test('a file that is malformed stops the start, with its place', async () => {
  await writeFile(join(folder, 'bad.yaml'), 'organization: o-a1b2c3d4e5\nlevels:\n  - id: r-ab12\n  - id: "1"\n')
  await assert.rejects(startServer({ args: ['--organization', join(folder, 'bad.yaml')] }), {
    name: 'OperatorError',
    message: /bad\.yaml:4: id must be the id of a root/,
  })
})
