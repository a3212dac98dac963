/** BatchExecuteStatement over the wire (rules and messages recorded 2026). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Body } from './client.ts'
import { answered, refuses } from './refusals.ts'
import { type ConformanceServer, startServer } from './server.ts'
import { malformed } from './statements.ts'
import { compositeTable, createTables, get, hashTable, put } from './tables.ts'

let server: ConformanceServer
before(async () => {
  server = await startServer()
  await createTables(server.client, [hashTable, compositeTable])
  for (const pk of ['a', 'b']) await put(server.client, 'Hash', { pk: { S: pk }, m: { M: { x: { S: pk } } } })
  await put(server.client, 'Composite', { pk: { S: 'a' }, sk: { S: '1' }, l1: { S: 'x' } })
})
after(() => server.stop())

type Statements = readonly (string | Body)[]

async function batch(statements: Statements, more: Body = {}): Promise<Body> {
  const Statements = statements.map((each) => (typeof each === 'string' ? { Statement: each } : each))
  return answered(server.client.call('BatchExecuteStatement', { Statements, ...more }))
}

async function responses(...statements: Statements): Promise<readonly Body[]> {
  return (await batch(statements))['Responses'] as readonly Body[]
}

function failedWith(code: string, message: string): Body {
  return { Error: { Code: code, Message: message } }
}

test('reads come in the order of their statements', async () => {
  assert.deepEqual(
    await responses(
      `SELECT * FROM "Hash" WHERE pk = 'b'`,
      { Statement: 'SELECT m.x FROM "Hash" WHERE pk = ?', Parameters: [{ S: 'a' }], ConsistentRead: true },
      `SELECT * FROM "Hash" WHERE pk = 'none'`,
      `SELECT sk FROM "Composite" WHERE pk IN ['a'] AND sk = '1'`,
    ),
    [
      { TableName: 'Hash', Item: { pk: { S: 'b' }, m: { M: { x: { S: 'b' } } } } },
      { TableName: 'Hash', Item: { x: { S: 'a' } } },
      { TableName: 'Hash' },
      { TableName: 'Composite', Item: { sk: { S: '1' } } },
    ],
  )
})

const needsKey = 'Select statements within BatchExecuteStatement must specify the primary key in the where clause.'

test('a read names one whole primary key and nothing else', async () => {
  for (const statement of [
    `SELECT * FROM "Hash" WHERE m = 'a'`,
    'SELECT * FROM "Hash"',
    `SELECT * FROM "Composite" WHERE pk = 'a'`,
    `SELECT * FROM "Composite" WHERE pk = 'a' AND sk = '1' AND l1 = 'x'`,
    `SELECT * FROM "Composite" WHERE pk = 'a' AND sk = '1' AND pk = 'b'`,
    `SELECT * FROM "Composite" WHERE pk = 'a' AND sk > '0'`,
    `SELECT * FROM "Composite"."global1" WHERE l1 = 'x'`,
    `SELECT * FROM "Hash" WHERE pk = 'a' AND attribute_exists(pk)`,
  ]) {
    assert.deepEqual(await responses(statement), [failedWith('ValidationError', needsKey)], statement)
  }
})

test('each statement fails for itself', async () => {
  assert.deepEqual(
    await responses(
      `SLECT * FROM "Hash"`,
      `SELECT * FROM "Nowhere" WHERE pk = 'a'`,
      { Statement: 'SELECT * FROM "Hash" WHERE pk = ?', Parameters: [{ N: '1e99999999999' }] },
      `SELECT pk FROM "Hash" WHERE pk = 'a'`,
    ),
    [
      failedWith('ValidationError', `${malformed}Expected data manipulation`),
      failedWith('ResourceNotFound', 'Requested resource not found'),
      failedWith('ValidationError', 'The parameter cannot be converted to a numeric value: 1e99999999999'),
      { TableName: 'Hash', Item: { pk: { S: 'a' } } },
    ],
  )
})

test('writes return what they were asked for, and tell their table once they came to it', async () => {
  await put(server.client, 'Hash', { pk: { S: 'w' }, n: { N: '1' } })
  const refusedUpdate = `UPDATE "Hash" SET n = 9 WHERE pk = 'w' AND n = 5`
  const named = { TableName: 'Hash' }
  assert.deepEqual(
    await responses(
      `INSERT INTO "Hash" VALUE {'pk': 'w'}`,
      `INSERT INTO "Hash" VALUE {'pk': 'fresh'}`,
      refusedUpdate,
      { Statement: refusedUpdate, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' },
      `UPDATE "Hash" SET n = n + 1 WHERE pk = 'w' RETURNING ALL NEW *`,
      `UPDATE "Hash" REMOVE n WHERE pk = 'w' RETURNING MODIFIED NEW *`,
      `DELETE FROM "Hash" WHERE pk = 'w' RETURNING ALL OLD *`,
      `DELETE FROM "Hash" WHERE pk = 'w' RETURNING MODIFIED OLD *`,
      `EXISTS(SELECT * FROM "Hash" WHERE pk = 'a' AND n = 1)`,
    ),
    [
      { ...failedWith('DuplicateItem', 'Duplicate primary key exists in table'), ...named },
      named,
      { ...failedWith('ConditionalCheckFailed', 'The conditional request failed'), ...named },
      {
        Error: {
          Code: 'ConditionalCheckFailed',
          Message: 'The conditional request failed',
          Item: { pk: { S: 'w' }, n: { N: '1' } },
        },
        ...named,
      },
      { ...named, Item: { pk: { S: 'w' }, n: { N: '2' } } },
      named,
      { ...named, Item: { pk: { S: 'w' } } },
      failedWith(
        'ValidationError',
        'Invalid returning clause: RETURNING MODIFIED OLD *. Only RETURNING ALL OLD * is allowed in DELETE statements.',
      ),
      failedWith('ValidationError', 'EXISTS can only be used in ExecuteTransaction write requests.'),
    ],
  )
  assert.equal(await get(server.client, 'Hash', { pk: { S: 'w' } }), undefined)
})

test('capacity comes by table', async () => {
  const statements: Statements = [
    `SELECT * FROM "Hash" WHERE pk = 'a'`,
    { Statement: `SELECT * FROM "Composite" WHERE pk = 'a' AND sk = '1'` },
    { Statement: `SELECT * FROM "Hash" WHERE pk = 'b'`, ConsistentRead: true },
    'SELECT * FROM "Nowhere"',
  ]
  assert.deepEqual((await batch(statements, { ReturnConsumedCapacity: 'TOTAL' }))['ConsumedCapacity'], [
    { TableName: 'Hash', CapacityUnits: 1.5 },
    { TableName: 'Composite', CapacityUnits: 0.5 },
  ])
})

const select = { Statement: `SELECT * FROM "Hash" WHERE pk = 'a'` }

refuses(() => server.client, 'BatchExecuteStatement', [
  {
    name: 'no statements',
    input: { Statements: [] },
    message:
      "1 validation error detected: Value '[]' at 'statements' failed to satisfy constraint: Member must have length " +
      'greater than or equal to 1',
  },
  {
    name: 'reads beside writes',
    input: { Statements: [select, { Statement: `INSERT INTO "Hash" VALUE {'pk': 'mixed'}` }] },
    message: 'BatchExecuteStatement API does not support both read and write operations in the same request.',
  },
])

test('at most 25 statements', async () => {
  const input = { Statements: Array.from({ length: 26 }, () => select) }
  const answer = await server.client.call('BatchExecuteStatement', input)
  assert.match(
    answer.message ?? '',
    /at 'statements' failed to satisfy constraint: Member must have length less than or equal to 25$/,
  )
  assert.equal((await responses(...Array.from({ length: 25 }, () => select))).length, 25)
})
