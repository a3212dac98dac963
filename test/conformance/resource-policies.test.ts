/** PutResourcePolicy, GetResourcePolicy, DeleteResourcePolicy and CreateTable's ResourcePolicy (answers recorded 2026-10). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { movingClock } from './moving-clock.ts'
import { answered, assertRefused, broken, notNull, refuses, violated } from './refusals.ts'
import { type ConformanceServer, startServer } from './server.ts'
import { createTables, hashTable } from './tables.ts'

const clock = movingClock()
let server: ConformanceServer
const client = () => server.client
before(async () => {
  server = await startServer({ clock })
  await createTables(client(), [hashTable, { ...hashTable, TableName: 'Other' }])
})
after(() => server?.stop())

const prefix = 'arn:aws:dynamodb:us-east-1:000000000000:table'
const arn = `${prefix}/Hash`
const account = 'arn:aws:iam::000000000000:root'
const invalid = 'One or more parameter values were invalid:'
const malformed = `${invalid} Invalid policy document:`
const notFound = 'Resource-based policy not found for the provided ResourceArn:'

type Statement = Readonly<Record<string, unknown>>
function statement(more: Statement = {}): Statement {
  return { Effect: 'Allow', Principal: { AWS: account }, Action: 'dynamodb:GetItem', Resource: '*', ...more }
}
function policy(...statements: readonly Statement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements })
}

async function putPolicy(Policy: string, more: object = {}): Promise<string> {
  const answer = await answered(client().call('PutResourcePolicy', { ResourceArn: arn, Policy, ...more }))
  return String(answer['RevisionId'])
}
/** Past the pause that follows a change. */
function pause(): void {
  clock.moveOn(15_000)
}

const arnRows: readonly (readonly [name: string, arn: string, message: string, code?: string])[] = [
  ['a bare name', 'Hash', `${invalid} ARNs must start with 'arn:': Hash`],
  [
    'the ARN of an index',
    `${arn}/index/i`,
    `${invalid} Invalid resource arn provided, only table or stream is accepted. Provided resource arn: ${arn}/index/i`,
  ],
  [
    'the ARN of a backup',
    `${arn}/backup/0170`,
    `${invalid} Provided Arn is not a DynamoDB resource arn: ${arn}/backup/0170`,
  ],
  [
    'the ARN of another service',
    'arn:aws:s3:us-east-1:000000000000:table/Hash',
    `${invalid} Provided Arn is not a DynamoDB resource arn: arn:aws:s3:us-east-1:000000000000:table/Hash`,
  ],
  [
    'another Region',
    'arn:aws:dynamodb:eu-west-1:000000000000:table/Hash',
    `${invalid} Invalid resource Arn: arn:aws:dynamodb:eu-west-1:000000000000:table/Hash`,
  ],
  [
    'another partition',
    'arn:aws-cn:dynamodb:us-east-1:000000000000:table/Hash',
    `${invalid} Invalid resource Arn: arn:aws-cn:dynamodb:us-east-1:000000000000:table/Hash`,
  ],
  [
    'another account',
    'arn:aws:dynamodb:us-east-1:111111111111:table/Hash',
    'This action is only supported by accounts that match the resource owner’s account.',
  ],
  [
    'a missing table',
    `${prefix}/Gone`,
    'Requested resource not found: Table: Gone not found',
    'ResourceNotFoundException',
  ],
]
for (const [operation, rest] of Object.entries({
  PutResourcePolicy: { Policy: policy(statement()) },
  GetResourcePolicy: {},
  DeleteResourcePolicy: {},
})) {
  refuses(
    client,
    operation,
    arnRows.map(([name, resource, message, code]) => ({
      name,
      input: { ...rest, ResourceArn: resource },
      message,
      ...(code !== undefined && { code }),
    })),
  )
  refuses(client, operation, [
    { name: 'no resource', input: rest, message: violated(broken('null', 'resourceArn', notNull)) },
  ])
}

const documentRows: readonly (readonly [name: string, policy: string, message: string])[] = [
  ['an empty text', '', `${malformed} This policy contains invalid Json`],
  ['what is no JSON', '{not json', `${malformed} This policy contains invalid Json`],
  ['no statements', policy(), `${malformed} Could not parse the policy: Statement is empty!`],
  ['no Resource', policy(statement({ Resource: undefined })), `${malformed} Missing required field Resource`],
  [
    'two statements of one Sid',
    policy(statement({ Sid: 'A' }), statement({ Sid: 'A' })),
    `${malformed} The Statement Ids in the policy are not unique`,
  ],
  [
    'actions of streams',
    policy(statement({ Action: ['dynamodb:GetRecords', 'dynamodb:GetItem', 'dynamodb:DescribeStream'] })),
    `${malformed} The following action names are invalid: "dynamodb:GetRecords", "dynamodb:DescribeStream"`,
  ],
  [
    'actions that no table has',
    policy(statement({ Action: ['dynamodb:RestoreTableFromBackup', 's3:GetObject', 'dynamodb:Bog*'] })),
    `${malformed} The following action names are invalid: "dynamodb:RestoreTableFromBackup", "s3:GetObject", "dynamodb:Bog*"`,
  ],
  [
    'the ARN of a stream',
    policy(statement({ Resource: `${arn}/stream/2026-10-09T00:29:04.041` })),
    `${malformed} The relative-id "table/Hash/stream/2026-10-09T00:29:04.041" is invalid for ARN "${arn}/stream/2026-10-09T00:29:04.041".`,
  ],
  [
    'a principal that is none',
    policy(statement({ Principal: { AWS: 'me' } })),
    `${invalid} Invalid principal in policy document.`,
  ],
  [
    'more than 20 KB, white space included',
    policy(statement()) + ' '.repeat(20_480),
    `${invalid} Maximum policy size of 20480 bytes exceeded`,
  ],
  ...['*', { AWS: '*' }, { AWS: [account, '*'] }].map(
    (Principal) =>
      [
        `an Allow for ${JSON.stringify(Principal)}`,
        policy(statement({ Principal })),
        'Resource-based policy grants unbounded access in one or more elements. Please revise the policy to ensure least-privilege form of access',
      ] as const,
  ),
]
refuses(client, 'PutResourcePolicy', [
  ...documentRows.map(([name, Policy, message]) => ({ name, input: { ResourceArn: arn, Policy }, message })),
  { name: 'no policy', input: { ResourceArn: arn }, message: violated(broken('null', 'policy', notNull)) },
])
refuses(
  client,
  'CreateTable',
  documentRows.map(([name, ResourcePolicy, message]) => ({
    name: `with a policy of ${name}`,
    input: { ...hashTable, TableName: 'New', ResourcePolicy },
    message,
  })),
)

test('a table without a policy: nothing to get, and a deletion that changes nothing', async () => {
  const other = { ResourceArn: `${prefix}/Other` }
  assertRefused(
    await client().call('GetResourcePolicy', other),
    'PolicyNotFoundException',
    `${notFound} ${prefix}/Other`,
  )
  assert.deepEqual(await answered(client().call('DeleteResourcePolicy', other)), {})
  assertRefused(
    await client().call('DeleteResourcePolicy', { ...other, ExpectedRevisionId: '123456789' }),
    'PolicyNotFoundException',
    `${notFound} Requested update for policy with revision id 123456789, but table Other has no associated policy.`,
  )
})

test('a policy comes back in its canonical form, and its like changes nothing', async () => {
  pause()
  const padded = JSON.stringify(
    {
      Statement: [
        {
          Resource: ['*'],
          Action: ['dynamodb:GetItem'],
          Principal: { AWS: '000000000000' },
          Effect: 'Allow',
          Sid: 'A',
        },
      ],
      Version: '2012-10-17',
    },
    null,
    4,
  )
  const revision = await putPolicy(padded)
  assert.match(revision, /^\d{13}$/)
  const canonical = `{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Principal":{"AWS":"${account}"},"Action":"dynamodb:GetItem","Resource":"*"}]}`
  assert.deepEqual(await answered(client().call('GetResourcePolicy', { ResourceArn: arn })), {
    Policy: canonical,
    RevisionId: revision,
  })
  assert.equal(await putPolicy(canonical), revision)
  assert.equal(await putPolicy(padded), revision)
})

test('a policy without a Version is shown as one of 2008, which is another policy', async () => {
  pause()
  const bare = JSON.stringify({ Statement: statement({ Sid: 'Bare' }) })
  const revision = await putPolicy(bare)
  const { Policy } = await answered(client().call('GetResourcePolicy', { ResourceArn: arn }))
  assert.equal(JSON.parse(String(Policy)).Version, '2008-10-17')
  assert.equal(await putPolicy(bare), revision)
  pause()
  assert.notEqual(await putPolicy(String(Policy)), revision)
})

test('after a change the policy rests for 15 seconds', async () => {
  pause()
  const revision = await putPolicy(policy(statement({ Sid: 'First' })))
  const again = new Date(Number(revision) + 15_000).toISOString()
  const throttled = `Resource-based policy for table Hash modified within the previous 15000 milliseconds. Please try again after ${again}.`
  const second = { ResourceArn: arn, Policy: policy(statement({ Sid: 'Second' })) }
  clock.moveOn(14_000)
  assertRefused(await client().call('PutResourcePolicy', second), 'ThrottlingException', throttled)
  assertRefused(await client().call('DeleteResourcePolicy', { ResourceArn: arn }), 'ThrottlingException', throttled)
  clock.moveOn(1_000)
  assert.ok((await putPolicy(second.Policy)) > revision)
})

test('ExpectedRevisionId names the policy to replace or delete', async () => {
  pause()
  const first = await putPolicy(policy(statement({ Sid: 'One' })))
  const two = policy(statement({ Sid: 'Two' }))
  const mismatch = (expected: string, revision: string) =>
    `${notFound} Requested update for policy with revision id ${expected}, but the policy associated to target table Hash has revision id ${revision}.`
  const put = (more: object) => client().call('PutResourcePolicy', { ResourceArn: arn, Policy: two, ...more })
  // The revision is looked at before the pause.
  assertRefused(await put({ ExpectedRevisionId: '7' }), 'PolicyNotFoundException', mismatch('7', first))
  assertRefused(
    await put({ ExpectedRevisionId: 'NO_POLICY' }),
    'PolicyNotFoundException',
    `${notFound} Requested policy update expecting none to be present for table Hash, but a policy exists with revision id ${first}.`,
  )
  pause()
  const second = await putPolicy(two, { ExpectedRevisionId: first })
  pause()
  const remove = (more: object) => client().call('DeleteResourcePolicy', { ResourceArn: arn, ...more })
  assertRefused(await remove({ ExpectedRevisionId: first }), 'PolicyNotFoundException', mismatch(first, second))
  assert.deepEqual(await answered(remove({ ExpectedRevisionId: second })), { RevisionId: second })
  assertRefused(
    await client().call('GetResourcePolicy', { ResourceArn: arn }),
    'PolicyNotFoundException',
    `${notFound} ${arn}`,
  )
  // Once more: the time of the deletion stands in for a revision.
  const { RevisionId: deletion } = await answered(remove({}))
  assert.ok(String(deletion) > second)
  assertRefused(
    await remove({ ExpectedRevisionId: second }),
    'PolicyNotFoundException',
    mismatch(second, String(deletion)),
  )
  pause()
  await putPolicy(two, { ExpectedRevisionId: 'NO_POLICY' })
})

test('nobody locks himself out unless he says so', async () => {
  pause()
  const locked = policy(
    statement({
      Effect: 'Deny',
      Principal: '*',
      Action: 'dynamodb:PutResourcePolicy',
      Condition: { ArnEquals: { 'aws:PrincipalArn': account } },
    }),
  )
  for (const confirm of [undefined, false]) {
    assertRefused(
      await client().call('PutResourcePolicy', {
        ResourceArn: arn,
        Policy: locked,
        ConfirmRemoveSelfResourceAccess: confirm,
      }),
      'AccessDeniedException',
      'The new resource policy will not allow you to update the resource policy in the future.',
    )
  }
  await putPolicy(locked, { ConfirmRemoveSelfResourceAccess: true })
  pause()
  assertRefused(
    await client().call('PutResourcePolicy', { ResourceArn: arn, Policy: policy(statement()) }),
    'AccessDeniedException',
    `User: ${account} is not authorized to perform: dynamodb:PutResourcePolicy on resource: ${arn} with an explicit deny in a resource-based policy`,
  )
  await answered(client().call('DeleteResourcePolicy', { ResourceArn: arn }))
})

test('CreateTable brings a policy along, DescribeTable keeps silent about it, and it goes with its table', async () => {
  const named = { TableName: 'Born' }
  const born = { ResourceArn: `${prefix}/Born` }
  await createTables(client(), [{ ...hashTable, ...named, ResourcePolicy: policy(statement()) }])
  const kept = await answered(client().call('GetResourcePolicy', born))
  assert.equal(kept['Policy'], policy(statement()))
  const { Table: table } = await answered(client().call('DescribeTable', named))
  assert.ok(!JSON.stringify(table).includes('Policy'))
  await answered(client().call('DeleteTable', named))
  assertRefused(
    await client().call('GetResourcePolicy', born),
    'ResourceNotFoundException',
    'Requested resource not found: Table: Born not found',
  )
  await createTables(client(), [{ ...hashTable, ...named }])
  assertRefused(
    await client().call('GetResourcePolicy', born),
    'PolicyNotFoundException',
    `${notFound} ${born.ResourceArn}`,
  )
})

test('a stream has a policy of its own, with a pause of its own', async () => {
  const streamed = {
    ...hashTable,
    TableName: 'Streamed',
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
  }
  await createTables(client(), [streamed])
  const { Table: table } = await answered(client().call('DescribeTable', { TableName: 'Streamed' }))
  const { LatestStreamArn: stream, LatestStreamLabel: label } = table as Record<string, string>
  const readers = policy(statement({ Action: 'dynamodb:GetRecords', Resource: stream }))
  const { RevisionId: revision } = await answered(
    client().call('PutResourcePolicy', { ResourceArn: stream, Policy: readers }),
  )
  await answered(client().call('PutResourcePolicy', { ResourceArn: `${prefix}/Streamed`, Policy: policy(statement()) }))
  assertRefused(
    await client().call('PutResourcePolicy', {
      ResourceArn: stream,
      Policy: policy(statement({ Action: 'dynamodb:DescribeStream' })),
    }),
    'ThrottlingException',
    `Resource-based policy for stream ${label} modified within the previous 15000 milliseconds. Please try again after ${new Date(Number(revision) + 15_000).toISOString()}.`,
  )
  assertRefused(
    await client().call('PutResourcePolicy', {
      ResourceArn: stream,
      Policy: policy(statement({ Resource: `${prefix}/Streamed`, Action: 'dynamodb:GetRecords' })),
    }),
    'ValidationException',
    `${malformed} The relative-id "table/Streamed" is invalid for ARN "${prefix}/Streamed".`,
  )
  const other = `${prefix}/Streamed/stream/2000-01-01T00:00:00.000`
  for (const operation of ['GetResourcePolicy', 'DeleteResourcePolicy']) {
    assertRefused(
      await client().call(operation, { ResourceArn: other }),
      'ResourceNotFoundException',
      'Requested resource not found: Stream: 2000-01-01T00:00:00.000 not found for Table: Streamed',
    )
  }
  await answered(client().call('DeleteTable', { TableName: 'Streamed' }))
  assertRefused(
    await client().call('GetResourcePolicy', { ResourceArn: stream }),
    'PolicyNotFoundException',
    `${notFound} ${stream}`,
  )
})

test('policies outlive a restart', async () => {
  pause()
  const denied = policy(statement({ Effect: 'Deny', Action: 'dynamodb:GetItem', Principal: '*' }))
  const revision = await putPolicy(denied)
  server = await server.restart()
  assert.equal((await answered(client().call('GetResourcePolicy', { ResourceArn: arn })))['RevisionId'], revision)
  assertRefused(
    await client().call('GetItem', { TableName: 'Hash', Key: { pk: { S: 'a' } } }),
    'AccessDeniedException',
    `User: ${account} is not authorized to perform: dynamodb:GetItem on resource: ${arn} with an explicit deny in a resource-based policy`,
  )
})
