/** CloudWatch's GetInsightRuleReport of the rules that contributor insights make. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Body, Client } from './client.ts'
import { answered } from './refusals.ts'
import { type ConformanceServer, startServer } from './server.ts'
import { compositeTable, createTables, put } from './tables.ts'

const monitoring = {
  signingName: 'monitoring',
  targetPrefix: 'GraniteServiceVersion20100801',
  contentType: 'application/x-amz-json-1.0',
}

let server: ConformanceServer
let dynamodb: Client
let cloudwatch: Client
before(async () => {
  server = await startServer()
  dynamodb = server.client
  cloudwatch = server.clientOf(monitoring)
  await createTables(dynamodb, [compositeTable])
  await turn('ENABLE')
  await turn('ENABLE', 'global1')
})
after(() => server.stop())

function turn(ContributorInsightsAction: string, IndexName?: string): Promise<Body> {
  const input = { TableName: 'Composite', ContributorInsightsAction, ...(IndexName && { IndexName }) }
  return answered(dynamodb.call('UpdateContributorInsights', input))
}

async function rules(IndexName?: string): Promise<readonly string[]> {
  const input = { TableName: 'Composite', ...(IndexName && { IndexName }) }
  const answer = await answered(dynamodb.call('DescribeContributorInsights', input))
  return answer['ContributorInsightsRuleList'] as readonly string[]
}

function reportInput(RuleName: string | undefined, more: Body = {}): Body {
  const nowSeconds = Date.now() / 1000
  return { RuleName, StartTime: nowSeconds - 600, EndTime: nowSeconds + 60, Period: 60, ...more }
}

async function ranked(RuleName: string | undefined): Promise<unknown> {
  const report = await answered(cloudwatch.call('GetInsightRuleReport', reportInput(RuleName)))
  const contributors = report['Contributors'] as readonly { Keys: string[]; ApproximateAggregateValue: number }[]
  return contributors.map((each) => [...each.Keys, each.ApproximateAggregateValue])
}

test('keys by their use, of the table and of its index', async () => {
  await put(dynamodb, 'Composite', { pk: { S: 'ann' }, sk: { S: '1' }, l1: { S: 'x' } })
  await put(dynamodb, 'Composite', { pk: { S: 'bob' }, sk: { S: '1' } }, { pk: { S: 'bob' }, sk: { S: '2' } })
  const [accessed, , accessedItems] = await rules()
  // Ann's item costs a unit of its local index, too.
  assert.deepEqual(await ranked(accessed), [
    ['ann', 6],
    ['bob', 6],
  ])
  assert.deepEqual(await ranked(accessedItems), [
    ['ann', '1', 6],
    ['bob', '1', 3],
    ['bob', '2', 3],
  ])
  const [ofIndex] = await rules('global1')
  assert.deepEqual(await ranked(ofIndex), [['x', 3]])

  const Metrics = ['MaxContributorValue', 'UniqueContributors']
  const report = await answered(
    cloudwatch.call('GetInsightRuleReport', reportInput(accessed, { Period: 3600, Metrics, MaxContributorCount: 1 })),
  )
  assert.deepEqual(report['KeyLabels'], ['pk'])
  assert.equal(report['AggregationStatistic'], 'Sum')
  assert.equal(report['AggregateValue'], 12)
  assert.equal(report['ApproximateUniqueCount'], 2)
  assert.equal((report['Contributors'] as readonly unknown[]).length, 1)
  const [{ Timestamp, ...point }] = report['MetricDatapoints'] as readonly [Body]
  assert.deepEqual(point, { MaxContributorValue: 6, UniqueContributors: 2 })
  assert.ok(Math.abs(Number(Timestamp) - Date.now() / 1000) < 3600)
})

test('a rule that is not there, or is no more', async () => {
  const [name] = await rules('global1')
  await turn('DISABLE', 'global1')
  for (const RuleName of ['nothing', name]) {
    const answer = await cloudwatch.call('GetInsightRuleReport', reportInput(RuleName))
    assert.equal(answer.status, 404)
    assert.equal(answer.code, 'ResourceNotFoundException')
  }
})

test('what cannot be asked', async () => {
  const [name] = await rules()
  const wrong: readonly (readonly [Body, string])[] = [
    [{ EndTime: 1 }, 'InvalidParameterValueException'],
    [{ Period: 61 }, 'InvalidParameterValueException'],
    [{ MaxContributorCount: 101 }, 'InvalidParameterValueException'],
    [{ OrderBy: 'Name' }, 'InvalidParameterValueException'],
    [{ RuleName: undefined }, 'ValidationException'],
    [{ Metrics: ['Median'] }, 'ValidationException'],
  ]
  for (const [more, code] of wrong) {
    const answer = await cloudwatch.call('GetInsightRuleReport', reportInput(name, more))
    assert.deepEqual([answer.status, answer.code], [400, code])
  }
  const other = await cloudwatch.call('ListMetrics', {})
  assert.equal(other.code, 'UnknownOperationException')
})
