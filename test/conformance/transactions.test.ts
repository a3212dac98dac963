/** TransactWriteItems and TransactGetItems: what is refused whole, what cancels, in which order; answers; tokens. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Answer, Body, Client } from './client.ts'
import {
  answered,
  assertRefused,
  atLeast,
  atMost,
  broken,
  notNull,
  type Refusal,
  refuses,
  violated,
} from './refusals.ts'
import { startServer } from './server.ts'
import { compositeTable, createTables, get, hashTable, numberTable, put } from './tables.ts'

let client: Client
let stop: () => Promise<void>
before(async () => {
  ;({ client, stop } = await startServer())
  await createTables(client, [hashTable, compositeTable, numberTable])
})
after(() => stop())

const invalid = 'One or more parameter values were invalid:'
const mismatch = 'The provided key element does not match the schema'
const emptyKey =
  'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string ' +
  'value. Key: pk'
const shared = 'Transaction request cannot include multiple operations on one item'
const unused = 'Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}'
const tooMuch =
  'Collection size of items exceeded, the aggregate size of the items in the transaction cannot exceed 4MB limit'

function key(pk: string): Body {
  return { pk: { S: pk } }
}
const putOf = (pk: string, more: Body = {}): Body => ({ Put: { TableName: 'Hash', Item: key(pk), ...more } })
const deleteOf = (pk: string, more: Body = {}): Body => ({ Delete: { TableName: 'Hash', Key: key(pk), ...more } })
const checkOf = (pk: string, condition: string, more: Body = {}): Body => ({
  ConditionCheck: { TableName: 'Hash', Key: key(pk), ConditionExpression: condition, ...more },
})
const updateOf = (pk: string, expression: string, more: Body = {}): Body => ({
  Update: { TableName: 'Hash', Key: key(pk), UpdateExpression: expression, ...more },
})
const setOf = (pk: string, value: Body): Body =>
  updateOf(pk, 'SET a = :v', { ExpressionAttributeValues: { ':v': value } })

function nested(levels: number): Body {
  let value: Body = { S: 'leaf' }
  for (let level = 0; level < levels; level += 1) value = { M: { n: value } }
  return value
}

function write(...actions: readonly Body[]): Promise<Answer> {
  return client.call('TransactWriteItems', { TransactItems: actions })
}

type Reason = readonly [code: string, message?: string, item?: Body]

function assertCancelled(answer: Answer, reasons: readonly Reason[]): void {
  const codes = reasons.map(([code]) => code).join(', ')
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`
  assertRefused(answer, 'TransactionCanceledException', message)
  assert.equal(answer.body['Message'], message)
  const expected = reasons.map(([code, text, item]) => ({
    Code: code,
    ...(item !== undefined && { Item: item }),
    ...(text !== undefined && { Message: text }),
  }))
  assert.deepEqual(answer.body['CancellationReasons'], expected)
}

const conditionFailed = 'The conditional request failed'
const malformed = 'Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "("'
const nestedTooDeep =
  'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit'
const badCapacity = broken(
  "'BOGUS'",
  'returnConsumedCapacity',
  'Member must satisfy enum value set: [INDEXES, TOTAL, NONE]',
)
const badMetrics = broken("'BOGUS'", 'returnItemCollectionMetrics', 'Member must satisfy enum value set: [SIZE, NONE]')
const longToken = 'x'.repeat(37)
const badToken = broken(`'${longToken}'`, 'clientRequestToken', atMost(36))
const namePattern = 'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+'
const badName = (member: string) => violated(broken("'bad!name'", `transactItems.${member}.tableName`, namePattern))

const writeRefusals: readonly Refusal[] = [
  { name: 'nothing', input: {}, message: violated(broken('null', 'transactItems', notNull)) },
  {
    name: 'no actions',
    input: { TransactItems: [] },
    message: violated(broken("'[]'", 'transactItems', atLeast(1))),
  },
  {
    name: 'a long token, with other members that are wrong',
    input: {
      TransactItems: [putOf('a')],
      ClientRequestToken: longToken,
      ReturnConsumedCapacity: 'BOGUS',
      ReturnItemCollectionMetrics: 'BOGUS',
    },
    message: violated(badToken, badCapacity, badMetrics),
  },
  {
    name: 'an empty token',
    input: { TransactItems: [putOf('a')], ClientRequestToken: '' },
    message: violated(broken("''", 'clientRequestToken', atLeast(1))),
  },
  {
    name: 'an unknown ReturnConsumedCapacity before one item twice',
    input: { TransactItems: [putOf('a'), deleteOf('a')], ReturnConsumedCapacity: 'BOGUS' },
    message: violated(badCapacity),
  },
  {
    name: 'an unknown ReturnConsumedCapacity before a table that is not there',
    input: { TransactItems: [{ Put: { TableName: 'Absent', Item: key('a') } }], ReturnConsumedCapacity: 'BOGUS' },
    message: violated(badCapacity),
  },
  {
    name: 'an unknown ReturnValuesOnConditionCheckFailure',
    input: { TransactItems: [putOf('a', { ReturnValuesOnConditionCheckFailure: 'BOGUS' })] },
    message: violated(
      broken(
        "'BOGUS'",
        'transactItems.1.member.put.returnValuesOnConditionCheckFailure',
        'Member must satisfy enum value set: [ALL_OLD, NONE]',
      ),
    ),
  },
  {
    name: 'a bad table name in a Put',
    input: { TransactItems: [{ Put: { TableName: 'bad!name', Item: key('a') } }] },
    message: badName('1.member.put'),
  },
  {
    name: 'a bad table name in the second action, an Update',
    input: {
      TransactItems: [putOf('a'), { Update: { TableName: 'bad!name', Key: key('a'), UpdateExpression: 'REMOVE b' } }],
    },
    message: badName('2.member.update'),
  },
  {
    name: 'a bad table name in a Delete',
    input: { TransactItems: [{ Delete: { TableName: 'bad!name', Key: key('a') } }] },
    message: badName('1.member.delete'),
  },
  {
    name: 'a bad table name in a ConditionCheck',
    input: {
      TransactItems: [
        { ConditionCheck: { TableName: 'bad!name', Key: key('a'), ConditionExpression: 'attribute_exists(pk)' } },
      ],
    },
    message: badName('1.member.conditionCheck'),
  },
  {
    name: 'a ConditionCheck without a condition',
    input: { TransactItems: [{ ConditionCheck: { TableName: 'Hash', Key: key('a') } }] },
    message: violated(broken('null', 'transactItems.1.member.conditionCheck.conditionExpression', notNull)),
  },
  {
    name: 'an Update without an expression',
    input: { TransactItems: [{ Update: { TableName: 'Hash', Key: key('a') } }] },
    message: violated(broken('null', 'transactItems.1.member.update.updateExpression', notNull)),
  },
  {
    name: 'an element without an action',
    input: { TransactItems: [{}] },
    message: 'Invalid Request: TransactWriteRequest should contain Delete or Put or Update request',
  },
  {
    name: 'an element of two actions',
    input: { TransactItems: [{ ...putOf('a'), ...deleteOf('b') }] },
    message: 'TransactItems can only contain one of Check, Put, Update or Delete',
  },
  ...[putOf('a', { ConditionExpression: '' }), deleteOf('a', { ConditionExpression: '' }), checkOf('a', '')].map(
    (action) => ({
      name: `an empty condition in a ${Object.keys(action)[0]}`,
      input: { TransactItems: [action] },
      message: 'Invalid ConditionExpression: The expression can not be empty;',
    }),
  ),
  {
    name: 'an empty update',
    input: { TransactItems: [updateOf('a', '')] },
    message: 'Invalid UpdateExpression: The expression can not be empty;',
  },
  ...[
    putOf('a', { ConditionExpression: 'attribute_not_exists(pk)', ExpressionAttributeValues: { ':v': { S: 'x' } } }),
    updateOf('a', 'SET a = :a', { ExpressionAttributeValues: { ':a': { S: 'x' }, ':v': { S: 'x' } } }),
    deleteOf('a', { ConditionExpression: 'attribute_exists(pk)', ExpressionAttributeValues: { ':v': { S: 'x' } } }),
    checkOf('a', 'attribute_exists(pk)', { ExpressionAttributeValues: { ':v': { S: 'x' } } }),
  ].map((action) => ({
    name: `an unused value in a ${Object.keys(action)[0]}`,
    input: { TransactItems: [action] },
    message: unused,
  })),
  {
    name: 'an unused value before one item twice',
    input: {
      TransactItems: [
        putOf('a'),
        checkOf('a', 'attribute_exists(pk)', { ExpressionAttributeValues: { ':v': { S: 'x' } } }),
      ],
    },
    message: unused,
  },
  {
    name: 'a malformed condition before a table that is not there',
    input: {
      TransactItems: [{ Put: { TableName: 'Absent', Item: key('a') } }, checkOf('b', 'attribute_not_exists(')],
    },
    message: malformed,
  },
  {
    name: 'a malformed condition in the first action before a deep item in the second',
    input: {
      TransactItems: [
        checkOf('a', 'attribute_not_exists('),
        { Put: { TableName: 'Hash', Item: { ...key('b'), data: nested(32) } } },
      ],
    },
    message: malformed,
  },
  {
    name: 'a deep item in the first action before a malformed condition in the second',
    input: {
      TransactItems: [
        { Put: { TableName: 'Hash', Item: { ...key('b'), data: nested(32) } } },
        checkOf('a', 'attribute_not_exists('),
      ],
    },
    message: nestedTooDeep,
  },
  {
    name: 'a table that is not there',
    input: { TransactItems: [putOf('a'), { Put: { TableName: 'Absent', Item: key('a') } }] },
    code: 'ResourceNotFoundException',
    message: 'Requested resource not found',
  },
  {
    name: 'a table that is not there before a key of another type',
    input: {
      TransactItems: [
        { Put: { TableName: 'Hash', Item: { pk: { N: '1' } } } },
        { Delete: { TableName: 'Absent', Key: key('a') } },
      ],
    },
    code: 'ResourceNotFoundException',
    message: 'Requested resource not found',
  },
  { name: 'one item twice', input: { TransactItems: [putOf('a'), putOf('a')] }, message: shared },
  {
    name: 'one item by a name and by an ARN',
    input: {
      TransactItems: [
        putOf('a'),
        {
          ConditionCheck: {
            TableName: 'arn:aws:dynamodb:us-east-1:000000000000:table/Hash',
            Key: key('a'),
            ConditionExpression: 'attribute_exists(pk)',
          },
        },
      ],
    },
    message: shared,
  },
  {
    name: 'one item in two spellings of its number',
    input: {
      TransactItems: [
        { Delete: { TableName: 'Numbers', Key: { pk: { N: '1' }, sk: { B: 'AQ==' } } } },
        { Put: { TableName: 'Numbers', Item: { pk: { N: '1.0' }, sk: { B: 'AQ==' } } } },
      ],
    },
    message: shared,
  },
  { name: 'an empty key in a Put', input: { TransactItems: [putOf('')] }, message: emptyKey },
  { name: 'an empty key in an Update', input: { TransactItems: [setOf('', { S: 'x' })] }, message: emptyKey },
  { name: 'an empty key in a Delete', input: { TransactItems: [deleteOf('')] }, message: emptyKey },
  {
    name: 'an empty key in a ConditionCheck',
    input: { TransactItems: [checkOf('', 'attribute_exists(pk)')] },
    message: emptyKey,
  },
  {
    name: 'an empty index key in a Put',
    input: {
      TransactItems: [{ Put: { TableName: 'Composite', Item: { pk: { S: 'a' }, sk: { S: 'b' }, l1: { S: '' } } } }],
    },
    message:
      'One or more parameter values are not valid. A value specified for a secondary index key is not supported. ' +
      'The AttributeValue for a key attribute cannot contain an empty string value. IndexName: global1, IndexKey: l1',
  },
  {
    name: 'an empty index key in an Update',
    input: {
      TransactItems: [
        {
          Update: {
            TableName: 'Composite',
            Key: { pk: { S: 'a' }, sk: { S: 'b' } },
            UpdateExpression: 'SET l1 = :v',
            ExpressionAttributeValues: { ':v': { S: '' } },
          },
        },
      ],
    },
    message:
      'One or more parameter values are not valid. The update expression attempted to update a secondary index key ' +
      'to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty string value.',
  },
  {
    name: 'a Put that is too large, whatever else is wrong with single actions',
    input: {
      TransactItems: [
        { Put: { TableName: 'Hash', Item: { ...key('big'), a: { S: 'x'.repeat(409_600) } } } },
        checkOf('nothing', 'attribute_exists(pk)'),
      ],
    },
    message: 'Item size has exceeded the maximum allowed size',
  },
  {
    name: 'more than 4 MB',
    input: {
      TransactItems: Array.from({ length: 12 }, (_, at) => ({
        Put: { TableName: 'Hash', Item: { ...key(`much${at}`), a: { S: 'x'.repeat(350_000) } } },
      })),
    },
    message: tooMuch,
  },
  {
    name: 'an ARN of another region',
    input: {
      TransactItems: [{ Delete: { TableName: 'arn:aws:dynamodb:eu-west-1:000000000000:table/Hash', Key: key('a') } }],
    },
    message: "1 validation error detected: Invalid AWS region in 'arn:aws:dynamodb:eu-west-1:000000000000:table/Hash'",
  },
]
refuses(() => client, 'TransactWriteItems', writeRefusals)

test('TransactWriteItems refuses 101 actions and repeats them', async () => {
  const answer = await write(...Array.from({ length: 101 }, (_, at) => putOf(`many${at}`)))
  assert.equal(answer.code, 'ValidationException')
  assert.match(
    answer.message ?? '',
    /^1 validation error detected: Value '\[.+\]' at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to 100$/s,
  )
})

test('TransactWriteItems takes 100 actions, and none is done when one cannot be', async () => {
  await answered(write(...Array.from({ length: 100 }, (_, at) => putOf(`hundred${at}`))))
  assert.deepEqual(await get(client, 'Hash', key('hundred99')), key('hundred99'))
  const again = Array.from({ length: 99 }, (_, at) => deleteOf(`hundred${at}`))
  const answer = await write(...again, checkOf('nothing', 'attribute_exists(pk)'))
  assertCancelled(answer, [...again.map((): Reason => ['None']), ['ConditionalCheckFailed', conditionFailed]])
  assert.deepEqual(await get(client, 'Hash', key('hundred0')), key('hundred0'))
})

const ofSchema: readonly (readonly [name: string, action: Body, message: string])[] = [
  [
    'a Put whose key has another type',
    { Put: { TableName: 'Hash', Item: { pk: { N: '5' } } } },
    `${invalid} Type mismatch for key pk expected: S actual: N`,
  ],
  [
    'a Put whose key is a list',
    { Put: { TableName: 'Hash', Item: { pk: { L: [{ S: 'x' }] } } } },
    `${invalid} Type mismatch for key pk expected: S actual: L`,
  ],
  [
    'a Put without its key',
    { Put: { TableName: 'Hash', Item: { a: { S: 'x' } } } },
    `${invalid} Missing the key pk in the item`,
  ],
  ['a Delete whose key has another type', { Delete: { TableName: 'Hash', Key: { pk: { N: '5' } } } }, mismatch],
  [
    'a Delete with an attribute too many',
    { Delete: { TableName: 'Hash', Key: { ...key('a'), b: { S: 'c' } } } },
    mismatch,
  ],
  [
    'an Update whose key is a list',
    { Update: { TableName: 'Hash', Key: { pk: { L: [{ S: 'x' }] } }, UpdateExpression: 'REMOVE a' } },
    mismatch,
  ],
  [
    'a ConditionCheck whose key has another type',
    {
      ConditionCheck: { TableName: 'Hash', Key: { pk: { N: '5' } }, ConditionExpression: 'attribute_exists(pk)' },
    },
    mismatch,
  ],
  [
    'a Put whose index key has another type',
    { Put: { TableName: 'Composite', Item: { pk: { S: 'a' }, sk: { S: 'b' }, l2: { N: '5' } } } },
    `${invalid} Type mismatch for Index Key l2 Expected: S Actual: N IndexName: global2`,
  ],
  [
    'an Update whose index key has another type',
    {
      Update: {
        TableName: 'Composite',
        Key: { pk: { S: 'a' }, sk: { S: 'b' } },
        UpdateExpression: 'SET l1 = :v',
        ExpressionAttributeValues: { ':v': { N: '5' } },
      },
    },
    `${invalid} Type mismatch for Index Key l1 Expected: S Actual: N IndexName: global1`,
  ],
  [
    'an Update of a key attribute',
    updateOf('a', 'SET pk = :v', { ExpressionAttributeValues: { ':v': { S: 'x' } } }),
    `${invalid} Cannot update attribute pk. This attribute is part of the key`,
  ],
  [
    'an Update that needs an attribute that is not there',
    updateOf('nothing', 'SET a = b'),
    'The provided expression refers to an attribute that does not exist in the item',
  ],
  [
    'an Update along a path that is not there',
    updateOf('nothing', 'SET a.b = :v', { ExpressionAttributeValues: { ':v': { S: 'x' } } }),
    'The document path provided in the update expression is invalid for update',
  ],
  [
    'an Update that makes its item too large',
    setOf('big', { S: 'x'.repeat(409_600 - 2 - 3 - 1 + 1) }),
    'Item size to update has exceeded the maximum allowed size',
  ],
]
for (const [name, action, message] of ofSchema) {
  test(`TransactWriteItems is cancelled by ${name}`, async () => {
    assertCancelled(await write(putOf('beside'), action), [['None'], ['ValidationError', message]])
    assert.equal(await get(client, 'Hash', key('beside')), undefined)
  })
}

test('an Update may bring its item to exactly 400 KB, unlike UpdateItem', async () => {
  const value = { S: 'x'.repeat(409_600 - 2 - 3 - 1) }
  await answered(write(setOf('big', value)))
  assert.deepEqual(await get(client, 'Hash', key('big')), { ...key('big'), a: value })
  await answered(write(deleteOf('big')))
})

test('every action that fails says why, on the state before the transaction', async () => {
  await put(client, 'Hash', { ...key('there'), a: { N: '1' } }, { ...key('other'), a: { S: 'text' } })
  const answer = await write(
    putOf('there', {
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    }),
    putOf('fresh', { ConditionExpression: 'attribute_not_exists(pk)' }),
    updateOf('other', 'ADD a :one', { ExpressionAttributeValues: { ':one': { N: '1' } } }),
    checkOf('nothing', 'attribute_exists(pk)', { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
    { Delete: { TableName: 'Hash', Key: { pk: { N: '1' } } } },
    deleteOf('elsewhere', { ConditionExpression: 'attribute_exists(pk)' }),
  )
  assertCancelled(answer, [
    ['ConditionalCheckFailed', conditionFailed, { ...key('there'), a: { N: '1' } }],
    ['None'],
    ['ValidationError', 'An operand in the update expression has an incorrect data type'],
    ['ConditionalCheckFailed', conditionFailed],
    ['ValidationError', mismatch],
    ['ConditionalCheckFailed', conditionFailed],
  ])
  assert.equal(await get(client, 'Hash', key('fresh')), undefined)
})

test('a Put, an Update, a Delete and a check over three tables are done together', async () => {
  await put(client, 'Hash', { ...key('all-update'), n: { N: '1' } }, key('all-delete'), key('all-check'))
  const answer = await write(
    { Put: { TableName: 'Composite', Item: { pk: { S: 'all' }, sk: { S: 'put' } } } },
    updateOf('all-update', 'SET n = n + :one', {
      ConditionExpression: 'n = :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
    }),
    deleteOf('all-delete'),
    checkOf('all-check', 'attribute_exists(pk)'),
    { Put: { TableName: 'Numbers', Item: { pk: { N: '1' }, sk: { B: 'AQ==' } } } },
  )
  assert.deepEqual(await answered(Promise.resolve(answer)), {})
  assert.deepEqual(await get(client, 'Hash', key('all-update')), { ...key('all-update'), n: { N: '2' } })
  assert.equal(await get(client, 'Hash', key('all-delete')), undefined)
  assert.notEqual(await get(client, 'Composite', { pk: { S: 'all' }, sk: { S: 'put' } }), undefined)
  assert.notEqual(await get(client, 'Numbers', { pk: { N: '1' }, sk: { B: 'AQ==' } }), undefined)
})

refuses(() => client, 'TransactGetItems', [
  { name: 'nothing', input: {}, message: violated(broken('null', 'transactItems', notNull)) },
  { name: 'no gets', input: { TransactItems: [] }, message: violated(broken("'[]'", 'transactItems', atLeast(1))) },
  {
    name: 'an element without a Get',
    input: { TransactItems: [{}] },
    message: violated(broken('null', 'transactItems.1.member.get', notNull)),
  },
  {
    name: 'an unknown ReturnConsumedCapacity before one item twice',
    input: {
      TransactItems: [{ Get: { TableName: 'Hash', Key: key('a') } }, { Get: { TableName: 'Hash', Key: key('a') } }],
      ReturnConsumedCapacity: 'BOGUS',
    },
    message: violated(badCapacity),
  },
  {
    name: 'a malformed projection before a table that is not there',
    input: { TransactItems: [{ Get: { TableName: 'Absent', Key: key('a'), ProjectionExpression: '!!!' } }] },
    message: 'Invalid ProjectionExpression: Syntax error; token: "!", near: "!!"',
  },
  {
    name: 'a table that is not there',
    input: { TransactItems: [{ Get: { TableName: 'Absent', Key: key('a') } }] },
    code: 'ResourceNotFoundException',
    message: 'Requested resource not found',
  },
  {
    name: 'one item twice',
    input: {
      TransactItems: [{ Get: { TableName: 'Hash', Key: key('a') } }, { Get: { TableName: 'Hash', Key: key('a') } }],
    },
    message: shared,
  },
  { name: 'an empty key', input: { TransactItems: [{ Get: { TableName: 'Hash', Key: key('') } }] }, message: emptyKey },
])

test('TransactGetItems is cancelled by keys that do not fit their schema', async () => {
  const gets = [{}, { pk: { N: '1' } }, key('a')].map((Key) => ({ Get: { TableName: 'Hash', Key } }))
  const answer = await client.call('TransactGetItems', { TransactItems: gets })
  assertCancelled(answer, [['ValidationError', mismatch], ['ValidationError', mismatch], ['None']])
})

test('TransactGetItems refuses to answer more than 4 MB', async () => {
  const names = Array.from({ length: 12 }, (_, at) => `large${at}`)
  await put(client, 'Hash', ...names.map((name) => ({ ...key(name), a: { S: 'x'.repeat(350_000) } })))
  const gets = names.map((name) => ({ Get: { TableName: 'Hash', Key: key(name) } }))
  assertRefused(await client.call('TransactGetItems', { TransactItems: gets }), 'ValidationException', tooMuch)
  const fewer = await answered(client.call('TransactGetItems', { TransactItems: gets.slice(1) }))
  assert.equal((fewer['Responses'] as readonly Body[]).length, 11)
})

test('TransactGetItems answers in the order of the request, projected, with nothing for what is not there', async () => {
  await put(client, 'Hash', { ...key('got'), a: { S: 'x' }, b: { M: { c: { N: '1' }, d: { N: '2' } } } })
  await put(client, 'Composite', { pk: { S: 'got' }, sk: { S: 's' }, a: { S: 'y' } })
  const answer = await answered(
    client.call('TransactGetItems', {
      TransactItems: [
        { Get: { TableName: 'Composite', Key: { pk: { S: 'got' }, sk: { S: 's' } } } },
        { Get: { TableName: 'Hash', Key: key('not there') } },
        {
          Get: {
            TableName: 'arn:aws:dynamodb:us-east-1:000000000000:table/Hash',
            Key: key('got'),
            ProjectionExpression: '#b.d',
            ExpressionAttributeNames: { '#b': 'b' },
          },
        },
      ],
    }),
  )
  assert.deepEqual(answer, {
    Responses: [
      { Item: { pk: { S: 'got' }, sk: { S: 's' }, a: { S: 'y' } } },
      {},
      { Item: { b: { M: { d: { N: '2' } } } } },
    ],
  })
})
