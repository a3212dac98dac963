/** PartiQL through the unmodified AWS SDK: the low-level client, and `@aws-sdk/lib-dynamodb` with its paginator. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  BatchExecuteStatementCommand,
  ConditionalCheckFailedException,
  CreateTableCommand,
  DuplicateItemException,
  type DynamoDBClient,
  ExecuteStatementCommand,
  ExecuteTransactionCommand,
  TransactionCanceledException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import * as documents from '@aws-sdk/lib-dynamodb'
import { type ServerUnderTest, sdkClient, startServerUnderTest } from './server-under-test.ts'

const TableName = 'Music'
let server: ServerUnderTest
let client: DynamoDBClient
let documentClient: documents.DynamoDBDocumentClient

before(async () => {
  server = await startServerUnderTest()
  client = await sdkClient(server, { maxAttempts: 1, secure: server.https !== undefined })
  documentClient = documents.DynamoDBDocumentClient.from(client)
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'Artist', AttributeType: 'S' },
        { AttributeName: 'SongTitle', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'Artist', KeyType: 'HASH' },
        { AttributeName: 'SongTitle', KeyType: 'RANGE' },
      ],
    }),
  )
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName })
})
after(async () => {
  client?.destroy()
  await server?.stop()
})

test('a statement of every kind', async () => {
  const insert = new ExecuteStatementCommand({
    Statement: `INSERT INTO "Music" VALUE {'Artist': ?, 'SongTitle': ?, 'Awards': <<'first'>>, 'Plays': 1}`,
    Parameters: [{ S: 'Acme Band' }, { S: 'PartiQL Rocks' }],
  })
  assert.deepEqual((await client.send(insert)).Items, [])
  await assert.rejects(client.send(insert), (error: unknown) => {
    assert.ok(error instanceof DuplicateItemException)
    assert.equal(error.message, 'Duplicate primary key exists in table')
    return true
  })
  const updated = await client.send(
    new ExecuteStatementCommand({
      Statement:
        `UPDATE "Music" SET Plays = Plays + 1 SET Awards = set_add(Awards, <<'second'>>) ` +
        `WHERE Artist = 'Acme Band' AND SongTitle = 'PartiQL Rocks' RETURNING MODIFIED NEW *`,
    }),
  )
  assert.deepEqual(updated.Items, [{ Plays: { N: '2' }, Awards: { SS: ['first', 'second'] } }])
  const refused = new ExecuteStatementCommand({
    Statement: `DELETE FROM "Music" WHERE Artist = 'Acme Band' AND SongTitle = 'PartiQL Rocks' AND Plays = 1`,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  })
  await assert.rejects(client.send(refused), (error: unknown) => {
    assert.ok(error instanceof ConditionalCheckFailedException)
    assert.deepEqual(error.Item?.['Plays'], { N: '2' })
    return true
  })
  const deleted = await client.send(
    new ExecuteStatementCommand({
      Statement: `DELETE FROM "Music" WHERE Artist = 'Acme Band' AND SongTitle = 'PartiQL Rocks' RETURNING ALL OLD *`,
      ReturnConsumedCapacity: 'TOTAL',
    }),
  )
  assert.deepEqual(deleted.Items?.[0]?.['SongTitle'], { S: 'PartiQL Rocks' })
  assert.deepEqual(deleted.ConsumedCapacity, { TableName, CapacityUnits: 1 })
})

test('native values, and pages by NextToken', async () => {
  for (let song = 0; song < 25; song += 1) {
    await documentClient.send(
      new documents.ExecuteStatementCommand({
        Statement: 'INSERT INTO "Music" VALUE ?',
        Parameters: [
          {
            Artist: song % 2 === 0 ? 'Even' : 'Odd',
            SongTitle: `Song ${song}`,
            song,
            tags: new Set(['a']),
            more: { list: [song, null] },
          },
        ],
      }),
    )
  }
  const titles: unknown[] = []
  let token: string | undefined
  let pages = 0
  do {
    const page: documents.ExecuteStatementCommandOutput = await documentClient.send(
      new documents.ExecuteStatementCommand({
        Statement: 'SELECT SongTitle, more."list"[0] FROM "Music" WHERE Artist IN [?, ?] AND song > ?',
        Parameters: ['Even', 'Odd', 4],
        Limit: 6,
        NextToken: token,
      }),
    )
    for (const item of page.Items ?? []) {
      assert.equal(item['SongTitle'], `Song ${item['list[0]']}`)
      titles.push(item['SongTitle'])
    }
    token = page.NextToken
    pages += 1
  } while (token !== undefined && pages < 20)
  assert.equal(new Set(titles).size, 20)
  assert.equal(titles.length, 20)
})

test('a batch answers for each of its statements', async () => {
  const { Responses = [] } = await documentClient.send(
    new documents.BatchExecuteStatementCommand({
      Statements: [
        { Statement: `SELECT * FROM "Music" WHERE Artist = ? AND SongTitle = ?`, Parameters: ['Even', 'Song 2'] },
        { Statement: `SELECT * FROM "Music" WHERE Artist = 'Even'` },
      ],
    }),
  )
  assert.deepEqual(Responses[0]?.Item?.['more'], { list: [2, null] })
  assert.equal(Responses[1]?.Error?.Code, 'ValidationError')
  const plain = await client.send(
    new BatchExecuteStatementCommand({ Statements: [{ Statement: 'SELECT * FROM "Nowhere" WHERE a = 1' }] }),
  )
  assert.equal(plain.Responses?.[0]?.Error?.Code, 'ResourceNotFound')
})

test('a transaction of statements, with a condition by EXISTS', async () => {
  const statements = (plays: number) => [
    { Statement: `EXISTS(SELECT * FROM "Music" WHERE Artist = 'Even' AND SongTitle = 'Song 0' AND song = ${plays})` },
    { Statement: `INSERT INTO "Music" VALUE {'Artist': 'New', 'SongTitle': 'Song'}` },
    { Statement: `UPDATE "Music" SET played = true WHERE Artist = 'Even' AND SongTitle = 'Song 2'` },
  ]
  await assert.rejects(
    client.send(new ExecuteTransactionCommand({ TransactStatements: statements(1) })),
    (error: unknown) => {
      assert.ok(error instanceof TransactionCanceledException)
      assert.deepEqual(
        error.CancellationReasons?.map(({ Code }) => Code),
        ['ConditionalCheckFailed', 'None', 'None'],
      )
      return true
    },
  )
  // The SDK sends a token of its own with a transaction.
  const done = await client.send(new ExecuteTransactionCommand({ TransactStatements: statements(0) }))
  assert.deepEqual(done.Responses, [])
  const read = await documentClient.send(
    new documents.ExecuteTransactionCommand({
      TransactStatements: [
        { Statement: `SELECT SongTitle FROM "Music" WHERE Artist = 'New' AND SongTitle = 'Song'` },
        { Statement: `SELECT played FROM "Music" WHERE Artist = ? AND SongTitle = ?`, Parameters: ['Even', 'Song 2'] },
      ],
    }),
  )
  assert.deepEqual(
    read.Responses?.map(({ Item }) => Item),
    [{ SongTitle: 'Song' }, { played: true }],
  )
})
