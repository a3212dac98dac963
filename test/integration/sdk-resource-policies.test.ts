/** Resource-based policies through the unmodified SDK and the AWS CLI, and what they let a user do. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  CreateTableCommand,
  DeleteResourcePolicyCommand,
  DynamoDBClient,
  GetItemCommand,
  GetResourcePolicyCommand,
  PolicyNotFoundException,
  PutResourcePolicyCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient } from '@aws-sdk/client-iam'
import { type RunningCoffer, runCoffer } from '../run-coffer.ts'
import { awsCli, awsCliMissing as skip } from './aws-cli.ts'

let coffer: RunningCoffer
let administrator: DynamoDBClient
let reader: DynamoDBClient
const account = '000000000000'
const arnOf = (table: string) => `arn:aws:dynamodb:us-east-1:${account}:table/${table}`
const policyFor = (table: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${account}:user/reader` },
        Action: 'dynamodb:GetItem',
        Resource: arnOf(table),
      },
    ],
  })

before(async () => {
  coffer = await runCoffer()
  const { endpoint, region, credentials } = coffer
  administrator = new DynamoDBClient({ endpoint, region, credentials })
  const iam = new IAMClient({ endpoint, region, credentials })
  await iam.send(new CreateUserCommand({ UserName: 'reader' }))
  const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName: 'reader' }))
  iam.destroy()
  const own = { accessKeyId: key?.AccessKeyId ?? '', secretAccessKey: key?.SecretAccessKey ?? '' }
  reader = new DynamoDBClient({ endpoint, region, credentials: own })
  await newTable('Books')
})
after(async () => {
  administrator?.destroy()
  reader?.destroy()
  await coffer?.stop()
})

async function newTable(TableName: string, ResourcePolicy?: string): Promise<void> {
  await administrator.send(
    new CreateTableCommand({
      ...{ TableName, ResourcePolicy, BillingMode: 'PAY_PER_REQUEST' },
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    }),
  )
  await waitUntilTableExists({ client: administrator, maxWaitTime: 30, minDelay: 1 }, { TableName })
}

const readerGets = (TableName: string) => reader.send(new GetItemCommand({ TableName, Key: { pk: { S: 'a' } } }))

test('a policy is put, read back and effective; who has none is told so', async () => {
  const ResourceArn = arnOf('Books')
  const get = new GetResourcePolicyCommand({ ResourceArn })
  await assert.rejects(administrator.send(get), (error) => error instanceof PolicyNotFoundException)
  await assert.rejects(readerGets('Books'), { name: 'AccessDeniedException' })
  const { RevisionId } = await administrator.send(
    new PutResourcePolicyCommand({ ResourceArn, Policy: policyFor('Books'), ExpectedRevisionId: 'NO_POLICY' }),
  )
  await readerGets('Books')
  assert.deepEqual(
    { ...(await administrator.send(get)), $metadata: undefined },
    { Policy: policyFor('Books'), RevisionId, $metadata: undefined },
  )
  // Equal policies are one, so this is no change and need not wait.
  const again = await administrator.send(
    new PutResourcePolicyCommand({ ResourceArn, Policy: JSON.stringify(JSON.parse(policyFor('Books')), null, 2) }),
  )
  assert.equal(again.RevisionId, RevisionId)
  await assert.rejects(
    administrator.send(new DeleteResourcePolicyCommand({ ResourceArn, ExpectedRevisionId: '1' })),
    (error) => error instanceof PolicyNotFoundException,
  )
})

test('a table born with a policy is read under it at once', async () => {
  await newTable('Born', policyFor('Born'))
  await readerGets('Born')
})

test('the AWS CLI', { skip }, async () => {
  await newTable('ByCli')
  const resource = ['--resource-arn', arnOf('ByCli')]
  const put = await awsCli(coffer, ['put-resource-policy', ...resource, '--policy', policyFor('ByCli')])
  const got = await awsCli(coffer, ['get-resource-policy', ...resource])
  assert.deepEqual(got, { Policy: policyFor('ByCli'), RevisionId: put['RevisionId'] })
  await readerGets('ByCli')
})
