/** What key attributes do not allow: paths into them, values of other types, and reads that go on from elsewhere. */
import { after, before } from 'node:test'
import type { Body, Client } from './client.ts'
import { refuses } from './refusals.ts'
import { startServer } from './server.ts'
import { compositeTable, createTables, hashTable } from './tables.ts'

let client: Client
let stop: () => Promise<void>
before(async () => {
  ;({ client, stop } = await startServer())
  await createTables(client, [hashTable, compositeTable])
})
after(() => stop())

const scalars = "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed:"
const mismatch = 'One or more parameter values were invalid: Type mismatch for Index Key'
const Key = { pk: { S: 'p' }, sk: { S: 's' } }
const TableName = 'Composite'

refuses(() => client, 'GetItem', [
  {
    name: 'a path into a key',
    input: { TableName, Key, ProjectionExpression: 'a, pk.b' },
    message: `${scalars} Key: pk`,
  },
  {
    name: 'a path into an index key',
    input: { TableName, Key, ProjectionExpression: 'n[0]' },
    message: `${scalars} IndexKey: n`,
  },
])

refuses(() => client, 'BatchGetItem', [
  {
    name: 'a path into a key',
    input: { RequestItems: { Composite: { Keys: [Key], ProjectionExpression: 'sk[1]' } } },
    message: `${scalars} Key: sk`,
  },
])

function update(UpdateExpression: string, value?: Body, more?: Body): Body {
  return { TableName, Key, UpdateExpression, ...(value && { ExpressionAttributeValues: { ':v': value } }), ...more }
}

refuses(() => client, 'UpdateItem', [
  { name: 'a path into an index key', input: update('SET l1.a = :v', { S: 'x' }), message: `${scalars} IndexKey: l1` },
  { name: 'a value read within an index key', input: update('SET a = l1.b'), message: `${scalars} IndexKey: l1` },
  { name: 'a value read within a key', input: update('SET a = pk[0]'), message: `${scalars} Key: pk` },
  {
    name: 'another type for an index key, whatever the condition says',
    input: update('SET l1 = :v', { N: '1' }, { ConditionExpression: 'attribute_exists(nothing)' }),
    message: `${mismatch} l1 Expected: S Actual: N IndexName: global1`,
  },
  {
    name: 'another type added to an index key',
    input: update('ADD l2 :v', { SS: ['a'] }, { ConditionExpression: 'attribute_exists(nothing)' }),
    message: `${mismatch} l2 Expected: S Actual: SS IndexName: global2`,
  },
])

const values = { ':p': { S: 'p' }, ':s': { S: 'm' } }
const query = { TableName, KeyConditionExpression: 'pk = :p AND sk < :s', ExpressionAttributeValues: values }
const whole = { TableName, KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': { S: 'p' } } }
const onIndex = { ...whole, IndexName: 'local1' }
const invalid = 'The provided starting key is invalid'

refuses(() => client, 'Query', [
  {
    name: 'a path into a key in the projection',
    input: { ...whole, ProjectionExpression: 'pk.a' },
    message: `${scalars} Key: pk`,
  },
  {
    name: 'a path into an index key in the filter',
    input: { ...whole, FilterExpression: 'attribute_exists(n.a)' },
    message: `${scalars} IndexKey: n`,
  },
  {
    name: 'a starting key of another partition',
    input: { ...whole, ExclusiveStartKey: { pk: { S: 'q' }, sk: { S: 'a' } } },
    message: 'The provided starting key is outside query boundaries based on provided conditions',
  },
  {
    name: 'a starting key beyond the condition',
    input: { ...query, ExclusiveStartKey: { pk: { S: 'p' }, sk: { S: 'z' } } },
    message: 'The provided starting key does not match the range key predicate',
  },
  {
    name: 'a starting key of another partition and beyond the condition',
    input: { ...query, ExclusiveStartKey: { pk: { S: 'q' }, sk: { S: 'z' } } },
    message: 'The provided starting key does not match the range key predicate',
  },
  {
    name: 'a starting key of another partition within the condition',
    input: { ...query, ExclusiveStartKey: { pk: { S: 'q' }, sk: { S: 'a' } } },
    message: 'The query can return at most one row and cannot be restarted',
  },
  {
    name: 'a starting key of another type',
    input: { ...whole, ExclusiveStartKey: { pk: { S: 'p' }, sk: { N: '1' } } },
    message: invalid,
  },
  {
    name: 'a starting key without the index key',
    input: { ...onIndex, ExclusiveStartKey: Key },
    message: invalid,
  },
  {
    name: 'a starting key of an index in another partition',
    input: { ...onIndex, ExclusiveStartKey: { pk: { S: 'q' }, sk: { S: 'a' }, l1: { S: 'b' } } },
    message: 'The provided starting key is outside query boundaries based on provided conditions',
  },
])

refuses(() => client, 'Scan', [
  {
    name: 'a path into a key in the filter',
    input: { TableName, FilterExpression: 'sk[0] = pk' },
    message: `${scalars} Key: sk`,
  },
  {
    name: 'a starting key of another schema',
    input: { TableName, ExclusiveStartKey: { pk: { S: 'p' } } },
    message: `${invalid}: The provided key element does not match the schema`,
  },
  {
    name: 'a starting key of another schema in an index',
    input: { TableName, IndexName: 'global1', ExclusiveStartKey: Key },
    message: invalid,
  },
])
