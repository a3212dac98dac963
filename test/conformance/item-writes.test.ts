/** PutItem, UpdateItem and DeleteItem: what they refuse, in which words, and what they answer. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Body, Client } from './client.ts'
import { answered, assertRefused, broken, notNull, type Refusal, refuses, violated } from './refusals.ts'
import { startServer } from './server.ts'
import { attributes, compositeTable, createTables, get, hashTable, keys, numberTable, put } from './tables.ts'

let client: Client
let stop: () => Promise<void>
before(async () => {
  ;({ client, stop } = await startServer())
  await createTables(client, [hashTable, compositeTable, numberTable, indexedTable])
})
after(() => stop())

/** One global index, on `other`. */
const indexedTable = {
  ...hashTable,
  TableName: 'Indexed',
  AttributeDefinitions: attributes({ pk: 'S', other: 'S' }),
  GlobalSecondaryIndexes: [{ IndexName: 'byOther', KeySchema: keys('other'), Projection: { ProjectionType: 'ALL' } }],
}

const enums = 'Member must satisfy enum value set'
const anyReturnValues =
  'Failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]'
const capacityEnum = broken("'INVALID'", 'returnConsumedCapacity', `${enums}: [INDEXES, TOTAL, NONE]`)
const metricsEnum = broken("'INVALID'", 'returnItemCollectionMetrics', `${enums}: [SIZE, NONE]`)

/** The family of refusals that write calls put in an envelope. */
function enveloped(message: string): string {
  return `1 validation error detected: ${message}`
}

const invalid = 'One or more parameter values were invalid:'
const emptyKey = 'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an'
const emptyIndexKey =
  'One or more parameter values are not valid. A value specified for a secondary index key is not supported. ' +
  'The AttributeValue for a key attribute cannot contain an'

refuses(() => client, 'PutItem', [
  { name: 'no item', input: { TableName: 'Hash' }, message: violated(broken('null', 'item', notNull)) },
  {
    name: 'three bad enums at once',
    input: {
      TableName: 'Hash',
      Item: { pk: { S: 'a' } },
      ReturnConsumedCapacity: 'INVALID',
      ReturnValues: 'INVALID',
      ReturnItemCollectionMetrics: 'INVALID',
    },
    message: violated(capacityEnum, anyReturnValues, metricsEnum),
  },
  {
    name: 'a bad conditional operator',
    input: { TableName: 'Hash', Item: { pk: { S: 'a' } }, ConditionalOperator: 'XOR' },
    message: violated(broken("'XOR'", 'conditionalOperator', `${enums}: [OR, AND]`)),
  },
  {
    name: 'a bad comparison operator',
    input: { TableName: 'Hash', Item: { pk: { S: 'a' } }, Expected: { a: { ComparisonOperator: 'LIKE' } } },
    message: violated(
      broken(
        "'LIKE'",
        'expected.a.member.comparisonOperator',
        `${enums}: [IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS]`,
      ),
    ),
  },
  {
    name: 'a bad ReturnValuesOnConditionCheckFailure',
    input: { TableName: 'Hash', Item: { pk: { S: 'a' } }, ReturnValuesOnConditionCheckFailure: 'ALL_NEW' },
    message: violated(broken("'ALL_NEW'", 'returnValuesOnConditionCheckFailure', `${enums}: [ALL_OLD, NONE]`)),
  },
  {
    name: 'return values that it does not have',
    input: { TableName: 'Hash', Item: { pk: { S: 'a' } }, ReturnValues: 'ALL_NEW' },
    message: enveloped('ReturnValues can only be ALL_OLD or NONE'),
  },
  ...itemRows([
    ['an item without its key', {}, `${invalid} Missing the key pk in the item`],
    ['a key of another type', { pk: { N: '1' } }, `${invalid} Type mismatch for key pk expected: S actual: N`],
    ['a list as a key', { pk: { L: [] } }, `${invalid} Type mismatch for key pk expected: S actual: L`],
    ['an empty key', { pk: { S: '' } }, `${emptyKey} empty string value. Key: pk`],
    [
      'a key of 2049 bytes',
      { pk: { S: 'a'.repeat(2049) } },
      `${invalid} Size of hashkey has exceeded the maximum size limit of2048 bytes`,
    ],
    [
      'an empty attribute value',
      { pk: { S: 'a' }, a: {} },
      'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes',
    ],
    [
      'a null attribute value',
      { pk: { S: 'a' }, a: null },
      'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes',
    ],
    [
      'an attribute value of two types',
      { pk: { S: 'a' }, a: { S: 'a', N: '1' } },
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    ],
    ['an empty string set', { pk: { S: 'a' }, a: { SS: [] } }, enveloped(`${invalid} An string set  may not be empty`)],
    ['an empty number set', { pk: { S: 'a' }, a: { NS: [] } }, enveloped(`${invalid} An number set  may not be empty`)],
    ['an empty binary set', { pk: { S: 'a' }, a: { BS: [] } }, enveloped(`${invalid} Binary sets should not be empty`)],
    [
      'a number set with equal numbers',
      { pk: { S: 'a' }, a: { NS: ['1', '1.0'] } },
      enveloped('Input collection contains duplicates'),
    ],
    [
      'a number that is none',
      { pk: { S: 'a' }, a: { N: 'x' } },
      enveloped('The parameter cannot be converted to a numeric value: x'),
    ],
    [
      'an empty number',
      { pk: { S: 'a' }, a: { N: '' } },
      enveloped('The parameter cannot be converted to a numeric value'),
    ],
    [
      'a number of 39 digits',
      { pk: { S: 'a' }, a: { N: '1'.repeat(39) } },
      enveloped('Attempting to store more than 38 significant digits in a Number'),
    ],
    [
      'a number too large',
      { pk: { S: 'a' }, a: { N: '1e126' } },
      enveloped('Number overflow. Attempting to store a number with magnitude larger than supported range'),
    ],
    [
      'a number too small',
      { pk: { S: 'a' }, a: { N: '1e-131' } },
      enveloped('Number underflow. Attempting to store a number with magnitude smaller than supported range'),
    ],
    [
      'an item over 400 KB',
      { pk: { S: 'a' }, a: { S: 'x'.repeat(409_600) } },
      'Item size has exceeded the maximum allowed size',
    ],
  ]),
  ...expressionRows({ Item: { pk: { S: 'a' } } }),
])

refuses(() => client, 'PutItem', [
  {
    name: 'a composite key without its sort key',
    input: { TableName: 'Composite', Item: { pk: { S: 'a' } } },
    message: `${invalid} Missing the key sk in the item`,
  },
  {
    name: 'a sort key of 1025 bytes',
    input: { TableName: 'Composite', Item: { pk: { S: 'a' }, sk: { S: 'a'.repeat(1025) } } },
    message: `${invalid} Aggregated size of all range keys has exceeded the size limit of 1024 bytes`,
  },
  {
    name: 'an index key of another type',
    input: { TableName: 'Composite', Item: { pk: { S: 'a' }, sk: { S: 'b' }, n: { S: 'x' } } },
    message: `${invalid} Type mismatch for Index Key n Expected: N Actual: S IndexName: global3`,
  },
  {
    name: 'an empty index key',
    input: { TableName: 'Indexed', Item: { pk: { S: 'a' }, other: { S: '' } } },
    message: `${emptyIndexKey} empty string value. IndexName: byOther, IndexKey: other`,
  },
  {
    name: 'an empty binary key',
    input: { TableName: 'Numbers', Item: { pk: { N: '1' }, sk: { B: '' } } },
    message: `${emptyKey} empty binary value. Key: sk`,
  },
])

function itemRows(rows: readonly (readonly [name: string, item: object, message: string])[]): readonly Refusal[] {
  return rows.map(([name, item, message]) => ({ name, input: { TableName: 'Hash', Item: item }, message }))
}

/** What any of the three calls refuses about its condition. */
function expressionRows(rest: object): readonly Refusal[] {
  const rows: readonly (readonly [name: string, parameters: object, message: string])[] = [
    [
      'both kinds of condition',
      { Expected: { pk: { Exists: false } }, ConditionExpression: 'attribute_not_exists(pk)' },
      'Can not use both expression and non-expression parameters in the same request: ' +
        'Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}',
    ],
    [
      'names without an expression',
      { ExpressionAttributeNames: { '#a': 'a' } },
      'ExpressionAttributeNames can only be specified when using expressions',
    ],
    [
      'an empty condition',
      { ConditionExpression: '' },
      'Invalid ConditionExpression: The expression can not be empty;',
    ],
    [
      'a value that is not given',
      { ConditionExpression: 'a = :v' },
      'Invalid ConditionExpression: An expression attribute value used in expression is not defined; attribute value: :v',
    ],
    [
      'a name that is not given',
      { ConditionExpression: 'attribute_exists(#a)' },
      'Invalid ConditionExpression: An expression attribute name used in the document path is not defined; attribute name: #a',
    ],
    [
      'a reserved word',
      { ConditionExpression: 'attribute_exists(status)' },
      'Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: status',
    ],
    [
      'redundant parentheses',
      { ConditionExpression: '((attribute_exists(pk)))' },
      'Invalid ConditionExpression: The expression has redundant parentheses;',
    ],
    [
      'a function that is none',
      { ConditionExpression: 'exists(pk)' },
      'Invalid ConditionExpression: Invalid function name; function: exists',
    ],
    [
      'a name that is not used',
      { ConditionExpression: 'attribute_exists(pk)', ExpressionAttributeNames: { '#u': 'a' } },
      'Value provided in ExpressionAttributeNames unused in expressions: keys: {#u}',
    ],
    [
      'a value that is not used',
      { ConditionExpression: 'attribute_exists(pk)', ExpressionAttributeValues: { ':u': { S: 'a' } } },
      'Value provided in ExpressionAttributeValues unused in expressions: keys: {:u}',
    ],
    [
      'empty values',
      { ConditionExpression: 'attribute_exists(pk)', ExpressionAttributeValues: {} },
      'ExpressionAttributeValues must not be empty',
    ],
    [
      'a syntax error',
      { ConditionExpression: 'a = = b' },
      'Invalid ConditionExpression: Syntax error; token: "=", near: "= = b"',
    ],
  ]
  return rows.map(([name, parameters, message]) => ({
    name,
    input: { TableName: 'Hash', ...rest, ...parameters },
    message: enveloped(message),
  }))
}

const schemaMismatch = 'The provided key element does not match the schema'
for (const operation of ['UpdateItem', 'DeleteItem', 'GetItem']) {
  refuses(() => client, operation, [
    { name: 'no key', input: { TableName: 'Hash' }, message: violated(broken('null', 'key', notNull)) },
    { name: 'an empty key map', input: { TableName: 'Hash', Key: {} }, message: schemaMismatch },
    {
      name: 'a key attribute too many',
      input: { TableName: 'Hash', Key: { pk: { S: 'a' }, b: { S: 'a' } } },
      message: schemaMismatch,
    },
    { name: 'another attribute', input: { TableName: 'Hash', Key: { b: { S: 'a' } } }, message: schemaMismatch },
    { name: 'a key of another type', input: { TableName: 'Hash', Key: { pk: { N: '1' } } }, message: schemaMismatch },
    { name: 'a list as a key', input: { TableName: 'Hash', Key: { pk: { L: [] } } }, message: schemaMismatch },
    {
      name: 'a key without its sort key',
      input: { TableName: 'Composite', Key: { pk: { S: 'a' } } },
      message: schemaMismatch,
    },
    {
      name: 'an empty key value',
      input: { TableName: 'Hash', Key: { pk: { S: '' } } },
      message: `${emptyKey} empty string value. Key: pk`,
    },
  ])
}

refuses(() => client, 'DeleteItem', [
  {
    name: 'two bad enums at once',
    input: {
      TableName: 'Hash',
      Key: { pk: { S: 'a' } },
      ReturnConsumedCapacity: 'INVALID',
      ReturnValues: 'INVALID',
    },
    message: violated(capacityEnum, anyReturnValues),
  },
  {
    name: 'return values that it does not have',
    input: { TableName: 'Hash', Key: { pk: { S: 'a' } }, ReturnValues: 'UPDATED_OLD' },
    message: enveloped('ReturnValues can only be ALL_OLD or NONE'),
  },
  ...expressionRows({ Key: { pk: { S: 'a' } } }),
])

refuses(() => client, 'UpdateItem', [
  {
    name: 'an empty index key',
    input: {
      TableName: 'Indexed',
      Key: { pk: { S: 'a' } },
      UpdateExpression: 'SET #o = :v',
      ExpressionAttributeNames: { '#o': 'other' },
      ExpressionAttributeValues: { ':v': { S: '' } },
    },
    message:
      'One or more parameter values are not valid. The update expression attempted to update a secondary index key ' +
      'to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty string value.',
  },
  {
    name: 'a bad ReturnValues, and says nothing else',
    input: {
      TableName: 'Hash',
      Key: { pk: { S: 'a' } },
      ReturnConsumedCapacity: 'INVALID',
      ReturnValues: 'INVALID',
    },
    message: violated(anyReturnValues),
  },
  {
    name: 'two bad enums at once',
    input: {
      TableName: 'Hash',
      Key: { pk: { S: 'a' } },
      ReturnConsumedCapacity: 'INVALID',
      ReturnItemCollectionMetrics: 'INVALID',
    },
    message: violated(capacityEnum, metricsEnum),
  },
  ...expressionRows({ Key: { pk: { S: 'a' } } }),
  ...updateRows([
    ['an empty update', '', undefined, 'Invalid UpdateExpression: The expression can not be empty;'],
    [
      'an update that is none',
      'INVALID SYNTAX HERE',
      undefined,
      'Invalid UpdateExpression: Syntax error; token: "INVALID", near: "INVALID SYNTAX"',
    ],
    [
      'two SET sections',
      'SET a = :v SET b = :v',
      { ':v': { S: 'x' } },
      'Invalid UpdateExpression: The "SET" section can only be used once in an update expression;',
    ],
    [
      'overlapping paths',
      'SET a.b = :v REMOVE a',
      { ':v': { S: 'x' } },
      'Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these ' +
        'paths; path one: [a, b], path two: [a]',
    ],
    [
      'ADD of a text',
      'ADD a :v',
      { ':v': { S: 'x' } },
      'Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ADD, operand type: STRING, ' +
        'typeSet: ALLOWED_FOR_ADD_OPERAND',
    ],
  ]),
  {
    name: 'an update of the key',
    input: {
      TableName: 'Hash',
      Key: { pk: { S: 'a' } },
      UpdateExpression: 'SET pk = :v',
      ExpressionAttributeValues: { ':v': { S: 'b' } },
    },
    message: `${invalid} Cannot update attribute pk. This attribute is part of the key`,
  },
  {
    name: 'a legacy update of the key',
    input: { TableName: 'Hash', Key: { pk: { S: 'a' } }, AttributeUpdates: { pk: { Value: { S: 'b' } } } },
    message: `${invalid} Cannot update attribute pk. This attribute is part of the key`,
  },
  {
    name: 'both kinds of update',
    input: {
      TableName: 'Hash',
      Key: { pk: { S: 'a' } },
      UpdateExpression: 'REMOVE a',
      AttributeUpdates: { a: { Action: 'DELETE' } },
    },
    message: enveloped(
      'Can not use both expression and non-expression parameters in the same request: ' +
        'Non-expression parameters: {AttributeUpdates} Expression parameters: {UpdateExpression}',
    ),
  },
  {
    name: 'an attribute that is not there as an operand',
    input: { TableName: 'Hash', Key: { pk: { S: 'none' } }, UpdateExpression: 'SET a = b' },
    message: 'The provided expression refers to an attribute that does not exist in the item',
  },
  {
    name: 'a path through nothing',
    input: {
      TableName: 'Hash',
      Key: { pk: { S: 'none' } },
      UpdateExpression: 'SET a.b = :v',
      ExpressionAttributeValues: { ':v': { S: 'x' } },
    },
    message: 'The document path provided in the update expression is invalid for update',
  },
])

function updateRows(
  rows: readonly (readonly [name: string, update: string, values: object | undefined, message: string])[],
): readonly Refusal[] {
  return rows.map(([name, update, values, message]) => ({
    name,
    input: {
      TableName: 'Hash',
      Key: { pk: { S: 'a' } },
      UpdateExpression: update,
      ...(values !== undefined && { ExpressionAttributeValues: values }),
    },
    message: enveloped(message),
  }))
}

test('a failed condition changes nothing and is a ConditionalCheckFailedException', async () => {
  await put(client, 'Hash', { pk: { S: 'taken' }, a: { N: '1' } })
  const input = { TableName: 'Hash', Item: { pk: { S: 'taken' } }, ConditionExpression: 'attribute_not_exists(pk)' }
  const answer = await client.call('PutItem', input)
  assertRefused(answer, 'ConditionalCheckFailedException', 'The conditional request failed')
  assert.equal('Item' in answer.body, false)
  const again = await client.call('PutItem', { ...input, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })
  assertRefused(again, 'ConditionalCheckFailedException', 'The conditional request failed')
  assert.deepEqual(again.body['Item'], { pk: { S: 'taken' }, a: { N: '1' } })
  assert.deepEqual(await get(client, 'Hash', { pk: { S: 'taken' } }), { pk: { S: 'taken' }, a: { N: '1' } })
})

test('the item of a failed condition is absent when there is none', async () => {
  const answer = await client.call('DeleteItem', {
    TableName: 'Hash',
    Key: { pk: { S: 'never' } },
    ConditionExpression: 'attribute_exists(pk)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  })
  assertRefused(answer, 'ConditionalCheckFailedException', 'The conditional request failed')
  assert.equal('Item' in answer.body, false)
})

const before1 = { pk: { S: 'rv' }, a: { N: '1' }, b: { M: { c: { S: 'x' }, d: { S: 'y' } } } }
const returned: readonly (readonly [values: string, attributes: unknown])[] = [
  ['NONE', undefined],
  ['ALL_OLD', before1],
  ['UPDATED_OLD', { a: { N: '1' }, b: { M: { c: { S: 'x' } } } }],
  ['ALL_NEW', { pk: { S: 'rv' }, a: { N: '2' }, b: { M: { c: { S: 'z' }, d: { S: 'y' } } } }],
  ['UPDATED_NEW', { a: { N: '2' }, b: { M: { c: { S: 'z' } } } }],
]
for (const [values, attributes] of returned) {
  test(`UpdateItem answers ReturnValues ${values}`, async () => {
    await put(client, 'Hash', before1)
    const answer = await answered(
      client.call('UpdateItem', {
        TableName: 'Hash',
        Key: { pk: { S: 'rv' } },
        UpdateExpression: 'SET a = a + :one, b.c = :z',
        ExpressionAttributeValues: { ':one': { N: '1' }, ':z': { S: 'z' } },
        ReturnValues: values,
      }),
    )
    assert.deepEqual(answer, attributes === undefined ? {} : { Attributes: attributes })
  })
}

test('PutItem and DeleteItem answer the old item for ALL_OLD, and nothing when there was none', async () => {
  const item = { pk: { S: 'old' }, a: { S: 'x' } }
  const putOld = (next: Body) => client.call('PutItem', { TableName: 'Hash', Item: next, ReturnValues: 'ALL_OLD' })
  assert.deepEqual(await answered(putOld(item)), {})
  assert.deepEqual(await answered(putOld({ pk: { S: 'old' } })), { Attributes: item })
  const remove = () =>
    client.call('DeleteItem', { TableName: 'Hash', Key: { pk: { S: 'old' } }, ReturnValues: 'ALL_OLD' })
  assert.deepEqual(await answered(remove()), { Attributes: { pk: { S: 'old' } } })
  assert.deepEqual(await answered(remove()), {})
})

test('an update without actions makes the item', async () => {
  const answer = await answered(
    client.call('UpdateItem', { TableName: 'Hash', Key: { pk: { S: 'made' } }, ReturnValues: 'ALL_NEW' }),
  )
  assert.deepEqual(answer, { Attributes: { pk: { S: 'made' } } })
})

test('all ten types come back as they went in', async () => {
  const item = {
    pk: { S: 'types' },
    s: { S: 'häßlich 𝕏' },
    empty: { S: '' },
    n: { N: '-12.5' },
    b: { B: 'AQID' },
    t: { BOOL: true },
    f: { BOOL: false },
    nothing: { NULL: true },
    ss: { SS: ['a', 'b'] },
    ns: { NS: ['1', '2.5'] },
    bs: { BS: ['AQ==', 'Ag=='] },
    l: { L: [{ S: 'x' }, { N: '1' }, { L: [] }] },
    m: { M: { k: { M: {} }, constructor: { S: 'safe' } } },
  }
  await put(client, 'Hash', item)
  assert.deepEqual(await get(client, 'Hash', { pk: { S: 'types' } }), item)
})

const numbers: readonly (readonly [given: string, kept: string])[] = [
  ['1.0', '1'],
  ['-0', '0'],
  ['007', '7'],
  ['1e3', '1000'],
  ['1.50e-2', '0.015'],
  ['.5', '0.5'],
  ['99999999999999999999999999999999999999', '99999999999999999999999999999999999999'],
  ['1e125', `1${'0'.repeat(125)}`],
  ['1e-130', `0.${'0'.repeat(129)}1`],
]
for (const [given, kept] of numbers) {
  test(`the number ${given} is kept as ${kept.length > 40 ? `${kept.slice(0, 8)}…` : kept}`, async () => {
    await put(client, 'Hash', { pk: { S: 'number' }, n: { N: given } })
    assert.deepEqual(await get(client, 'Hash', { pk: { S: 'number' } }), { pk: { S: 'number' }, n: { N: kept } })
  })
}

test('a number key is found in every spelling', async () => {
  await put(client, 'Numbers', { pk: { N: '10' }, sk: { B: 'AQ==' }, a: { S: 'x' } })
  const found = await get(client, 'Numbers', { pk: { N: '1.0e1' }, sk: { B: 'AQ==' } })
  assert.deepEqual(found, { pk: { N: '10' }, sk: { B: 'AQ==' }, a: { S: 'x' } })
})

test('UpdateItem counts its actions and what it writes, not what it leaves alone', async () => {
  // "a", its value, 3 for the update and 19 for the SET may come to 409,600 bytes at most.
  const room = 409_600 - 1 - 3 - 19
  const update = (pk: string, bytes: number) =>
    client.call('UpdateItem', {
      TableName: 'Hash',
      Key: { pk: { S: pk } },
      UpdateExpression: 'SET a = :v',
      ExpressionAttributeValues: { ':v': { S: 'x'.repeat(bytes) } },
    })
  await answered(client.call('PutItem', { TableName: 'Hash', Item: { pk: { S: 'k' }, left: { S: 'alone' } } }))
  await answered(update('k', room))
  const tooLarge = 'Item size to update has exceeded the maximum allowed size'
  assertRefused(await update('k', room + 1), 'ValidationException', tooLarge)
  await answered(client.call('PutItem', { TableName: 'Hash', Item: { pk: { S: 'k' }, left: { S: 'x'.repeat(100) } } }))
  // Now the item itself is what is too large.
  assertRefused(await update('k', room), 'ValidationException', tooLarge)
})
