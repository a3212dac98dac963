/** What the calls ask permission for, and what audit records keep of them; neither needs an engine. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RequestContext } from '../../contract/request-context.ts'
import { checkShape } from '../../contract/shape.ts'
import { streamsService } from './service.ts'

const ctx = {
  accountId: '000000000000',
  region: 'us-east-1',
  principal: { type: 'Root', accountId: '000000000000', arn: 'arn:aws:iam::000000000000:root' },
} as RequestContext
const arn = 'arn:aws:dynamodb:us-east-1:000000000000:table/Orders/stream/2026-01-02T03:04:05.678'
const shard = 'shardId-00000001414576573621-f55eea83'

function operationNamed(name: string) {
  const found = streamsService.operations.find((operation) => operation.name === name)
  assert.ok(found !== undefined)
  return found
}

function asked(name: string, raw: object): unknown {
  const { access, input } = operationNamed(name)
  return access(checkShape(input, raw), ctx)
}

test('each call asks on the stream that it reads', () => {
  const iterator = { StreamArn: arn, ShardId: shard, ShardIteratorType: 'LATEST' }
  assert.deepEqual(asked('DescribeStream', { StreamArn: arn }), [{ action: 'dynamodb:DescribeStream', resource: arn }])
  assert.deepEqual(asked('GetShardIterator', iterator), [{ action: 'dynamodb:GetShardIterator', resource: arn }])
  const records = { ShardIterator: `${arn}|1|AAAA` }
  assert.deepEqual(asked('GetRecords', records), [{ action: 'dynamodb:GetRecords', resource: arn }])
})

test('ListStreams asks on all streams of the table, or of every table', () => {
  const streamsOf = (table: string) => [
    { action: 'dynamodb:ListStreams', resource: `arn:aws:dynamodb:us-east-1:000000000000:table/${table}/stream/*` },
  ]
  assert.deepEqual(asked('ListStreams', { TableName: 'Orders' }), streamsOf('Orders'))
  assert.deepEqual(asked('ListStreams', {}), streamsOf('*'))
})

test('reading records is a data event of the stream, the rest are management events', () => {
  const categories = streamsService.operations.map(({ name, audit }) => [name, audit.category, audit.readOnly])
  assert.deepEqual(categories, [
    ['DescribeStream', 'Management', true],
    ['GetRecords', 'Data', true],
    ['GetShardIterator', 'Data', true],
    ['ListStreams', 'Management', true],
  ])
})

test('an audit record keeps the request and the stream, and nothing that was read', () => {
  const { audit } = operationNamed('GetRecords')
  const input = { ShardIterator: `${arn}|1|AAAA`, Limit: 5 }
  assert.deepEqual(audit.requestParameters(input), { shardIterator: `${arn}|1|AAAA`, limit: 5 })
  assert.deepEqual(audit.resources(input, ctx), [{ type: 'AWS::DynamoDB::Stream', arn }])
  assert.equal(audit.responseElements?.({ Records: [] }), null)
  assert.deepEqual(audit.resources({ ShardIterator: 'nonsense' }, ctx), [], 'a refused call is recorded too')
  const filter = { StreamArn: arn, ShardFilter: { Type: 'CHILD_SHARDS', ShardId: shard } }
  assert.deepEqual(operationNamed('DescribeStream').audit.requestParameters(filter), {
    streamArn: arn,
    shardFilter: { type: 'CHILD_SHARDS', shardId: shard },
  })
})
