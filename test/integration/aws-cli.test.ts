/** The AWS CLI, unmodified (version 1 or 2), with the credentials file and the CA that Coffer wrote. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type RunningCoffer, runCoffer } from '../run-coffer.ts'
import { awsCli, awsCliMissing as skip } from './aws-cli.ts'

let coffer: RunningCoffer
let scratch: string

before(async () => {
  if (skip) return
  coffer = await runCoffer()
  scratch = await mkdtemp(join(tmpdir(), 'coffer-cli-'))
})
after(async () => {
  await coffer?.stop()
  if (scratch !== undefined) await rm(scratch, { recursive: true, force: true })
})

const aws = (args: readonly string[], endpoint?: string): Promise<Record<string, unknown>> =>
  awsCli(coffer, args, endpoint)

test('tables, items, queries and batches by the CLI over HTTPS', { skip }, async () => {
  await aws([
    ...['create-table', '--table-name', 'Books', '--billing-mode', 'PAY_PER_REQUEST'],
    ...['--attribute-definitions', 'AttributeName=author,AttributeType=S', 'AttributeName=year,AttributeType=N'],
    ...['--key-schema', 'AttributeName=author,KeyType=HASH', 'AttributeName=year,KeyType=RANGE'],
  ])
  await aws(['wait', 'table-exists', '--table-name', 'Books'])
  const listed = await aws(['list-tables'])
  assert.deepEqual(listed['TableNames'], ['Books'])

  for (const [year, title] of [
    [1949, 'Nineteen Eighty-Four'],
    [1945, 'Animal Farm'],
    [1938, 'Homage to Catalonia'],
  ] as const) {
    const item = { author: { S: 'Orwell' }, year: { N: String(year) }, title: { S: title } }
    await aws(['put-item', '--table-name', 'Books', '--item', JSON.stringify(item)])
  }
  const found = await aws([
    ...['get-item', '--table-name', 'Books', '--consistent-read'],
    ...['--key', '{"author":{"S":"Orwell"},"year":{"N":"1945"}}'],
  ])
  assert.deepEqual(found['Item'], { author: { S: 'Orwell' }, year: { N: '1945' }, title: { S: 'Animal Farm' } })

  // The CLI follows LastEvaluatedKey by itself: two pages of two become one answer.
  const queried = await aws([
    ...['query', '--table-name', 'Books', '--page-size', '2'],
    ...['--key-condition-expression', 'author = :author AND #year > :year'],
    ...['--expression-attribute-names', '{"#year":"year"}'],
    ...['--expression-attribute-values', '{":author":{"S":"Orwell"},":year":{"N":"1900"}}'],
  ])
  assert.deepEqual(
    (queried['Items'] as { year: { N: string } }[]).map((item) => item.year.N),
    ['1938', '1945', '1949'],
  )

  const updated = await aws([
    ...['update-item', '--table-name', 'Books', '--key', '{"author":{"S":"Orwell"},"year":{"N":"1949"}}'],
    ...['--update-expression', 'ADD copies :n', '--expression-attribute-values', '{":n":{"N":"3"}}'],
    ...['--return-values', 'UPDATED_NEW'],
  ])
  assert.deepEqual(updated['Attributes'], { copies: { N: '3' } })

  const requests = join(scratch, 'batch.json')
  const deletes = ['1938', '1945'].map((year) => ({
    DeleteRequest: { Key: { author: { S: 'Orwell' }, year: { N: year } } },
  }))
  await writeFile(requests, JSON.stringify({ Books: deletes }))
  await aws(['batch-write-item', '--request-items', `file://${requests}`])
  const scanned = await aws(['scan', '--table-name', 'Books'])
  assert.equal(scanned['Count'], 1)

  // One transaction made, the same refused with its reasons.
  const put = ['1933', '1934'].map((year) => ({
    Put: {
      TableName: 'Books',
      Item: { author: { S: 'Orwell' }, year: { N: year } },
      ConditionExpression: 'attribute_not_exists(author)',
    },
  }))
  const transaction = ['transact-write-items', '--transact-items', JSON.stringify(put)]
  const written = await aws([...transaction, '--return-consumed-capacity', 'TOTAL'])
  assert.deepEqual(written['ConsumedCapacity'], [{ TableName: 'Books', CapacityUnits: 4, WriteCapacityUnits: 4 }])
  await assert.rejects(aws(transaction), (error: unknown) => {
    const { stderr } = error as { stderr: string }
    assert.match(stderr, /\(TransactionCanceledException\) .* \[ConditionalCheckFailed, ConditionalCheckFailed\]/)
    return true
  })

  await aws(['delete-table', '--table-name', 'Books'])
  await aws(['wait', 'table-not-exists', '--table-name', 'Books'])
})

test('errors reach the terminal as from AWS', { skip }, async () => {
  await assert.rejects(aws(['describe-table', '--table-name', 'Nowhere']), (error: unknown) => {
    const { stderr, code } = error as { stderr: string; code: number }
    assert.match(
      stderr,
      /An error occurred \(ResourceNotFoundException\) when calling the DescribeTable operation: Requested resource not found: Table: Nowhere not found/,
    )
    assert.notEqual(code, 0)
    return true
  })
})

test('plain HTTP on loopback serves the CLI too', { skip }, async () => {
  const limits = await aws(['describe-limits'], coffer.endpoint)
  assert.ok(Number(limits['TableMaxReadCapacityUnits']) >= 40_000)
})

test('PartiQL by the CLI', { skip }, async () => {
  await aws([
    ...['create-table', '--table-name', 'Notes', '--billing-mode', 'PAY_PER_REQUEST'],
    ...['--attribute-definitions', 'AttributeName=id,AttributeType=S', '--key-schema', 'AttributeName=id,KeyType=HASH'],
  ])
  await aws(['wait', 'table-exists', '--table-name', 'Notes'])
  await aws(['execute-statement', '--statement', `INSERT INTO "Notes" VALUE {'id': 'a', 'text': 'it''s one'}`])
  const found = await aws([
    ...['execute-statement', '--statement', 'SELECT text FROM "Notes" WHERE id = ?'],
    ...['--parameters', '[{"S":"a"}]', '--consistent-read'],
  ])
  assert.deepEqual(found['Items'], [{ text: { S: "it's one" } }])
  const statement = (text: string): object => ({ Statement: text })
  const writes = [
    statement(`UPDATE "Notes" SET seen = true WHERE id = 'a'`),
    statement(`INSERT INTO "Notes" VALUE {'id': 'b'}`),
  ]
  await aws(['execute-transaction', '--transact-statements', JSON.stringify(writes)])
  const reads = ['a', 'b'].map((id) => statement(`SELECT * FROM "Notes" WHERE id = '${id}'`))
  const batch = await aws(['batch-execute-statement', '--statements', JSON.stringify(reads)])
  assert.deepEqual(batch['Responses'], [
    { TableName: 'Notes', Item: { id: { S: 'a' }, text: { S: "it's one" }, seen: { BOOL: true } } },
    { TableName: 'Notes', Item: { id: { S: 'b' } } },
  ])
})

test('a stream by the CLI', { skip }, async () => {
  const streams = (...args: readonly string[]) => awsCli(coffer, args, coffer.httpsEndpoint, 'dynamodbstreams')
  await aws([
    ...['create-table', '--table-name', 'Streamed', '--billing-mode', 'PROVISIONED'],
    ...['--provisioned-throughput', 'ReadCapacityUnits=5,WriteCapacityUnits=5'],
    ...['--attribute-definitions', 'AttributeName=id,AttributeType=S', '--key-schema', 'AttributeName=id,KeyType=HASH'],
    ...['--stream-specification', 'StreamEnabled=true,StreamViewType=NEW_IMAGE'],
  ])
  await aws(['put-item', '--table-name', 'Streamed', '--item', '{"id":{"S":"a"},"n":{"N":"1"}}'])
  const listed = await streams('list-streams', '--table-name', 'Streamed')
  const arn = (listed['Streams'] as { StreamArn: string }[])[0]?.StreamArn ?? ''
  const described = (await streams('describe-stream', '--stream-arn', arn))['StreamDescription']
  const shard = (described as { Shards: { ShardId: string }[] }).Shards[0]?.ShardId ?? ''
  const found = await streams(
    ...['get-shard-iterator', '--stream-arn', arn, '--shard-id', shard, '--shard-iterator-type', 'TRIM_HORIZON'],
  )
  const { Records: records } = await streams('get-records', '--shard-iterator', String(found['ShardIterator']))
  assert.deepEqual(
    (records as { eventName: string; dynamodb: { NewImage: unknown } }[]).map(({ eventName, dynamodb }) => [
      eventName,
      dynamodb.NewImage,
    ]),
    [['INSERT', { id: { S: 'a' }, n: { N: '1' } }]],
  )
})
