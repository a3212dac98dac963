/** What the API has got since 2023, as far as it is of tables and items: ARNs for names, ceilings, reasons, host names. */
import assert from 'node:assert/strict'
import { get as httpGet } from 'node:http'
import { after, before, test } from 'node:test'
import { awsOperations } from '../../scripts/aws-model.ts'
import { servicesWith } from '../../src/main.ts'
import { autoscalingRoom } from '../../src/services/autoscaling/service.ts'
import { type Answer, type Body, type Client, connect, type Endpoint } from './client.ts'
import { answered, assertRefused } from './refusals.ts'
import { startServer } from './server.ts'
import { activeTable, attributes, createTables, hashTable, keys, put } from './tables.ts'

let client: Client
let endpoint: Endpoint
let stop: () => Promise<void>
before(async () => {
  ;({ client, endpoint, stop } = await startServer())
  await createTables(client, [hashTable])
})
after(() => stop())

const arnOf = (table: string): string => `arn:aws:dynamodb:us-east-1:000000000000:table/${table}`

// ListStreams does not: its TableName is a name to AWS, too.
test('every call takes the ARN of a table for its name, and repeats it where it repeats names', async () => {
  const arn = arnOf('ByArn')
  const Key = { pk: { S: 'a' } }
  const spent = { ReturnConsumedCapacity: 'TOTAL' }
  const created = await answered(client.call('CreateTable', { ...hashTable, TableName: arn }))
  assert.equal((created['TableDescription'] as Body)['TableName'], 'ByArn')
  assert.equal((await activeTable(client, arn))['TableArn'], arn)

  const capacityNames = async (operation: string, input: object): Promise<unknown> => {
    const answer = await answered(client.call(operation, { TableName: arn, ...spent, ...input }))
    return (answer['ConsumedCapacity'] as Body)['TableName']
  }
  assert.equal(await capacityNames('PutItem', { Item: Key }), arn)
  assert.equal(await capacityNames('GetItem', { Key }), arn)
  assert.equal(await capacityNames('UpdateItem', { Key, UpdateExpression: 'ADD n :n', ...one }), arn)
  assert.equal(await capacityNames('Scan', {}), arn)
  const condition = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': Key.pk } }
  assert.equal(await capacityNames('Query', condition), arn)
  const read = await answered(client.call('BatchGetItem', { RequestItems: { [arn]: { Keys: [Key] } }, ...spent }))
  assert.deepEqual(Object.keys(read['Responses'] as Body), [arn])
  assert.equal((read['ConsumedCapacity'] as Body[])[0]?.['TableName'], arn)
  const batch = { RequestItems: { [arn]: [{ DeleteRequest: { Key } }] }, ...spent }
  const written = await answered(client.call('BatchWriteItem', batch))
  assert.equal((written['ConsumedCapacity'] as Body[])[0]?.['TableName'], arn)
  assert.equal(await capacityNames('DeleteItem', { Key }), arn)

  const write = { TransactItems: [{ Put: { TableName: arn, Item: Key } }], ...spent }
  const transacted = await answered(client.call('TransactWriteItems', write))
  assert.equal((transacted['ConsumedCapacity'] as Body[])[0]?.['TableName'], arn)
  const reads = { TransactItems: [{ Get: { TableName: arn, Key } }], ...spent }
  const got = await answered(client.call('TransactGetItems', reads))
  assert.deepEqual(got['Responses'], [{ Item: Key }])
  assert.equal((got['ConsumedCapacity'] as Body[])[0]?.['TableName'], arn)

  await answered(client.call('DescribeTimeToLive', { TableName: arn }))
  const TimeToLiveSpecification = { Enabled: true, AttributeName: 'expires' }
  await answered(client.call('UpdateTimeToLive', { TableName: arn, TimeToLiveSpecification }))
  const tagged = { ResourceArn: arn, Tags: [{ Key: 'a', Value: 'b' }] }
  await answered(client.call('TagResource', tagged))
  assert.deepEqual((await answered(client.call('ListTagsOfResource', { ResourceArn: arn })))['Tags'], tagged.Tags)
  await answered(client.call('UpdateTable', { TableName: arn, DeletionProtectionEnabled: true }))
  assertRefused(
    await client.call('DeleteTable', { TableName: arn }),
    'ValidationException',
    'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
  )
  await answered(client.call('UpdateTable', { TableName: arn, DeletionProtectionEnabled: false }))
  await answered(client.call('DeleteTable', { TableName: arn }))
})

const one = { ExpressionAttributeValues: { ':n': { N: '1' } } }

/** Calls until one is refused. */
async function throttled(operation: string, input: Body): Promise<Answer> {
  for (let call = 0; call < 200; call++) {
    const answer = await client.call(operation, input)
    if (answer.status !== 200) return answer
  }
  return assert.fail(`${operation} is not refused`)
}

const beyondCeiling = 'Throughput exceeds the maximum OnDemandThroughput configured on table or index'
const heavy = { S: 'x'.repeat(100_000) }

function byOwner(TableName: string, ofTable: object, ofIndex: object): Body {
  return {
    ...hashTable,
    TableName,
    AttributeDefinitions: attributes({ pk: 'S', owner: 'S' }),
    ...ofTable,
    GlobalSecondaryIndexes: [
      { IndexName: 'owners', KeySchema: keys('owner'), Projection: { ProjectionType: 'ALL' }, ...ofIndex },
    ],
  }
}

test('a table on demand refuses what exceeds its ceilings, and says which; -1 takes a ceiling away', async () => {
  const TableName = 'Ceiling'
  const ceilings = { MaxReadRequestUnits: 1, MaxWriteRequestUnits: 1 }
  await createTables(client, [{ ...hashTable, TableName, OnDemandThroughput: ceilings }])
  const Item = { pk: { S: 'a' }, heavy }
  const refusedWrite = await throttled('PutItem', { TableName, Item })
  assertRefused(refusedWrite, 'ThrottlingException', beyondCeiling)
  // ThrottlingException spells the member with a small letter, ProvisionedThroughputExceededException does not.
  assert.deepEqual(refusedWrite.body['throttlingReasons'], [
    { reason: 'TableWriteMaxOnDemandThroughputExceeded', resource: arnOf(TableName) },
  ])
  const refusedRead = await throttled('GetItem', { TableName, Key: { pk: Item.pk }, ConsistentRead: true })
  assertRefused(refusedRead, 'ThrottlingException', beyondCeiling)
  assert.deepEqual(refusedRead.body['throttlingReasons'], [
    { reason: 'TableReadMaxOnDemandThroughputExceeded', resource: arnOf(TableName) },
  ])
  assert.equal('ThrottlingReasons' in refusedRead.body, false)

  const none = { MaxReadRequestUnits: -1, MaxWriteRequestUnits: -1 }
  await answered(client.call('UpdateTable', { TableName, OnDemandThroughput: none }))
  assert.equal('OnDemandThroughput' in (await activeTable(client, TableName)), false)
  for (let call = 0; call < 5; call++) await put(client, TableName, Item)
})

test('the ceiling of an index throttles its reads and the writes of its table', async () => {
  const TableName = 'IndexCeiling'
  const ceilings = { MaxReadRequestUnits: 1, MaxWriteRequestUnits: 1 }
  await createTables(client, [byOwner(TableName, {}, { OnDemandThroughput: ceilings })])
  const index = `${arnOf(TableName)}/index/owners`
  const Item = { pk: { S: 'a' }, owner: { S: 'o' }, heavy }
  const refusedWrite = await throttled('PutItem', { TableName, Item: { ...Item, pk: { S: 'b' } } })
  assertRefused(refusedWrite, 'ThrottlingException', beyondCeiling)
  assert.deepEqual(refusedWrite.body['throttlingReasons'], [
    { reason: 'IndexWriteMaxOnDemandThroughputExceeded', resource: index },
  ])
  const refusedRead = await throttled('Scan', { TableName, IndexName: 'owners' })
  assertRefused(refusedRead, 'ThrottlingException', beyondCeiling)
  assert.deepEqual(refusedRead.body['throttlingReasons'], [
    { reason: 'IndexReadMaxOnDemandThroughputExceeded', resource: index },
  ])
  await answered(client.call('Scan', { TableName }))
})

const level = (of: string): string =>
  `The level of configured provisioned throughput for ${of} was exceeded. ` +
  'Consider increasing your provisioning level with the UpdateTable API.'

test('provisioned tables and indexes say for what they refuse, in single calls and when a whole batch is refused', async () => {
  const units = (count: number): Body => ({ ReadCapacityUnits: count, WriteCapacityUnits: count })
  const provisioned = (count: number): Body => ({
    BillingMode: 'PROVISIONED',
    ProvisionedThroughput: units(count),
  })
  const Item = { pk: { S: 'a' }, owner: { S: 'o' }, heavy: { S: 'x'.repeat(400_000) } }
  const refused = async (answer: Promise<Answer>, of: string, reason: string, resource: string): Promise<void> => {
    const { body, ...rest } = await answer
    assertRefused({ body, ...rest }, 'ProvisionedThroughputExceededException', level(of))
    assert.deepEqual(body['ThrottlingReasons'], [{ reason, resource }])
  }

  await createTables(client, [byOwner('WeakIndex', provisioned(1000), { ProvisionedThroughput: units(1) })])
  const index = `${arnOf('WeakIndex')}/index/owners`
  const indexes = 'one or more global secondary indexes of the table'
  const indexReason = (direction: string): string => `Index${direction}ProvisionedThroughputExceeded`
  await refused(throttled('PutItem', { TableName: 'WeakIndex', Item }), indexes, indexReason('Write'), index)
  const read = { TableName: 'WeakIndex', IndexName: 'owners' }
  await refused(throttled('Scan', read), indexes, indexReason('Read'), index)

  await createTables(client, [{ ...hashTable, TableName: 'Weak', ...provisioned(1) }])
  const arn = arnOf('Weak')
  const reason = (direction: string): string => `Table${direction}ProvisionedThroughputExceeded`
  const puts = { RequestItems: { Weak: [{ PutRequest: { Item } }] } }
  await refused(throttled('PutItem', { TableName: 'Weak', Item }), 'the table', reason('Write'), arn)
  await refused(client.call('BatchWriteItem', puts), 'the table', reason('Write'), arn)
  const Key = { pk: { S: 'a' } }
  const gets = { RequestItems: { Weak: { Keys: [Key], ConsistentRead: true } } }
  await refused(
    throttled('GetItem', { TableName: 'Weak', Key, ConsistentRead: true }),
    'the table',
    reason('Read'),
    arn,
  )
  await refused(client.call('BatchGetItem', gets), 'the table', reason('Read'), arn)
  const query = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': Key.pk } }
  await refused(client.call('Query', { TableName: 'Weak', ...query }), 'the table', reason('Read'), arn)
  const other = { ...Item, pk: { S: 'b' } }
  await put(client, 'Hash', Item)
  const mixed = { RequestItems: { Weak: [{ PutRequest: { Item: other } }], Hash: [{ DeleteRequest: { Key } }] } }
  const { UnprocessedItems } = await answered(client.call('BatchWriteItem', mixed))
  assert.deepEqual(UnprocessedItems, { Weak: mixed.RequestItems.Weak })
})

for (const host of [
  '000000000000.ddb.us-east-1.amazonaws.com',
  '000000000000.ddb.us-east-1.api.aws',
  // Another account's: what may be done, the signature and the tables' own accounts say, and no host name.
  '111111111111.ddb.us-east-1.amazonaws.com',
  'dynamodb-fips.us-east-1.amazonaws.com',
]) {
  test(`requests to the host ${host} are served`, async () => {
    const named = connect({ ...endpoint, host })
    await put(named, 'Hash', { pk: { S: host } })
    const read = await answered(named.call('GetItem', { TableName: arnOf('Hash'), Key: { pk: { S: host } } }))
    assert.deepEqual(read['Item'], { pk: { S: host } })
    const foreign = arnOf('Hash').replace('000000000000', '111111111111')
    assert.equal((await named.call('Scan', { TableName: foreign })).code, 'AccessDeniedException')
    const endpoints = await answered(named.call('DescribeEndpoints', {}))
    assert.deepEqual(endpoints['Endpoints'], [{ Address: host, CachePeriodInMinutes: 1440 }])
    named.close()
    assert.equal(await health(host), 'healthy: dynamodb.us-east-1.amazonaws.com ')
  })
}

function health(host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    httpGet({ host: '127.0.0.1', port: endpoint.port, path: '/', headers: { host }, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve(text))
    }).on('error', reject)
  })
}

test('operations that are planned are unknown', async () => {
  const done = new Set(servicesWith(autoscalingRoom()).flatMap(({ operations }) => operations.map(({ name }) => name)))
  const planned = (await awsOperations('DynamoDB_20120810'))?.filter(({ name }) => !done.has(name)) ?? []
  for (const { name } of planned) {
    const { code, status, namespace } = await client.call(name, {})
    assert.deepEqual([code, status, namespace], ['UnknownOperationException', 400, 'com.amazon.coral.service'], name)
  }
})
