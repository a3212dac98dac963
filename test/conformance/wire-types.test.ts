/** Members of other JSON types than the model's: a SerializationException before any constraint is looked at. */
import { after, before } from 'node:test'
import type { Client } from './client.ts'
import { type Refusal, refuses } from './refusals.ts'
import { startServer } from './server.ts'

let client: Client
let stop: () => Promise<void>
before(async () => ({ client, stop } = await startServer()))
after(() => stop())

function row(name: string, input: object, message: string): Refusal {
  return { name, input, message, code: 'SerializationException' }
}

const structureFound = 'Start of structure or map found where not expected'

refuses(() => client, 'GetItem', [
  row('a number as the table name', { TableName: 5 }, 'NUMBER_VALUE cannot be converted to String'),
  row('a fraction as the table name', { TableName: 5.5 }, 'DECIMAL_VALUE cannot be converted to String'),
  row('true as the table name', { TableName: true }, 'TRUE_VALUE cannot be converted to String'),
  row('false as the table name', { TableName: false }, 'FALSE_VALUE cannot be converted to String'),
  row('a list as the table name', { TableName: [] }, 'Unrecognized collection type class java.lang.String'),
  row('a map as the table name', { TableName: {} }, structureFound),
  row('a text as ConsistentRead', { ConsistentRead: 'x' }, 'Unexpected token received from parser'),
  row('a number as ConsistentRead', { ConsistentRead: 1 }, 'NUMBER_VALUE cannot be converted to Boolean'),
  row('a list as ConsistentRead', { ConsistentRead: [] }, 'Unrecognized collection type class java.lang.Boolean'),
  row('a map as ConsistentRead', { ConsistentRead: {} }, structureFound),
  row('a text as AttributesToGet', { AttributesToGet: 'a' }, 'Unexpected field type'),
  row('a map as AttributesToGet', { AttributesToGet: {} }, structureFound),
  row('a number in AttributesToGet', { AttributesToGet: [1] }, 'NUMBER_VALUE cannot be converted to String'),
  row('a text as Key', { Key: 'a' }, 'Unexpected field type'),
  row(
    'a list as Key',
    { Key: [] },
    'Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>',
  ),
  row('a text as a key value', { Key: { pk: 'a' } }, 'Unexpected value type in payload'),
  row('a number as S', { Key: { pk: { S: 5 } } }, 'NUMBER_VALUE cannot be converted to String'),
  row('a number as N', { Key: { pk: { N: 5 } } }, 'NUMBER_VALUE cannot be converted to String'),
  row('a number as B', { Key: { pk: { B: 5 } } }, 'only base-64-encoded strings are convertible to bytes'),
  row(
    'text that is not base64 as B',
    { Key: { pk: { B: 'abc' } } },
    'Base64 encoded length is expected a multiple of 4 bytes but found: 3',
  ),
  row('a map as L', { Key: { pk: { L: {} } } }, structureFound),
  row('a text as SS', { Key: { pk: { SS: 'a' } } }, 'Unexpected field type'),
  row(
    'a number as an attribute name',
    { ExpressionAttributeNames: { '#a': 1 } },
    'NUMBER_VALUE cannot be converted to String',
  ),
  row(
    'a list as attribute names',
    { ExpressionAttributeNames: [] },
    'Unrecognized collection type java.util.Map<java.lang.String, java.lang.String>',
  ),
])

refuses(() => client, 'Query', [
  row('a text as Limit', { Limit: '5' }, 'STRING_VALUE cannot be converted to Integer'),
  row('true as Limit', { Limit: true }, 'TRUE_VALUE cannot be converted to Integer'),
  row('a list as Limit', { Limit: [] }, 'Unrecognized collection type class java.lang.Integer'),
  row('a map as Limit', { Limit: {} }, structureFound),
  row('a text as KeyConditions', { KeyConditions: 'x' }, 'Unexpected field type'),
  row('a text as a condition', { KeyConditions: { pk: 'x' } }, 'Unexpected value type in payload'),
])

refuses(() => client, 'CreateTable', [
  row(
    'a text as capacity units',
    { ProvisionedThroughput: { ReadCapacityUnits: '5', WriteCapacityUnits: 1 } },
    'STRING_VALUE cannot be converted to Long',
  ),
  row('a text as attribute definitions', { AttributeDefinitions: 'a' }, 'Unexpected field type'),
  row('a text as an attribute definition', { AttributeDefinitions: ['a'] }, 'Unexpected value type in payload'),
  row(
    'a list as an attribute definition',
    { AttributeDefinitions: [[]] },
    'Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeDefinition',
  ),
])

refuses(() => client, 'BatchGetItem', [
  row('a text as RequestItems', { RequestItems: 'x' }, 'Unexpected field type'),
  row('a text as a table', { RequestItems: { abc: 'x' } }, 'Unexpected value type in payload'),
  row('a map as Keys', { RequestItems: { abc: { Keys: {} } } }, structureFound),
])
