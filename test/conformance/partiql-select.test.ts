/** SELECT over the wire: conditions on keys, filters, order, pages (rules and messages recorded 2026). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Body } from './client.ts'
import { type ConformanceServer, startServer } from './server.ts'
import { column, execute, executed, refused, rows } from './statements.ts'
import { attributes, createTables, hashTable, keys, put } from './tables.ts'

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
    {
      TableName: 'Counted',
      AttributeDefinitions: attributes({ pk: 'S', sk: 'N' }),
      KeySchema: keys('pk', 'sk'),
      BillingMode: 'PAY_PER_REQUEST',
    },
  ])
  for (const pk of ['o', 'p']) {
    for (const sk of ['1', '2', '3']) await put(server.client, 'Ranged', { pk: { S: pk }, sk: { S: sk } })
  }
  await put(server.client, 'Ranged', { pk: { S: 'r' }, sk: { S: '1' }, flag: { S: 'one' } })
  await put(server.client, 'Ranged', { pk: { S: 'r' }, sk: { S: '2' }, flag: { S: 'two' } })
  await put(server.client, 'Hash', everything)
  for (let sk = 0; sk < 30; sk += 1) {
    await put(server.client, 'Counted', {
      pk: { S: `p${sk % 3}` },
      sk: { N: String(sk) },
      even: { BOOL: sk % 2 === 0 },
    })
  }
})
after(() => server.stop())

const everything = {
  pk: { S: 'all' },
  s: { S: 'str' },
  n: { N: '5' },
  ss: { SS: ['a', 'b', 'c'] },
  m: { M: { sub: { S: 'deep' }, list: { L: [{ M: { x: { S: 'y' } } }] } } },
  l: { L: [{ S: 'a' }, { S: 'b' }] },
  nul: { NULL: true },
  yes: { BOOL: true },
  b: { B: Buffer.alloc(400).toString('base64') },
}

async function sortKeys(where: string): Promise<readonly unknown[]> {
  return column(server.client, 'sk', `SELECT sk FROM "Ranged" WHERE ${where}`)
}

// Conditions on keys.

const found: readonly (readonly [where: string, sortKeys: readonly string[]])[] = [
  ["pk = 'r'", ['1', '2']],
  ["'r' = pk AND '1' < sk", ['2']],
  ["pk = 'r' AND sk = '1' AND sk > '0'", ['1']],
  ["pk = 'r' AND (sk = '1' OR sk = '2')", ['1', '2']],
  ["pk = 'r' AND sk IN ['1', '2']", ['1', '2']],
  ["pk = 'r' AND sk IN ('2')", ['2']],
  ["pk = 'r' AND sk IN <<'1'>>", ['1']],
  ["pk = 'r' AND (sk < '1' OR sk > '1' OR sk = '1')", ['1', '2']],
  ["pk = 'r' AND sk BETWEEN '2' AND '9'", ['2']],
  ["pk = 'r' AND sk NOT BETWEEN '2' AND '9'", ['1']],
  ["pk = 'r' AND sk NOT IN ['1']", ['2']],
  ["pk = 'r' AND begins_with(sk, '1')", ['1']],
  ["pk = 'r' AND attribute_exists(pk)", ['1', '2']],
  ["pk = 'r' AND NOT sk = '1'", ['2']],
  ["pk = 'r' AND sk <> '1'", ['2']],
  ["pk = 'r' AND sk != '1'", ['2']],
  ["pk = 'r' AND sk > '0' AND sk <> '1'", ['2']],
  ["pk = 'r' AND sk = '1' AND sk = '2'", []],
  ["pk = 'r' AND pk = 'o'", []],
  ["pk = 'r' AND (pk = 'o' OR flag = 'two')", ['2']],
  ["(pk = 'r') AND (flag = 'one')", ['1']],
  ["pk = 'r' OR sk = '3'", ['3', '3', '1', '2']],
  ["pk > 'q'", ['1', '2']],
  // Branches that meet because of a NOT are answered as their union.
  ["pk = 'o' AND NOT sk = '1' OR pk = 'o' AND sk = '2'", ['2', '3']],
  ["pk = 'o' AND sk <> '1' OR pk = 'o' AND sk = '2'", ['2', '3']],
  ["pk = 'o' AND NOT begins_with(sk, 'x') OR pk = 'o' AND sk = '2'", ['1', '2', '3']],
  ["pk = 'o' AND NOT sk IN ['1', '3'] OR pk = 'o' AND sk = '2'", ['2']],
  ["pk = 'o' AND NOT sk > '5' OR pk = 'o' AND sk = '2'", ['1', '2', '3']],
  ["pk = 'o' OR pk = 'o' AND NOT sk = '1'", ['1', '2', '3']],
]
for (const [where, expected] of found) {
  test(`finds ${where}`, async () => {
    assert.deepEqual([...(await sortKeys(where))].sort(), [...expected].sort())
  })
}

const overlapping = 'Overlapping conditions with range keys are not supported in where clause'
const wrongType = "Key attribute's data type should match its data type in table's schema: Key"
const tooMany = 'Too many decomposed read operations for a given query.'
const values = (count: number): string => Array.from({ length: count }, (_, at) => `'v${at}'`).join(',')

const refusedWhere: readonly (readonly [where: string, message: string])[] = [
  ["pk IN ['r', 'r']", overlapping],
  ["pk = 'r' OR pk = 'r'", overlapping],
  ["pk = 'r' AND (sk > '0' OR sk < '5')", overlapping],
  ["pk = 'r' AND (sk = '1' OR flag = 'two')", overlapping],
  ["(pk = 'r' AND flag = 'one') OR (pk = 'r' AND flag = 'two')", overlapping],
  ["pk = 'a' AND x = '1' OR pk = 'a' AND sk = '2'", overlapping],
  ["pk = 'a' AND x <> '1' OR pk = 'a' AND sk = '2'", overlapping],
  ["pk = 1 OR pk = 'r'", `${wrongType} pk`],
  ["pk = 'r' AND sk IN ['1', 2]", `${wrongType} sk`],
  [`pk IN [${values(51)}]`, tooMany],
  [`pk = 'r' AND sk IN [${values(51)}]`, tooMany],
  [`pk IN [${values(26)}] AND sk IN ['1', '2']`, tooMany],
  [
    `pk = 'r' AND flag IN [${values(101)}]`,
    'The IN operator is provided with too many operands; number of operands: 101',
  ],
]
for (const [where, message] of refusedWhere) {
  test(`refuses ${where.slice(0, 60)}`, () => refused(server.client, message, `SELECT sk FROM "Ranged" WHERE ${where}`))
}

test('a scan takes what keys cannot', async () => {
  assert.deepEqual(await sortKeys('pk > 1'), [])
  assert.equal((await sortKeys(`pk IN [${values(51)}] OR flag = 'one'`)).length, 1)
  assert.equal((await sortKeys(`pk IN [${values(50)}] AND flag IN [${values(100)}]`)).length, 0)
})

// Filters.

const holds: readonly string[] = [
  'attribute_exists(ss)',
  'ATTRIBUTE_EXISTS ("ss")',
  'attribute_not_exists(nope)',
  'NOT attribute_exists(nope)',
  'attribute_exists(m.sub) AND attribute_exists(m."list"[0].x)',
  'size(s) = 3',
  'size(b) > 300',
  "attribute_type(ss, 'SS')",
  "contains(ss, 'a') AND contains(s, 't')",
  "begins_with(s, 'st')",
  'nul IS NULL',
  's IS NOT NULL AND absent IS NOT NULL',
  'yes IS BOOL AND yes IS BOOLEAN AND s IS STRING AND n IS NUMERIC AND m IS TUPLE AND l IS LIST AND b IS BLOB',
  'absent IS MISSING AND s IS NOT MISSING',
  'n BETWEEN - 2 AND +5 AND n IN [- 1, 5]',
  "m = {'list': [{'x': 'y'}], 'sub': 'deep'}",
  "ss = <<'c', 'a', 'b'>>",
  "l = ['a', 'b']",
  "l[1] = 'b' AND m.sub = 'deep'",
  'yes = true AND nul = NULL',
  // Conditions are values too.
  'attribute_exists(nope) = false',
  'true = attribute_exists(n)',
  'attribute_exists(n) <> 1',
  "contains(nope, 'z') = false",
  '(n BETWEEN 0 AND 5) = true',
  "(n = 6 OR s = 'x') = false",
  'attribute_exists(nope) IN [true, false]',
  'attribute_exists(n) = attribute_exists(s)',
  'attribute_exists(n) = yes',
]
for (const condition of holds) {
  test(`holds: ${condition}`, async () => {
    const statement = `SELECT pk FROM "Hash" WHERE pk = 'all' AND ${condition}`
    assert.deepEqual(await column(server.client, 'pk', statement), ['all'])
    const negated = `SELECT pk FROM "Hash" WHERE pk = 'all' AND NOT (${condition})`
    assert.deepEqual(await column(server.client, 'pk', negated), [])
  })
}

test('filters that cannot be', async () => {
  const incorrect = 'Incorrect operand type for operator or function; operator or function:'
  for (const [condition, message] of [
    ['n < true', `${incorrect} <, operand type: BOOL`],
    ['attribute_exists(n) > false', `${incorrect} >, operand type: BOOL`],
    ['attribute_type(l, 1)', `${incorrect} attribute_type, operand type: N`],
    [
      "attribute_type(l, 'X')",
      'Invalid attribute type name found; type: X, valid types: {N,BS,L,B,NULL,M,S,SS,NS,BOOL}',
    ],
    ["attribute_exists('ss')", 'Operator or function requires a document path; operator or function: attribute_exists'],
    [
      'attribute_exists()',
      'Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 0',
    ],
  ] as const) {
    await refused(server.client, message, `SELECT * FROM "Hash" WHERE pk = 'all' AND ${condition}`)
  }
})

// Select lists.

test('a path comes under its last name and the indexes after it', async () => {
  const statement = `SELECT m.sub, m."list"[0], l[1], s, m.nope FROM "Hash" WHERE pk = 'all'`
  assert.deepEqual(await rows(server.client, statement), [
    { sub: { S: 'deep' }, 'list[0]': { M: { x: { S: 'y' } } }, 'l[1]': { S: 'b' }, s: { S: 'str' } },
  ])
  assert.deepEqual(await rows(server.client, `SELECT m.sub FROM "Hash" WHERE s = 'str'`), [{ sub: { S: 'deep' } }])
})

test('select lists that cannot be', async () => {
  const call = `SELECT attribute_exists(ss) FROM "Hash" WHERE pk = 'all'`
  await refused(server.client, 'Unexpected path component at 1:8:16', call)
  await refused(server.client, 'Aliasing is not supported', `SELECT s AS t FROM "Hash"`)
})

// Order.

const ordered: readonly (readonly [string, readonly string[]])[] = [
  ["pk = 'o' ORDER BY sk DESC", ['o3', 'o2', 'o1']],
  ["pk = 'o' ORDER BY sk", ['o1', 'o2', 'o3']],
  // By the partition key alone, rows come from the last sort key down.
  ["pk = 'o' ORDER BY pk ASC", ['o3', 'o2', 'o1']],
  ["pk IN ['p', 'o'] ORDER BY pk DESC, sk ASC", ['p1', 'p2', 'p3', 'o1', 'o2', 'o3']],
  ["pk IN ['p', 'o'] ORDER BY pk", ['o3', 'o2', 'o1', 'p3', 'p2', 'p1']],
  ["pk = 'o' AND sk IN ['3', '1'] ORDER BY sk DESC", ['o3', 'o1']],
]
for (const [clause, expected] of ordered) {
  test(`orders ${clause}`, async () => {
    const items = await rows(server.client, `SELECT pk, sk FROM "Ranged" WHERE ${clause}`)
    assert.deepEqual(items.map(keyText), expected)
  })
}

function keyText({ pk, sk }: Body): string {
  return `${(pk as { S: string }).S}${(sk as { S: string }).S}`
}

test('orders that cannot be', async () => {
  const select = 'SELECT sk FROM "Ranged"'
  for (const [clause, message] of [
    ['ORDER BY sk', 'Must have WHERE clause in the statement when using ORDER BY clause.'],
    [`WHERE pk = 'o' ORDER BY total DESC`, 'Attribute total in ORDER BY clause must be part of the primary key'],
    [
      `WHERE pk > 'a' ORDER BY sk`,
      'Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.',
    ],
    [
      `WHERE pk IN ['o', 'p'] ORDER BY sk DESC`,
      'Must have hash key in ORDER BY clause when more than one hash key condition specified in WHERE clause.',
    ],
  ]) {
    await refused(server.client, message ?? '', `${select} ${clause}`)
  }
})

// Pages.

async function allPages(statement: string, limit: number | undefined): Promise<readonly Body[]> {
  const items: Body[] = []
  let token: unknown
  for (let page = 0; page < 100; page += 1) {
    const more = { ...(token !== undefined && { NextToken: token }), ...(limit !== undefined && { Limit: limit }) }
    const body = await executed(server.client, statement, undefined, more)
    items.push(...(body['Items'] as readonly Body[]))
    token = body['NextToken']
    if (token === undefined) return items
  }
  return assert.fail('the pages do not end')
}

for (const statement of [
  'SELECT * FROM "Counted"',
  'SELECT * FROM "Counted" WHERE even = true',
  `SELECT * FROM "Counted" WHERE pk = 'p1'`,
  `SELECT * FROM "Counted" WHERE pk IN ['p0', 'p2', 'gone'] ORDER BY pk DESC, sk ASC`,
  `SELECT * FROM "Counted" WHERE pk = 'p1' AND (sk < 5 OR sk > 20) ORDER BY sk DESC`,
]) {
  test(`pages of any size join to the same rows: ${statement}`, async () => {
    const whole = await allPages(statement, undefined)
    assert.ok(whole.length > 3)
    for (const limit of [1, 2, 3, 7]) assert.deepEqual(await allPages(statement, limit), whole, String(limit))
  })
}

test('several reads come in pages of ten', async () => {
  const body = await executed(server.client, `SELECT * FROM "Counted" WHERE pk IN ['p0', 'p1']`)
  assert.equal((body['Items'] as readonly unknown[]).length, 10)
  assert.ok(body['NextToken'])
})

test('a page tells its last key', async () => {
  const body = await executed(server.client, `SELECT sk FROM "Counted" WHERE pk = 'p1'`, undefined, { Limit: 2 })
  assert.deepEqual(body['Items'], [{ sk: { N: '1' } }, { sk: { N: '4' } }])
  assert.deepEqual(body['LastEvaluatedKey'], { pk: { S: 'p1' }, sk: { N: '4' } })
})

test('a token belongs to its statement, parameters and table', async () => {
  const statement = 'SELECT * FROM "Counted" WHERE pk = ?'
  const parameters = [{ S: 'p1' }]
  const { NextToken: token } = await executed(server.client, statement, parameters, { Limit: 1 })
  const messageWith = async (text: string, values: readonly Body[] | undefined, next: unknown): Promise<unknown> =>
    (await execute(server.client, text, values, { NextToken: next })).message
  const mismatch = 'NextToken does not match request'
  assert.equal(await messageWith('SELECT * FROM "Counted"', undefined, token), mismatch)
  assert.equal(await messageWith(statement, [{ S: 'p2' }], token), mismatch)
  assert.equal(await messageWith('SELECT * FROM "Ranged"', undefined, token), mismatch)
  assert.equal(await messageWith(`INSERT INTO "Counted" VALUE {'pk': 'n', 'sk': 1}`, undefined, token), mismatch)
  assert.equal(await messageWith(statement, parameters, 'garbage'), 'Invalid NextToken')
  const edited = `${String(token).slice(0, -6)}AAAA==`
  assert.equal(await messageWith(statement, parameters, edited), 'Invalid NextToken')
  // Another limit is no other request.
  assert.equal((await rows(server.client, statement, parameters, { NextToken: token, Limit: 3 })).length, 3)
})

test('a page reads at most 1 MB, over all its reads', async () => {
  const filler = { S: 'x'.repeat(300_000) }
  for (const sk of ['1', '2', '3']) {
    for (const pk of ['big1', 'big2']) await put(server.client, 'Ranged', { pk: { S: pk }, sk: { S: sk }, filler })
  }
  const statement = `SELECT pk, sk FROM "Ranged" WHERE pk IN ['big1', 'big2']`
  const first = await executed(server.client, statement)
  assert.deepEqual((first['Items'] as readonly Body[]).map(keyText), ['big11', 'big12', 'big13', 'big21'])
  const second = await executed(server.client, statement, undefined, { NextToken: first['NextToken'] })
  assert.deepEqual((second['Items'] as readonly Body[]).map(keyText), ['big22', 'big23'])
  assert.equal(second['NextToken'], undefined)
})

test('capacity is that of what was read, summed over the reads', async () => {
  const consumed = async (statement: string, more: Body = {}): Promise<unknown> => {
    const body = await executed(server.client, statement, undefined, { ReturnConsumedCapacity: 'TOTAL', ...more })
    return body['ConsumedCapacity']
  }
  assert.deepEqual(await consumed(`SELECT * FROM "Ranged" WHERE pk = 'o'`), { TableName: 'Ranged', CapacityUnits: 0.5 })
  const twice = `SELECT * FROM "Ranged" WHERE pk IN ['o', 'p']`
  assert.deepEqual(await consumed(twice), { TableName: 'Ranged', CapacityUnits: 1 })
  assert.deepEqual(await consumed(twice, { ConsistentRead: true }), { TableName: 'Ranged', CapacityUnits: 2 })
  assert.deepEqual(await consumed(`SELECT * FROM "Ranged" WHERE pk = 'none' AND sk = '1'`), {
    TableName: 'Ranged',
    CapacityUnits: 0.5,
  })
})

// Parameters and tables.

test('parameters are checked before the statement, and must be as many as it has', async () => {
  const counted = "Number of parameters in request and statement don't match."
  await refused(server.client, counted, 'SELECT * FROM "Hash" WHERE pk = ?')
  await refused(server.client, counted, `SELECT * FROM "Hash" WHERE pk = 'a'`, [{ S: 'a' }])
  await refused(
    server.client,
    'One or more parameter values were invalid: Input collection [a, a] contains duplicates.',
    'UPDATE "Hash" SET WHERE',
    [{ SS: ['a', 'a'] }],
  )
  await refused(
    server.client,
    'The parameter cannot be converted to a numeric value: 1e99999999999',
    'SELECT * FROM "Hash" WHERE pk = ?',
    [{ N: '1e99999999999' }],
  )
  const inList = `SELECT pk FROM "Hash" WHERE pk = 'all' AND n IN [?, 7]`
  assert.deepEqual(await column(server.client, 'pk', inList, [{ N: '5' }]), ['all'])
})

test('tables may be named by ARN, and must be there', async () => {
  const arn = 'arn:aws:dynamodb:us-east-1:000000000000:table/Hash'
  const body = await executed(server.client, `SELECT pk FROM "${arn}" WHERE pk = 'all'`, undefined, {
    ReturnConsumedCapacity: 'TOTAL',
  })
  assert.deepEqual(body['ConsumedCapacity'], { TableName: arn, CapacityUnits: 0.5 })
  const missing = `SELECT * FROM "Nowhere" WHERE pk = 'x'`
  await refused(server.client, 'Requested resource not found', missing, undefined, 'ResourceNotFoundException')
})

test('EXISTS is for transactions', () =>
  refused(
    server.client,
    'EXISTS can only be used in ExecuteTransaction write requests.',
    `EXISTS(SELECT * FROM "Hash" WHERE pk = 'all' AND n IS MISSING)`,
  ))
