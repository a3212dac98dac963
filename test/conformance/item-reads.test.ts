/** GetItem, Query and Scan: what they refuse and what they answer, on tables and on indexes. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Body, Client } from './client.ts'
import { answered, broken, notNull, type Refusal, refuses, violated } from './refusals.ts'
import { startServer } from './server.ts'
import { compositeTable, createTables, hashTable, numberTable, put } from './tables.ts'

let client: Client
let stop: () => Promise<void>
before(async () => {
  ;({ client, stop } = await startServer())
  await createTables(client, [hashTable, compositeTable, numberTable])
  await put(client, 'Composite', ...songs)
  await put(client, 'Numbers', ...['-2', '-1.5', '0', '3', '20'].map((n, at) => numbered(n, at)))
})
after(() => stop())

/** Five items of one collection, three of them in the indexes. */
const songs: readonly Body[] = ['a', 'b', 'c', 'd', 'e'].map((sk, at) => ({
  pk: { S: 'p' },
  sk: { S: sk },
  data: { S: `data-${sk}` },
  extra: { S: 'x' },
  ...(at < 3 && { l1: { S: at === 2 ? 'two' : 'one' }, l2: { S: `r${3 - at}` }, n: { N: String(at) } }),
}))

function numbered(pk: string, at: number): Body {
  return { pk: { N: '1' }, sk: { B: Buffer.of(at, 255 - at).toString('base64') }, value: { N: pk } }
}

const values = { ':p': { S: 'p' } }
const byKey = { TableName: 'Composite', KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: values }
const enums = 'Member must satisfy enum value set'
const selectEnum = broken(
  "'INVALID'",
  'select',
  `${enums}: [SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]`,
)

refuses(() => client, 'GetItem', [
  {
    name: 'a projection of both kinds',
    input: { TableName: 'Hash', Key: { pk: { S: 'a' } }, ProjectionExpression: 'a', AttributesToGet: ['a'] },
    message:
      'Can not use both expression and non-expression parameters in the same request: ' +
      'Non-expression parameters: {AttributesToGet} Expression parameters: {ProjectionExpression}',
  },
  {
    name: 'the same attribute twice',
    input: { TableName: 'Hash', Key: { pk: { S: 'a' } }, AttributesToGet: ['a', 'a'] },
    message: 'One or more parameter values were invalid: Duplicate value in attribute name: a',
  },
  {
    name: 'no attribute',
    input: { TableName: 'Hash', Key: { pk: { S: 'a' } }, AttributesToGet: [] },
    message: violated(broken("'[]'", 'attributesToGet', 'Member must have length greater than or equal to 1')),
  },
  {
    name: 'a projection that is none',
    input: { TableName: 'Hash', Key: { pk: { S: 'a' } }, ProjectionExpression: '!!! INVALID !!!' },
    message: 'Invalid ProjectionExpression: Syntax error; token: "!", near: "!!"',
  },
  {
    name: 'an empty projection',
    input: { TableName: 'Hash', Key: { pk: { S: 'a' } }, ProjectionExpression: '' },
    message: 'Invalid ProjectionExpression: The expression can not be empty;',
  },
  {
    name: 'overlapping paths',
    input: { TableName: 'Hash', Key: { pk: { S: 'a' } }, ProjectionExpression: 'a, a.b' },
    message:
      'Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of ' +
      'these paths; path one: [a], path two: [a, b]',
  },
  {
    name: 'names without a projection',
    input: { TableName: 'Hash', Key: { pk: { S: 'a' } }, ExpressionAttributeNames: { '#a': 'a' } },
    message: 'ExpressionAttributeNames can only be specified when using expressions',
  },
  {
    name: 'a bad ReturnConsumedCapacity',
    input: { TableName: 'Hash', Key: { pk: { S: 'a' } }, ReturnConsumedCapacity: 'total' },
    message: violated(broken("'total'", 'returnConsumedCapacity', `${enums}: [INDEXES, TOTAL, NONE]`)),
  },
])

const noKeyCondition = 'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.'

refuses(() => client, 'Query', [
  { name: 'no key condition', input: { TableName: 'Composite' }, message: noKeyCondition },
  {
    name: 'a limit of 0',
    input: { ...byKey, Limit: 0 },
    message:
      "1 validation error detected: Value at 'Limit' failed to satisfy constraint: " +
      'Member must have value greater than or equal to 1',
  },
  { name: 'a bad Select', input: { ...byKey, Select: 'INVALID' }, message: violated(selectEnum) },
  {
    name: 'a bad Select and a bad ReturnConsumedCapacity together',
    input: { ...byKey, Select: 'INVALID', ReturnConsumedCapacity: 'INVALID' },
    message: violated(selectEnum, broken("'INVALID'", 'returnConsumedCapacity', `${enums}: [INDEXES, TOTAL, NONE]`)),
  },
  {
    name: 'an index name of two characters',
    input: { ...byKey, IndexName: 'ab' },
    message: violated(broken("'ab'", 'indexName', 'Member must have length greater than or equal to 3')),
  },
  {
    name: 'a legacy condition without operator',
    input: { TableName: 'Composite', KeyConditions: { pk: { AttributeValueList: [{ S: 'p' }] } } },
    message: violated(broken('null', 'keyConditions.pk.member.comparisonOperator', notNull)),
  },
  {
    name: 'no key condition in an empty map',
    input: { TableName: 'Composite', KeyConditions: {} },
    message: 'Conditions can be of length 1 or 2 only',
  },
  ...keyConditionRows([
    ['an empty key condition', '', {}, 'Invalid KeyConditionExpression: The expression can not be empty;'],
    ['only the sort key', 'sk = :v', { ':v': { S: 'x' } }, 'Query condition missed key schema element: pk'],
    ['another attribute', 'a = :v', { ':v': { S: 'x' } }, 'Query condition missed key schema element: pk'],
    ['a partition key by inequality', 'pk > :v', { ':v': { S: 'x' } }, 'Query key condition not supported'],
    [
      'a path into a key attribute',
      'pk = :v AND sk.a = :v',
      { ':v': { S: 'x' } },
      'KeyConditionExpressions cannot have conditions on nested attributes',
    ],
    [
      'two conditions on one key',
      'pk = :v AND sk > :v AND sk < :v',
      { ':v': { S: 'x' } },
      'KeyConditionExpressions must only contain one condition per key',
    ],
    [
      'a key value of another type',
      'pk = :v',
      { ':v': { N: '1' } },
      'One or more parameter values were invalid: Condition parameter type does not match schema type',
    ],
  ]),
  {
    name: 'a filter on a key attribute',
    input: {
      ...byKey,
      FilterExpression: 'sk = :s',
      ExpressionAttributeValues: { ...values, ':s': { S: 'a' } },
    },
    message: 'Filter Expression can only contain non-primary key attributes: Primary key attribute: sk',
  },
  {
    name: 'an undefined name in the filter',
    input: {
      ...byKey,
      FilterExpression: '#missing = :p',
    },
    message:
      'Invalid FilterExpression: An expression attribute name used in the document path is not defined; ' +
      'attribute name: #missing',
  },
  {
    name: 'a name that is not used',
    input: { ...byKey, ExpressionAttributeNames: { '#unused': 'a' } },
    message: 'Value provided in ExpressionAttributeNames unused in expressions: keys: {#unused}',
  },
  {
    name: 'an index that is not there',
    input: { ...byKey, IndexName: 'absent' },
    message: 'The table does not have the specified index: absent',
  },
  {
    name: 'a consistent read of a global index',
    input: {
      TableName: 'Composite',
      IndexName: 'global1',
      KeyConditionExpression: 'l1 = :p',
      ExpressionAttributeValues: values,
      ConsistentRead: true,
    },
    message: 'Consistent reads are not supported on global secondary indexes',
  },
  ...selectRows(byKey),
  {
    name: 'all attributes of an index that does not have them',
    input: {
      TableName: 'Composite',
      IndexName: 'global2',
      KeyConditionExpression: 'l1 = :p',
      ExpressionAttributeValues: values,
      Select: 'ALL_ATTRIBUTES',
    },
    message:
      'One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary ' +
      'index global2 because its projection type is not ALL',
  },
  {
    name: 'a starting key of another schema',
    input: { ...byKey, ExclusiveStartKey: { pk: { S: 'p' } } },
    message: 'The provided starting key is invalid',
  },
  {
    name: 'an empty value in the starting key',
    input: { ...byKey, ExclusiveStartKey: { pk: { S: 'p' }, sk: {} } },
    message:
      'The provided starting key is invalid: Supplied AttributeValue is empty, must contain exactly one of the ' +
      'supported datatypes',
  },
  {
    name: 'key conditions beside an expression of them',
    input: { ...byKey, KeyConditions: { pk: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'p' }] } } },
    message:
      'Can not use both expression and non-expression parameters in the same request: ' +
      'Non-expression parameters: {KeyConditions} Expression parameters: {KeyConditionExpression}',
  },
  {
    name: 'a legacy filter beside an expression',
    input: { ...byKey, QueryFilter: { a: { ComparisonOperator: 'NULL' } } },
    message:
      'Can not use both expression and non-expression parameters in the same request: ' +
      'Non-expression parameters: {QueryFilter} Expression parameters: {KeyConditionExpression}',
  },
])

function keyConditionRows(
  rows: readonly (readonly [name: string, condition: string, values: Body, message: string])[],
): readonly Refusal[] {
  return rows.map(([name, condition, of, message]) => ({
    name,
    input: {
      TableName: 'Composite',
      KeyConditionExpression: condition,
      ...(Object.keys(of).length > 0 && { ExpressionAttributeValues: of }),
    },
    message,
  }))
}

function selectRows(rest: object): readonly Refusal[] {
  return [
    {
      name: 'specific attributes that are not named',
      input: { ...rest, Select: 'SPECIFIC_ATTRIBUTES' },
      message: 'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES',
    },
    {
      name: 'all attributes and a projection',
      input: { ...rest, Select: 'ALL_ATTRIBUTES', ProjectionExpression: 'sk' },
      message: 'Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES',
    },
    {
      name: 'a count and a projection',
      input: { ...rest, Select: 'COUNT', ProjectionExpression: 'sk' },
      message: 'Cannot specify the ProjectionExpression when choosing to get COUNT',
    },
    {
      name: 'projected attributes of no index',
      input: { ...rest, Select: 'ALL_PROJECTED_ATTRIBUTES' },
      message: 'ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName',
    },
  ]
}

refuses(() => client, 'Scan', [
  {
    name: 'a limit of 0',
    input: { TableName: 'Composite', Limit: 0 },
    message: violated(broken("'0'", 'limit', 'Member must have value greater than or equal to 1')),
  },
  {
    name: 'a negative segment',
    input: { TableName: 'Composite', Segment: -1, TotalSegments: 4 },
    message: violated(broken("'-1'", 'segment', 'Member must have value greater than or equal to 0')),
  },
  {
    name: 'too many segments',
    input: { TableName: 'Composite', Segment: 0, TotalSegments: 1_000_001 },
    message: violated(broken("'1000001'", 'totalSegments', 'Member must have value less than or equal to 1000000')),
  },
  {
    name: 'a segment of no total',
    input: { TableName: 'Composite', Segment: 0 },
    message:
      'The TotalSegments parameter is required but was not present in the request when Segment parameter is present',
  },
  {
    name: 'a total without segment',
    input: { TableName: 'Composite', TotalSegments: 4 },
    message:
      'The Segment parameter is required but was not present in the request when parameter TotalSegments is present',
  },
  {
    name: 'a segment beyond the total',
    input: { TableName: 'Composite', Segment: 5, TotalSegments: 5 },
    message:
      'The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 5 is not less ' +
      'than TotalSegments: 5',
  },
  {
    name: 'values without a filter',
    input: { TableName: 'Composite', ExpressionAttributeValues: values },
    message: 'ExpressionAttributeValues can only be specified when using expressions: FilterExpression is null',
  },
  {
    name: 'an index that is not there',
    input: { TableName: 'Composite', IndexName: 'absent' },
    message: 'The table does not have the specified index: absent',
  },
  {
    name: 'a consistent read of a global index',
    input: { TableName: 'Composite', IndexName: 'global1', ConsistentRead: true },
    message: 'Consistent reads are not supported on global secondary indexes',
  },
  ...selectRows({ TableName: 'Composite' }),
])

async function query(parameters: Body): Promise<Body> {
  return answered(client.call('Query', { ...byKey, ...parameters }))
}

function sortKeys(answer: Body): readonly string[] {
  return (answer['Items'] as readonly { sk: { S: string } }[]).map((item) => item.sk.S)
}

test('a query answers its collection in order, whole', async () => {
  assert.deepEqual(await query({}), { Count: 5, ScannedCount: 5, Items: songs })
})

test('a query backwards answers it the other way', async () => {
  assert.deepEqual(sortKeys(await query({ ScanIndexForward: false })), ['e', 'd', 'c', 'b', 'a'])
})

const ranges: readonly (readonly [condition: string, values: Body, found: string])[] = [
  ['sk = :a', { ':a': { S: 'b' } }, 'b'],
  ['sk < :a', { ':a': { S: 'c' } }, 'ab'],
  ['sk <= :a', { ':a': { S: 'c' } }, 'abc'],
  ['sk > :a', { ':a': { S: 'c' } }, 'de'],
  ['sk >= :a', { ':a': { S: 'c' } }, 'cde'],
  ['sk BETWEEN :a AND :b', { ':a': { S: 'b' }, ':b': { S: 'd' } }, 'bcd'],
  ['begins_with(sk, :a)', { ':a': { S: 'd' } }, 'd'],
]
test('a key condition may be written in parentheses and with the value first', async () => {
  const answer = await query({
    KeyConditionExpression: '(#p = :p) AND (:a <= sk)',
    ExpressionAttributeNames: { '#p': 'pk' },
    ExpressionAttributeValues: { ...values, ':a': { S: 'd' } },
  })
  assert.equal(sortKeys(answer).join(''), 'de')
})

for (const [condition, more, found] of ranges) {
  test(`a query with ${condition} finds ${found}`, async () => {
    const answer = await query({
      KeyConditionExpression: `pk = :p AND ${condition}`,
      ExpressionAttributeValues: { ...values, ...more },
    })
    assert.equal(sortKeys(answer).join(''), found)
  })
}

test('pages of two end with a key to go on from, and the last with none', async () => {
  const first = await query({ Limit: 2 })
  assert.deepEqual(first['LastEvaluatedKey'], { pk: { S: 'p' }, sk: { S: 'b' } })
  const second = await query({ Limit: 2, ExclusiveStartKey: first['LastEvaluatedKey'] })
  assert.deepEqual(sortKeys(second), ['c', 'd'])
  const last = await query({ Limit: 2, ExclusiveStartKey: second['LastEvaluatedKey'] })
  assert.deepEqual(sortKeys(last), ['e'])
  assert.equal('LastEvaluatedKey' in last, false)
})

test('a filter takes from the page after it is read', async () => {
  const answer = await query({
    FilterExpression: '#d = :d',
    ExpressionAttributeNames: { '#d': 'data' },
    ExpressionAttributeValues: { ...values, ':d': { S: 'data-c' } },
    Limit: 2,
  })
  assert.deepEqual([answer['Count'], answer['ScannedCount'], answer['Items']], [0, 2, []])
  assert.deepEqual(answer['LastEvaluatedKey'], { pk: { S: 'p' }, sk: { S: 'b' } })
})

test('Select COUNT answers numbers only', async () => {
  assert.deepEqual(await query({ Select: 'COUNT' }), { Count: 5, ScannedCount: 5 })
})

test('a projection gives what it names and nothing for what is not there', async () => {
  const answer = await query({ ProjectionExpression: 'sk, l2', Limit: 4 })
  assert.deepEqual(answer['Items'], [
    { sk: { S: 'a' }, l2: { S: 'r3' } },
    { sk: { S: 'b' }, l2: { S: 'r2' } },
    { sk: { S: 'c' }, l2: { S: 'r1' } },
    { sk: { S: 'd' } },
  ])
})

test('a local index orders by its own key and leaves out items without it', async () => {
  assert.deepEqual(sortKeys(await query({ IndexName: 'local2' })), ['c', 'b', 'a'])
})

test('a local index with keys only shows keys, and fetches the rest on demand', async () => {
  const projected = await query({ IndexName: 'local2', Limit: 1 })
  assert.deepEqual(projected['Items'], [{ pk: { S: 'p' }, sk: { S: 'c' }, l2: { S: 'r1' } }])
  assert.deepEqual(projected['LastEvaluatedKey'], { pk: { S: 'p' }, sk: { S: 'c' }, l2: { S: 'r1' } })
  const whole = await query({ IndexName: 'local2', Limit: 1, Select: 'ALL_ATTRIBUTES', ConsistentRead: true })
  assert.deepEqual(whole['Items'], [songs[2]])
})

test('a global index answers the attributes that it projects', async () => {
  const answer = await query({
    IndexName: 'global2',
    KeyConditionExpression: 'l1 = :one AND l2 > :r',
    ExpressionAttributeValues: { ':one': { S: 'one' }, ':r': { S: 'r2' } },
  })
  assert.deepEqual(answer['Items'], [
    { pk: { S: 'p' }, sk: { S: 'a' }, l1: { S: 'one' }, l2: { S: 'r3' }, data: { S: 'data-a' } },
  ])
})

test('a global index on a number', async () => {
  const answer = await query({
    IndexName: 'global3',
    KeyConditionExpression: 'n = :n',
    ExpressionAttributeValues: { ':n': { N: '1.00' } },
  })
  assert.deepEqual(answer['Items'], [{ pk: { S: 'p' }, sk: { S: 'b' }, n: { N: '1' } }])
})

test('pages of an index end with index and table keys', async () => {
  const asked = {
    IndexName: 'global1',
    KeyConditionExpression: 'l1 = :one',
    ExpressionAttributeValues: { ':one': { S: 'one' } },
    Limit: 1,
  }
  const first = await query(asked)
  const last = first['LastEvaluatedKey'] as Body
  assert.deepEqual(Object.keys(last).sort(), ['l1', 'pk', 'sk'])
  const second = await query({ ...asked, Limit: 5, ExclusiveStartKey: last })
  assert.deepEqual([...sortKeys(first), ...sortKeys(second)].sort(), ['a', 'b'])
})

test('binary sort keys are ordered by unsigned bytes', async () => {
  const answer = await query({
    TableName: 'Numbers',
    KeyConditionExpression: 'pk = :n AND sk >= :b',
    ExpressionAttributeValues: { ':n': { N: '1' }, ':b': { B: 'AwA=' } },
  })
  const found = (answer['Items'] as readonly { value: { N: string } }[]).map((item) => item.value.N)
  assert.deepEqual(found, ['3', '20'])
})

test('a scan over segments finds every item once', async () => {
  const found: string[] = []
  for (let segment = 0; segment < 4; segment += 1) {
    const answer = await answered(client.call('Scan', { TableName: 'Composite', Segment: segment, TotalSegments: 4 }))
    found.push(...sortKeys(answer))
  }
  assert.deepEqual(found.sort(), ['a', 'b', 'c', 'd', 'e'])
})

test('a scan of an index finds what is in it', async () => {
  const answer = await answered(client.call('Scan', { TableName: 'Composite', IndexName: 'global3' }))
  assert.deepEqual([answer['Count'], answer['ScannedCount']], [3, 3])
})

test('a scan in pages of one with a filter ends', async () => {
  const found: string[] = []
  let start: unknown
  for (let page = 0; page < 10; page += 1) {
    const answer = await answered(
      client.call('Scan', {
        TableName: 'Composite',
        Limit: 1,
        FilterExpression: 'attribute_exists(l1)',
        ...(start !== undefined && { ExclusiveStartKey: start }),
      }),
    )
    found.push(...sortKeys(answer))
    start = answer['LastEvaluatedKey']
    if (start === undefined) break
  }
  assert.equal(start, undefined)
  assert.deepEqual(found.sort(), ['a', 'b', 'c'])
})

test('GetItem answers an empty body when there is no item', async () => {
  assert.deepEqual(await answered(client.call('GetItem', { TableName: 'Hash', Key: { pk: { S: 'none' } } })), {})
})

test('GetItem answers an empty item when nothing named is there', async () => {
  await put(client, 'Hash', { pk: { S: 'bare' } })
  const input = { TableName: 'Hash', Key: { pk: { S: 'bare' } }, ProjectionExpression: 'a' }
  assert.deepEqual(await answered(client.call('GetItem', input)), { Item: {} })
})

test('a table is found by its ARN', async () => {
  await put(client, 'Hash', { pk: { S: 'arn' } })
  const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/Hash'
  const input = { TableName: table, Key: { pk: { S: 'arn' } }, ReturnConsumedCapacity: 'TOTAL' }
  assert.deepEqual(await answered(client.call('GetItem', input)), {
    Item: { pk: { S: 'arn' } },
    ConsumedCapacity: { TableName: table, CapacityUnits: 0.5 },
  })
})
