/** The policies of `examples/policies/` on a running server: what each lets through and what not. */
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'
import type { Client, Credentials } from '../conformance/client.ts'
import { callQuery, done, iamApi, stsApi } from '../conformance/query.ts'
import { streamOf, streams } from '../conformance/stream-calls.ts'
import { element } from '../server/signed-query.ts'
import { type Attempt, attempt } from './attempts.ts'
import { account, type Bank, me, openBank, tradesArn, you } from './bank.ts'
import { sixAttributes } from './trader-policy.ts'
import { codeOf } from './virtual-mfa-device.ts'

const folder = new URL('../../examples/policies/', import.meta.url)
const attachable = ['database-administrator', 'application-writer', 'read-only-analyst', 'auditor', 'key-administrator']
const everything = 'arn:aws:iam::aws:policy/AdministratorAccess'

let bank: Bank
const clients = new Map<string, Client>()
before(async () => {
  bank = await openBank()
  for (const name of attachable) {
    const PolicyArn = await policyFrom(name)
    clients.set(name, bank.client(await userWith(name, [PolicyArn])))
  }
})
after(() => bank?.stop())

function textOf(name: string): Promise<string> {
  return readFile(new URL(`${name}.json`, folder), 'utf8')
}

/** The ARN of a managed policy with the file's text, as written. */
async function policyFrom(name: string): Promise<string> {
  const parameters = { PolicyName: name, PolicyDocument: await textOf(name) }
  const { text } = await done(bank.server, iamApi, 'CreatePolicy', parameters)
  return element(text, 'Arn') ?? ''
}

async function userWith(UserName: string, policyArns: readonly string[]): Promise<Credentials> {
  await done(bank.server, iamApi, 'CreateUser', { UserName })
  for (const PolicyArn of policyArns) await done(bank.server, iamApi, 'AttachUserPolicy', { UserName, PolicyArn })
  const { text } = await done(bank.server, iamApi, 'CreateAccessKey', { UserName })
  return {
    accessKeyId: element(text, 'AccessKeyId') ?? '',
    secretAccessKey: element(text, 'SecretAccessKey') ?? '',
  }
}

/** What IAM says of actions of services that are asked about and not called. */
async function simulated(
  user: string,
  action: string,
  context: Readonly<Record<string, string>> = {},
): Promise<string> {
  const parameters: Record<string, string> = {
    PolicySourceArn: `arn:aws:iam::${account}:user/${user}`,
    'ActionNames.member.1': action,
  }
  for (const [at, [name, value]] of Object.entries(context).entries()) {
    const entry = `ContextEntries.member.${at + 1}`
    parameters[`${entry}.ContextKeyName`] = name
    parameters[`${entry}.ContextKeyType`] = 'string'
    parameters[`${entry}.ContextKeyValues.member.1`] = value
  }
  const { text } = await done(bank.server, iamApi, 'SimulatePrincipalPolicy', parameters)
  return element(text, 'EvalDecision') ?? ''
}

const TableName = 'Trades'
const Key = { TraderId: { S: me }, TradeId: { S: 't1' } }
const six = { ProjectionExpression: sixAttributes.join(', ') }
const may = (operation: string, input: object, leaks?: string): Attempt => ({
  name: `may ${operation}`,
  operation,
  input,
  answer: 'allowed',
  ...(leaks !== undefined && { leaks }),
})
const mayNot = (operation: string, input: object, why = ''): Attempt => ({
  name: `may not ${operation}${why}`,
  operation,
  input,
  answer: 'refused',
})
const byTrader = { KeyConditionExpression: 'TraderId = :t', ExpressionAttributeValues: { ':t': { S: you } } }
const newTable = {
  TableName: 'New',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
}
const select = (columns: string) => ({ Statement: `SELECT ${columns} FROM Trades WHERE TraderId = '${me}'` })
const allSeen = 'the role is to see it'

const attempts: Readonly<Record<string, readonly Attempt[]>> = {
  'database-administrator': [
    may('CreateTable', newTable),
    may('DescribeTable', { TableName }),
    may('ListTables', {}),
    may('UpdateTimeToLive', {
      TableName: 'Desks',
      TimeToLiveSpecification: { Enabled: true, AttributeName: 'expires' },
    }),
    may('TagResource', { ResourceArn: tradesArn, Tags: [{ Key: 'team', Value: 'data' }] }),
    may('UpdateContributorInsights', { TableName, ContributorInsightsAction: 'ENABLE' }),
    mayNot('GetItem', { TableName, Key }),
    mayNot('BatchGetItem', { RequestItems: { Trades: { Keys: [Key] } } }),
    mayNot('Query', { TableName, ...byTrader }),
    mayNot('Scan', { TableName, Select: 'COUNT' }),
    mayNot('PutItem', { TableName, Item: Key }),
    mayNot('UpdateItem', { TableName, Key, ReturnValues: 'ALL_NEW' }),
    mayNot('DeleteItem', { TableName, Key, ReturnValues: 'ALL_OLD' }),
    mayNot('TransactGetItems', { TransactItems: [{ Get: { TableName, Key } }] }),
    mayNot('ExecuteStatement', select('*')),
  ],
  'application-writer': [
    may('GetItem', { TableName, Key }, allSeen),
    may('Query', { TableName, ...byTrader }, allSeen),
    may('Query', { TableName, IndexName: 'byTime', Limit: 1, ...byTrader }, allSeen),
    may('PutItem', { TableName, Item: { ...Key, TradeId: { S: 'new' } } }),
    may('UpdateItem', { TableName, Key, UpdateExpression: 'SET Price = Price' }),
    may('TransactWriteItems', { TransactItems: [{ Delete: { TableName, Key: { ...Key, TradeId: { S: 'new' } } } }] }),
    mayNot('DeleteItem', { TableName, Key }, ' by itself'),
    mayNot('BatchWriteItem', { RequestItems: { Ledger: [{ DeleteRequest: { Key } }] } }, ' to another table'),
    mayNot('Scan', { TableName }),
    mayNot('GetItem', { TableName: 'Ledger', Key }, ' of another table'),
    mayNot('ExecuteStatement', select('Stock')),
    mayNot('DeleteTable', { TableName }),
    mayNot('UpdateTable', { TableName, BillingMode: 'PAY_PER_REQUEST' }),
    mayNot('ListTables', {}),
  ],
  'read-only-analyst': [
    may('GetItem', { TableName, Key, ...six }),
    may('Scan', { TableName, ...six }, allSeen),
    may('Query', { TableName, ...six, ...byTrader }, allSeen),
    may('ExecuteStatement', select(sixAttributes.join(', '))),
    may('DescribeTable', { TableName }),
    mayNot('GetItem', { TableName, Key }, ' whole'),
    mayNot('Scan', { TableName, Select: 'COUNT' }, ' to count'),
    mayNot('Scan', { TableName, ...six, FilterExpression: 'attribute_exists(Commission)' }, ' by another attribute'),
    mayNot('Query', { TableName, ...byTrader, ProjectionExpression: 'Counterparty' }, ' another attribute'),
    mayNot('ExecuteStatement', select('*'), ' whole'),
    mayNot('ExecuteStatement', select('Commission'), ' another attribute'),
    mayNot('TransactGetItems', { TransactItems: [{ Get: { TableName, Key } }] }, ' whole'),
    mayNot('PutItem', { TableName, Item: Key }),
    mayNot('UpdateItem', { TableName, Key, UpdateExpression: 'SET Price = Price' }),
    mayNot('DeleteItem', { TableName, Key }),
    mayNot('GetItem', { TableName: 'Ledger', Key, ...six }, ' of another table'),
  ],
  auditor: [
    mayNot('GetItem', { TableName, Key, ...six }),
    mayNot('DescribeTable', { TableName }),
    mayNot('ListTables', {}),
  ],
  'key-administrator': [
    mayNot('GetItem', { TableName, Key, ...six }),
    mayNot('DescribeTable', { TableName }),
    mayNot('CreateTable', newTable),
  ],
}

for (const [role, each] of Object.entries(attempts)) {
  describe(role, () => {
    for (const one of each) test(one.name, () => attempt(clients.get(role) as Client, one))
  })
}

test('every policy of the folder is tried here', async () => {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5))
  assert.deepEqual(files.sort(), [...attachable, 'break-glass', 'break-glass-trust', 'only-over-tls'].sort())
})

test('the administrator reads no stream, whatever else is attached', async () => {
  const StreamArn = await streamOf(bank.server.client, TableName)
  const administrator = clients.get('database-administrator') as Client
  const read = streams('GetShardIterator')
  const start = { StreamArn, ShardId: 'shardId-00000000000000000000-00000000', ShardIteratorType: 'TRIM_HORIZON' }
  assert.equal((await administrator.call(streams('DescribeStream'), { StreamArn })).code, undefined)
  await done(bank.server, iamApi, 'AttachUserPolicy', { UserName: 'database-administrator', PolicyArn: everything })
  const { code, message } = await administrator.call(read, start)
  assert.equal(code, 'AccessDeniedException')
  assert.match(message ?? '', /with an explicit deny in an identity-based policy/)
  assert.equal((await administrator.call('GetItem', { TableName, Key })).code, 'AccessDeniedException')
  for (const action of ['ExportTableToPointInTime', 'PutResourcePolicy', 'EnableKinesisStreamingDestination']) {
    assert.equal(await simulated('database-administrator', `dynamodb:${action}`), 'explicitDeny', action)
  }
})

test('the auditor reads CloudTrail and Config, and no policy gives him more', async () => {
  for (const action of ['cloudtrail:LookupEvents', 'cloudtrail:GetTrailStatus', 'config:DescribeConfigRules']) {
    assert.equal(await simulated('auditor', action), 'allowed', action)
  }
  for (const action of ['cloudtrail:StopLogging', 'cloudtrail:DeleteTrail', 'config:DeleteConfigRule']) {
    assert.equal(await simulated('auditor', action), 'implicitDeny', action)
  }
  await done(bank.server, iamApi, 'AttachUserPolicy', { UserName: 'auditor', PolicyArn: everything })
  for (const action of ['dynamodb:GetItem', 'iam:CreateUser', 'kms:Decrypt']) {
    assert.equal(await simulated('auditor', action), 'explicitDeny', action)
  }
  const { code } = await (clients.get('auditor') as Client).call('GetItem', { TableName, Key, ...six })
  assert.equal(code, 'AccessDeniedException')
})

test('the key administrator runs keys and cannot use them', async () => {
  for (const action of [
    'CreateKey',
    'DescribeKey',
    'DisableKey',
    'PutKeyPolicy',
    'ScheduleKeyDeletion',
    'ListAliases',
  ]) {
    assert.equal(await simulated('key-administrator', `kms:${action}`), 'allowed', action)
  }
  for (const action of [
    'Encrypt',
    'Decrypt',
    'ReEncryptFrom',
    'GenerateDataKeyWithoutPlaintext',
    'Sign',
    'CreateGrant',
  ]) {
    assert.equal(await simulated('key-administrator', `kms:${action}`), 'explicitDeny', action)
  }
})

test('over plain HTTP nobody does anything', async () => {
  const careful = bank.client(await userWith('careful', [everything, await policyFrom('only-over-tls')]))
  const { code, message } = await careful.call('ListTables', {})
  assert.equal(code, 'AccessDeniedException')
  assert.match(message ?? '', /with an explicit deny/)
  assert.equal(await simulated('careful', 'dynamodb:GetItem', { 'aws:SecureTransport': 'true' }), 'allowed')
  assert.equal(await simulated('careful', 'dynamodb:GetItem', { 'aws:SecureTransport': 'false' }), 'explicitDeny')
})

test('the glass breaks with a second factor, for fifteen minutes', async () => {
  const { server, clock } = bank
  const RoleArn = `arn:aws:iam::${account}:role/break-glass`
  const trust = await textOf('break-glass-trust')
  await done(server, iamApi, 'CreateRole', { RoleName: 'break-glass', AssumeRolePolicyDocument: trust })
  const PolicyDocument = await textOf('break-glass')
  await done(server, iamApi, 'PutRolePolicy', { RoleName: 'break-glass', PolicyName: 'own', PolicyDocument })
  const onCall = await userWith('on-call', [])
  await done(server, iamApi, 'PutUserPolicy', {
    UserName: 'on-call',
    PolicyName: 'break-glass',
    PolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'], Resource: RoleArn }],
    }),
  })
  const device = await done(server, iamApi, 'CreateVirtualMFADevice', { VirtualMFADeviceName: 'on-call' })
  const SerialNumber = element(device.text, 'SerialNumber') ?? ''
  const seed = Buffer.from(element(device.text, 'Base32StringSeed') ?? '', 'base64').toString()
  const code = (steps: number) => codeOf(seed, clock.nowMs() + steps * 30_000)
  const codes = { AuthenticationCode1: code(-2), AuthenticationCode2: code(-1) }
  await done(server, iamApi, 'EnableMFADevice', { UserName: 'on-call', SerialNumber, ...codes })

  const assume = (more: Readonly<Record<string, string>>) =>
    callQuery(server, stsApi, 'AssumeRole', { RoleArn, RoleSessionName: 'night', ...more }, onCall)
  const named = { SourceIdentity: 'on-call' }
  assert.equal((await assume(named)).code, 'AccessDenied')
  assert.equal((await assume({ ...named, SerialNumber, TokenCode: '000000' })).code, 'AccessDenied')
  assert.equal((await assume({ SerialNumber, TokenCode: code(0) })).code, 'AccessDenied')
  const { status, text } = await assume({ ...named, SerialNumber, TokenCode: code(1) })
  assert.equal(status, 200, text)
  const night = bank.client({
    accessKeyId: element(text, 'AccessKeyId') ?? '',
    secretAccessKey: element(text, 'SecretAccessKey') ?? '',
    sessionToken: element(text, 'SessionToken') ?? '',
  })
  const read = async () => (await night.call('GetItem', { TableName, Key })).code
  assert.equal(await read(), undefined)
  assert.equal((await bank.client(onCall).call('GetItem', { TableName, Key })).code, 'AccessDeniedException')
  clock.moveOn(901_000)
  assert.equal(await read(), 'AccessDeniedException')
})
