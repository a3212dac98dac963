/** ExecuteTransaction over the wire (rules and messages recorded 2026). */
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { Answer, Body } from './client.ts'
import { answered, assertRefused } from './refusals.ts'
import { type ConformanceServer, startServer } from './server.ts'
import { malformed, type Parameters } from './statements.ts'
import { attributes, createTables, get, hashTable, keys, put } from './tables.ts'

let server: ConformanceServer
before(async () => {
  server = await startServer()
  await createTables(server.client, [
    hashTable,
    {
      TableName: 'Ranged',
      AttributeDefinitions: attributes({ pk: 'S', sk: 'S' }),
      KeySchema: keys('pk', 'sk'),
      BillingMode: 'PAY_PER_REQUEST',
    },
  ])
})
after(() => server.stop())
beforeEach(async () => {
  await put(server.client, 'Ranged', { pk: { S: 'a' }, sk: { S: '1' }, n: { N: '1' }, m: { M: { x: { S: 'y' } } } })
  await put(server.client, 'Ranged', { pk: { S: 'b' }, sk: { S: '1' }, free: { S: 'x' } })
})

function transaction(statements: readonly (string | Body)[], more: Body = {}): Promise<Answer> {
  const TransactStatements = statements.map((each) => (typeof each === 'string' ? { Statement: each } : each))
  return server.client.call('ExecuteTransaction', { TransactStatements, ...more })
}

async function done(...statements: readonly (string | Body)[]): Promise<Body> {
  return answered(transaction(statements))
}

async function refusedAs(message: string, ...statements: readonly (string | Body)[]): Promise<void> {
  assertRefused(await transaction(statements), 'ValidationException', message)
}

function inFirst(message: string): string {
  return `Validation failed in TransactStatements[0]: ${message}`
}

/** The reasons of a transaction that must be cancelled. */
async function reasons(...statements: readonly (string | Body)[]): Promise<readonly Body[]> {
  const answer = await transaction(statements)
  assert.equal(answer.code, 'TransactionCanceledException', answer.message)
  const reasons = answer.body['CancellationReasons'] as readonly Body[]
  const codes = reasons.map((reason) => reason['Code']).join(', ')
  assert.equal(
    answer.message,
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
  )
  return reasons
}

const of = (table: string, pk: string): string => `"${table}" WHERE pk = '${pk}' AND sk = '1'`
const item = (pk: string): Promise<unknown> => get(server.client, 'Ranged', { pk: { S: pk }, sk: { S: '1' } })
const none = { Code: 'None' }

// Reads.

test('reads come in the order of their statements', async () => {
  const body = await done(
    `SELECT m.x, n FROM ${of('Ranged', 'a')}`,
    `SELECT * FROM ${of('Ranged', 'gone')}`,
    { Statement: `SELECT free FROM "Ranged" WHERE (sk = '1') AND pk = ? AND pk = ?`, Parameters: twice },
    `SELECT sk FROM "Ranged" WHERE pk IN ['a'] AND sk IN ['2']`,
  )
  assert.deepEqual(body, {
    Responses: [{ Item: { x: { S: 'y' }, n: { N: '1' } } }, {}, { Item: { free: { S: 'x' } } }, {}],
  })
})
const twice: Parameters = [{ S: 'b' }, { S: 'b' }]

test('a read names one whole primary key and nothing else', async () => {
  const needsKey = inFirst(
    'Select statements within ExecuteTransaction must specify the primary key in the where clause.',
  )
  for (const where of [
    `pk = 'a' AND sk = '1' AND n = 1`,
    `pk = 'a' AND sk = '1' AND pk = 'b'`,
    `pk IN ['b'] AND pk = 'a' AND sk = '1'`,
    `pk = 'a'`,
    `attribute_exists(pk)`,
  ]) {
    await refusedAs(needsKey, `SELECT * FROM "Ranged" WHERE ${where}`)
  }
  await refusedAs(
    inFirst('Reads on indices are not supported within transactions.'),
    `SELECT * FROM "Ranged"."index" WHERE pk = 'a'`,
  )
  await refusedAs(
    inFirst('Overlapping conditions with range keys are not supported in where clause'),
    `SELECT * FROM "Ranged" WHERE pk IN ['a', 'a'] AND sk = '1'`,
  )
})

test('a key of another type cancels; the same item twice is refused', async () => {
  const select = `SELECT * FROM ${of('Ranged', 'a')}`
  await refusedAs('Transaction request cannot include multiple operations on one item', select, select)
  const mismatch = { Code: 'ValidationError', Message: 'The provided key element does not match the schema' }
  const wrong = `SELECT * FROM "Ranged" WHERE pk = 1 AND sk = '1'`
  assert.deepEqual(await reasons(select, select, wrong), [none, none, mismatch])
})

// Writes.

test('writes are done together, and answer nothing', async () => {
  const body = await done(
    `INSERT INTO "Hash" VALUE {'pk': 'together', 'v': 1}`,
    { Statement: `UPDATE "Ranged" SET n = n + ? WHERE pk = 'a' AND sk = '1' AND n = 1`, Parameters: [{ N: '10' }] },
    `DELETE FROM ${of('Ranged', 'b')} AND attribute_exists(free)`,
    `DELETE FROM ${of('Ranged', 'gone')} AND n = 5`,
  )
  assert.deepEqual(body, { Responses: [] })
  assert.deepEqual(await get(server.client, 'Hash', { pk: { S: 'together' } }), {
    pk: { S: 'together' },
    v: { N: '1' },
  })
  assert.deepEqual((await item('a')) as Body, {
    pk: { S: 'a' },
    sk: { S: '1' },
    n: { N: '11' },
    m: { M: { x: { S: 'y' } } },
  })
  assert.equal(await item('b'), undefined)
})

test('one that cannot be done undoes all, and each has its reason', async () => {
  const old = await item('a')
  const failed = { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' }
  assert.deepEqual(
    await reasons(
      `INSERT INTO "Ranged" VALUE {'pk': 'b', 'sk': '1'}`,
      {
        Statement: `UPDATE "Ranged" SET n = 2 WHERE pk = 'a' AND sk = '1' AND n = 7`,
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
      `UPDATE "Ranged" SET n = 2 WHERE pk = 'gone' AND sk = '1'`,
      `INSERT INTO "Ranged" VALUE {'pk': 'never', 'sk': '1'}`,
    ),
    [
      { Code: 'DuplicateItem', Message: 'Duplicate primary key exists in table' },
      { ...failed, Item: old },
      failed,
      none,
    ],
  )
  assert.deepEqual(await item('a'), old)
  assert.equal(await item('never'), undefined)
})

test('a write that does not name one item cancels', async () => {
  const update = 'UPDATE "Ranged" SET n = 1 WHERE'
  const mismatch = { Code: 'ValidationError', Message: 'The provided key element does not match the schema' }
  assert.deepEqual(
    await reasons(
      `${update} pk = 'a'`,
      `${update} pk IN ['a'] AND sk = '1'`,
      `${update} pk = 'a' AND sk = '1' AND pk = 'b'`,
      `${update} pk = 'a' AND sk = 1`,
      `INSERT INTO "Ranged" VALUE {'pk': 'x'}`,
      `${update} pk = 'a' AND sk = '1'`,
    ),
    [
      mismatch,
      mismatch,
      mismatch,
      mismatch,
      {
        Code: 'ValidationError',
        Message: 'One or more parameter values were invalid: Missing the key sk in the item',
      },
      none,
    ],
  )
})

test('a missing table cancels, unless a statement is refused', async () => {
  const missing = { Code: 'ResourceNotFound', Message: 'Requested resource not found' }
  const absent = `UPDATE "Nowhere" SET a = 1 WHERE pk = 'x' RETURNING ALL NEW *`
  const update = `UPDATE "Ranged" SET n = 1 WHERE pk = 'a' AND sk = '1'`
  assert.deepEqual(await reasons(absent, update), [missing, none])
  assert.deepEqual(await reasons(`SELECT * FROM ${of('Ranged', 'a')}`, `SELECT * FROM "Nowhere"."i" WHERE pk = 'x'`), [
    none,
    missing,
  ])
  await refusedAs(
    'Validation failed in TransactStatements[1]: RETURNING clause is not supported in ExecuteTransaction.',
    absent,
    `${update} RETURNING ALL NEW *`,
  )
})

test('a condition by EXISTS', async () => {
  const exists = (pk: string, condition: string): string => `EXISTS(SELECT * FROM ${of('Ranged', pk)}${condition})`
  const update = `UPDATE "Ranged" SET won = 1 WHERE pk = 'b' AND sk = '1'`
  await done(exists('a', ' AND awards IS MISSING'), update)
  assert.deepEqual(((await item('b')) as Body)['won'], { N: '1' })
  const failed = { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' }
  assert.deepEqual(await reasons(exists('a', ' AND n = 5'), update), [failed, none])
  assert.deepEqual(await reasons(exists('gone', ' AND awards IS MISSING'), update), [failed, none])
  assert.deepEqual(await reasons(exists('a', ` AND pk = 'b' AND n = 1`), update), [failed, none])
  const single = inFirst('EXISTS() must contain a single item read with additional condition')
  await refusedAs(single, exists('a', ''), update)
  await refusedAs(single, `EXISTS(SELECT * FROM "Ranged" WHERE pk IN ['a'] AND sk = '1' AND n = 1)`, update)
})

test('an empty key refuses the whole request, in the words of every other call', () =>
  refusedAs(
    'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string ' +
      'value. Key: pk',
    `INSERT INTO "Hash" VALUE {'pk': ''}`,
  ))

test('an update that makes an item too deep has its reason', async () => {
  const deep = (levels: number): Body => (levels === 0 ? { S: 'x' } : { M: { a: deep(levels - 1) } })
  const statement = `UPDATE "Ranged" SET m.deep = ? WHERE pk = 'a' AND sk = '1'`
  assert.deepEqual(await reasons({ Statement: statement, Parameters: [deep(31)] }), [
    { Code: 'ValidationError', Message: 'Nesting Levels have exceeded supported limits' },
  ])
})

// The request.

test('a token repeats nothing, and is bound to its statements', async () => {
  const statements = [`UPDATE "Ranged" SET n = n + 1 WHERE pk = 'a' AND sk = '1'`]
  const more = { ClientRequestToken: 'token', ReturnConsumedCapacity: 'INDEXES' }
  const first = await answered(transaction(statements, more))
  const again = await answered(transaction(statements, more))
  assert.deepEqual(((await item('a')) as Body)['n'], { N: '2' })
  const written = { CapacityUnits: 2, WriteCapacityUnits: 2 }
  const read = { CapacityUnits: 2, ReadCapacityUnits: 2 }
  assert.deepEqual(first['ConsumedCapacity'], [{ TableName: 'Ranged', ...written, Table: written }])
  assert.deepEqual(again['ConsumedCapacity'], [{ TableName: 'Ranged', ...read, Table: read }])
  const other = await transaction([`UPDATE "Ranged" SET n = n + 2 WHERE pk = 'a' AND sk = '1'`], more)
  assert.equal(other.code, 'IdempotentParameterMismatchException')
})

test('reads are charged as transactions', async () => {
  const body = await answered(transaction([`SELECT * FROM ${of('Ranged', 'a')}`], { ReturnConsumedCapacity: 'TOTAL' }))
  assert.deepEqual(body['ConsumedCapacity'], [{ TableName: 'Ranged', CapacityUnits: 2, ReadCapacityUnits: 2 }])
})

test('requests that cannot be', async () => {
  const select = `SELECT * FROM ${of('Ranged', 'a')}`
  await refusedAs(
    'ExecuteTransaction API does not support both read and write operations in the same request.',
    select,
    `UPDATE "Ranged" SET n = 1 WHERE pk = 'b' AND sk = '1'`,
  )
  await refusedAs(inFirst(`${malformed}Unexpected term`), 'SELECT * FROM "Ranged" WHERE')
  await refusedAs(
    inFirst('This operation is not supported on an index'),
    `UPDATE "Ranged"."i" SET n = 1 WHERE pk = 'a'`,
  )
  await refusedAs(
    'One or more parameter values were invalid: Input collection [a, a] contains duplicates.',
    'SELECT * FROM "Ranged" WHERE',
    { Statement: `UPDATE "Ranged" SET n = ? WHERE pk = 'a'`, Parameters: [{ SS: ['a', 'a'] }] },
  )
  const empty = await transaction([])
  assert.equal(
    empty.message,
    "1 validation error detected: Value '[]' at 'transactStatements' failed to satisfy constraint: Member must have " +
      'length greater than or equal to 1',
  )
  const tooMany = await transaction(Array.from({ length: 101 }, () => select))
  assert.match(tooMany.message ?? '', /Member must have length less than or equal to 100$/)
})
