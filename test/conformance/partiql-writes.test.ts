/** INSERT, UPDATE and DELETE over the wire (rules and messages recorded 2026). */
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { Body } from './client.ts'
import { assertRefused } from './refusals.ts'
import { type ConformanceServer, startServer } from './server.ts'
import { execute, executed, malformed, placeOf, refused, rows } from './statements.ts'
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

const seed = {
  pk: { S: 'item' },
  n: { N: '5' },
  s: { S: 'str' },
  ss: { SS: ['a', 'b', 'c'] },
  ns: { NS: ['1', '2', '3'] },
  m: { M: { sub: { S: 'old' }, sib: { S: 'keep' } } },
  l: { L: [{ S: 'a' }, { S: 'b' }, { S: 'c' }] },
}
beforeEach(() => put(server.client, 'Hash', seed))

const item = (): Promise<unknown> => get(server.client, 'Hash', { pk: { S: 'item' } })

/** The item's attributes that the update changes, after it. */
async function updated(clauses: string, parameters?: readonly Body[]): Promise<Body> {
  const returned = await rows(
    server.client,
    `UPDATE "Hash" ${clauses} WHERE pk = 'item' RETURNING ALL NEW *`,
    parameters,
  )
  assert.deepEqual(returned, [await item()])
  const changes = Object.entries(returned[0] ?? {}).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify((seed as Body)[name]),
  )
  const gone = Object.keys(seed).filter((name) => returned[0]?.[name] === undefined)
  return Object.fromEntries([...changes, ...gone.map((name) => [name, undefined] as const)])
}

// INSERT.

test('INSERT puts an item where there is none', async () => {
  const statement = `INSERT INTO "Hash" VALUE {'pk': 'new', 'num': 1.50, 'map': {'list': [1, 'two', NULL, TRUE]},
    'numbers': <<1, 34, 4.5>>, 'texts': <<'b', 'a'>>, 'param': ?, '': 'unnamed'}`
  const body = await executed(server.client, statement, [{ B: 'AQ==' }])
  assert.deepEqual(body, { Items: [] })
  assert.deepEqual(await get(server.client, 'Hash', { pk: { S: 'new' } }), {
    pk: { S: 'new' },
    num: { N: '1.5' },
    map: { M: { list: { L: [{ N: '1' }, { S: 'two' }, { NULL: true }, { BOOL: true }] } } },
    numbers: { NS: ['1', '4.5', '34'] },
    texts: { SS: ['a', 'b'] },
    param: { B: 'AQ==' },
    '': { S: 'unnamed' },
  })
  await refused(server.client, 'Duplicate primary key exists in table', statement, [{ B: 'AQ==' }], duplicate)
  await executed(server.client, `DELETE FROM "Hash" WHERE pk = 'new'`)
  await executed(server.client, statement, [{ B: 'AQ==' }])
})
const duplicate = 'DuplicateItemException'

test('INSERT takes a whole item as a parameter', async () => {
  await executed(server.client, 'INSERT INTO "Hash" VALUE ?', [{ M: { pk: { S: 'whole' }, a: { N: '1' } } }])
  assert.deepEqual(await get(server.client, 'Hash', { pk: { S: 'whole' } }), { pk: { S: 'whole' }, a: { N: '1' } })
})

test('INSERTs that cannot be', async () => {
  const nested = `INSERT INTO "Hash" VALUE {'pk': 'x', 'm': {'k': ?}}`
  const call = `INSERT INTO "Hash" VALUE {'pk': 'x', 'ss': set_add(<<'a'>>, <<'b'>>)}`
  for (const [message, statement, parameters] of [
    [`Unsupported data type: Parameter under key root.k ${placeOf(nested, '?')}`, nested, [{ S: 'v' }]],
    [`Unsupported data type: set_add under key root ${placeOf(call, 'set_add')}`, call],
    ['Key attribute should be present in the item: Key sk', `INSERT INTO "Ranged" VALUE {'pk': 'x'}`],
    [
      "Key attribute's data type should match its data type in table's schema: Key pk",
      `INSERT INTO "Hash" VALUE {'pk': 1}`,
    ],
    ['FROM clause may only contain a single table name', `INSERT INTO "Hash"."index" VALUE {'pk': 'x'}`],
    ['Unsupported operation: InsertOp', `INSERT INTO "Hash" <<{'pk': 'x'}>>`],
  ] as const) {
    await refused(server.client, message, statement, parameters)
  }
})

// UPDATE.

test('UPDATE sets values, paths, sums and lists', async () => {
  assert.deepEqual(await updated(`SET s = 'new', fresh = NULL`), { s: { S: 'new' }, fresh: { NULL: true } })
  await put(server.client, 'Hash', seed)
  assert.deepEqual(await updated('SET n = n + 100'), { n: { N: '105' } })
  await put(server.client, 'Hash', seed)
  assert.deepEqual(await updated('SET n=n-1'), { n: { N: '4' } })
  await put(server.client, 'Hash', seed)
  assert.deepEqual(await updated('SET n = n - - 2 SET l[1] = ?', [{ S: 'x' }]), {
    n: { N: '7' },
    l: { L: [{ S: 'a' }, { S: 'x' }, { S: 'c' }] },
  })
  await put(server.client, 'Hash', seed)
  assert.deepEqual(await updated('SET l = list_append([0], LIST_APPEND(l, [<<1>>]))'), {
    l: { L: [{ N: '0' }, ...seed.l.L, { NS: ['1'] }] },
  })
  await put(server.client, 'Hash', seed)
  assert.deepEqual(await updated('SET n = if_not_exists(n, 1) + 1, fresh = if_not_exists(fresh, 1)'), {
    n: { N: '6' },
    fresh: { N: '1' },
  })
})

test('UPDATE removes, and mixes its clauses', async () => {
  assert.deepEqual(await updated('REMOVE l[1] REMOVE s, n'), {
    l: { L: [{ S: 'a' }, { S: 'c' }] },
    s: undefined,
    n: undefined,
  })
  await put(server.client, 'Hash', seed)
  assert.deepEqual(await updated(`SET m.sub = 'new' REMOVE m.sib SET n = 1`), {
    m: { M: { sub: { S: 'new' } } },
    n: { N: '1' },
  })
})

test('set_add and set_delete change members', async () => {
  assert.deepEqual(await updated(`SET ss = set_add(ss, <<'a', 'z'>>) SET ns = SET_ADD(ns, <<9>>)`), {
    ss: { SS: ['a', 'b', 'c', 'z'] },
    ns: { NS: ['1', '2', '3', '9'] },
  })
  await put(server.client, 'Hash', seed)
  assert.deepEqual(await updated(`SET ss = set_delete(ss, <<'a', 'zz'>>), ns = set_delete(ns, <<1, 2, 3>>)`), {
    ss: { SS: ['b', 'c'] },
    ns: undefined,
  })
  await put(server.client, 'Hash', seed)
  assert.deepEqual(await updated('SET fresh = set_add(fresh, ?), gone = set_delete(gone, <<1>>)', [{ BS: ['AQ=='] }]), {
    fresh: { BS: ['AQ=='] },
  })
})

test('FROM may come first', async () => {
  const returned = await rows(server.client, `from "Hash" where pk = ? set n = 1 remove s returning modified new *`, [
    { S: 'item' },
  ])
  assert.deepEqual(returned, [{ n: { N: '1' } }])
  await refused(server.client, mandatory, 'FROM "Hash" SET c = 1')
  await refused(server.client, mandatory, 'FROM "Hash" WHERE a = 1 SET c = 1')
})
const mandatory = 'Where clause does not contain a mandatory equality on all key attributes'

test('UPDATEs that cannot be', async () => {
  const update = (clauses: string): string => `UPDATE "Hash" ${clauses} WHERE pk = 'item'`
  const other = update(`SET t = set_add(ss, <<'x'>>)`)
  const text = update(`SET ss = set_add(ss, 'x')`)
  const one = update('SET ss = set_delete(ss)')
  const unknown = update('SET n = upper_case(s)')
  const list = update('SET x = [?]')
  const incorrect = 'An operand in the update expression has an incorrect data type'
  const plus = 'Incorrect operand type for operator or function; operator or function: +, operand type:'
  for (const [message, statement, parameters] of [
    [`The first argument to SET_ADD must equal the assignment value ${placeOf(other, 'set_add')}`, other],
    [
      `The second argument to SET_ADD must be a value with type SET ${placeOf(text, 'ss', text.indexOf('set_add('))}`,
      text,
    ],
    [`SET_DELETE must have exactly two arguments ${placeOf(one, 'set_delete')}`, one],
    [`Unrecognized function: upper_case ${placeOf(unknown, 'upper_case')}`, unknown],
    [`Unsupported data type: Parameter under key root[0] ${placeOf(list, '?')}`, list, [{ S: 'v' }]],
    [incorrect, update('SET ss = set_add(ss, <<1>>)')],
    [incorrect, update(`SET s = set_add(s, <<'x'>>)`)],
    [`${plus} S`, update(`SET n = 'a' + 1`)],
    [`${plus} L`, update('SET n = n + [1]')],
    [
      'The provided expression refers to an attribute that does not exist in the item',
      update('SET none = list_append(none, [1])'),
    ],
    ['The document path provided in the update expression is invalid for update', update(`SET none[0] = 'x'`)],
    [
      'Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [m], ' +
        'path two: [m, sub]',
      update(`SET m = 1 SET m.sub = 2`),
    ],
    [
      'One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key',
      update(`SET pk = 'other'`),
    ],
    [`${malformed}Expected identifier for simple path`, `UPDATE "Hash" SET WHERE pk = 'item'`],
    ['This operation is not supported on an index', `UPDATE "Hash"."index" SET a = 1 WHERE pk = 'item'`],
  ] as const) {
    await refused(server.client, message, statement, parameters)
    assert.deepEqual(await item(), seed)
  }
})

test('an item must not become too deep or too large', async () => {
  const deep = (levels: number): Body => (levels === 0 ? { S: 'x' } : { M: { a: deep(levels - 1) } })
  await refused(
    server.client,
    'Nesting Levels have exceeded supported limits',
    `UPDATE "Hash" SET m.deep = ? WHERE pk = 'item'`,
    [deep(31)],
  )
  const filler = { S: 'x'.repeat(400 * 1024) }
  await refused(
    server.client,
    'Item size to update has exceeded the maximum allowed size',
    `UPDATE "Hash" SET filler = ? WHERE pk = 'item'`,
    [filler],
  )
  // The item alone counts: UpdateItem would count its action too, and refuse this.
  await put(server.client, 'Hash', { pk: { S: 'item' } })
  const most = { S: 'x'.repeat(400 * 1024 - 'pkitema'.length) }
  await executed(server.client, `UPDATE "Hash" SET a = ? WHERE pk = 'item'`, [most])
  await refused(
    server.client,
    'Item size to update has exceeded the maximum allowed size',
    `UPDATE "Hash" SET a = ? WHERE pk = 'item'`,
    [{ S: `${most.S}x` }],
  )
})

// RETURNING.

test('RETURNING tells the item or what was modified, before or after', async () => {
  const statement = `UPDATE "Hash" SET m.sub = 'new', l[2] = 'x', l[0] = 'y' REMOVE s WHERE pk = 'item' RETURNING`
  const returning: readonly (readonly [string, readonly Body[]])[] = [
    ['ALL OLD', [seed]],
    ['MODIFIED OLD', [{ m: { M: { sub: { S: 'old' } } }, l: { L: [{ S: 'a' }, { S: 'c' }] }, s: { S: 'str' } }]],
    ['MODIFIED NEW', [{ m: { M: { sub: { S: 'new' } } }, l: { L: [{ S: 'y' }, { S: 'x' }] } }]],
  ]
  for (const [which, expected] of returning) {
    await put(server.client, 'Hash', seed)
    assert.deepEqual(await rows(server.client, `${statement} ${which} *`), expected, which)
  }
  assert.deepEqual(await rows(server.client, `UPDATE "Hash" REMOVE n WHERE pk = 'item' RETURNING MODIFIED NEW *`), [])
  assert.deepEqual(await rows(server.client, `UPDATE "Hash" SET z = 1 WHERE pk = 'item' RETURNING MODIFIED OLD *`), [])
})

test('DELETE returns ALL OLD or nothing', async () => {
  const statement = `DELETE FROM "Hash" WHERE pk = 'item'`
  for (const which of ['MODIFIED OLD', 'MODIFIED NEW', 'ALL NEW']) {
    const message = `Invalid returning clause: RETURNING ${which} *. Only RETURNING ALL OLD * is allowed in DELETE statements.`
    await refused(server.client, message, `${statement} RETURNING ${which} *`)
  }
  assert.deepEqual(await item(), seed)
  assert.deepEqual(await rows(server.client, `${statement} RETURNING ALL OLD *`), [seed])
  assert.deepEqual(await rows(server.client, `${statement} RETURNING ALL OLD *`), [])
})

// Conditions.

const failed = 'The conditional request failed'
const failure = 'ConditionalCheckFailedException'

test('what a WHERE says beside the key is a condition', async () => {
  await refused(server.client, failed, `UPDATE "Hash" SET n = 9 WHERE pk = 'item' AND s = 'other'`, undefined, failure)
  await refused(
    server.client,
    failed,
    `DELETE FROM "Hash" WHERE pk = 'item' AND NOT begins_with(s, 's')`,
    undefined,
    failure,
  )
  assert.deepEqual(await item(), seed)
  await executed(server.client, `UPDATE "Hash" SET n = 9 WHERE (pk = 'item' AND n = 5) AND attribute_exists(s)`)
  await executed(server.client, `DELETE FROM "Hash" WHERE s = 'str' AND pk = 'item' AND pk = 'item'`)
  assert.equal(await item(), undefined)
})

test('UPDATE never makes its item; DELETE of nothing is no failure', async () => {
  for (const where of [`pk = 'gone'`, `pk = 'gone' AND attribute_not_exists(pk)`]) {
    await refused(server.client, failed, `UPDATE "Hash" SET n = 1 WHERE ${where}`, undefined, failure)
  }
  assert.deepEqual(await executed(server.client, `DELETE FROM "Hash" WHERE pk = 'gone' AND n = 7`), { Items: [] })
  assert.equal(await get(server.client, 'Hash', { pk: { S: 'gone' } }), undefined)
})

test('a failed condition returns the item where it was asked for', async () => {
  const statement = `UPDATE "Hash" SET n = 9 WHERE pk = 'item' AND n = 1`
  const answer = await execute(server.client, statement, undefined, { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })
  assertRefused(answer, failure, failed)
  assert.deepEqual(answer.body['Item'], seed)
  assert.equal((await execute(server.client, statement)).body['Item'], undefined)
})

test('a write names one whole key', async () => {
  const multiple = 'Multiple conditions on same key pk. Only single item Update/Insert/Delete are supported'
  for (const [message, statement] of [
    [mandatory, `DELETE FROM "Hash" WHERE n = 1`],
    [mandatory, 'DELETE FROM "Hash"'],
    [mandatory, `UPDATE "Ranged" SET a = 1 WHERE pk = 'a'`],
    [mandatory, `UPDATE "Hash" SET a = 1 WHERE pk IN ['a']`],
    [mandatory, `UPDATE "Hash" SET a = 1 WHERE pk = 'a' OR pk = 'b'`],
    [mandatory, `UPDATE "Hash" SET a = 1 WHERE NOT pk = 'a'`],
    [multiple, `UPDATE "Hash" SET a = 1 WHERE pk = 'item' AND pk = 'other'`],
    [multiple, `DELETE FROM "Hash" WHERE pk = 'item' AND pk = 'other'`],
    [
      "Key attribute's data type should match its data type in table's schema: Key pk",
      'DELETE FROM "Hash" WHERE pk = 1',
    ],
  ] as const) {
    await refused(server.client, message, statement)
  }
})

test('writes are charged like the calls that they stand for', async () => {
  const asked = { ReturnConsumedCapacity: 'INDEXES' }
  const expected = { TableName: 'Hash', CapacityUnits: 1, Table: { CapacityUnits: 1 } }
  for (const statement of [
    `INSERT INTO "Hash" VALUE {'pk': 'charged'}`,
    `UPDATE "Hash" SET a = 1 WHERE pk = 'charged'`,
    `DELETE FROM "Hash" WHERE pk = 'charged'`,
    `DELETE FROM "Hash" WHERE pk = 'charged'`,
  ]) {
    assert.deepEqual((await executed(server.client, statement, undefined, asked))['ConsumedCapacity'], expected)
  }
})
