/** UpdateContributorInsights, DescribeContributorInsights and ListContributorInsights, as recorded from AWS in 2026-10. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Body, Client } from './client.ts'
import { answered, assertRefused, broken, notNull, refuses, violated } from './refusals.ts'
import { startServer } from './server.ts'
import { compositeTable, createTables, hashTable } from './tables.ts'

let client: Client
let stop: () => Promise<void>
before(async () => {
  ;({ client, stop } = await startServer())
  await createTables(client, [hashTable, compositeTable])
})
after(() => stop())

const update = (input: Body) => answered(client.call('UpdateContributorInsights', input))
const describe = (input: Body) => answered(client.call('DescribeContributorInsights', input))
const list = (input: Body = {}) => answered(client.call('ListContributorInsights', input))
const enable = (input: Body) => update({ ContributorInsightsAction: 'ENABLE', ...input })
const disable = (input: Body) => update({ ContributorInsightsAction: 'DISABLE', ...input })

const both = 'ACCESSED_AND_THROTTLED_KEYS'

refuses(() => client, 'UpdateContributorInsights', [
  {
    name: 'no members',
    input: {},
    message: violated(broken('null', 'tableName', notNull), broken('null', 'contributorInsightsAction', notNull)),
  },
  {
    name: 'words that it does not know',
    input: { TableName: 'Hash', ContributorInsightsAction: 'START', ContributorInsightsMode: 'ALL' },
    message: violated(
      broken("'START'", 'contributorInsightsAction', 'Member must satisfy enum value set: [ENABLE, DISABLE]'),
      broken(
        "'ALL'",
        'contributorInsightsMode',
        'Member must satisfy enum value set: [ACCESSED_AND_THROTTLED_KEYS, THROTTLED_KEYS]',
      ),
    ),
  },
  {
    name: 'a table that is not there',
    input: { TableName: 'Nothing', ContributorInsightsAction: 'ENABLE' },
    code: 'ResourceNotFoundException',
    message: 'Requested resource not found: Table: Nothing not found',
  },
  {
    name: 'an index that is not there',
    input: { TableName: 'Hash', IndexName: 'nope', ContributorInsightsAction: 'ENABLE' },
    code: 'ResourceNotFoundException',
    message: 'Requested resource not found: Index: nope not found for table: Hash',
  },
  {
    name: 'a local index',
    input: { TableName: 'Composite', IndexName: 'local1', ContributorInsightsAction: 'DISABLE' },
    code: 'ResourceNotFoundException',
    message: 'Requested resource not found: Index: local1 not found for table: Composite',
  },
])

refuses(() => client, 'DescribeContributorInsights', [
  { name: 'no table', input: {}, message: violated(broken('null', 'tableName', notNull)) },
  {
    name: 'a table that is not there',
    input: { TableName: 'Nothing' },
    code: 'ResourceNotFoundException',
    message: 'Requested resource not found: Table: Nothing not found',
  },
  {
    name: 'a local index',
    input: { TableName: 'Composite', IndexName: 'local1' },
    code: 'ResourceNotFoundException',
    message: 'Requested resource not found: Index: local1 not found for table: Composite',
  },
])

refuses(() => client, 'ListContributorInsights', [
  {
    name: 'a table that is not there',
    input: { TableName: 'Nothing' },
    code: 'ResourceNotFoundException',
    message: 'Requested resource not found: Table: Nothing not found',
  },
  {
    name: 'too many results',
    input: { MaxResults: 101 },
    message: violated(broken("'101'", 'maxResults', 'Member must have value less than or equal to 100')),
  },
  { name: 'a token of nobody', input: { NextToken: 'bnVsbA' }, message: 'Invalid NextToken' },
])

test('where they never were on there is nothing to show', async () => {
  const shown = { TableName: 'Hash', ContributorInsightsStatus: 'DISABLED' }
  assert.deepEqual(await describe({ TableName: 'Hash' }), shown)
  assert.deepEqual(await disable({ TableName: 'Hash' }), shown)
  assert.deepEqual(await list({ TableName: 'Hash' }), { ContributorInsightsSummaries: [] })
})

test('they go on, change their mode, go on again, and off', async () => {
  const TableName = 'Composite'
  const enabling = { TableName, ContributorInsightsStatus: 'ENABLING', ContributorInsightsMode: both }
  assert.deepEqual(await enable({ TableName }), enabling)
  const on = await describe({ TableName })
  const { LastUpdateDateTime: at, ContributorInsightsRuleList: rules, ...rest } = on
  assert.deepEqual(rest, { ...enabling, ContributorInsightsStatus: 'ENABLED' })
  assert.ok(Math.abs(Number(at) * 1000 - Date.now()) < 60_000)
  const names = rules as readonly string[]
  const suffix = /-(\d{13})$/.exec(names[0] ?? '')?.[1]
  const ruleNames = (...kinds: string[]) =>
    kinds.map((kind) => `DynamoDBContributorInsights-${kind}-Composite-${suffix}`)
  assert.deepEqual(names, ruleNames('PKC', 'PKT', 'SKC', 'SKT'))

  const again = { TableName, ContributorInsightsStatus: 'ENABLED', ContributorInsightsMode: both }
  assert.deepEqual(await enable({ TableName, ContributorInsightsMode: both }), again)
  assert.deepEqual(await describe({ TableName }), on, 'nothing changes, not even the time')

  const ContributorInsightsMode = 'THROTTLED_KEYS'
  assert.deepEqual(await enable({ TableName, ContributorInsightsMode }), { ...enabling, ContributorInsightsMode })
  const throttled = await describe({ TableName })
  assert.deepEqual(throttled['ContributorInsightsRuleList'], ruleNames('PKT', 'SKT'))
  assert.equal(throttled['ContributorInsightsMode'], ContributorInsightsMode)

  assert.deepEqual(await enable({ TableName }), enabling, 'without a mode it is the usual one again')
  assert.deepEqual(await disable({ TableName, ContributorInsightsMode }), {
    ...enabling,
    ContributorInsightsStatus: 'DISABLING',
  })
  const { LastUpdateDateTime: offAt, ...off } = await describe({ TableName })
  assert.deepEqual(off, { ...enabling, ContributorInsightsStatus: 'DISABLED' })
  assert.equal(typeof offAt, 'number')
  assert.deepEqual(await disable({ TableName }), { ...enabling, ContributorInsightsStatus: 'DISABLED' })
})

test('an index has its own, named after both', async () => {
  const owner = { TableName: 'Composite', IndexName: 'global2' }
  assert.deepEqual(await enable(owner), {
    ...owner,
    ContributorInsightsStatus: 'ENABLING',
    ContributorInsightsMode: both,
  })
  const rules = (await describe(owner))['ContributorInsightsRuleList'] as readonly string[]
  assert.equal(rules.length, 4)
  assert.match(rules[2] ?? '', /^DynamoDBContributorInsights-SKC-Composite-global2-\d{13}$/)
  assert.equal((await describe({ TableName: 'Composite' }))['ContributorInsightsStatus'], 'DISABLED')
  await enable({ TableName: 'Composite', IndexName: 'global1' })
  const only = (await describe({ TableName: 'Composite', IndexName: 'global1' }))['ContributorInsightsRuleList']
  assert.equal((only as readonly string[]).length, 2, 'an index without a sort key has no rules of sort keys')
})

test('what is on is listed page by page, the table before its indexes', async () => {
  await enable({ TableName: 'Composite' })
  await enable({ TableName: 'Hash' })
  const summary = (TableName: string, IndexName?: string) => ({
    TableName,
    ...(IndexName && { IndexName }),
    ContributorInsightsStatus: 'ENABLED',
    ContributorInsightsMode: both,
  })
  const ofComposite = [summary('Composite'), summary('Composite', 'global1'), summary('Composite', 'global2')]
  assert.deepEqual(await list({ TableName: 'Composite' }), { ContributorInsightsSummaries: ofComposite })
  assert.deepEqual(await list(), { ContributorInsightsSummaries: [...ofComposite, summary('Hash')] })
  const pages: unknown[] = []
  let token: Body = {}
  for (let page = 0; page < 10; page++) {
    const answer = await list({ MaxResults: 1, ...token })
    pages.push(answer['ContributorInsightsSummaries'])
    if (answer['NextToken'] === undefined) break
    token = { NextToken: answer['NextToken'] }
  }
  assert.deepEqual(
    pages,
    [...ofComposite, summary('Hash')].map((each) => [each]),
  )
})

test('a table by its ARN', async () => {
  const TableName = 'arn:aws:dynamodb:us-east-1:000000000000:table/Hash'
  assert.equal((await describe({ TableName }))['TableName'], 'Hash')
})

test('a table on its way in is not there yet, and one on its way out cannot have them', async () => {
  const slow = await startServer({ tableTransitionMs: 400 })
  try {
    await answered(slow.client.call('CreateTable', hashTable))
    const notFound = 'Requested resource not found: Table: Hash not found'
    const input = { TableName: 'Hash', ContributorInsightsAction: 'ENABLE' }
    for (const operation of ['UpdateContributorInsights', 'DescribeContributorInsights', 'ListContributorInsights']) {
      const of = operation === 'UpdateContributorInsights' ? input : { TableName: 'Hash' }
      assertRefused(await slow.client.call(operation, of), 'ResourceNotFoundException', notFound)
    }
    await until(async () => (await slow.client.call('UpdateContributorInsights', input)).status === 200)
    const status = async () => {
      const answer = await answered(slow.client.call('DescribeContributorInsights', { TableName: 'Hash' }))
      return answer['ContributorInsightsStatus']
    }
    assert.equal(await status(), 'ENABLING')
    await until(async () => (await status()) === 'ENABLED')
    await answered(slow.client.call('DeleteTable', { TableName: 'Hash' }))
    assertRefused(
      await slow.client.call('UpdateContributorInsights', { ...input, ContributorInsightsMode: 'THROTTLED_KEYS' }),
      'ValidationException',
      'Table or Index is not in a valid state to update Key Access Insights: TableStatus must be ACTIVE to enable ' +
        'ContributorInsights.',
    )
    assert.equal(await status(), 'ENABLED')
  } finally {
    await slow.stop()
  }
})

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (await holds()) return
    await sleep(10)
  }
  assert.fail('it never came to be')
}
