/**
 * A policy that was changed counts from the answer on: under load, no request that begins after the answer is decided by
 * the policy of before. Decisions are kept; this is what keeping them must not break.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { element } from '../server/signed-query.ts'
import { type Client, connect } from './client.ts'
import { done, iamApi } from './query.ts'
import { type ConformanceServer, startServer } from './server.ts'

let server: ConformanceServer
let user: Client
before(async () => {
  server = await startServer()
  await server.client.call('CreateTable', {
    TableName: 'Books',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  })
  await done(server, iamApi, 'CreateUser', { UserName: 'busy' })
  await done(server, iamApi, 'CreateGroup', { GroupName: 'readers' })
  await done(server, iamApi, 'CreatePolicy', { PolicyName: 'managed', PolicyDocument: documentFor('Deny') })
  const { text } = await done(server, iamApi, 'CreateAccessKey', { UserName: 'busy' })
  const credentials = {
    accessKeyId: element(text, 'AccessKeyId') ?? '',
    secretAccessKey: element(text, 'SecretAccessKey') ?? '',
  }
  user = connect({ ...server.endpoint, credentials })
})
after(async () => {
  user?.close()
  await server?.stop()
})

function documentFor(effect: 'Allow' | 'Deny'): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: effect, Action: 'dynamodb:GetItem', Resource: '*' }],
  })
}

const managed = 'arn:aws:iam::000000000000:policy/managed'
const policy = (effect: 'Allow' | 'Deny') => ({
  UserName: 'busy',
  PolicyName: 'own',
  PolicyDocument: documentFor(effect),
})
const bounded = { UserName: 'busy', PermissionsBoundary: managed }

/** Changes in turn, and whether GetItem is allowed after each. */
const changes: readonly (readonly [string, Readonly<Record<string, string>>, boolean])[] = [
  ['PutUserPolicy', policy('Allow'), true],
  ['PutUserPolicy', policy('Deny'), false],
  ['PutUserPolicy', policy('Allow'), true],
  ['AttachUserPolicy', { UserName: 'busy', PolicyArn: managed }, false],
  ['DetachUserPolicy', { UserName: 'busy', PolicyArn: managed }, true],
  ['PutUserPermissionsBoundary', bounded, false],
  ['CreatePolicyVersion', { PolicyArn: managed, PolicyDocument: documentFor('Allow'), SetAsDefault: 'true' }, true],
  ['SetDefaultPolicyVersion', { PolicyArn: managed, VersionId: 'v1' }, false],
  ['DeleteUserPermissionsBoundary', { UserName: 'busy' }, true],
  ['DeleteUserPolicy', { UserName: 'busy', PolicyName: 'own' }, false],
  ['PutGroupPolicy', { GroupName: 'readers', PolicyName: 'own', PolicyDocument: documentFor('Allow') }, false],
  ['AddUserToGroup', { GroupName: 'readers', UserName: 'busy' }, true],
  ['RemoveUserFromGroup', { GroupName: 'readers', UserName: 'busy' }, false],
]

test('under load, every change of a policy counts at once', async () => {
  let version = 0
  let stopped = false
  const wrong: string[] = []
  let decided = 0
  const load = async () => {
    while (!stopped) {
      const before = version
      const expected = changes[before - 1]?.[2] ?? false
      const { code } = await user.call('GetItem', { TableName: 'Books', Key: { id: { S: 'a' } } })
      // What a change overtook may go either way.
      if (version !== before || changing) continue
      decided++
      const allowed = code === undefined
      if (allowed !== expected) wrong.push(`after ${changes[before - 1]?.[0]}: ${allowed ? 'allowed' : code}`)
    }
  }
  let changing = false
  const loads = Array.from({ length: 8 }, load)
  for (let round = 0; round < 3; round++) {
    for (const [at, [action, parameters]] of changes.entries()) {
      changing = true
      await done(server, iamApi, action, parameters)
      if (action === 'RemoveUserFromGroup') {
        await done(server, iamApi, 'DeleteGroupPolicy', { GroupName: 'readers', PolicyName: 'own' })
        await done(server, iamApi, 'DeletePolicyVersion', { PolicyArn: managed, VersionId: `v${round + 2}` })
      }
      version = at + 1
      changing = false
      const seen = decided
      for (let turn = 0; turn < 10_000 && decided < seen + 16; turn++) await new Promise(setImmediate)
    }
  }
  stopped = true
  await Promise.all(loads)
  assert.deepEqual(wrong.slice(0, 10), [])
  assert.ok(decided >= changes.length, `${decided} requests were decided between changes`)
})
