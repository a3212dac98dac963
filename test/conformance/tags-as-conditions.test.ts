/** Tags as conditions: of the table or index that is touched, of the request, and of the caller. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Client } from './client.ts'
import { allow, deny, user } from './people.ts'
import { done, iamApi } from './query.ts'
import { answered } from './refusals.ts'
import { type ConformanceServer, startServer } from './server.ts'
import { compositeTable, createTables, hashTable } from './tables.ts'

let server: ConformanceServer
const people = new Map<string, Client>()
const variable = (key: string) => `\${${key}}`
const own = { StringEquals: { 'aws:ResourceTag/Desk': variable('aws:PrincipalTag/desk') } }
const tagged = (Value: string) => [{ Key: 'desk', Value }]
before(async () => {
  server = await startServer()
  await createTables(server.client, [
    { ...hashTable, TableName: 'Mine', Tags: tagged('fx') },
    { ...hashTable, TableName: 'Theirs', Tags: tagged('rates') },
    { ...hashTable, TableName: 'Untagged' },
    { ...compositeTable, TableName: 'Indexed', Tags: tagged('fx') },
  ])
  const creates = {
    StringEquals: { 'aws:RequestTag/desk': 'fx' },
    'ForAllValues:StringEquals': { 'aws:TagKeys': ['desk'] },
  }
  const grants = {
    trader: [allow('dynamodb:*', { Condition: own })],
    guarded: [
      allow('dynamodb:*'),
      deny('dynamodb:*', { Condition: { StringNotEquals: { 'aws:ResourceTag/desk': 'fx' } } }),
    ],
    creator: [allow(['dynamodb:CreateTable', 'dynamodb:TagResource'], { Condition: creates })],
    untagger: [
      allow('dynamodb:UntagResource', { Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['cost'] } } }),
      allow('dynamodb:CreateTable', { Condition: { Null: { 'aws:TagKeys': 'true' } } }),
    ],
  }
  for (const [name, statements] of Object.entries(grants)) people.set(name, await user(server, name, ...statements))
  await done(server, iamApi, 'TagUser', {
    UserName: 'trader',
    'Tags.member.1.Key': 'desk',
    'Tags.member.1.Value': 'fx',
  })
})
after(async () => {
  for (const client of people.values()) client.close()
  await server?.stop()
})

const arn = (table: string) => `arn:aws:dynamodb:us-east-1:000000000000:table/${table}`
const get = (TableName: string) => ({ TableName, Key: { pk: { S: 'a' } } })
const create = (TableName: string, Tags?: readonly object[]) => ({ ...hashTable, TableName, ...(Tags && { Tags }) })
const query = (TableName: string) => ({
  ...{ TableName, IndexName: 'global1', KeyConditionExpression: 'l1 = :v' },
  ExpressionAttributeValues: { ':v': { S: 'a' } },
})
const fx = { Key: 'desk', Value: 'fx' }
const cost = { Key: 'cost', Value: '7' }

type Row = readonly [who: string, operation: string, input: object, allowed: boolean]
const rows: readonly Row[] = [
  ['trader', 'GetItem', get('Mine'), true],
  ['trader', 'GetItem', get('Theirs'), false],
  ['trader', 'GetItem', get('Untagged'), false],
  ['trader', 'GetItem', get('Absent'), false],
  ['trader', 'Query', query('Indexed'), true],
  ['trader', 'DescribeTable', { TableName: 'Mine' }, true],
  ['trader', 'DescribeTable', { TableName: 'Theirs' }, false],
  ['trader', 'BatchGetItem', { RequestItems: { Mine: { Keys: [get('').Key] } } }, true],
  [
    'trader',
    'BatchGetItem',
    { RequestItems: { Mine: { Keys: [get('').Key] }, Theirs: { Keys: [get('').Key] } } },
    false,
  ],
  ['trader', 'ExecuteStatement', { Statement: `SELECT * FROM Mine WHERE pk = 'a'` }, true],
  ['trader', 'ExecuteStatement', { Statement: `SELECT * FROM Theirs WHERE pk = 'a'` }, false],
  // A table that is to be has no tags yet.
  ['trader', 'CreateTable', create('New', [fx]), false],
  ['guarded', 'GetItem', get('Mine'), true],
  ['guarded', 'GetItem', get('Theirs'), false],
  ['guarded', 'GetItem', get('Untagged'), false],
  ['creator', 'CreateTable', create('Bare'), false],
  ['creator', 'CreateTable', create('Wrong', tagged('rates')), false],
  ['creator', 'CreateTable', create('More', [fx, cost]), false],
  ['creator', 'CreateTable', create('Right', [fx]), true],
  ['creator', 'TagResource', { ResourceArn: arn('Untagged'), Tags: [fx, cost] }, false],
  ['creator', 'TagResource', { ResourceArn: arn('Theirs'), Tags: tagged('rates') }, false],
  ['creator', 'TagResource', { ResourceArn: arn('Right'), Tags: [fx] }, true],
  ['untagger', 'UntagResource', { ResourceArn: arn('Right'), TagKeys: ['desk'] }, false],
  ['untagger', 'UntagResource', { ResourceArn: arn('Right'), TagKeys: ['cost'] }, true],
  ['untagger', 'CreateTable', create('Plain'), true],
  ['untagger', 'CreateTable', create('Tagged', [cost]), false],
]
for (const [who, operation, input, allowed] of rows) {
  test(`${who} ${allowed ? 'may' : 'may not'} ${operation} ${JSON.stringify(input).slice(0, 90)}`, async () => {
    const { code } = await (people.get(who) as Client).call(operation, input)
    assert.equal(code, allowed ? undefined : 'AccessDeniedException')
  })
}

test('a tag that changes counts for the next call', async () => {
  const trader = people.get('trader') as Client
  await answered(trader.call('GetItem', get('Mine')))
  await answered(server.client.call('TagResource', { ResourceArn: arn('Mine'), Tags: tagged('rates') }))
  assert.equal((await trader.call('GetItem', get('Mine'))).code, 'AccessDeniedException')
})
