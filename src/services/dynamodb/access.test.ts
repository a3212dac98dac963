/** What the item calls ask permission for, over the engine as it is. */
import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { after, before, test } from 'node:test'
import type { RequestContext } from '../../contract/request-context.ts'
import { checkShape } from '../../contract/shape.ts'
import type { Engine } from '../../engine/engine.ts'
import { openEngine } from '../../engine/open-engine.ts'
import { systemClock } from '../../foundation/clock.ts'
import { memoryPageStore } from '../../storage/memory/memory-page-store.ts'
import { SealedTrees } from '../../storage/sealed-trees/sealed-trees.ts'
import { dynamodbService } from './service.ts'

let engine: Engine
before(async () => {
  const rootKey = createSecretKey(Buffer.alloc(32, 7))
  const trees = await SealedTrees.open({ store: memoryPageStore(), rootKey, cacheBytes: 1 << 20, pageBytes: 4096 })
  engine = await openEngine({ trees, clock: systemClock, tableTransitionMs: 0 })
  await run('CreateTable', {
    TableName: 'Orders',
    AttributeDefinitions: ['pk', 'sk', 'g'].map((name) => ({ AttributeName: name, AttributeType: 'S' })),
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'byGroup',
        KeySchema: [
          { AttributeName: 'g', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'HASH' },
        ],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
    BillingMode: 'PAY_PER_REQUEST',
  })
})
after(() => engine.close())

const orders = 'arn:aws:dynamodb:us-east-1:000000000000:table/Orders'

function context(): RequestContext {
  return {
    requestId: 'R',
    receivedAtMs: systemClock.nowMs(),
    accountId: '000000000000',
    region: 'us-east-1',
    principal: {
      type: 'Root',
      accountId: '000000000000',
      arn: 'arn:aws:iam::000000000000:root',
      userId: '000000000000',
      accessKeyId: 'AKIAEXAMPLE',
    },
    source: {
      door: 'http',
      secureTransport: false,
      tlsVersion: undefined,
      cipherSuite: undefined,
      host: '127.0.0.1:8000',
      ipAddress: '127.0.0.1',
      userAgent: 'test',
    },
    engine,
  }
}

function operationNamed(name: string) {
  const found = dynamodbService.operations.find((operation) => operation.name === name)
  assert.ok(found !== undefined)
  return found
}

async function run(name: string, raw: unknown): Promise<unknown> {
  const operation = operationNamed(name)
  return operation.run(checkShape(operation.input, raw), context())
}

async function asked(name: string, raw: unknown): Promise<readonly unknown[]> {
  const operation = operationNamed(name)
  const requests = operation.access(checkShape(operation.input, raw), context())
  return Promise.all(
    requests.map(async ({ action, resource, conditions }) => ({ action, resource, ...(await conditions?.()) })),
  )
}

test('GetItem asks with its partition key, and the attributes that it names', async () => {
  const raw = {
    TableName: 'Orders',
    Key: { pk: { S: 'p' }, sk: { S: 's' } },
    ProjectionExpression: '#t.x, g',
    ExpressionAttributeNames: { '#t': 'total' },
    ReturnConsumedCapacity: 'TOTAL',
  }
  assert.deepEqual(await asked('GetItem', raw), [
    {
      action: 'dynamodb:GetItem',
      resource: orders,
      'dynamodb:LeadingKeys': ['p'],
      'dynamodb:FirstPartitionKeyValues': ['p'],
      'dynamodb:Attributes': ['pk', 'sk', 'total', 'g'],
      'dynamodb:Select': 'SPECIFIC_ATTRIBUTES',
      'dynamodb:ReturnConsumedCapacity': 'TOTAL',
    },
  ])
})

test('UpdateItem asks with what its expressions name, and what it returns', async () => {
  const raw = {
    TableName: orders,
    Key: { pk: { S: 'p' }, sk: { S: 's' } },
    UpdateExpression: 'SET a = b, c.d = :v',
    ConditionExpression: 'attribute_exists(e)',
    ExpressionAttributeValues: { ':v': { S: 'x' } },
  }
  assert.deepEqual(await asked('UpdateItem', raw), [
    {
      action: 'dynamodb:UpdateItem',
      resource: orders,
      'dynamodb:LeadingKeys': ['p'],
      'dynamodb:FirstPartitionKeyValues': ['p'],
      'dynamodb:Attributes': ['pk', 'sk', 'a', 'b', 'c', 'e'],
      'dynamodb:ReturnValues': 'NONE',
      'dynamodb:ReturnConsumedCapacity': 'NONE',
    },
  ])
})

test('Query of an index asks on the index, with each attribute of its partition key', async () => {
  const raw = {
    TableName: 'Orders',
    IndexName: 'byGroup',
    KeyConditionExpression: 'g = :g AND sk = :s',
    ExpressionAttributeValues: { ':g': { S: 'group' }, ':s': { S: 'sort' } },
  }
  assert.deepEqual(await asked('Query', raw), [
    {
      action: 'dynamodb:Query',
      resource: `${orders}/index/byGroup`,
      'dynamodb:LeadingKeys': ['group'],
      'dynamodb:FirstPartitionKeyValues': ['group'],
      'dynamodb:SecondPartitionKeyValues': ['sort'],
      'dynamodb:Attributes': ['g', 'sk'],
      'dynamodb:Select': 'ALL_PROJECTED_ATTRIBUTES',
      'dynamodb:ReturnConsumedCapacity': 'NONE',
    },
  ])
})

test('Scan has no leading keys', async () => {
  const [request] = (await asked('Scan', { TableName: 'Orders', Select: 'COUNT' })) as readonly object[]
  assert.deepEqual(request, {
    action: 'dynamodb:Scan',
    resource: orders,
    'dynamodb:Attributes': [],
    'dynamodb:Select': 'COUNT',
    'dynamodb:ReturnConsumedCapacity': 'NONE',
  })
})

test('a batch asks for every table by itself, with all its keys', async () => {
  const key = (pk: string) => ({ pk: { S: pk }, sk: { S: 's' } })
  const raw = {
    RequestItems: {
      Orders: [{ PutRequest: { Item: { ...key('a'), x: { S: 'y' } } } }, { DeleteRequest: { Key: key('b') } }],
      Absent: [{ DeleteRequest: { Key: key('c') } }],
    },
  }
  const requests = await asked('BatchWriteItem', raw)
  assert.deepEqual(
    requests.map((request) => (request as Record<string, unknown>)['dynamodb:LeadingKeys']),
    [['a', 'b'], undefined],
  )
  assert.deepEqual((requests[0] as Record<string, unknown>)['dynamodb:Attributes'], ['pk', 'sk', 'x'])
})

test('a transaction asks for each kind of action on each table, and says what encloses them', async () => {
  const key = (pk: string) => ({ pk: { S: pk }, sk: { S: 's' } })
  const raw = {
    TransactItems: [
      { Put: { TableName: 'Orders', Item: { ...key('a'), total: { N: '1' } } } },
      { Put: { TableName: 'Orders', Item: key('b'), ConditionExpression: 'attribute_not_exists(g)' } },
      { Put: { TableName: 'Orders', Item: key('c'), ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } },
      { Update: { TableName: 'Orders', Key: key('d'), UpdateExpression: 'REMOVE x' } },
      { Delete: { TableName: 'Orders', Key: key('e') } },
      { ConditionCheck: { TableName: orders, Key: key('f'), ConditionExpression: 'attribute_exists(y)' } },
    ],
  }
  const common = {
    resource: orders,
    'dynamodb:ReturnValues': 'NONE',
    'dynamodb:ReturnConsumedCapacity': 'NONE',
    'dynamodb:EnclosingOperation': 'TransactWriteItems',
  }
  const of = (action: string, keys: readonly string[], attributes: readonly string[], more: object = {}) => ({
    ...common,
    action: `dynamodb:${action}`,
    'dynamodb:LeadingKeys': keys,
    'dynamodb:FirstPartitionKeyValues': keys,
    'dynamodb:Attributes': ['pk', 'sk', ...attributes],
    ...more,
  })
  assert.deepEqual(await asked('TransactWriteItems', raw), [
    of('PutItem', ['a', 'b'], ['total', 'g']),
    of('PutItem', ['c'], [], { 'dynamodb:ReturnValues': 'ALL_OLD' }),
    of('UpdateItem', ['d'], ['x']),
    of('DeleteItem', ['e'], []),
    of('ConditionCheckItem', ['f'], ['y']),
  ])
})

test('TransactGetItems asks to get from each table', async () => {
  const gets = ['a', 'b'].map((pk) => ({
    Get: { TableName: 'Orders', Key: { pk: { S: pk }, sk: { S: 's' } }, ProjectionExpression: 'amount' },
  }))
  assert.deepEqual(await asked('TransactGetItems', { TransactItems: gets, ReturnConsumedCapacity: 'INDEXES' }), [
    {
      action: 'dynamodb:GetItem',
      resource: orders,
      'dynamodb:LeadingKeys': ['a', 'b'],
      'dynamodb:FirstPartitionKeyValues': ['a', 'b'],
      'dynamodb:Attributes': ['pk', 'sk', 'amount'],
      'dynamodb:Select': 'SPECIFIC_ATTRIBUTES',
      'dynamodb:ReturnConsumedCapacity': 'INDEXES',
      'dynamodb:EnclosingOperation': 'TransactGetItems',
    },
  ])
})

test('TransactGetItems asks apart for whole items', async () => {
  const get = (pk: string, more: object = {}) => ({
    Get: { TableName: 'Orders', Key: { pk: { S: pk }, sk: { S: 's' } }, ...more },
  })
  const gets = [get('a', { ProjectionExpression: 'amount' }), get('b')]
  const requests = (await asked('TransactGetItems', { TransactItems: gets })) as readonly Record<string, unknown>[]
  assert.deepEqual(
    requests.map((request) => [request['dynamodb:Select'], request['dynamodb:LeadingKeys']]),
    [
      ['SPECIFIC_ATTRIBUTES', ['a']],
      ['ALL_ATTRIBUTES', ['b']],
    ],
  )
})

test('a write that gives the old item back when it fails asks for ALL_OLD, too', async () => {
  const Key = { pk: { S: 'p' }, sk: { S: 's' } }
  const failing = { ConditionExpression: 'attribute_exists(x)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }
  const statement = `UPDATE Orders SET x = 1 WHERE pk = 'p' AND sk = 's' RETURNING MODIFIED NEW *`
  const calls: readonly (readonly [string, object, readonly string[]])[] = [
    ['PutItem', { TableName: 'Orders', Item: Key, ...failing }, ['NONE', 'ALL_OLD']],
    ['DeleteItem', { TableName: 'Orders', Key, ...failing }, ['NONE', 'ALL_OLD']],
    ['UpdateItem', { TableName: 'Orders', Key, ReturnValues: 'UPDATED_NEW', ...failing }, ['UPDATED_NEW', 'ALL_OLD']],
    ['UpdateItem', { TableName: 'Orders', Key, ReturnValuesOnConditionCheckFailure: 'NONE' }, ['NONE']],
    [
      'ExecuteStatement',
      { Statement: statement, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' },
      ['UPDATED_NEW', 'ALL_OLD'],
    ],
    [
      'BatchExecuteStatement',
      { Statements: [{ Statement: statement, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }] },
      ['UPDATED_NEW', 'ALL_OLD'],
    ],
  ]
  for (const [name, raw, expected] of calls) {
    const requests = (await asked(name, raw)) as readonly Record<string, unknown>[]
    assert.deepEqual(
      requests.map((request) => request['dynamodb:ReturnValues']),
      expected,
      name,
    )
  }
})

test('a number is one leading key, however it is written', async () => {
  await run('CreateTable', {
    TableName: 'Numbered',
    AttributeDefinitions: [{ AttributeName: 'n', AttributeType: 'N' }],
    KeySchema: [{ AttributeName: 'n', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  })
  for (const N of ['42', '42.0', '0042', '4.2e1', '+42', '420E-1']) {
    const [got] = (await asked('GetItem', { TableName: 'Numbered', Key: { n: { N } } })) as Record<string, unknown>[]
    assert.deepEqual(got?.['dynamodb:LeadingKeys'], ['42'], N)
  }
})

test('a transaction is recorded with its actions, keys and names, malformed ones too', () => {
  const { input, audit } = operationNamed('TransactWriteItems')
  const raw = {
    ClientRequestToken: 'token',
    TransactItems: [
      {},
      { Put: { TableName: 'Orders', Item: { pk: { S: 'p' }, a: { S: 'secret' } } } },
      {
        Update: {
          TableName: 'Others',
          Key: { pk: { S: 'q' } },
          UpdateExpression: 'SET a = :v',
          ExpressionAttributeValues: { ':v': { S: 'secret' } },
        },
      },
      { Delete: { TableName: orders, Key: { pk: { S: 'r' } } } },
    ],
  }
  const value = checkShape(input, raw)
  assert.deepEqual(audit.requestParameters(value), {
    requestItems: [
      { operation: 'Put', tableName: 'Orders', items: ['pk', 'a'] },
      { operation: 'Update', tableName: 'Others', key: { pk: 'q' }, updateExpression: 'SET a = :v' },
      { operation: 'Delete', tableName: orders, key: { pk: 'r' } },
    ],
  })
  const others = 'arn:aws:dynamodb:us-east-1:000000000000:table/Others'
  assert.deepEqual(
    audit.resources(value, context()).map(({ arn }) => arn),
    [orders, others],
  )
})

test('a table made with tags needs the right to tag', async () => {
  const raw = {
    TableName: 'Tagged',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
    Tags: [{ Key: 'team', Value: 'x' }],
  }
  const actions = (await asked('CreateTable', raw)).map((request) => (request as { action: string }).action)
  assert.deepEqual(actions, ['dynamodb:CreateTable', 'dynamodb:TagResource'])
})

test('audit records hold keys and names, and no other value', () => {
  const secret = 'secret-value'
  const raws: Readonly<Record<string, object>> = {
    PutItem: { TableName: 'Orders', Item: { pk: { S: 'p' }, sk: { S: 's' }, a: { S: secret } } },
    UpdateItem: {
      TableName: 'Orders',
      Key: { pk: { S: 'p' }, sk: { S: 's' } },
      UpdateExpression: 'SET a = :v',
      ExpressionAttributeValues: { ':v': { S: secret } },
    },
    DeleteItem: { TableName: 'Orders', Key: { pk: { S: 'p' } }, Expected: { a: { Value: { S: secret } } } },
    Query: {
      TableName: 'Orders',
      KeyConditionExpression: 'pk = :v',
      ExpressionAttributeValues: { ':v': { S: secret } },
    },
    Scan: { TableName: 'Orders', FilterExpression: 'a = :v', ExpressionAttributeValues: { ':v': { S: secret } } },
    BatchWriteItem: { RequestItems: { Orders: [{ PutRequest: { Item: { pk: { S: 'p' }, a: { S: secret } } } }] } },
    TransactWriteItems: {
      TransactItems: [{ Put: { TableName: 'Orders', Item: { pk: { S: 'p' }, a: { S: secret } } } }],
    },
    TransactGetItems: { TransactItems: [{ Get: { TableName: 'Orders', Key: { pk: { S: 'p' } } } }] },
  }
  for (const [name, raw] of Object.entries(raws)) {
    const { input, audit } = operationNamed(name)
    const value = checkShape(input, raw)
    const record = JSON.stringify(audit.requestParameters(value))
    assert.equal(record.includes(secret), false, name)
    assert.match(record, /Orders/)
    assert.deepEqual(audit.resources(value, context()), [{ type: 'AWS::DynamoDB::Table', arn: orders }])
  }
})
