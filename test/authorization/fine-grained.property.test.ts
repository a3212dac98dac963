/** Whatever a policy says of keys and attributes and whatever a request touches: the server decides as the plain model. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { type Client, connect } from '../conformance/client.ts'
import { done, iamApi } from '../conformance/query.ts'
import { answered } from '../conformance/refusals.ts'
import { type ConformanceServer, startServer } from '../conformance/server.ts'
import { attributes, createTables, keys } from '../conformance/tables.ts'
import { element } from '../server/signed-query.ts'
import { type Deed, deed, isAllowed, type Shown, statements, traders } from './access-model.ts'
import { account } from './bank.ts'

const TableName = 'Trades'
const IndexName = 'byRank'
const table = `arn:aws:dynamodb:us-east-1:${account}:table/${TableName}`
const index = `${table}/index/${IndexName}`

let server: ConformanceServer
let user: Client
before(async () => {
  server = await startServer()
  const definition = {
    TableName,
    AttributeDefinitions: attributes({ TraderId: 'S', TradeId: 'S', Rank: 'N' }),
    KeySchema: keys('TraderId', 'TradeId'),
    BillingMode: 'PAY_PER_REQUEST',
    LocalSecondaryIndexes: [{ IndexName, KeySchema: keys('TraderId', 'Rank'), Projection: { ProjectionType: 'ALL' } }],
  }
  await createTables(server.client, [definition])
  for (const trader of traders) {
    await answered(server.client.call('PutItem', { TableName, Item: { ...keyOf(trader), Rank: { N: '1' } } }))
  }
  await done(server, iamApi, 'CreateUser', { UserName: 'trader' })
  const { text } = await done(server, iamApi, 'CreateAccessKey', { UserName: 'trader' })
  const credentials = {
    accessKeyId: element(text, 'AccessKeyId') ?? '',
    secretAccessKey: element(text, 'SecretAccessKey') ?? '',
  }
  user = connect({ ...server.endpoint, credentials })
})
after(async () => {
  user?.close()
  await server?.stop()
})

function keyOf(trader: string) {
  return { TraderId: { S: trader }, TradeId: { S: 't' } }
}

type Call = readonly [operation: string, input: object]

function callOf(one: Deed): Call {
  switch (one.kind) {
    case 'get':
      return ['GetItem', { TableName, Key: keyOf(one.trader), ...projected(one.shown) }]
    case 'batch-get': {
      const asked = { Keys: one.traders.map(keyOf), ...projected(one.shown) }
      return ['BatchGetItem', { RequestItems: { [TableName]: asked } }]
    }
    case 'query': {
      const from = { TableName, ...(one.index && { IndexName }) }
      const values = { ':t': { S: one.trader } }
      return ['Query', { ...from, ...read(one.shown, one.filter, values), KeyConditionExpression: 'TraderId = :t' }]
    }
    case 'scan':
      return ['Scan', { TableName, ...read(one.shown, one.filter, {}) }]
    case 'update': {
      const { set, from, condition, returned, onFailure } = one
      // Copies of what is missing would be refused.
      const value = from === undefined ? ':v' : `if_not_exists(${from}, :v)`
      return [
        'UpdateItem',
        {
          TableName,
          Key: keyOf(one.trader),
          UpdateExpression: `SET ${set} = ${value}`,
          ExpressionAttributeValues: { ':v': { N: '1' } },
          ...(condition !== undefined && { ConditionExpression: `attribute_not_exists(${condition})` }),
          ...(returned !== undefined && { ReturnValues: returned }),
          ...(onFailure !== undefined && { ReturnValuesOnConditionCheckFailure: onFailure }),
        },
      ]
    }
  }
}

function projected({ names, aliased }: Shown): object {
  if (names === undefined) return {}
  if (!aliased) return { ProjectionExpression: names.join(', ') }
  // Each alias is called like the attribute behind the next one.
  const aliases = names.map((_, at) => `#${names[(at + 1) % names.length]}`)
  return {
    ProjectionExpression: aliases.join(', '),
    ExpressionAttributeNames: Object.fromEntries(aliases.map((alias, at) => [alias, names[at]])),
  }
}

function read(shown: Shown, filter: string | undefined, values: Readonly<Record<string, object>>): object {
  const given = { ...values, ...(filter !== undefined && { ':f': { S: 'x' } }) }
  return {
    ...projected(shown),
    ...(filter !== undefined && { FilterExpression: `${filter} <> :f` }),
    ...(Object.keys(given).length > 0 && { ExpressionAttributeValues: given }),
  }
}

test('decisions agree with the plain model', async () => {
  let allowed = 0
  let refused = 0
  await fc.assert(
    fc.asyncProperty(
      statements(table, index),
      fc.array(deed, { minLength: 4, maxLength: 10 }),
      async (policy, deeds) => {
        const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: policy })
        await done(server, iamApi, 'PutUserPolicy', { UserName: 'trader', PolicyName: 'own', PolicyDocument })
        // All at once and then once more, when decisions are remembered.
        for (const order of [deeds, deeds.toReversed()]) {
          const codes = await Promise.all(order.map((one) => user.call(...callOf(one)).then(({ code }) => code)))
          for (const [at, one] of order.entries()) {
            const expected = isAllowed(policy, one, table, index)
            if (expected) allowed++
            else refused++
            const code = codes[at]
            const well = code === undefined || code === 'ConditionalCheckFailedException'
            assert.ok(well || code === 'AccessDeniedException', `${code}: ${JSON.stringify(callOf(one))}`)
            assert.equal(well, expected, JSON.stringify(callOf(one)))
          }
        }
      },
    ),
    { numRuns: 250 },
  )
  assert.ok(allowed > 100 && refused > 100, `${allowed} allowed, ${refused} refused`)
})
