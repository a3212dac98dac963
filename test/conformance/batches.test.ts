/** BatchGetItem and BatchWriteItem: counts, duplicates, the whole request refused for one bad part, answers. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Body, Client } from './client.ts'
import { answered, assertRefused, broken, notNull, refuses, violated } from './refusals.ts'
import { startServer } from './server.ts'
import { compositeTable, createTables, get, hashTable, numberTable } from './tables.ts'

let client: Client
let stop: () => Promise<void>
before(async () => {
  ;({ client, stop } = await startServer())
  await createTables(client, [hashTable, compositeTable, numberTable])
})
after(() => stop())

const invalid = 'One or more parameter values were invalid:'
const duplicates = 'Provided list of item keys contains duplicates'
const mismatch = 'The provided key element does not match the schema'

function hashKeys(count: number): readonly Body[] {
  return Array.from({ length: count }, (_, at) => ({ pk: { S: `k${at}` } }))
}

function puts(count: number): readonly Body[] {
  return hashKeys(count).map((item) => ({ PutRequest: { Item: item } }))
}

refuses(() => client, 'BatchGetItem', [
  { name: 'nothing', input: {}, message: 'The requestItems parameter is required for BatchGetItem' },
  {
    name: 'an empty request',
    input: { RequestItems: {} },
    message: 'The requestItems parameter is required for BatchGetItem',
  },
  {
    name: 'a table without keys',
    input: { RequestItems: { Hash: {} } },
    message:
      "1 validation error detected: Value null at 'RequestItems.Hash.member.Keys' failed to satisfy constraint: Member must not be null",
  },
  {
    name: 'no key',
    input: { RequestItems: { Hash: { Keys: [] } } },
    message:
      "1 validation error detected: Value at 'RequestItems.Hash.member.Keys' failed to satisfy constraint: Member must have length greater than or equal to 1",
  },
  {
    name: '101 keys',
    input: { RequestItems: { Hash: { Keys: hashKeys(101) } } },
    message:
      "1 validation error detected: Value at 'RequestItems.Hash.member.Keys' failed to satisfy constraint: Member must have length less than or equal to 100",
  },
  {
    name: '101 keys over two tables',
    input: {
      RequestItems: {
        Hash: { Keys: hashKeys(100) },
        Composite: { Keys: [{ pk: { S: 'a' }, sk: { S: 'b' } }] },
      },
    },
    message: 'Too many items requested for the BatchGetItem call',
  },
  {
    name: 'the same key twice',
    input: { RequestItems: { Hash: { Keys: [{ pk: { S: 'a' } }, { pk: { S: 'a' } }] } } },
    message: duplicates,
  },
  {
    name: 'the same number key in two spellings',
    input: {
      RequestItems: {
        Numbers: {
          Keys: [
            { pk: { N: '1' }, sk: { B: 'AQ==' } },
            { sk: { B: 'AQ==' }, pk: { N: '1.0' } },
          ],
        },
      },
    },
    message: duplicates,
  },
  {
    name: 'a key of another type',
    input: { RequestItems: { Hash: { Keys: [{ pk: { N: '1' } }] } } },
    message: mismatch,
  },
  {
    name: 'an empty key value',
    input: { RequestItems: { Hash: { Keys: [{ pk: { S: '' } }] } } },
    message:
      'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ' +
      'string value. Key: pk',
  },
  {
    name: 'a table that is not there',
    input: { RequestItems: { Absent: { Keys: hashKeys(1) } } },
    code: 'ResourceNotFoundException',
    message: 'Requested resource not found',
  },
  {
    name: 'both kinds of projection in one table',
    input: {
      RequestItems: { Hash: { Keys: hashKeys(1), AttributesToGet: ['pk'], ProjectionExpression: 'pk' } },
    },
    message: mixedProjections(),
  },
  {
    name: 'both kinds of projection over two tables',
    input: {
      RequestItems: {
        Hash: { Keys: hashKeys(1), ProjectionExpression: 'pk' },
        Composite: { Keys: [{ pk: { S: 'a' }, sk: { S: 'b' } }], AttributesToGet: ['pk'] },
      },
    },
    message: mixedProjections(),
  },
  {
    name: 'overlapping paths',
    input: { RequestItems: { Hash: { Keys: hashKeys(1), ProjectionExpression: 'a, a' } } },
    message:
      'Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of ' +
      'these paths; path one: [a], path two: [a]',
  },
])

function mixedProjections(): string {
  return (
    'Can not use both expression and non-expression parameters in the same request: ' +
    'Non-expression parameters: {AttributesToGet} Expression parameters: {ProjectionExpression}'
  )
}

const emptyWrite =
  'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes'

refuses(() => client, 'BatchWriteItem', [
  { name: 'nothing', input: {}, message: 'The requestItems parameter is required for BatchWriteItem' },
  {
    name: 'an empty request',
    input: { RequestItems: {} },
    message: 'The requestItems parameter is required for BatchWriteItem',
  },
  {
    name: 'a put without item',
    input: { RequestItems: { Hash: [{ PutRequest: {} }] } },
    message: violated(broken('null', 'requestItems.Hash.member.1.member.putRequest.item', notNull)),
  },
  {
    name: 'a delete without key',
    input: { RequestItems: { Hash: [{ DeleteRequest: {} }] } },
    message: violated(broken('null', 'requestItems.Hash.member.1.member.deleteRequest.key', notNull)),
  },
  { name: 'a write that is none', input: { RequestItems: { Hash: [{}] } }, message: emptyWrite },
  {
    name: 'a put and a delete in one',
    input: {
      RequestItems: {
        Hash: [{ PutRequest: { Item: { pk: { S: 'a' } } }, DeleteRequest: { Key: { pk: { S: 'b' } } } }],
      },
    },
    message: emptyWrite,
  },
  {
    name: 'a put and a delete of the same key',
    input: {
      RequestItems: {
        Hash: [
          { PutRequest: { Item: { pk: { S: 'a' }, b: { S: 'c' } } } },
          { DeleteRequest: { Key: { pk: { S: 'a' } } } },
        ],
      },
    },
    message: duplicates,
  },
  {
    name: 'two puts of the same key',
    input: {
      RequestItems: {
        Hash: [
          { PutRequest: { Item: { pk: { S: 'a' }, b: { S: 'c' } } } },
          { PutRequest: { Item: { pk: { S: 'a' } } } },
        ],
      },
    },
    message: duplicates,
  },
  {
    name: 'an item without its key',
    input: { RequestItems: { Hash: [{ PutRequest: { Item: { a: { S: 'a' } } } }] } },
    message: mismatch,
  },
  {
    name: 'a key of another type',
    input: { RequestItems: { Hash: [{ PutRequest: { Item: { pk: { N: '5' } } } }] } },
    message: mismatch,
  },
  {
    name: 'a list as a key',
    input: { RequestItems: { Hash: [{ PutRequest: { Item: { pk: { L: [{ S: 'x' }] } } } }] } },
    message: mismatch,
  },
  {
    name: 'an empty key value',
    input: { RequestItems: { Hash: [{ PutRequest: { Item: { pk: { S: '' } } } }] } },
    message:
      'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ' +
      'string value. Key: pk',
  },
  {
    name: 'an index key of another type',
    input: {
      RequestItems: { Composite: [{ PutRequest: { Item: { pk: { S: 'a' }, sk: { S: 'b' }, n: { S: 'x' } } } }] },
    },
    message: `${invalid} Type mismatch for Index Key n Expected: N Actual: S IndexName: global3`,
  },
  {
    name: 'an empty set, without the envelope of PutItem',
    input: { RequestItems: { Hash: [{ PutRequest: { Item: { pk: { S: 'a' }, s: { SS: [] } } } }] } },
    message: `${invalid} An string set  may not be empty`,
  },
  {
    name: 'an item over 400 KB',
    input: { RequestItems: { Hash: [{ PutRequest: { Item: { pk: { S: 'a' }, s: { S: 'x'.repeat(409_600) } } } }] } },
    message: 'Item size has exceeded the maximum allowed size',
  },
  {
    name: 'a table that is not there',
    input: { RequestItems: { Absent: puts(1) } },
    code: 'ResourceNotFoundException',
    message: 'Requested resource not found',
  },
  {
    name: 'a bad ReturnItemCollectionMetrics',
    input: { RequestItems: { Hash: puts(1) }, ReturnItemCollectionMetrics: 'ALL' },
    message: violated(
      broken("'ALL'", 'returnItemCollectionMetrics', 'Member must satisfy enum value set: [SIZE, NONE]'),
    ),
  },
])

const tooManyWrites =
  / at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: \[Member must have length less than or equal to 25, Member must have length greater than or equal to 1\]$/

test('BatchWriteItem refuses 26 writes and repeats them all', async () => {
  const answer = await client.call('BatchWriteItem', { RequestItems: { Hash: puts(26) } })
  assert.equal(answer.code, 'ValidationException')
  assert.match(answer.message ?? '', tooManyWrites)
  assert.ok(
    answer.message?.startsWith(
      "1 validation error detected: Value '{Hash=[WriteRequest(putRequest=PutRequest(item={pk=AttributeValue(s=k0, " +
        'n=null, b=null, iNT=null, dECIMAL=null, dOUBLE=null, sS=null, nS=null, bS=null, iNTSET=null, ' +
        'dECIMALSET=null, dOUBLESET=null, m=null, l=null, nULL=null, bOOL=null)}',
    ),
    answer.message,
  )
})

test('BatchWriteItem refuses a table without writes', async () => {
  const answer = await client.call('BatchWriteItem', { RequestItems: { Hash: [] } })
  assert.match(answer.message ?? '', tooManyWrites)
})

test('one bad write keeps all others from happening', async () => {
  const answer = await client.call('BatchWriteItem', {
    RequestItems: { Hash: [...puts(2), { PutRequest: { Item: { pk: { N: '1' } } } }] },
  })
  assertRefused(answer, 'ValidationException', mismatch)
  assert.equal(await get(client, 'Hash', { pk: { S: 'k0' } }), undefined)
})

test('a batch writes to several tables and another reads it back', async () => {
  const written = await answered(
    client.call('BatchWriteItem', {
      RequestItems: {
        Hash: puts(3),
        Composite: [{ PutRequest: { Item: { pk: { S: 'a' }, sk: { S: 'b' }, l1: { S: 'x' } } } }],
      },
      ReturnConsumedCapacity: 'TOTAL',
      ReturnItemCollectionMetrics: 'SIZE',
    }),
  )
  assert.deepEqual(written, {
    UnprocessedItems: {},
    ItemCollectionMetrics: { Composite: [{ ItemCollectionKey: { pk: { S: 'a' } }, SizeEstimateRangeGB: [0, 1] }] },
    ConsumedCapacity: [
      { TableName: 'Hash', CapacityUnits: 3 },
      { TableName: 'Composite', CapacityUnits: 3 },
    ],
  })
  const read = await answered(
    client.call('BatchGetItem', {
      RequestItems: {
        Hash: { Keys: [{ pk: { S: 'k1' } }, { pk: { S: 'none' } }], ConsistentRead: true },
        Composite: { Keys: [{ pk: { S: 'a' }, sk: { S: 'b' } }], ProjectionExpression: 'l1' },
      },
      ReturnConsumedCapacity: 'TOTAL',
    }),
  )
  assert.deepEqual(read, {
    Responses: { Hash: [{ pk: { S: 'k1' } }], Composite: [{ l1: { S: 'x' } }] },
    UnprocessedKeys: {},
    ConsumedCapacity: [
      { TableName: 'Hash', CapacityUnits: 2 },
      { TableName: 'Composite', CapacityUnits: 0.5 },
    ],
  })
})

test('deletes of what is not there succeed', async () => {
  const answer = await answered(
    client.call('BatchWriteItem', { RequestItems: { Hash: [{ DeleteRequest: { Key: { pk: { S: 'never' } } } }] } }),
  )
  assert.deepEqual(answer, { UnprocessedItems: {} })
})

test('a batch read stops at 16 MB and leaves the other keys unprocessed', async () => {
  const large = 'x'.repeat(400_000)
  for (let at = 0; at < 45; at += 5) {
    const writes = Array.from({ length: 5 }, (_, more) => ({
      PutRequest: { Item: { pk: { S: `large${at + more}` }, a: { S: large } } },
    }))
    await answered(client.call('BatchWriteItem', { RequestItems: { Hash: writes } }))
  }
  const keys = Array.from({ length: 45 }, (_, at) => ({ pk: { S: `large${at}` } }))
  const answer = await answered(
    client.call('BatchGetItem', { RequestItems: { Hash: { Keys: keys, ConsistentRead: true } } }),
  )
  const found = ((answer['Responses'] as Body)['Hash'] as readonly Body[]).length
  const unprocessed = (answer['UnprocessedKeys'] as { Hash: { Keys: readonly Body[]; ConsistentRead: boolean } }).Hash
  assert.ok(found >= 41 && found <= 42, `${found} items`)
  assert.equal(found + unprocessed.Keys.length, 45)
  assert.equal(unprocessed.ConsistentRead, true)
})
