/** ClientRequestToken: what makes a request the same, for how long, and what a repeated one costs; capacity. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Clock, systemClock } from '../../src/foundation/clock.ts'
import type { Answer, Body, Client } from './client.ts'
import { answered, assertRefused } from './refusals.ts'
import { startServer } from './server.ts'
import { attributes, compositeTable, createTables, get, hashTable, keys, put } from './tables.ts'

let offsetMs = 0
/** Of the clock by which throughput comes back. */
let passedMs = 0
const clock: Clock = {
  ...systemClock,
  nowMs: () => systemClock.nowMs() + offsetMs,
  monotonicMs: () => systemClock.monotonicMs() + passedMs,
}

const indexedTable = {
  ...hashTable,
  TableName: 'Indexed',
  AttributeDefinitions: attributes({ pk: 'S', g: 'S' }),
  GlobalSecondaryIndexes: [{ IndexName: 'byG', KeySchema: keys('g'), Projection: { ProjectionType: 'ALL' } }],
}
const smallTable = {
  ...hashTable,
  TableName: 'Small',
  BillingMode: 'PROVISIONED',
  ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
}
const cappedTable = { ...hashTable, TableName: 'Capped', OnDemandThroughput: { MaxWriteRequestUnits: 1 } }

let client: Client
let stop: () => Promise<void>
before(async () => {
  ;({ client, stop } = await startServer({ clock }))
  await createTables(client, [hashTable, compositeTable, indexedTable, smallTable, cappedTable])
})
after(() => stop())

const key = (pk: string): Body => ({ pk: { S: pk } })
const addOne = (pk: string, more: Body = {}): Body => ({
  Update: {
    TableName: 'Hash',
    Key: key(pk),
    UpdateExpression: 'ADD n :one',
    ExpressionAttributeValues: { ':one': { N: '1' } },
    ...more,
  },
})
const putOf = (TableName: string, Item: Body): Body => ({ Put: { TableName, Item } })

function write(token: string, actions: readonly Body[], more: Body = {}): Promise<Answer> {
  return client.call('TransactWriteItems', { ClientRequestToken: token, TransactItems: actions, ...more })
}

async function count(pk: string): Promise<unknown> {
  return ((await get(client, 'Hash', key(pk))) as { n: { N: string } } | undefined)?.n.N
}

const mismatch =
  'DynamoDB rejected the request because you retried a request with a different payload but with an idempotent token ' +
  'that was already used.'
async function assertMismatch(answer: Promise<Answer>): Promise<void> {
  assertRefused(await answer, 'IdempotentParameterMismatchException', mismatch)
  assert.equal((await answer).body['Message'], mismatch)
}

test('the same request under the same token is done once', async () => {
  for (let time = 0; time < 3; time += 1) await answered(write('once', [addOne('once')]))
  assert.equal(await count('once'), '1')
})

test('without a token each request is done', async () => {
  for (let time = 0; time < 3; time += 1) {
    await answered(client.call('TransactWriteItems', { TransactItems: [addOne('each')] }))
  }
  assert.equal(await count('each'), '3')
})

test('many requests under one token at once are done once, and all succeed', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => write('at-once', [addOne('at-once')])))
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
  assert.equal(await count('at-once'), '1')
})

test('another request under the token is refused: another value, another order of actions, another condition', async () => {
  const actions = [addOne('first'), addOne('second')]
  await answered(write('other', actions))
  await assertMismatch(write('other', [addOne('first')]))
  await assertMismatch(write('other', [...actions].reverse()))
  await assertMismatch(
    write('other', [addOne('first', { ConditionExpression: 'attribute_exists(pk)' }), addOne('second')]),
  )
  await assertMismatch(
    write('other', [addOne('first', { ExpressionAttributeValues: { ':one': { N: '2' } } }), addOne('second')]),
  )
  assert.equal(await count('first'), '1')
})

test('members in another order, and what is asked for of the answer, make no other request', async () => {
  const Item = { pk: { S: 'order' }, a: { M: { b: { N: '1' }, c: { N: '2' } } } }
  const turned = { a: { M: { c: { N: '2' }, b: { N: '1' } } }, pk: { S: 'order' } }
  await answered(write('order', [putOf('Hash', Item)]))
  await answered(write('order', [putOf('Hash', turned)], { ReturnConsumedCapacity: 'TOTAL' }))
  await answered(write('order', [putOf('Hash', turned)], { ReturnItemCollectionMetrics: 'SIZE' }))
})

test('a token is good for ten minutes, and then for another request', async () => {
  await answered(write('minutes', [addOne('minutes')]))
  offsetMs += 599_000
  await answered(write('minutes', [addOne('minutes')]))
  assert.equal(await count('minutes'), '1')
  await assertMismatch(write('minutes', [addOne('elsewhere')]))
  offsetMs += 2_000
  await answered(write('minutes', [addOne('minutes', { ConditionExpression: 'n = :one' })]))
  assert.equal(await count('minutes'), '2')
})

test('a token that was spent before the clock was set back is still known', async () => {
  await answered(write('back', [addOne('back')]))
  offsetMs -= 120_000
  await answered(write('back', [addOne('back')]))
  assert.equal(await count('back'), '1')
  offsetMs += 120_000
})

test('a cancelled transaction does not spend its token', async () => {
  const actions = [addOne('spent', { ConditionExpression: 'attribute_exists(pk)' })]
  assert.equal((await write('spent', actions)).code, 'TransactionCanceledException')
  await put(client, 'Hash', key('spent'))
  await answered(write('spent', actions))
  assert.equal(await count('spent'), '1')
})

test('each request is checked whole before its token is looked up', async () => {
  await answered(write('checked', [addOne('checked')]))
  const twice = await write('checked', [addOne('checked'), addOne('checked')])
  assertRefused(twice, 'ValidationException', 'Transaction request cannot include multiple operations on one item')
})

/** An item of exactly so many bytes. */
function itemOf(pk: string, bytes: number): Body {
  return { pk: { S: pk }, a: { S: 'x'.repeat(bytes - 2 - pk.length - 1) } }
}

async function used(operation: string, input: Body, mode = 'TOTAL'): Promise<unknown> {
  return (await answered(client.call(operation, { ...input, ReturnConsumedCapacity: mode })))['ConsumedCapacity']
}

test('a write costs twice on its table, once on its indexes; a repeated one costs reading', async () => {
  const input = {
    ClientRequestToken: 'cost',
    TransactItems: [putOf('Indexed', { ...itemOf('cost', 2000), g: { S: 'group' } })],
  }
  assert.deepEqual(await used('TransactWriteItems', input, 'INDEXES'), [
    {
      TableName: 'Indexed',
      CapacityUnits: 6,
      WriteCapacityUnits: 6,
      Table: { CapacityUnits: 4, WriteCapacityUnits: 4 },
      GlobalSecondaryIndexes: { byG: { CapacityUnits: 2 } },
    },
  ])
  assert.deepEqual(await used('TransactWriteItems', input, 'INDEXES'), [
    {
      TableName: 'Indexed',
      CapacityUnits: 2,
      ReadCapacityUnits: 2,
      Table: { CapacityUnits: 2, ReadCapacityUnits: 2 },
    },
  ])
})

test('one entry for each table in the order in which they are named, by the name that was given', async () => {
  await put(client, 'Hash', itemOf('listed', 5000))
  const input = {
    ClientRequestToken: 'listed',
    TransactItems: [
      { Delete: { TableName: 'arn:aws:dynamodb:us-east-1:000000000000:table/Hash', Key: key('listed') } },
      putOf('Composite', { pk: { S: 'a' }, sk: { S: 'b' } }),
      {
        ConditionCheck: { TableName: 'Hash', Key: key('nothing'), ConditionExpression: 'attribute_not_exists(pk)' },
      },
    ],
  }
  const arn = 'arn:aws:dynamodb:us-east-1:000000000000:table/Hash'
  assert.deepEqual(await used('TransactWriteItems', input), [
    { TableName: arn, CapacityUnits: 12, WriteCapacityUnits: 12 },
    { TableName: 'Composite', CapacityUnits: 2, WriteCapacityUnits: 2 },
  ])
  assert.deepEqual(await used('TransactWriteItems', input), [
    { TableName: arn, CapacityUnits: 6, ReadCapacityUnits: 6 },
    { TableName: 'Composite', CapacityUnits: 2, ReadCapacityUnits: 2 },
  ])
})

test('a transactional read costs twice, also of what is not there', async () => {
  await put(client, 'Hash', itemOf('read', 5000))
  const TransactItems = [key('read'), key('nothing')].map((Key) => ({ Get: { TableName: 'Hash', Key } }))
  assert.deepEqual(await used('TransactGetItems', { TransactItems }, 'INDEXES'), [
    { TableName: 'Hash', CapacityUnits: 6, ReadCapacityUnits: 6, Table: { CapacityUnits: 6, ReadCapacityUnits: 6 } },
  ])
  assert.deepEqual(await used('TransactGetItems', { TransactItems }), [
    { TableName: 'Hash', CapacityUnits: 6, ReadCapacityUnits: 6 },
  ])
  assert.equal(await used('TransactGetItems', { TransactItems }, 'NONE'), undefined)
})

test('SIZE tells of each item collection once', async () => {
  const answer = await answered(
    client.call('TransactWriteItems', {
      ReturnItemCollectionMetrics: 'SIZE',
      TransactItems: [
        putOf('Composite', { pk: { S: 'c' }, sk: { S: '1' } }),
        putOf('Composite', { pk: { S: 'c' }, sk: { S: '2' } }),
        putOf('Composite', { pk: { S: 'd' }, sk: { S: '1' } }),
        putOf('Hash', key('no-collection')),
      ],
    }),
  )
  const sizeOf = (pk: string): Body => ({ ItemCollectionKey: { pk: { S: pk } }, SizeEstimateRangeGB: [0, 1] })
  assert.deepEqual(answer, { ItemCollectionMetrics: { Composite: [sizeOf('c'), sizeOf('d')] } })
})

test('an action on a table without throughput left cancels, and says so', async () => {
  const large = { TransactItems: [putOf('Hash', key('free')), putOf('Small', itemOf('large', 200_000))] }
  await answered(client.call('TransactWriteItems', large))
  const refused = await client.call('TransactWriteItems', large)
  assert.equal(refused.code, 'TransactionCanceledException')
  assert.deepEqual(refused.body['CancellationReasons'], [
    { Code: 'None' },
    {
      Code: 'ProvisionedThroughputExceeded',
      Message:
        'The level of configured provisioned throughput for the table was exceeded. Consider increasing your ' +
        'provisioning level with the UpdateTable API.',
    },
  ])
  await put(client, 'Hash', key('free'))
  const capped = { TransactItems: [putOf('Capped', itemOf('large', 2000)), putOf('Hash', key('free'))] }
  await answered(client.call('TransactWriteItems', capped))
  const slowed = await client.call('TransactWriteItems', capped)
  const codes = (slowed.body['CancellationReasons'] as readonly Body[]).map(({ Code }) => Code)
  assert.deepEqual(codes, ['ThrottlingError', 'None'])
})

test('a cancelled transaction is charged for preparing, a throttled one is not', async () => {
  const TableName = 'Prepared'
  await createTables(client, [{ ...smallTable, TableName }])
  const doubted = (bytes: number): Body => ({
    TransactItems: [
      putOf(TableName, itemOf('there', bytes)),
      { Put: { TableName: 'Hash', Item: key('doubted'), ConditionExpression: 'attribute_exists(pk)' } },
    ],
  })
  await put(client, TableName, itemOf('there', 200_000))
  // 300 units were saved and 196 spent; each cancelled transaction looks at an item of 196.
  const codes = async (): Promise<string> => {
    const answer = await client.call('TransactWriteItems', doubted(100))
    return (answer.body['CancellationReasons'] as readonly Body[]).map(({ Code }) => Code).join()
  }
  assert.equal(await codes(), 'None,ConditionalCheckFailed')
  for (let time = 0; time < 3; time += 1) {
    assert.equal(await codes(), 'ProvisionedThroughputExceeded,ConditionalCheckFailed')
  }
  // 92 units short: after 100 seconds there are some again, unless the throttled ones were charged.
  passedMs += 100_000
  assert.equal(await codes(), 'None,ConditionalCheckFailed')
})

test('a read of a table without throughput left cancels, and says so', async () => {
  const TransactItems = [{ Get: { TableName: 'Small', Key: key('large') } }]
  let answer = await client.call('TransactGetItems', { TransactItems })
  for (let time = 0; time < 20 && answer.status === 200; time += 1) {
    answer = await client.call('TransactGetItems', { TransactItems })
  }
  assert.equal(answer.code, 'TransactionCanceledException')
  assert.equal((answer.body['CancellationReasons'] as readonly Body[])[0]?.['Code'], 'ProvisionedThroughputExceeded')
})
