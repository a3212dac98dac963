/** TableName, in every call that has one: absent, empty, too long, misspelt, an ARN, and of no table. */
import { after, before } from 'node:test'
import type { Client } from './client.ts'
import { atLeast, atMost, broken, notNull, type Refusal, refuses, violated } from './refusals.ts'
import { startServer } from './server.ts'

let client: Client
let stop: () => Promise<void>
before(async () => ({ client, stop } = await startServer()))
after(() => stop())

const pattern = 'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+'
const long = 'a'.repeat(256)
const key = { pk: { S: 'a' } }

const reads: Readonly<Record<string, object>> = {
  GetItem: { Key: key },
  Query: { KeyConditionExpression: 'pk = :v', ExpressionAttributeValues: { ':v': { S: 'a' } } },
  Scan: {},
}
const writes: Readonly<Record<string, object>> = {
  PutItem: { Item: key },
  UpdateItem: { Key: key },
  DeleteItem: { Key: key },
}

const common: readonly Omit<Refusal, 'code'>[] = [
  { name: 'no table name', input: {}, message: violated(broken('null', 'tableName', notNull)) },
  { name: 'a null table name', input: { TableName: null }, message: violated(broken('null', 'tableName', notNull)) },
  {
    name: 'a table name of 256 characters',
    input: { TableName: long },
    message: violated(broken(`'${long}'`, 'tableName', atMost(255))),
  },
  {
    name: 'a table name with other characters',
    input: { TableName: 'bad table!@#' },
    message: violated(broken("'bad table!@#'", 'tableName', pattern)),
  },
  {
    name: 'an ARN of another Region',
    input: { TableName: 'arn:aws:dynamodb:eu-west-1:000000000000:table/Hash' },
    message: "1 validation error detected: Invalid AWS region in 'arn:aws:dynamodb:eu-west-1:000000000000:table/Hash'",
  },
]

for (const [operation, rest] of Object.entries({ ...reads, ...writes })) {
  refuses(
    () => client,
    operation,
    common.map((row) => ({ ...row, input: { ...rest, ...(row.input as object) } })),
  )
  refuses(() => client, operation, [
    {
      name: 'the ARN of another account',
      input: { ...rest, TableName: 'arn:aws:dynamodb:us-east-1:111111111111:table/Hash' },
      code: 'AccessDeniedException',
      message:
        `User: arn:aws:iam::000000000000:root is not authorized to perform: dynamodb:${operation} on resource: ` +
        'arn:aws:dynamodb:us-east-1:111111111111:table/Hash',
    },
    {
      name: 'a table that is not there',
      input: { ...rest, TableName: 'Absent' },
      code: 'ResourceNotFoundException',
      message: 'Requested resource not found',
    },
    {
      name: 'the ARN of a table that is not there',
      input: { ...rest, TableName: 'arn:aws:dynamodb:us-east-1:000000000000:table/Absent' },
      code: 'ResourceNotFoundException',
      message: 'Requested resource not found',
    },
  ])
}

for (const [operation, rest] of Object.entries(reads)) {
  refuses(() => client, operation, [
    {
      name: 'an empty table name',
      input: { ...rest, TableName: '' },
      message: violated(broken("''", 'tableName', atLeast(1))),
    },
  ])
}
for (const [operation, rest] of Object.entries(writes)) {
  refuses(() => client, operation, [
    {
      name: 'an empty table name, and says nothing else',
      input: { ...rest, TableName: '', ReturnValues: 'INVALID', ReturnConsumedCapacity: 'INVALID' },
      message:
        "1 validation error detected: Value at 'TableName' failed to satisfy constraint: Member must have length greater than or equal to 1",
    },
  ])
}

for (const operation of ['DescribeTable', 'DeleteTable', 'UpdateTable']) {
  refuses(() => client, operation, [
    {
      name: 'no table name',
      input: {},
      message: "The parameter 'TableName' is required but was not present in the request",
    },
    {
      name: 'a table name of two characters',
      input: { TableName: 'ab' },
      message: violated(broken("'ab'", 'tableName', atLeast(3))),
    },
    {
      name: 'a table that is not there',
      input: { TableName: 'Absent', ...(operation === 'UpdateTable' && { DeletionProtectionEnabled: true }) },
      code: 'ResourceNotFoundException',
      message: 'Requested resource not found: Table: Absent not found',
    },
  ])
}
