/** What an UpdateItem leaves behind and what it answers, in the corners: missing items, nested paths, list ends. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Body, Client } from './client.ts'
import { answered } from './refusals.ts'
import { startServer } from './server.ts'
import { createTables, get, hashTable, put } from './tables.ts'

let client: Client
let stop: () => Promise<void>
before(async () => {
  ;({ client, stop } = await startServer())
  await createTables(client, [hashTable])
})
after(() => stop())

const TableName = 'Hash'

function update(Key: Body, more: Body): Promise<Body> {
  return answered(client.call('UpdateItem', { TableName, Key, ReturnConsumedCapacity: 'TOTAL', ...more }))
}

const oneUnit = { ConsumedCapacity: { TableName, CapacityUnits: 1 } }

const takesAway: Readonly<Record<string, Body>> = {
  REMOVE: { UpdateExpression: 'REMOVE a, b' },
  DELETE: { UpdateExpression: 'DELETE a :v', ExpressionAttributeValues: { ':v': { SS: ['x'] } } },
  'a legacy DELETE': { AttributeUpdates: { a: { Action: 'DELETE' } } },
  'a legacy DELETE of set members': { AttributeUpdates: { a: { Action: 'DELETE', Value: { NS: ['4'] } } } },
}
for (const [name, change] of Object.entries(takesAway)) {
  test(`an update of only ${name} does not create the item, and returns nothing`, async () => {
    const key = { pk: { S: `missing ${name}` } }
    assert.deepEqual(await update(key, { ...change, ReturnValues: 'ALL_NEW' }), oneUnit)
    assert.equal(await get(client, TableName, key), undefined)
  })
}

test('an update without actions creates the item', async () => {
  const key = { pk: { S: 'empty update' } }
  assert.deepEqual(await update(key, { AttributeUpdates: {}, ReturnValues: 'ALL_NEW' }), {
    Attributes: key,
    ...oneUnit,
  })
  assert.deepEqual(await get(client, TableName, key), key)
})

test('an update that takes away and adds creates the item', async () => {
  const key = { pk: { S: 'both' } }
  await update(key, { UpdateExpression: 'REMOVE a ADD n :v', ExpressionAttributeValues: { ':v': { N: '2' } } })
  assert.deepEqual(await get(client, TableName, key), { ...key, n: { N: '2' } })
})

test('a condition on a missing item is tested before an update that takes away is passed over', async () => {
  const input = {
    TableName,
    Key: { pk: { S: 'never' } },
    UpdateExpression: 'REMOVE a',
    ConditionExpression: 'attribute_exists(pk)',
  }
  assert.equal((await client.call('UpdateItem', input)).code, 'ConditionalCheckFailedException')
})

const key = { pk: { S: 'nested' } }
const numbers = { L: [{ N: '1' }, { N: '2' }, { N: '3' }] }

/** On `{a: {b: 'dog', c: [1, 2, 3]}, d: 'cat'}`: the change, what is asked for, the attributes that come back. */
const returns: readonly (readonly [string, Body | undefined, string, Body | undefined])[] = [
  ['SET a.b = :v', { S: 'hi' }, 'UPDATED_OLD', { a: { M: { b: { S: 'dog' } } } }],
  ['SET a.b = :v', { S: 'hi' }, 'UPDATED_NEW', { a: { M: { b: { S: 'hi' } } } }],
  ['SET a.c[1] = :v', { N: '7' }, 'UPDATED_OLD', { a: { M: { c: { L: [{ N: '2' }] } } } }],
  ['SET a.c[1] = :v', { N: '7' }, 'UPDATED_NEW', { a: { M: { c: { L: [{ N: '7' }] } } } }],
  ['REMOVE a.c[1], a.c[3]', undefined, 'UPDATED_OLD', { a: { M: { c: { L: [{ N: '2' }] } } } }],
  ['REMOVE a.c[1]', undefined, 'UPDATED_NEW', { a: { M: { c: { L: [{ N: '3' }] } } } }],
  ['SET a.x = :v', { N: '8' }, 'UPDATED_OLD', undefined],
  ['SET a.x = :v', { N: '8' }, 'UPDATED_NEW', { a: { M: { x: { N: '8' } } } }],
  ['SET a.c[100] = :v', { N: '70' }, 'UPDATED_NEW', undefined],
  ['SET e = :v', { N: '1' }, 'UPDATED_OLD', undefined],
  ['SET e = :v, d = :v', { N: '1' }, 'UPDATED_OLD', { d: { S: 'cat' } }],
  ['REMOVE d', undefined, 'UPDATED_NEW', undefined],
]
for (const [UpdateExpression, value, ReturnValues, attributes] of returns) {
  test(`${ReturnValues} of ${UpdateExpression}`, async () => {
    await put(client, TableName, { ...key, a: { M: { b: { S: 'dog' }, c: numbers } }, d: { S: 'cat' } })
    const values = value === undefined ? {} : { ExpressionAttributeValues: { ':v': value } }
    const answer = await update(key, { UpdateExpression, ReturnValues, ...values })
    assert.deepEqual(answer['Attributes'], attributes)
  })
}
