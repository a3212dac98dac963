/** What PartiQL statements may look like, and the words in which the service refuses the others (recorded 2026). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type ConformanceServer, startServer } from './server.ts'
import { column, malformed, refused, rows } from './statements.ts'
import { attributes, createTables, hashTable, keys, put } from './tables.ts'

let server: ConformanceServer
before(async () => {
  server = await startServer()
  await createTables(server.client, [
    hashTable,
    {
      TableName: 'Numbered',
      AttributeDefinitions: attributes({ pk: 'N' }),
      KeySchema: keys('pk'),
      BillingMode: 'PAY_PER_REQUEST',
    },
  ])
  await put(server.client, 'Hash', { pk: { S: 'a' }, tag: { S: 'x' }, l: { L: [{ S: 'first' }, { S: 'second' }] } })
  for (const pk of ['7310000', '7.3', '-7.3']) await put(server.client, 'Numbered', { pk: { N: pk } })
})
after(() => server.stop())

const leftOver = `${malformed}Unexpected token after expression`
const overflow = 'Number overflow. Attempting to store a number with magnitude larger than supported range'
const underflow = 'Number underflow. Attempting to store a number with magnitude smaller than supported range'

const refusals: readonly (readonly [statement: string, message: string])[] = [
  // A token too many.
  ['SELECT * FROM "Numbered" WHERE pk = 1 foo', leftOver],
  ['SELECT * FROM "Numbered" WHERE pk = 1 e5', leftOver],
  ['SELECT * FROM "Numbered" WHERE pk = 1)', leftOver],
  ['SELECT * FROM "Numbered" ORDER BY pk WHERE pk = 1', leftOver],
  [`INSERT INTO "Numbered" VALUE {'pk': 1} foo`, leftOver],
  [`INSERT INTO "Hash" t VALUE {'pk': 'x'}`, leftOver],
  ['UPDATE "Numbered" SET a = 9 WHERE pk = 1 foo', leftOver],
  ['DELETE FROM "Numbered" WHERE pk = 1 foo', leftOver],
  ['DELETE FROM "Numbered" WHERE pk = 1 ORDER BY pk', leftOver],
  [`FROM "Hash" SET c = 1 WHERE pk = 'a'`, leftOver],
  // Words that cannot be read at all.
  ['SELECT * FROM "Numbered" WHERE pk = 1e2147483648', malformed],
  ['SELECT * FROM "Numbered" WHERE pk = 1e99999999999', malformed],
  ['SELECT * FROM "Numbered" WHERE pk = 1.5e-2147483647', malformed],
  ['SELECT * FROM "Numbered" WHERE pk = 1 # note', malformed],
  ['SELECT * FROM "Numbered" WHERE pk = 1 /* note', malformed],
  ['SELECT * FROM "Numbered', malformed],
  // Something missing.
  ['SELECT * FROM "Hash" WHERE', `${malformed}Unexpected term`],
  ['SELECT * FROM "Hash" WHERE;', `${malformed}Unexpected term`],
  ['SELECT pk FROM "Hash" WHERE   ', `${malformed}Unexpected term`],
  ['UPDATE "Hash" SET a = 1 WHERE', `${malformed}Unexpected term`],
  ['DELETE FROM "Hash" WHERE', `${malformed}Unexpected term`],
  ['SELECT * FROM "Hash" WHERE NOT', `${malformed}Unexpected term`],
  ['SELECT * FROM "Hash" WHERE (', `${malformed}Unexpected term`],
  ['SELECT * FROM "Nowhere" WHERE', `${malformed}Unexpected term`],
  ['SELECT * FROM', `${malformed}Unexpected term`],
  [`SELECT * FROM "Hash" WHERE pk = 'a' AND`, `${malformed}Missing right-hand side expression of infix operator`],
  [`SELECT * FROM "Hash" WHERE pk = 'a' OR`, `${malformed}Missing right-hand side expression of infix operator`],
  ['DELETE FROM', `${malformed}Expected identifier for simple path`],
  ['DELETE FROM;', `${malformed}Expected identifier for simple path`],
  [`DELETE FROM WHERE pk = 'a'`, `${malformed}Expected identifier for simple path`],
  // Words in the wrong place.
  ['SELECT * FROM "Hash" WHERE ORDER BY pk', `${malformed}Unexpected keyword`],
  [`INSERT INTO urls (key, value) VALUES ('a', 'b')`, `${malformed}Unexpected keyword`],
  ['SELECT * FROM "Hash" WHERE IS NULL', `${malformed}Unexpected operator`],
  ['SELECT * FROM "Hash" WHERE pk = LIKE', `${malformed}Unexpected operator`],
  [`SELECT * FROM "Hash" WHERE pk = 'a' AND x IS FOO`, `${malformed}Expected type name`],
  [`SELECT * FROM "Hash" WHERE attribute_exists(m.inner)`, `${malformed}Invalid path dot component`],
  [`SLECT * FROM "Hash" WHERE pk = 'a'`, `${malformed}Expected data manipulation`],
  [`UPDATE Payment-x SET a = 1 WHERE pk = 'a'`, `${malformed}Expected data manipulation`],
  // What is read, and is not DynamoDB's.
  ['x IS INT4', 'Unsupported operation: IsType'],
  ['x IS DOUBLE PRECISION', 'Unsupported operation: IsType'],
  ['SELECT * FROM "Hash" LIMIT 5', 'Unsupported clause: LIMIT at 1:28:1'],
  [`SELECT * FROM "Hash" t WHERE pk = 'x'`, 'Aliasing is not supported'],
  [`SELECT * FROM "Hash" AS t WHERE pk = 'x'`, 'Aliasing is not supported'],
  [`UPDATE "Hash" t SET a = 3 WHERE pk = 'x'`, 'Aliasing is not supported'],
  [`DELETE FROM "Hash" t WHERE pk = 'x'`, 'Aliasing is not supported'],
  // Tables.
  [`SELECT * FROM "Hash"."i"."more" WHERE pk = 'p'`, 'A path may contain at most 2 components in the FROM clause'],
  [`SELECT * FROM "Hash"."" WHERE pk = 'p'`, 'Path component cannot be an empty string'],
  [`SELECT * FROM "" WHERE pk = 'p'`, 'Path component cannot be an empty string'],
  // Numbers.
  ['SELECT * FROM "Numbered" WHERE pk = 1e126', `${overflow} under root`],
  ['SELECT * FROM "Numbered" WHERE pk = 1e-131', `${underflow} under root`],
  [
    'SELECT * FROM "Numbered" WHERE pk = 123456789012345678901234567890123456789',
    'Attempting to store more than 38 significant digits in a Number under root',
  ],
  [`INSERT INTO "Numbered" VALUE {'pk': 1e126}`, `${overflow} under root`],
  ['UPDATE "Numbered" SET a = 1e-131 WHERE pk = 1', `${underflow} under root`],
  [`INSERT INTO "Numbered" VALUE {'pk': 1, 'm': {'x': 1e126}}`, `${overflow} under root.x`],
  [`INSERT INTO "Numbered" VALUE {'pk': 1, 'l': [1, 1e126]}`, `${overflow} under root[1]`],
  // Sets, maps and depth.
  [`INSERT INTO "Hash" VALUE {'pk': 'b', 's': <<>>}`, 'Empty bags are not supported'],
  [
    `INSERT INTO "Hash" VALUE {'pk': 'b', 's': <<1, 'a'>>}`,
    'Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags',
  ],
  [
    `INSERT INTO "Hash" VALUE {'pk': 'b', 's': <<'a', 'a'>>}`,
    'One or more parameter values were invalid: Input collection [a, a] contains duplicates.',
  ],
  [
    `UPDATE "Hash" SET n = set_add(n, <<2, 2.0>>) WHERE pk = 'a'`,
    'One or more parameter values were invalid: Input collection [2, 2.0] contains duplicates! under root',
  ],
  [`INSERT INTO "Hash" VALUE {'pk': 'b', 'pk': 'c'}`, 'Duplicate keys in tuple. Key: pk under root'],
  [
    `UPDATE "Hash" SET d = ${"{'a':".repeat(32)}1${'}'.repeat(32)} WHERE pk = 'a'`,
    `Nesting Levels have exceeded supported limits under root${'.a'.repeat(32)}`,
  ],
  [
    `UPDATE "Hash" SET d = {'a':${'['.repeat(31)}1${']'.repeat(31)}} WHERE pk = 'a'`,
    `Nesting Levels have exceeded supported limits under root.a${'[0]'.repeat(31)}`,
  ],
  // Paths.
  [`SELECT l[-1] FROM "Hash" WHERE pk = 'a'`, 'List index is not within the allowable range; index: [-1] at 1:11:1'],
  [
    `SELECT l[2147483648] FROM "Hash" WHERE pk = 'a'`,
    'List index is not within the allowable range; index: [2147483648] at 1:10:10',
  ],
]

for (const [statement, message] of refusals) {
  test(`refuses ${statement.slice(0, 100)}`, () => refused(server.client, message, statement))
}

test('numbers may have exponents, signs, and no digit before the point', async () => {
  for (const literal of ['7.31e6', '7.31E6', '7.31e+6', '731e4', '73100000e-1', '+7310000', '- - 7310000']) {
    const found = await column(server.client, 'pk', `SELECT * FROM "Numbered" WHERE pk = ${literal}`)
    assert.deepEqual(found, ['7310000'], literal)
  }
  for (const [literal, value] of [
    ['.73e1', '7.3'],
    ['-.73e1', '-7.3'],
    ['-/* sign */7.3', '-7.3'],
  ] as const) {
    assert.deepEqual(await column(server.client, 'pk', `SELECT pk FROM "Numbered" WHERE pk = ${literal}`), [value])
  }
})

test('comments are blanks, and strings that look like them are not', async () => {
  await put(server.client, 'Hash', { pk: { S: 'c' }, note: { S: 'a--b /*c*/' } })
  for (const statement of [
    `SELECT/**/* FROM "Hash" -- the table\nWHERE pk/* key */='c' --`,
    `-- first\nSELECT * FROM "Hash" WHERE pk = 'c' AND note = 'a--b /*c*/'; -- done`,
    `SELECT * FROM "Hash" /* a\nb */ WHERE pk = 'c'`,
  ]) {
    assert.deepEqual(await column(server.client, 'note', statement), ['a--b /*c*/'], statement)
  }
})

test('quotes are doubled within quotes; keywords have no case', async () => {
  await put(server.client, 'Hash', { pk: { S: "it's" }, 'say "it"': { N: '1' }, order: { N: '2' } })
  const statement = `select "say ""it""", "order" from "Hash" where pk = 'it''s' and "order" between 1 and 3`
  assert.deepEqual(await rows(server.client, statement), [{ 'say "it"': { N: '1' }, order: { N: '2' } }])
})

test('an index of minus zero is zero, and the largest index is one', async () => {
  assert.deepEqual(await rows(server.client, `SELECT l[-0] FROM "Hash" WHERE pk = 'a'`), [{ 'l[0]': { S: 'first' } }])
  assert.deepEqual(await rows(server.client, `SELECT l[2147483647] FROM "Hash" WHERE pk = 'a'`), [{}])
})

test('a statement has at most 8192 characters', async () => {
  const statement = `SELECT * FROM "Hash" WHERE pk = '${'x'.repeat(8192)}'`
  const answer = await server.client.call('ExecuteStatement', { Statement: statement })
  assert.equal(
    answer.message,
    `1 validation error detected: Value '${statement}' at 'statement' failed to satisfy constraint: Member must have ` +
      'length less than or equal to 8192',
  )
  assert.equal((await server.client.call('ExecuteStatement', { Statement: '' })).code, 'ValidationException')
  assert.equal((await server.client.call('ExecuteStatement', {})).code, 'ValidationException')
})

test('what is nested without end is refused, not followed', async () => {
  for (const statement of [
    `SELECT * FROM "Hash" WHERE ${'('.repeat(4000)}pk`,
    `SELECT * FROM "Hash" WHERE pk = ${'- '.repeat(4000)}1`,
    `SELECT * FROM "Hash" WHERE ${'NOT '.repeat(2000)}pk = 'a'`,
    `INSERT INTO "Hash" VALUE {'pk': ${'['.repeat(4000)}`,
    `SELECT * FROM "Hash" WHERE pk = 'a'${" OR a = 'b'".repeat(700)}`,
    `UPDATE "Hash" SET a = 1${' + 1'.repeat(2000)} WHERE pk = 'a'`,
  ]) {
    const answer = await server.client.call('ExecuteStatement', { Statement: statement })
    assert.equal(answer.code, 'ValidationException', statement.slice(0, 60))
  }
})
