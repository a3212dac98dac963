/** TagResource, UntagResource and ListTagsOfResource. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Body, Client } from './client.ts'
import { answered, assertRefused, broken, notNull, type Refusal, refuses, violated } from './refusals.ts'
import { startServer } from './server.ts'
import { createTables, hashTable } from './tables.ts'

let client: Client
let stop: () => Promise<void>
before(async () => {
  ;({ client, stop } = await startServer())
  await createTables(client, [hashTable, { ...hashTable, TableName: 'Full' }])
})
after(() => stop())

const prefix = 'arn:aws:dynamodb:us-east-1:000000000000:table'
const arn = `${prefix}/Hash`
const absent = `${prefix}/Absent`
const invalid = 'One or more parameter values were invalid:'
const long = 'k'.repeat(129)

const arnRows: readonly (readonly [name: string, resource: string | undefined, message: string, code?: string])[] = [
  ['no resource', undefined, 'Invalid TableArn'],
  ['what is no ARN', 'not-a-valid-arn', `${invalid} ARNs must start with 'arn:': not-a-valid-arn`],
  [
    'the ARN of another service',
    'arn:aws:s3:us-east-1:000000000000:table/Hash',
    `${invalid} Provided Arn is not a DynamoDB resource arn: arn:aws:s3:us-east-1:000000000000:table/Hash`,
  ],
  [
    'the ARN of an index',
    `${arn}/index/i`,
    `${invalid} Invalid resource arn provided, only table or stream is accepted. Provided resource arn: ${arn}/index/i`,
  ],
  [
    'the ARN of another Region',
    'arn:aws:dynamodb:eu-west-1:000000000000:table/Hash',
    'Invalid TableArn: Invalid ResourceArn provided as input arn:aws:dynamodb:eu-west-1:000000000000:table/Hash',
  ],
  [
    'the ARN of a table that is not there',
    absent,
    `Requested resource not found: ResourceArn: ${absent} not found`,
    'ResourceNotFoundException',
  ],
]
const calls: Readonly<Record<string, object>> = {
  TagResource: { Tags: [{ Key: 'a', Value: 'b' }] },
  UntagResource: { TagKeys: ['a'] },
  ListTagsOfResource: {},
}
for (const [operation, rest] of Object.entries(calls)) {
  refuses(
    () => client,
    operation,
    arnRows.map(
      ([name, resource, message, code]): Refusal => ({
        name,
        input: { ...rest, ResourceArn: resource },
        message,
        ...(code !== undefined && { code }),
      }),
    ),
  )
  test(`${operation} refuses the ARN of another account`, async () => {
    const other = 'arn:aws:dynamodb:us-east-1:111111111111:table/Hash'
    assertRefused(
      await client.call(operation, { ...rest, ResourceArn: other }),
      'AccessDeniedException',
      `User: arn:aws:iam::000000000000:root is not authorized to perform: dynamodb:${operation} on resource: ${other}`,
    )
  })
}

refuses(() => client, 'TagResource', [
  { name: 'no tags', input: { ResourceArn: arn }, message: violated(broken('null', 'tags', notNull)) },
  {
    name: 'an empty list of tags',
    input: { ResourceArn: arn, Tags: [] },
    message: 'Atleast one Tag needs to be provided as Input.',
  },
  ...tagRows([
    ['a tag without key', [{ Value: 'v' }], 'The Tag Key provided is invalid, Key: null'],
    ['a tag with an empty key', [{ Key: '', Value: 'v' }], 'The Tag Key provided is invalid, Key: '],
    ['a key of 129 characters', [{ Key: long, Value: 'v' }], `The Tag Key provided is invalid, Key: ${long}`],
    ['a tag without value', [{ Key: 'k' }], 'The Tag Value provided is invalid, Value: null'],
    ['a value with a comma', [{ Key: 'k', Value: 'a,b' }], 'The Tag Value provided is invalid, Value: a,b'],
    ['a key of AWS', [{ Key: 'aws:k', Value: 'v' }], 'Tag Key cannot be prefixed with aws:, Key: aws:k'],
    [
      'a key twice',
      [
        { Key: 'dup', Value: 'a' },
        { Key: 'dup', Value: 'b' },
      ],
      'Duplicate Tag Keys provided as input: Duplicate Tag Key found dup',
    ],
    [
      '51 tags',
      Array.from({ length: 51 }, (_, at) => ({ Key: `k${at}`, Value: '' })),
      'Number of Tags exceed the current limit for the provided ResourceArn',
    ],
  ]),
])

function tagRows(
  rows: readonly (readonly [name: string, tags: readonly Body[], message: string])[],
): readonly Refusal[] {
  return rows.map(([name, tags, message]) => ({ name, input: { ResourceArn: arn, Tags: tags }, message }))
}

refuses(() => client, 'UntagResource', [
  { name: 'no keys', input: { ResourceArn: arn }, message: violated(broken('null', 'tagKeys', notNull)) },
  {
    name: 'an empty list of keys',
    input: { ResourceArn: arn, TagKeys: [] },
    message: 'Atleast one Tag Key needs to be provided as Input.',
  },
])

async function tags(resource: string): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {}
  let token: unknown
  do {
    const answer = await answered(
      client.call('ListTagsOfResource', { ResourceArn: resource, ...(token !== undefined && { NextToken: token }) }),
    )
    for (const { Key, Value } of answer['Tags'] as readonly { Key: string; Value: string }[]) found[Key] = Value
    token = answer['NextToken']
  } while (token !== undefined)
  return found
}

test('tags are added, replaced and taken away', async () => {
  const tag = (Tags: readonly Body[]) => answered(client.call('TagResource', { ResourceArn: arn, Tags }))
  assert.deepEqual(
    await tag([
      { Key: 'env', Value: 'test' },
      { Key: 'größe: 表', Value: 'a+b-c=d.e_f:g/h@i' },
    ]),
    {},
  )
  await tag([
    { Key: 'env', Value: 'live' },
    { Key: 'team', Value: '' },
  ])
  assert.deepEqual(await tags(arn), { env: 'live', 'größe: 表': 'a+b-c=d.e_f:g/h@i', team: '' })
  const untagged = await answered(client.call('UntagResource', { ResourceArn: arn, TagKeys: ['env', 'never'] }))
  assert.deepEqual(untagged, {})
  assert.deepEqual(await tags(arn), { 'größe: 表': 'a+b-c=d.e_f:g/h@i', team: '' })
})

test('a table takes 50 tags and not one more, and lists them all', async () => {
  const ResourceArn = `${prefix}/Full`
  const all = Array.from({ length: 50 }, (_, at) => ({ Key: `k${at}`, Value: String(at) }))
  await answered(client.call('TagResource', { ResourceArn, Tags: all }))
  assert.equal(Object.keys(await tags(ResourceArn)).length, 50)
  assertRefused(
    await client.call('TagResource', { ResourceArn, Tags: [{ Key: 'one-more', Value: '' }] }),
    'ValidationException',
    'Number of Tags exceed the current limit for the provided ResourceArn',
  )
  await answered(client.call('TagResource', { ResourceArn, Tags: [{ Key: 'k0', Value: 'new' }] }))
  assert.equal((await tags(ResourceArn))['k0'], 'new')
})

test('tags given with the table are there', async () => {
  await createTables(client, [{ ...hashTable, TableName: 'Tagged', Tags: [{ Key: 'a', Value: 'b' }] }])
  assert.deepEqual(await tags(`${prefix}/Tagged`), { a: 'b' })
})
