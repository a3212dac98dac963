/** Why a call is refused, in AWS's words, for each kind of policy; and which refusal is told where there are several. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Client } from './client.ts'
import { movingClock } from './moving-clock.ts'
import { allow, deny, policyText, session, user } from './people.ts'
import { done, iamApi } from './query.ts'
import { answered, assertRefused } from './refusals.ts'
import { type ConformanceServer, startServer } from './server.ts'
import { compositeTable, createTables, hashTable } from './tables.ts'

const account = '000000000000'
const prefix = `arn:aws:dynamodb:us-east-1:${account}:table`
const books = `${prefix}/Hash`
const notes = `${prefix}/Notes`
const everything = allow('*')

const clock = movingClock()
let folder: string
let server: ConformanceServer
const people = new Map<string, Client>()
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coffer-guardrails-'))
  const file = join(folder, 'guardrails.yaml')
  await writeFile(
    file,
    `organization: o-a1b2c3d4e5
levels:
  - id: r-ab12
    service-control-policies:
      - FullAWSAccess
      - name: no-deletes
        document: ${policyText(deny('dynamodb:DeleteTable'))}
  - id: ou-ab12-12345678
    service-control-policies:
      - name: only-databases
        document: ${policyText(allow(['dynamodb:*', 'iam:*', 'sts:*']))}
    resource-control-policies:
      - name: no-scans
        document: ${policyText(deny('dynamodb:Scan', { Principal: '*' }))}
  - id: "${account}"
`,
  )
  server = await startServer({ clock, args: ['--organization', file] })
  await createTables(server.client, [hashTable, { ...hashTable, TableName: 'Notes' }, compositeTable])
  await server.client.call('PutItem', { TableName: 'Hash', Item: { pk: { S: 'a' } } })
  for (const [name, statements] of Object.entries({
    admin: [everything],
    nobody: [],
    denied: [everything, deny('dynamodb:GetItem')],
    bounded: [everything],
    forbidden: [everything],
    reader: [allow('dynamodb:*', { Resource: books })],
  })) {
    people.set(name, await user(server, name, ...statements))
  }
  await done(server, iamApi, 'CreatePolicy', {
    PolicyName: 'puts',
    PolicyDocument: policyText(allow('dynamodb:PutItem')),
  })
  await done(server, iamApi, 'CreatePolicy', {
    PolicyName: 'no-gets',
    PolicyDocument: policyText(everything, deny('dynamodb:GetItem')),
  })
  for (const [UserName, policy] of [
    ['bounded', 'puts'],
    ['forbidden', 'no-gets'],
  ] as const) {
    const PermissionsBoundary = `arn:aws:iam::${account}:policy/${policy}`
    await done(server, iamApi, 'PutUserPermissionsBoundary', { UserName, PermissionsBoundary })
  }
  people.set('narrow', await session(server, 'narrow', [everything], [allow('dynamodb:PutItem')]))
  people.set('narrowed', await session(server, 'narrowed', [everything], [everything, deny('dynamodb:GetItem')]))
  people.set('plain', await session(server, 'plain', [everything]))
})
after(async () => {
  for (const client of people.values()) client.close()
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

function by(name: string): Client {
  return name === 'root' ? server.client : (people.get(name) as Client)
}
function arnOf(name: string): string {
  if (name === 'root') return `arn:aws:iam::${account}:root`
  return ['narrow', 'narrowed', 'plain'].includes(name)
    ? `arn:aws:sts::${account}:assumed-role/${name}/now`
    : `arn:aws:iam::${account}:user/${name}`
}
function message(name: string, action: string, resource: string, reason: string): string {
  return `User: ${arnOf(name)} is not authorized to perform: dynamodb:${action} on resource: ${resource}${reason}`
}

const get = { TableName: 'Hash', Key: { pk: { S: 'a' } } }
const because = (kind: string, action: string) => ` because no ${kind} allows the dynamodb:${action} action`
const explicit = (kind: string) => ` with an explicit deny in ${kind}`

type Row = readonly [who: string, operation: string, input: object, reason: string]
const rows: readonly Row[] = [
  ['nobody', 'GetItem', get, because('identity-based policy', 'GetItem')],
  ['denied', 'GetItem', get, explicit('an identity-based policy')],
  ['bounded', 'GetItem', get, because('permissions boundary', 'GetItem')],
  ['forbidden', 'GetItem', get, explicit('a permissions boundary')],
  ['narrow', 'GetItem', get, because('session policy', 'GetItem')],
  ['narrowed', 'GetItem', get, explicit('a session policy')],
  ['admin', 'DeleteTable', { TableName: 'Hash' }, explicit('a service control policy')],
  ['root', 'DeleteTable', { TableName: 'Hash' }, explicit('a service control policy')],
  ['admin', 'Scan', { TableName: 'Hash' }, explicit('a resource control policy')],
  ['root', 'Scan', { TableName: 'Hash' }, explicit('a resource control policy')],
  ['plain', 'Scan', { TableName: 'Hash' }, explicit('a resource control policy')],
]
for (const [who, operation, input, reason] of rows) {
  test(`${who} is refused ${operation}:${reason}`, async () => {
    assertRefused(await by(who).call(operation, input), 'AccessDeniedException', message(who, operation, books, reason))
  })
}

test('what no service control policy of a level allows', async () => {
  const scaling = server.clientOf({
    signingName: 'application-autoscaling',
    targetPrefix: 'AnyScaleFrontendService',
    contentType: 'application/x-amz-json-1.1',
  })
  const { code, message: text } = await scaling.call('DescribeScalableTargets', { ServiceNamespace: 'dynamodb' })
  assert.equal(code, 'AccessDeniedException')
  assert.match(
    String(text),
    / because no service control policy allows the application-autoscaling:DescribeScalableTargets action$/,
  )
})

async function putPolicy(arn: string, ...statements: readonly object[]): Promise<void> {
  clock.moveOn(15_000)
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: statements })
  await answered(server.client.call('PutResourcePolicy', { ResourceArn: arn, Policy }))
}
async function dropPolicy(arn: string): Promise<void> {
  clock.moveOn(15_000)
  await answered(server.client.call('DeleteResourcePolicy', { ResourceArn: arn }))
}

test('a table’s own policy refuses everyone, the root as well, in its own words', async () => {
  await putPolicy(books, deny('dynamodb:GetItem', { Principal: '*' }))
  for (const who of ['admin', 'root', 'plain']) {
    assertRefused(
      await by(who).call('GetItem', get),
      'AccessDeniedException',
      message(who, 'GetItem', books, explicit('a resource-based policy')),
    )
  }
  await dropPolicy(books)
  await answered(by('admin').call('GetItem', get))
})

test('a table’s own policy lets in, as far as its principal reaches', async () => {
  const grant = (...AWS: readonly string[]) => allow('dynamodb:GetItem', { Principal: { AWS } })
  // Named himself: no identity policy is needed, and no boundary or session policy limits it.
  await putPolicy(books, grant(...['nobody', 'bounded', 'narrow', 'denied', 'forbidden'].map(arnOf)))
  for (const who of ['nobody', 'bounded', 'narrow']) await answered(by(who).call('GetItem', get))
  assertRefused(
    await by('denied').call('GetItem', get),
    'AccessDeniedException',
    message('denied', 'GetItem', books, explicit('an identity-based policy')),
  )
  assertRefused(
    await by('forbidden').call('GetItem', get),
    'AccessDeniedException',
    message('forbidden', 'GetItem', books, explicit('a permissions boundary')),
  )
  // The role behind a session: what was passed with the session still limits it.
  await putPolicy(books, grant(`arn:aws:iam::${account}:role/narrow`))
  assertRefused(
    await by('narrow').call('GetItem', get),
    'AccessDeniedException',
    message('narrow', 'GetItem', books, because('session policy', 'GetItem')),
  )
  // The account: its own policies must allow as well.
  await putPolicy(books, grant(account))
  assertRefused(
    await by('nobody').call('GetItem', get),
    'AccessDeniedException',
    message('nobody', 'GetItem', books, because('identity-based policy', 'GetItem')),
  )
  await dropPolicy(books)
})

test('an index is decided by its table’s policy, with its own ARN as the resource', async () => {
  const table = `${prefix}/Composite`
  const index = `${table}/index/global1`
  await putPolicy(
    table,
    allow('dynamodb:Query', { Principal: { AWS: arnOf('nobody') }, Resource: index }),
    deny('dynamodb:Query', { Principal: { AWS: arnOf('admin') }, Resource: `${table}/index/*` }),
  )
  const onIndex = {
    TableName: 'Composite',
    IndexName: 'global1',
    KeyConditionExpression: 'l1 = :v',
    ExpressionAttributeValues: { ':v': { S: 'a' } },
  }
  const onTable = { ...onIndex, IndexName: undefined, KeyConditionExpression: 'pk = :v' }
  await answered(by('nobody').call('Query', onIndex))
  assertRefused(
    await by('nobody').call('Query', onTable),
    'AccessDeniedException',
    message('nobody', 'Query', table, because('identity-based policy', 'Query')),
  )
  assertRefused(
    await by('admin').call('Query', onIndex),
    'AccessDeniedException',
    message('admin', 'Query', index, explicit('a resource-based policy')),
  )
  await answered(by('admin').call('Query', onTable))
  await dropPolicy(table)
})

test('a stream is decided by its own policy, not by its table’s', async () => {
  const StreamSpecification = { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' }
  await createTables(server.client, [{ ...hashTable, TableName: 'Streamed', StreamSpecification }])
  const { Table: described } = await answered(server.client.call('DescribeTable', { TableName: 'Streamed' }))
  const StreamArn = String((described as { LatestStreamArn?: string }).LatestStreamArn)
  const describe = () => by('nobody').call('DynamoDBStreams_20120810.DescribeStream', { StreamArn })
  const refusal = message('nobody', 'DescribeStream', StreamArn, because('identity-based policy', 'DescribeStream'))
  await putPolicy(`${prefix}/Streamed`, allow('dynamodb:*', { Principal: { AWS: arnOf('nobody') } }))
  assertRefused(await describe(), 'AccessDeniedException', refusal)
  await putPolicy(StreamArn, allow('dynamodb:DescribeStream', { Principal: { AWS: arnOf('nobody') } }))
  await answered(describe())
  await dropPolicy(StreamArn)
  assertRefused(await describe(), 'AccessDeniedException', refusal)
})

test('a batch and a transaction are refused for the first of their tables that is', async () => {
  const key = [{ pk: { S: 'a' } }]
  const refusal = (action: string) => message('reader', action, notes, because('identity-based policy', action))
  assertRefused(
    await by('reader').call('BatchGetItem', { RequestItems: { Hash: { Keys: key }, Notes: { Keys: key } } }),
    'AccessDeniedException',
    refusal('BatchGetItem'),
  )
  const TransactItems = ['Hash', 'Notes'].map((TableName) => ({ Put: { TableName, Item: { pk: { S: 'b' } } } }))
  assertRefused(
    await by('reader').call('TransactWriteItems', { TransactItems }),
    'AccessDeniedException',
    refusal('PutItem'),
  )
  assert.deepEqual(await answered(server.client.call('GetItem', { ...get, Key: { pk: { S: 'b' } } })), {})
})

test('of a batch of statements, those that are refused have their own error and the others run', async () => {
  const statements = (...tables: readonly string[]) => ({
    Statements: tables.map((table) => ({ Statement: `SELECT pk FROM "${table}" WHERE pk = 'a'` })),
  })
  const foreign = 'arn:aws:dynamodb:us-east-1:111111111111:table/Theirs'
  const { Responses: responses } = await answered(
    by('reader').call('BatchExecuteStatement', statements('Hash', 'Notes', foreign)),
  )
  assert.deepEqual(responses, [
    { TableName: 'Hash', Item: { pk: { S: 'a' } } },
    {
      Error: {
        Code: 'AccessDenied',
        Message: message('reader', 'PartiQLSelect', notes, because('identity-based policy', 'PartiQLSelect')),
      },
    },
    { Error: { Code: 'AccessDenied', Message: message('reader', 'PartiQLSelect', foreign, '') } },
  ])
})

test('a table of another account is never there: both sides would have to allow', async () => {
  const table = 'arn:aws:dynamodb:us-east-1:111111111111:table/Theirs'
  for (const who of ['admin', 'root', 'plain', 'nobody']) {
    for (const [operation, input] of [
      ['GetItem', { ...get, TableName: table }],
      ['DescribeTable', { TableName: table }],
      [
        'Query',
        { TableName: table, KeyConditionExpression: 'a = :a', ExpressionAttributeValues: { ':a': { S: 'a' } } },
      ],
    ] as const) {
      assertRefused(await by(who).call(operation, input), 'AccessDeniedException', message(who, operation, table, ''))
    }
  }
})
