/** A trader with AWS's example policy, and every way round it that its authors could think of. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, connect } from '../conformance/client.ts'
import { call, streamOf, streams } from '../conformance/stream-calls.ts'
import { attempt } from './attempts.ts'
import { type Bank, me, openBank, secret, tradesArn, you } from './bank.ts'
import { traderOthers } from './trader-others.ts'
import { sixAttributes, traderStatement } from './trader-policy.ts'
import { traderReads } from './trader-reads.ts'

let bank: Bank
let trader: Client
before(async () => {
  bank = await openBank()
  await bank.role('trader', [traderStatement])
  trader = bank.client(await bank.session('trader', me))
})
after(() => bank?.stop())

const projected = { TableName: 'Trades', ProjectionExpression: sixAttributes.join(', ') }
const key = (TraderId: string, TradeId: string) => ({ TraderId: { S: TraderId }, TradeId: { S: TradeId } })
const own = { ...projected, Key: key(me, 't1') }
const foreign = { ...projected, Key: key(you, 'u1') }

describe('what the trader tries', () => {
  const attempts = [...traderReads, ...traderOthers]
  for (const one of attempts) test(one.name, () => attempt(trader, one))

  test('is more than 60 ways, each of another name', () => {
    const names = new Set(attempts.filter(({ answer }) => answer !== 'allowed').map(({ name }) => name))
    assert.ok(names.size >= 60)
    assert.equal(new Set(attempts.map(({ name }) => name)).size, attempts.length)
  })
})

test('what the trader does see are the values of his own trades', async () => {
  const { body } = await trader.call('GetItem', own)
  assert.deepEqual(Object.keys(body['Item'] as object).sort(), [...sixAttributes].sort())
  const query = await trader.call('Query', {
    ...projected,
    KeyConditionExpression: 'TraderId = :t',
    ExpressionAttributeValues: { ':t': { S: me } },
  })
  assert.equal(query.body['Count'], 3)
})

test('the refusal says what AWS says', async () => {
  const { status, namespace, message } = await trader.call('GetItem', foreign)
  assert.deepEqual([status, namespace], [400, 'com.amazon.coral.service'])
  assert.equal(
    message,
    `User: arn:aws:sts::000000000000:assumed-role/trader/desk is not authorized to perform: dynamodb:GetItem on resource: ${tradesArn} because no identity-based policy allows the dynamodb:GetItem action`,
  )
})

test('the same role serves each trader his own trades', async () => {
  const other = bank.client(await bank.session('trader', you))
  assert.equal((await other.call('GetItem', own)).code, 'AccessDeniedException')
  const { body } = await other.call('GetItem', foreign)
  assert.ok(JSON.stringify(body).includes(secret))
  assert.equal((await trader.call('GetItem', foreign)).code, 'AccessDeniedException')
})

test('a trader whose name is a wildcard or a variable is nobody else', async () => {
  for (const name of ['*', 'amzn1.account.*', '?', `$${'{*}'}`, `$${'{aws:userid}'}`, `${me},${you}`]) {
    const odd = bank.client(await bank.session('trader', name))
    assert.equal((await odd.call('GetItem', own)).code, 'AccessDeniedException', name)
    assert.equal((await odd.call('GetItem', { ...own, Key: key(name, 't1') })).code, undefined, name)
  }
})

test('a session policy narrows and never widens', async () => {
  const allow = (Action: string) => ({ Effect: 'Allow', Action, Resource: '*' })
  const wide = bank.client(await bank.session('trader', me, allow('dynamodb:*')))
  assert.equal((await wide.call('GetItem', own)).code, undefined)
  assert.equal((await wide.call('GetItem', foreign)).code, 'AccessDeniedException')
  assert.equal((await wide.call('GetItem', { ...own, ProjectionExpression: undefined })).code, 'AccessDeniedException')
  assert.equal((await wide.call('DeleteItem', { TableName: 'Trades', Key: own.Key })).code, 'AccessDeniedException')
  const narrow = bank.client(await bank.session('trader', me, allow('dynamodb:Query')))
  assert.equal((await narrow.call('GetItem', own)).code, 'AccessDeniedException')
})

test("an iterator of the administrator's is of no use to the trader", async () => {
  const admin = bank.server.client
  const StreamArn = await streamOf(admin, 'Trades')
  assert.equal((await trader.call(streams('DescribeStream'), { StreamArn })).code, 'AccessDeniedException')
  const { body } = await call(admin, 'DescribeStream', { StreamArn })
  const [shard] = (body['StreamDescription'] as { Shards: readonly { ShardId: string }[] }).Shards
  const start = { StreamArn, ShardId: shard?.ShardId, ShardIteratorType: 'TRIM_HORIZON' }
  const { ShardIterator } = (await call(admin, 'GetShardIterator', start)).body
  assert.equal((await trader.call(streams('GetRecords'), { ShardIterator })).code, 'AccessDeniedException')
  const elsewhere = StreamArn.replace('arn:aws:', 'arn:aws-cn:')
  assert.equal((await trader.call(streams('DescribeStream'), { StreamArn: elsewhere })).code, 'ValidationException')
})

test('a key without its token, with another token, or after its time is no key', async () => {
  const credentials = await bank.session('trader', me)
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  const { sessionToken: other = '' } = await bank.session('trader', you)
  const code = async (sessionToken?: string) => {
    const client = connect({
      ...bank.server.endpoint,
      credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
    })
    const answer = await client.call('GetItem', own)
    client.close()
    return answer.code
  }
  assert.equal(await code(sessionToken), undefined)
  assert.equal(await code(), 'UnrecognizedClientException')
  assert.equal(await code(other), 'UnrecognizedClientException')
  assert.equal(await code(`${sessionToken}A`), 'UnrecognizedClientException')
  bank.clock.moveOn(3_601_000)
  assert.equal(await code(sessionToken), 'ExpiredTokenException')
})
