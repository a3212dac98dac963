/** SELECT from indexes over the wire (rules and messages recorded 2026). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Body } from './client.ts'
import { type ConformanceServer, startServer } from './server.ts'
import { column, execute, executed, refused, rows } from './statements.ts'
import { attributes, compositeTable, createTables, keys, put } from './tables.ts'

let server: ConformanceServer
before(async () => {
  server = await startServer()
  await createTables(server.client, [
    compositeTable,
    {
      TableName: 'Included',
      AttributeDefinitions: attributes({ pk: 'S', g: 'S' }),
      KeySchema: keys('pk'),
      BillingMode: 'PAY_PER_REQUEST',
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byG',
          KeySchema: keys('g'),
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['shown'] },
        },
      ],
    },
    {
      TableName: 'Several',
      AttributeDefinitions: attributes({ pk: 'S', h1: 'S', h2: 'S' }),
      KeySchema: keys('pk'),
      BillingMode: 'PAY_PER_REQUEST',
      GlobalSecondaryIndexes: [
        {
          IndexName: 'multi',
          KeySchema: [...keys('h1'), ...keys('h2')],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    },
  ])
  for (const sk of ['1', '2', '3']) {
    const item = { pk: { S: 'p' }, sk: { S: sk }, l2: { S: `k${sk}` }, data: { S: `d${sk}` }, more: { S: `m${sk}` } }
    await put(server.client, 'Composite', sk === '3' ? { ...item, l1: { S: 'y' } } : { ...item, l1: { S: 'x' } })
  }
  await put(server.client, 'Composite', { pk: { S: 'p' }, sk: { S: 'bare' }, more: { S: 'm' } })
  await put(server.client, 'Included', { pk: { S: 'a' }, g: { S: 'y' }, shown: { S: '1' }, hidden: { S: '1' } })
  await put(server.client, 'Several', { pk: { S: 'a' }, h1: { S: 'x' }, h2: { S: 'y' } })
})
after(() => server.stop())

test('a read of an index finds what the index holds, by its keys', async () => {
  assert.deepEqual(await column(server.client, 'sk', `SELECT * FROM "Composite"."global1" WHERE l1 = 'x'`), ['1', '2'])
  const ordered = `SELECT sk FROM "Composite"."local2" WHERE pk = 'p' AND l2 >= 'k2' ORDER BY l2 DESC`
  assert.deepEqual(await column(server.client, 'sk', ordered), ['3', '2'])
})

test('without the index key it scans the index', async () => {
  const statement = `SELECT sk FROM "Composite"."global1" WHERE pk = 'p' AND data = 'd3'`
  assert.deepEqual(await column(server.client, 'sk', statement), ['3'])
  assert.equal((await rows(server.client, 'SELECT * FROM "Composite"."local1"')).length, 3)
})

test('* is what the index holds', async () => {
  const [row] = await rows(server.client, `SELECT * FROM "Composite"."global2" WHERE l1 = 'y'`)
  assert.deepEqual(Object.keys(row ?? {}).sort(), ['data', 'l1', 'l2', 'pk', 'sk'])
  const [local] = await rows(server.client, `SELECT * FROM "Composite"."local2" WHERE pk = 'p'`)
  assert.deepEqual(Object.keys(local ?? {}).sort(), ['l2', 'pk', 'sk'])
})

test('a local index reaches its table, a global one does not', async () => {
  const statement = `SELECT more FROM "Composite"."local2" WHERE pk = 'p'`
  assert.deepEqual(await column(server.client, 'more', statement), ['m1', 'm2', 'm3'])
  await refused(
    server.client,
    'One or more parameter values were invalid: Global secondary index global2 does not project [more, other]',
    `SELECT more, other FROM "Composite"."global2" WHERE l1 = 'x'`,
  )
  await refused(
    server.client,
    'One or more parameter values were invalid: Global secondary index global2 does not project [more]',
    'SELECT more FROM "Composite"."global2"',
  )
})

const filters = 'does not project one or more filter attributes:'

test('a keyed read filters on what the index holds', async () => {
  const read = 'SELECT pk FROM "Included"."byG" WHERE'
  const prefix = `One or more parameter values were invalid: Secondary index byG ${filters}`
  for (const [where, names] of [
    [`g = 'y' AND hidden = '1'`, '[hidden]'],
    [`g = 'y' AND NOT (hidden = '1' OR shown = 'x')`, '[hidden]'],
    [`g = 'y' AND hidden IS MISSING`, '[hidden]'],
    [`g = 'y' AND b = '1' AND (a = '2' OR shown = '3')`, '[a, b]'],
    [`g = 'y' AND (zz = '1' OR aa = '2' OR mm = '3')`, '[zz, aa, mm]'],
    [`g IN ['y', 'z'] AND hidden = '1'`, '[hidden]'],
    [`(g = 'b' AND u1 = '1') OR (g = 'q' AND u2 = '1')`, '[u2]'],
    [`(g = 'q' AND u1 = '1') OR (g = 'b' AND u2 = '1')`, '[u1]'],
  ] as const) {
    await refused(server.client, `${prefix} ${names}`, `${read} ${where}`)
  }
  await refused(
    server.client,
    `One or more parameter values were invalid: Secondary index local2 ${filters} [more]`,
    `SELECT pk FROM "Composite"."local2" WHERE pk = 'p' AND l2 BETWEEN 'k1' AND 'k4' AND more = 'm1'`,
  )
})

test('a filter is not refused where a branch, or a scan, gets by without it', async () => {
  const read = 'SELECT pk FROM "Included"."byG" WHERE'
  for (const [where, count] of [
    [`g = 'y' AND (shown = '1' OR shown = '2')`, 1],
    [`(g = 'y' AND shown = '1') OR (g = 'z' AND hidden = '1')`, 1],
    [`g > 'a' AND hidden = '1'`, 0],
    [`g = 'y' AND (g = 'z' OR hidden = '1')`, 0],
    [`(g = 'y' AND hidden = '1') OR hidden = '1'`, 0],
    [`hidden = '1'`, 0],
    [`NOT hidden = '1'`, 1],
  ] as const) {
    assert.equal((await rows(server.client, `${read} ${where}`)).length, count, where)
  }
})

test('indexes that cannot be read', async () => {
  await refused(
    server.client,
    'The table does not have the specified index',
    `SELECT * FROM "Composite"."nowhere" WHERE pk = 'p'`,
  )
  const multi =
    'PartiQL statements cannot be executed on tables with multi-attribute HASH keys or multi-attribute RANGE keys.'
  for (const where of [` WHERE h1 = 'x' AND h2 = 'y'`, ` WHERE h1 = 5`, '']) {
    await refused(server.client, multi, `SELECT * FROM "Several"."multi"${where}`)
  }
  assert.equal((await rows(server.client, `SELECT * FROM "Several" WHERE pk = 'a'`)).length, 1)
})

test('only local indexes are read consistently', async () => {
  const consistent = { ConsistentRead: true }
  const answer = await execute(
    server.client,
    `SELECT * FROM "Composite"."global1" WHERE l1 = 'x'`,
    undefined,
    consistent,
  )
  assert.equal(answer.message, 'Strongly consistent read is not supported on Global Secondary Indexes')
  const body = await executed(server.client, `SELECT * FROM "Composite"."local1" WHERE pk = 'p'`, undefined, consistent)
  assert.equal((body['Items'] as readonly unknown[]).length, 3)
})

test('capacity lies with the index, and with the table for what was fetched', async () => {
  const asked = { ReturnConsumedCapacity: 'INDEXES' }
  const used = async (statement: string): Promise<Body> =>
    (await executed(server.client, statement, undefined, asked))['ConsumedCapacity'] as Body
  assert.deepEqual(await used(`SELECT pk FROM "Composite"."global1" WHERE l1 IN ['x', 'y']`), {
    TableName: 'Composite',
    CapacityUnits: 1,
    Table: { CapacityUnits: 0 },
    GlobalSecondaryIndexes: { global1: { CapacityUnits: 1 } },
  })
  const fetched = await used(`SELECT more FROM "Composite"."local2" WHERE pk = 'p'`)
  assert.deepEqual(fetched['Table'], { CapacityUnits: 1.5 })
})

test('pages of an index go on where they stopped', async () => {
  const statement = `SELECT sk FROM "Composite"."global1" WHERE l1 = 'x'`
  const first = await executed(server.client, statement, undefined, { Limit: 1 })
  assert.deepEqual(first['LastEvaluatedKey'], { pk: { S: 'p' }, sk: { S: '1' }, l1: { S: 'x' } })
  assert.deepEqual(await rows(server.client, statement, undefined, { NextToken: first['NextToken'] }), [
    { sk: { S: '2' } },
  ])
  const other = await execute(server.client, `SELECT sk FROM "Composite"."global2" WHERE l1 = 'x'`, undefined, {
    NextToken: first['NextToken'],
  })
  assert.equal(other.message, 'NextToken does not match request')
})
