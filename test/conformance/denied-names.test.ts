/**
 * What a policy denies stays denied however the request spells the resource's name: permission is asked for the one ARN
 * that the resource has, and a spelling that no resource has finds none.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { element, type QueryParts } from '../server/signed-query.ts'
import { type Client, connect } from './client.ts'
import { callQuery, done, iamApi } from './query.ts'
import { type ConformanceServer, startServer } from './server.ts'
import { iteratorAt, shardsOf, streamOf } from './stream-calls.ts'
import { createTables, hashTable } from './tables.ts'

const account = '000000000000'
const table = `arn:aws:dynamodb:us-east-1:${account}:table/Hash`
const partitions = ['aws-cn', 'aws-us-gov', 'aws-x', 'awsx', '']

let server: ConformanceServer
let user: Client
let signedBy: Partial<QueryParts>
let stream: string
let iterator: string

before(async () => {
  server = await startServer()
  await createTables(server.client, [
    { ...hashTable, StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } },
  ])
  stream = await streamOf(server.client, 'Hash')
  const [shard] = await shardsOf(server.client, stream)
  iterator = await iteratorAt(server.client, stream, shard?.ShardId ?? '')
  await done(server, iamApi, 'CreateUser', { UserName: 'trader' })
  await done(server, iamApi, 'CreateUser', { UserName: 'chief', Path: '/board/' })
  await done(server, iamApi, 'PutUserPolicy', {
    UserName: 'trader',
    PolicyName: 'all-but-one',
    PolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        { Effect: 'Deny', Action: '*', Resource: [table, `${table}/*`, `arn:aws:iam::${account}:user/board/*`] },
      ],
    }),
  })
  const { text } = await done(server, iamApi, 'CreateAccessKey', { UserName: 'trader' })
  const credentials = {
    accessKeyId: element(text, 'AccessKeyId') ?? '',
    secretAccessKey: element(text, 'SecretAccessKey') ?? '',
  }
  signedBy = credentials
  user = connect({ ...server.endpoint, credentials })
})
after(async () => {
  user?.close()
  await server?.stop()
})

function spelt(arn: string, partition: string): string {
  return arn.replace(/^arn:aws:/, `arn:${partition}:`)
}

test('a table or stream that is denied by its ARN is not reached by the ARN of another partition', async () => {
  const calls: readonly (readonly [string, (partition: string) => object])[] = [
    ['GetItem', (partition) => ({ TableName: spelt(table, partition), Key: { pk: { S: 'a' } } })],
    ['Scan', (partition) => ({ TableName: spelt(table, partition) })],
    ['DescribeTable', (partition) => ({ TableName: spelt(table, partition) })],
    ['BatchGetItem', (partition) => ({ RequestItems: { [spelt(table, partition)]: { Keys: [{ pk: { S: 'a' } }] } } })],
    ['ExecuteStatement', (partition) => ({ Statement: `SELECT * FROM "${spelt(table, partition)}"` })],
    ['ListTagsOfResource', (partition) => ({ ResourceArn: spelt(table, partition) })],
    ['DynamoDBStreams_20120810.DescribeStream', (partition) => ({ StreamArn: spelt(stream, partition) })],
    ['DynamoDBStreams_20120810.GetRecords', (partition) => ({ ShardIterator: spelt(iterator, partition) })],
  ]
  for (const [operation, input] of calls) {
    const refused = await user.call(operation, input('aws'))
    assert.equal(refused.code, 'AccessDeniedException', operation)
    for (const partition of partitions) {
      const { status, code } = await user.call(operation, input(partition))
      assert.equal(status, 400, `${operation} in partition "${partition}"`)
      const known = ['ValidationException', 'AccessDeniedException', 'ResourceNotFoundException']
      assert.ok(known.includes(code ?? ''), `${operation} in partition "${partition}": ${code}`)
    }
  }
})

test('a user who may not be looked into is not looked into by an ARN with another path or account', async () => {
  const simulate = (source: string) =>
    callQuery(
      server,
      iamApi,
      'SimulatePrincipalPolicy',
      { PolicySourceArn: source, 'ActionNames.member.1': 'dynamodb:GetItem' },
      signedBy,
    )
  assert.equal((await simulate(`arn:aws:iam::${account}:user/board/chief`)).code, 'AccessDenied')
  assert.equal((await simulate('arn:aws:iam::111111111111:user/board/chief')).code, 'AccessDenied')
  for (const other of ['user/chief', 'user/desk/chief']) {
    assert.equal((await simulate(`arn:aws:iam::${account}:${other}`)).code, 'NoSuchEntity', other)
  }
  const keys = { PolicySourceArn: `arn:aws:iam::${account}:user/chief` }
  assert.equal(
    (await callQuery(server, iamApi, 'GetContextKeysForPrincipalPolicy', keys, signedBy)).code,
    'NoSuchEntity',
  )
})
