/** The official IAM client: users, groups, roles, policies and keys as an administrator handles them. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeletePolicyCommand,
  DeleteUserCommand,
  DetachUserPolicyCommand,
  GetAccessKeyLastUsedCommand,
  GetGroupCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListAttachedUserPoliciesCommand,
  ListEntitiesForPolicyCommand,
  ListPoliciesCommand,
  PutUserPolicyCommand,
  paginateListUsers,
  TagUserCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { type RunningCoffer, runCoffer } from '../run-coffer.ts'

let coffer: RunningCoffer
let iam: IAMClient

before(async () => {
  coffer = await runCoffer()
  iam = new IAMClient({ endpoint: coffer.endpoint, region: coffer.region, credentials: coffer.credentials })
})
after(() => coffer?.stop())

const readBooks = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: 'arn:aws:dynamodb:*:*:table/Books' }],
})
const trustAccount = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::000000000000:root' }, Action: 'sts:AssumeRole' }],
})

function refusedAs(name: string, message: string | RegExp) {
  return (error: Error) => {
    assert.equal(error.name, name)
    if (typeof message === 'string') assert.equal(error.message, message)
    else assert.match(error.message, message)
    return true
  }
}

test('a user, its key, and the key at work', async () => {
  const { User } = await iam.send(
    new CreateUserCommand({ UserName: 'ann', Path: '/trading/', Tags: [{ Key: 'desk', Value: 'FX @ more' }] }),
  )
  assert.match(User?.UserId ?? '', /^AIDA[A-Z2-7]{17}$/)
  assert.equal(User?.Arn, 'arn:aws:iam::000000000000:user/trading/ann')
  assert.deepEqual(User?.Tags, [{ Key: 'desk', Value: 'FX @ more' }])
  assert.ok(User?.CreateDate instanceof Date)
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ann' }))
  assert.match(AccessKey?.AccessKeyId ?? '', /^AKIA[A-Z2-7]{16}$/)
  assert.equal(AccessKey?.SecretAccessKey?.length, 40)
  const credentials = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }
  const sts = new STSClient({ endpoint: coffer.endpoint, region: coffer.region, credentials })
  const who = await sts.send(new GetCallerIdentityCommand({}))
  assert.equal(who.Arn, User?.Arn)
  assert.equal(who.UserId, User?.UserId)

  const used = await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: credentials.accessKeyId }))
  assert.equal(used.UserName, 'ann')
  assert.equal(used.AccessKeyLastUsed?.ServiceName, 'sts')
  assert.ok(Math.abs((used.AccessKeyLastUsed?.LastUsedDate?.getTime() ?? 0) - Date.now()) < 60_000)

  await iam.send(new CreateAccessKeyCommand({ UserName: 'ann' }))
  await assert.rejects(
    iam.send(new CreateAccessKeyCommand({ UserName: 'ann' })),
    refusedAs('LimitExceededException', 'Cannot exceed quota for AccessKeysPerUser: 2'),
  )
  const { AccessKeyMetadata: keys } = await iam.send(new ListAccessKeysCommand({ UserName: 'ann' }))
  assert.equal(keys?.length, 2)

  const { accessKeyId: AccessKeyId } = credentials
  await iam.send(new UpdateAccessKeyCommand({ UserName: 'ann', AccessKeyId, Status: 'Inactive' }))
  await assert.rejects(
    sts.send(new GetCallerIdentityCommand({})),
    refusedAs('InvalidClientTokenId', 'The security token included in the request is invalid.'),
  )
  await iam.send(new UpdateAccessKeyCommand({ UserName: 'ann', AccessKeyId, Status: 'Active' }))
  await sts.send(new GetCallerIdentityCommand({}))
  await iam.send(new DeleteAccessKeyCommand({ UserName: 'ann', AccessKeyId }))
  await assert.rejects(sts.send(new GetCallerIdentityCommand({})), { name: 'InvalidClientTokenId' })
  await iam.send(new TagUserCommand({ UserName: 'ann', Tags: [{ Key: 'Desk', Value: 'rates' }] }))
  const got = await iam.send(new GetUserCommand({ UserName: 'ann' }))
  assert.deepEqual(got.User?.Tags, [{ Key: 'Desk', Value: 'rates' }])
})

test('the root asks for itself', async () => {
  const { User } = await iam.send(new GetUserCommand({}))
  assert.equal(User?.Arn, 'arn:aws:iam::000000000000:root')
  const { AccessKeyMetadata } = await iam.send(new ListAccessKeysCommand({}))
  assert.equal(AccessKeyMetadata?.[0]?.AccessKeyId, coffer.credentials.accessKeyId)
})

test('groups, managed policies and inline policies', async () => {
  await iam.send(new CreateUserCommand({ UserName: 'ben' }))
  await iam.send(new CreateGroupCommand({ GroupName: 'readers' }))
  await iam.send(new AddUserToGroupCommand({ GroupName: 'readers', UserName: 'ben' }))
  const group = await iam.send(new GetGroupCommand({ GroupName: 'readers' }))
  assert.deepEqual(
    group.Users?.map((user) => user.UserName),
    ['ben'],
  )
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'read-books', PolicyDocument: readBooks }))
  const PolicyArn = Policy?.Arn ?? ''
  assert.equal(PolicyArn, 'arn:aws:iam::000000000000:policy/read-books')
  await iam.send(new AttachGroupPolicyCommand({ GroupName: 'readers', PolicyArn }))
  await iam.send(new AttachUserPolicyCommand({ UserName: 'ben', PolicyArn }))
  await iam.send(
    new AttachUserPolicyCommand({
      UserName: 'ben',
      PolicyArn: 'arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess',
    }),
  )
  const attached = await iam.send(new ListAttachedUserPoliciesCommand({ UserName: 'ben' }))
  assert.deepEqual(
    attached.AttachedPolicies?.map((policy) => policy.PolicyName),
    ['AmazonDynamoDBReadOnlyAccess', 'read-books'],
  )
  const holders = await iam.send(new ListEntitiesForPolicyCommand({ PolicyArn }))
  assert.deepEqual(
    [holders.PolicyGroups?.[0]?.GroupName, holders.PolicyUsers?.[0]?.UserName, holders.PolicyRoles?.length],
    ['readers', 'ben', 0],
  )
  await assert.rejects(
    iam.send(new DeletePolicyCommand({ PolicyArn })),
    refusedAs('DeleteConflictException', 'Cannot delete a policy attached to entities.'),
  )
  const version = await iam.send(
    new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: readBooks, SetAsDefault: true }),
  )
  assert.equal(version.PolicyVersion?.VersionId, 'v2')
  const shown = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v2' }))
  assert.equal(decodeURIComponent(shown.PolicyVersion?.Document ?? ''), readBooks)
  assert.equal(shown.PolicyVersion?.IsDefaultVersion, true)

  await iam.send(new PutUserPolicyCommand({ UserName: 'ben', PolicyName: 'own', PolicyDocument: readBooks }))
  const own = await iam.send(new GetUserPolicyCommand({ UserName: 'ben', PolicyName: 'own' }))
  assert.equal(decodeURIComponent(own.PolicyDocument ?? ''), readBooks)
  await assert.rejects(
    iam.send(new DeleteUserCommand({ UserName: 'ben' })),
    refusedAs('DeleteConflictException', 'Cannot delete entity, must delete policies first.'),
  )
  await assert.rejects(
    iam.send(new DetachUserPolicyCommand({ UserName: 'ben', PolicyArn: `${PolicyArn}-2` })),
    refusedAs('NoSuchEntityException', `Policy ${PolicyArn}-2 was not found.`),
  )
})

test("AWS's own policies are there", async () => {
  const { Policies } = await iam.send(new ListPoliciesCommand({ Scope: 'AWS' }))
  assert.deepEqual(
    Policies?.map((policy) => policy.PolicyName),
    [
      'AdministratorAccess',
      'AmazonDynamoDBFullAccess',
      'AmazonDynamoDBFullAccess_v2',
      'AmazonDynamoDBReadOnlyAccess',
      'ReadOnlyAccess',
      'SecurityAudit',
    ],
  )
})

test('roles', async () => {
  await iam.send(
    new CreateRoleCommand({ RoleName: 'reader', AssumeRolePolicyDocument: trustAccount, Description: 'reads' }),
  )
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'reader' }))
  assert.match(Role?.RoleId ?? '', /^AROA[A-Z2-7]{17}$/)
  assert.equal(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''), trustAccount)
  assert.equal(Role?.MaxSessionDuration, 3600)
})

test('lists come in pages, and all is there after a restart', async () => {
  for (let n = 0; n < 7; n++) await iam.send(new CreateUserCommand({ UserName: `page-${n}`, Path: '/pages/' }))
  await coffer.kill('SIGTERM')
  await coffer.restart()
  const names: string[] = []
  let pages = 0
  for await (const page of paginateListUsers({ client: iam, pageSize: 3 }, { PathPrefix: '/pages/' })) {
    pages++
    names.push(...(page.Users ?? []).map((user) => user.UserName ?? ''))
  }
  assert.equal(pages, 3)
  assert.deepEqual(
    names,
    Array.from({ length: 7 }, (_, n) => `page-${n}`),
  )
})
