/** The official STS client and the AWS CLI. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { type RunningCoffer, runCoffer } from '../run-coffer.ts'

let coffer: RunningCoffer

before(async () => {
  coffer = await runCoffer()
})
after(() => coffer?.stop())

test('the administrator is the root of the account', async () => {
  const sts = new STSClient({ endpoint: coffer.endpoint, region: coffer.region, credentials: coffer.credentials })
  const { Arn, Account, UserId, $metadata } = await sts.send(new GetCallerIdentityCommand({}))
  assert.deepEqual(
    { Arn, Account, UserId },
    { Arn: 'arn:aws:iam::000000000000:root', Account: '000000000000', UserId: '000000000000' },
  )
  assert.match($metadata.requestId ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})
