/** dynamodb-toolbox, unmodified: entities, conditions, updates, an index query, batches and scans. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CreateTableCommand, type DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import {
  $add,
  $append,
  $remove,
  BatchGetCommand,
  BatchGetRequest,
  BatchPutRequest,
  BatchWriteCommand,
  ConditionCheck,
  DeleteItemCommand,
  DeleteTransaction,
  Entity,
  executeBatchGet,
  executeBatchWrite,
  executeTransactGet,
  executeTransactWrite,
  GetItemCommand,
  GetTransaction,
  item,
  list,
  number,
  PutItemCommand,
  PutTransaction,
  QueryCommand,
  ScanCommand,
  string,
  Table,
  UpdateItemCommand,
  UpdateTransaction,
} from 'dynamodb-toolbox'
import { type ServerUnderTest, sdkClient, startServerUnderTest } from './server-under-test.ts'

let server: ServerUnderTest
let client: DynamoDBClient

const accounts = new Table({
  name: 'Accounts',
  partitionKey: { name: 'pk', type: 'string' },
  sortKey: { name: 'sk', type: 'string' },
  indexes: {
    byHolder: {
      type: 'global',
      partitionKey: { name: 'holder', type: 'string' },
      sortKey: { name: 'balance', type: 'number' },
    },
  },
})

const Account = new Entity({
  name: 'Account',
  table: accounts,
  schema: item({
    iban: string().key().savedAs('pk'),
    kind: string().enum('current', 'savings').key().savedAs('sk'),
    holder: string(),
    balance: number().default(0),
    notes: list(string()).optional(),
    limit: number().optional(),
  }),
})

before(async () => {
  server = await startServerUnderTest()
  client = await sdkClient(server)
  accounts.documentClient = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } })
  await client.send(
    new CreateTableCommand({
      TableName: 'Accounts',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
        { AttributeName: 'holder', AttributeType: 'S' },
        { AttributeName: 'balance', AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byHolder',
          KeySchema: [
            { AttributeName: 'holder', KeyType: 'HASH' },
            { AttributeName: 'balance', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  )
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName: 'Accounts' })
})
after(async () => {
  client?.destroy()
  await server?.stop()
})

test('put, update and delete keep their conditions', async () => {
  const key = { iban: 'CH01', kind: 'current' as const }
  await Account.build(PutItemCommand)
    .item({ ...key, holder: 'ines', notes: ['opened'] })
    .options({ condition: { attr: 'iban', exists: false } })
    .send()
  await assert.rejects(
    Account.build(PutItemCommand)
      .item({ ...key, holder: 'someone else' })
      .options({ condition: { attr: 'iban', exists: false } })
      .send(),
    { name: 'ConditionalCheckFailedException' },
  )
  const updated = await Account.build(UpdateItemCommand)
    .item({ ...key, balance: $add(250), notes: $append(['deposit']), limit: 10 })
    .options({ condition: { attr: 'balance', gte: 0 }, returnValues: 'ALL_NEW' })
    .send()
  assert.equal(updated.Attributes?.balance, 250)
  assert.deepEqual(updated.Attributes?.notes, ['opened', 'deposit'])
  await Account.build(UpdateItemCommand)
    .item({ ...key, limit: $remove() })
    .send()
  const found = await Account.build(GetItemCommand).key(key).options({ consistent: true }).send()
  assert.equal(found.Item?.limit, undefined)
  assert.equal(found.Item?.holder, 'ines')
  await assert.rejects(
    Account.build(DeleteItemCommand)
      .key(key)
      .options({ condition: { attr: 'balance', eq: 0 } })
      .send(),
    { name: 'ConditionalCheckFailedException' },
  )
  await Account.build(DeleteItemCommand).key(key).send()
  assert.equal((await Account.build(GetItemCommand).key(key).send()).Item, undefined)
})

test('an index is queried by range, in reverse, with a filter, in pages', async () => {
  const puts = Array.from({ length: 25 }, (_, index) =>
    Account.build(BatchPutRequest).item({
      iban: `DE${String(index).padStart(2, '0')}`,
      kind: index % 2 === 0 ? 'current' : 'savings',
      holder: 'otto',
      balance: index * 10 - 50,
    }),
  )
  await executeBatchWrite(accounts.build(BatchWriteCommand).requests(...puts))
  const balances: number[] = []
  let start: Record<string, unknown> | undefined
  let pages = 0
  do {
    const page = await accounts
      .build(QueryCommand)
      .entities(Account)
      .query({ index: 'byHolder', partition: 'otto', range: { gte: 0 } })
      .options({
        reverse: true,
        limit: 6,
        filters: { Account: { attr: 'kind', eq: 'current' } },
        ...(start === undefined ? {} : { exclusiveStartKey: start }),
      })
      .send()
    for (const account of page.Items ?? []) balances.push(account.balance)
    start = page.LastEvaluatedKey
    pages += 1
  } while (start !== undefined && pages < 20)
  assert.deepEqual(balances, [190, 170, 150, 130, 110, 90, 70, 50, 30, 10])
  assert.ok(pages >= 3)
})

test('batch get and scan return parsed entities', async () => {
  const { Responses: responses } = await executeBatchGet(
    accounts
      .build(BatchGetCommand)
      .requests(
        Account.build(BatchGetRequest).key({ iban: 'DE00', kind: 'current' }),
        Account.build(BatchGetRequest).key({ iban: 'DE01', kind: 'savings' }),
        Account.build(BatchGetRequest).key({ iban: 'DE99', kind: 'savings' }),
      ),
  )
  const [found = []] = (responses ?? []) as ({ iban: string } | undefined)[][]
  assert.deepEqual(found.map((account) => account?.iban).sort(), ['DE00', 'DE01', undefined])
  const scanned = await accounts
    .build(ScanCommand)
    .entities(Account)
    .options({ filters: { Account: { attr: 'balance', lt: 0 } } })
    .send()
  assert.equal(scanned.Items?.length, 5)
})

test('transactions move a balance, and do nothing when a check fails', async () => {
  const of = (iban: string) => ({ iban, kind: 'current' as const })
  await executeTransactWrite(
    Account.build(PutTransaction).item({ ...of('IT01'), holder: 'ugo', balance: 50 }),
    Account.build(PutTransaction).item({ ...of('IT02'), holder: 'ida', balance: 0 }),
  )
  const move = (amount: number) =>
    executeTransactWrite(
      Account.build(UpdateTransaction)
        .item({ ...of('IT01'), balance: $add(-amount) })
        .options({ condition: { attr: 'balance', gte: amount } }),
      Account.build(UpdateTransaction).item({ ...of('IT02'), balance: $add(amount) }),
      Account.build(DeleteTransaction).key(of('IT03')),
      Account.build(ConditionCheck).key(of('IT04')).condition({ attr: 'iban', exists: false }),
    )
  await move(30)
  await assert.rejects(move(40), { name: 'TransactionCanceledException' })
  const { Responses } = await executeTransactGet(
    Account.build(GetTransaction).key(of('IT01')),
    Account.build(GetTransaction).key(of('IT02')),
    Account.build(GetTransaction).key(of('IT03')),
  )
  assert.deepEqual(
    Responses?.map((response) => response?.Item?.balance),
    [20, 30, undefined],
  )
})
