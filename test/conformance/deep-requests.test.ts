/** Requests nested without end, or made to be repeated without end: refused in words, never by a full stack. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Body, Client } from './client.ts'
import { startServer } from './server.ts'
import { createTables, hashTable } from './tables.ts'

let client: Client
let stop: () => Promise<void>
before(async () => {
  ;({ client, stop } = await startServer())
  await createTables(client, [hashTable])
})
after(() => stop())

const tooDeep =
  'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit'

/** JSON text of a value within `levels` lists or maps; deeper than JSON.stringify could write it. */
function listText(levels: number): string {
  return `${'{"L":['.repeat(levels)}{"S":"a"}${']}'.repeat(levels)}`
}
function mapText(levels: number): string {
  return `${'{"M":{"a":'.repeat(levels)}{"S":"a"}${'}}'.repeat(levels)}`
}

const bodies: Readonly<Record<string, readonly [operation: string, body: (deep: string) => string]>> = {
  'an item': ['PutItem', (deep) => `{"TableName":"Hash","Item":{"pk":{"S":"a"},"d":${deep}}}`],
  'an item without a table': ['PutItem', (deep) => `{"Item":{"pk":{"S":"a"},"d":${deep}}}`],
  'a key': ['GetItem', (deep) => `{"TableName":"Hash","Key":{"pk":${deep}}}`],
  'an expression value': [
    'UpdateItem',
    (deep) =>
      `{"TableName":"Hash","Key":{"pk":{"S":"a"}},"UpdateExpression":"SET d=:v","ExpressionAttributeValues":{":v":${deep}}}`,
  ],
  'a legacy update': [
    'UpdateItem',
    (deep) => `{"TableName":"Hash","Key":{"pk":{"S":"a"}},"AttributeUpdates":{"d":{"Value":${deep}}}}`,
  ],
  'a legacy expectation': [
    'DeleteItem',
    (deep) => `{"TableName":"Hash","Key":{"pk":{"S":"a"}},"Expected":{"d":{"Value":${deep}}}}`,
  ],
  'a legacy filter': [
    'Scan',
    (deep) => `{"TableName":"Hash","ScanFilter":{"d":{"ComparisonOperator":"EQ","AttributeValueList":[${deep}]}}}`,
  ],
  'a batch write': [
    'BatchWriteItem',
    (deep) => `{"RequestItems":{"Hash":[{"PutRequest":{"Item":{"pk":{"S":"a"},"d":${deep}}}}]}}`,
  ],
  'a transaction': [
    'TransactWriteItems',
    (deep) =>
      `{"ClientRequestToken":"t","TransactItems":[{"Put":{"TableName":"Hash","Item":{"pk":{"S":"a"},"d":${deep}}}}]}`,
  ],
}

for (const [name, [operation, body]] of Object.entries(bodies)) {
  for (const deep of [listText(100_000), mapText(100_000)]) {
    test(`${operation}: ${name} of 100,000 levels of ${deep.startsWith('{"L"') ? 'lists' : 'maps'}`, async () => {
      const answer = await client.send(operation, body(deep))
      assert.deepEqual([answer.status, answer.code, answer.message], [400, 'ValidationException', tooDeep])
    })
  }
}

test('an item of 33 levels is too deep, one of 32 is not', async () => {
  const body = (deep: string): string => `{"TableName":"Hash","Item":{"pk":{"S":"a"},"d":${deep}}}`
  assert.equal((await client.send('PutItem', body(listText(32)))).message, tooDeep)
  assert.equal((await client.send('PutItem', body(listText(31)))).status, 200)
})

test('a body of a million open brackets is no JSON; one of as many closed ones is no request', async () => {
  const open = await client.send('PutItem', '['.repeat(1_000_000))
  assert.deepEqual([open.status, open.code], [400, 'SerializationException'])
  const closed = await client.send('PutItem', '['.repeat(1_000_000) + ']'.repeat(1_000_000))
  assert.deepEqual([closed.status, closed.code], [400, 'SerializationException'])
})

test('members that no operation has may be as deep as they like', async () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000)
  const answer = await client.send('GetItem', `{"TableName":"Hash","Key":{"pk":{"S":"a"}},"Unknown":${deep}}`)
  assert.equal(answer.status, 200)
})

test('a value beside a token may carry members that no datatype has, as deep as they like', async () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000)
  const put = `{"Put":{"TableName":"Hash","Item":{"pk":{"S":"a","Unknown":${deep}}}}}`
  const body = `{"ClientRequestToken":"unknown","TransactItems":[${put}]}`
  assert.equal((await client.send('TransactWriteItems', body)).status, 200)
  assert.equal((await client.send('TransactWriteItems', body)).status, 200)
})

test('members of no public type are not repeated, however deep', async () => {
  const deep = `${'{"INT":{"a":'.repeat(100_000)}1${'}}'.repeat(100_000)}`
  const answer = await client.send(
    'BatchWriteItem',
    `{"RequestItems":{"Hash":[{"PutRequest":{"Item":{"pk":${deep}}}}${',{}'.repeat(25)}]}}`,
  )
  assert.deepEqual([answer.status, answer.code], [400, 'ValidationException'])
})

test('a message does not repeat a whole request of a million values', async () => {
  const values = Array(1_000_000).fill('{}').join(',')
  const body = `{"RequestItems":{"Hash":[{"PutRequest":{"Item":{"l":{"L":[${values}]}}}}${',{}'.repeat(25)}]}}`
  const answer = await client.send('BatchWriteItem', body)
  assert.deepEqual([answer.status, answer.code], [400, 'ValidationException'])
  assert.ok((answer.message ?? '').length < 1_000_000)
})

const expressions: readonly [string, string][] = [
  ['parentheses', `${'('.repeat(2000)}a = :v${')'.repeat(2000)}`],
  ['open parentheses', '('.repeat(4000)],
  ['NOT', `${'NOT '.repeat(1000)}a = :v`],
  ['calls', `${'size('.repeat(700)}a${')'.repeat(500)}`],
  ['path elements', `${'a.'.repeat(2000)}a = :v`],
  ['list indexes', `a${'[1]'.repeat(1300)} = :v`],
]
for (const [name, text] of expressions) {
  test(`an expression of thousands of ${name}`, async () => {
    const input: Body = {
      TableName: 'Hash',
      Key: { pk: { S: 'a' } },
      ConditionExpression: text,
      ExpressionAttributeValues: { ':v': { S: 'a' } },
    }
    const { status, message } = await client.call('DeleteItem', input)
    assert.equal(status, 400)
    assert.match(message ?? '', /^(1 validation error detected: Invalid ConditionExpression: |The conditional request)/)
  })
}
