/**
 * kill -9 while transactions move money, a table's partitions split, an index of it comes and goes, its stream runs and
 * what has expired is deleted, all on the smallest cache: every transfer is made once, no more, and all agrees.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type AttributeValue,
  BatchWriteItemCommand,
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  paginateScan,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import { runCoffer, runCofferCommand } from '../run-coffer.ts'
import { seededRandom } from './acknowledged-writes.ts'
import { clientOf } from './crash-client.ts'

const kills = 6
const accounts = 40
const workers = 16
const openingBalance = 1000
const tableName = 'Bank'
const staying = 'ByKind'
const coming = 'ByAmount'

test(`${kills} times kill -9 amid transactions, splits, expiry, a stream and an index that comes and goes`, {
  timeout: 120_000,
}, async (context) => {
  const seed = Date.now() >>> 0
  context.diagnostic(`seed ${seed}`)
  const random = seededRandom(seed)
  const bank = new Bank(random)
  const coffer = await runCoffer({
    args: ['--cache', '16MiB', '--partition-bytes', '100KiB', '--partition-write-units', '200'],
  })
  try {
    const first = clientOf(coffer)
    await openBank(first)
    first.destroy()
    for (let kill = 0; kill < kills; kill++) {
      const client = clientOf(coffer)
      const work = bank.work(client)
      await sleep(300 + random() * 900)
      await coffer.kill('SIGKILL')
      await work
      client.destroy()
      if (kill % 2 === 0) await checked(coffer.folder)
      await coffer.restart()
    }
    const client = clientOf(coffer)
    await bank.settle(client)
    await untilSettled(client)
    await bank.verify(client)
    client.destroy()
    context.diagnostic(`${bank.transfersDone} transfers`)
    assert.ok(bank.transfersDone > kills * workers, `enough was transferred: ${bank.transfersDone}`)
    await coffer.kill('SIGKILL')
    await checked(coffer.folder)
  } finally {
    await coffer.stop()
  }
})

async function checked(folder: string): Promise<void> {
  const check = await runCofferCommand(['check', '--data', folder])
  assert.equal(check.exitCode, 0, check.output)
}

async function openBank(client: DynamoDBClient): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'owner', AttributeType: 'S' },
        { AttributeName: 'entry', AttributeType: 'S' },
        { AttributeName: 'kind', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'owner', KeyType: 'HASH' },
        { AttributeName: 'entry', KeyType: 'RANGE' },
      ],
      LocalSecondaryIndexes: [
        {
          IndexName: 'LocalKind',
          KeySchema: [
            { AttributeName: 'owner', KeyType: 'HASH' },
            { AttributeName: 'kind', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: staying,
          KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  )
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName: tableName })
  await client.send(
    new UpdateTimeToLiveCommand({
      TableName: tableName,
      TimeToLiveSpecification: { Enabled: true, AttributeName: 'expires' },
    }),
  )
  for (let at = 0; at < accounts; at += 20) {
    const requests = Array.from({ length: 20 }, (_, offset) => ({
      PutRequest: {
        Item: { ...accountKey(at + offset), kind: { S: 'account' }, amount: { N: String(openingBalance) } },
      },
    }))
    await client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: requests } }))
  }
}

function accountKey(account: number): Record<string, AttributeValue> {
  return { owner: { S: `owner-${account}` }, entry: { S: 'account' } }
}

/** Makes transfers, and knows of each whether it was made. */
class Bank {
  readonly #random: () => number
  /** Asked for and not answered: they are asked for again with their token. */
  readonly #doubtful: TransactWriteItemsCommandInput[] = []
  #next = 0
  transfersDone = 0

  constructor(random: () => number) {
    this.#random = random
  }

  /** Until the server is gone. */
  async work(client: DynamoDBClient): Promise<void> {
    await Promise.all([...Array.from({ length: workers }, () => this.#transferOn(client)), changeIndexes(client)])
  }

  /** Asks again for everything that was not answered. */
  async settle(client: DynamoDBClient): Promise<void> {
    for (let input = this.#doubtful.pop(); input !== undefined; input = this.#doubtful.pop()) {
      await client.send(new TransactWriteItemsCommand(input))
      this.transfersDone++
    }
  }

  async verify(client: DynamoDBClient): Promise<void> {
    const items = await scanned(client, undefined)
    const sum = (of: string, name: string) =>
      items.filter(({ kind }) => kind?.S === of).reduce((total, item) => total + Number(item[name]?.N ?? 0), 0)
    assert.equal(sum('account', 'amount'), accounts * openingBalance, 'money is neither made nor lost')
    assert.equal(sum('account', 'transfers'), 2 * this.transfersDone, 'each transfer is made once')
    const kept = items.filter(({ kind }) => kind?.S === 'receipt').length
    assert.equal(kept, this.transfersDone, 'each transfer left its receipt')
    assert.deepEqual(sorted(await scanned(client, staying)), sorted(items), 'the index holds what the table holds')
    if (await hasIndex(client, coming)) {
      const indexed = items.filter(({ amount }) => amount !== undefined)
      assert.deepEqual(sorted(await scanned(client, coming)), sorted(indexed), 'and so does the newer one')
    }
  }

  async #transferOn(client: DynamoDBClient): Promise<void> {
    for (;;) {
      const input = this.#doubtful.pop() ?? this.#transfer()
      try {
        await client.send(new TransactWriteItemsCommand(input))
        this.transfersDone++
      } catch (error) {
        this.#doubtful.push(input)
        if ((error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode !== undefined) throw error
        return
      }
    }
  }

  /** With a receipt that stays and a note that has expired already. */
  #transfer(): TransactWriteItemsCommandInput {
    const number = this.#next++
    const from = Math.floor(this.#random() * accounts)
    const to = (from + 1 + Math.floor(this.#random() * (accounts - 1))) % accounts
    const change = (account: number, by: number) => ({
      Update: {
        TableName: tableName,
        Key: accountKey(account),
        UpdateExpression: 'ADD amount :by, transfers :one',
        ConditionExpression: 'attribute_exists(amount)',
        ExpressionAttributeValues: { ':by': { N: String(by) }, ':one': { N: '1' } },
      },
    })
    const note = (kind: string, more: Record<string, AttributeValue>) => ({
      Put: {
        TableName: tableName,
        Item: {
          ...{ owner: { S: `owner-${from}` }, entry: { S: `${kind} ${number}` }, kind: { S: kind } },
          ...more,
        },
        ConditionExpression: 'attribute_not_exists(entry)',
      },
    })
    const expired = { N: String(Math.floor(Date.now() / 1000) - 100) }
    return {
      ClientRequestToken: `transfer-${number}`,
      TransactItems: [
        change(from, -1),
        change(to, 1),
        note('receipt', { amount: { N: '1' }, text: { S: 'x'.repeat(Math.floor(this.#random() * 3000)) } }),
        note('note', { expires: expired }),
      ],
    }
  }
}

/** Makes the second index and drops it, in turns, until the server is gone. */
async function changeIndexes(client: DynamoDBClient): Promise<void> {
  for (;;) {
    try {
      const there = await hasIndex(client, coming)
      const update = there
        ? { Delete: { IndexName: coming } }
        : {
            Create: {
              IndexName: coming,
              KeySchema: [{ AttributeName: 'amount', KeyType: 'HASH' as const }],
              Projection: { ProjectionType: 'ALL' as const },
            },
          }
      await client.send(
        new UpdateTableCommand({
          TableName: tableName,
          ...(there ? {} : { AttributeDefinitions: [{ AttributeName: 'amount', AttributeType: 'N' }] }),
          GlobalSecondaryIndexUpdates: [update],
        }),
      )
    } catch (error) {
      const { name, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } }
      if ($metadata?.httpStatusCode === undefined) return
      assert.equal(name, 'ResourceInUseException', String(error))
    }
    await sleep(20)
  }
}

async function hasIndex(client: DynamoDBClient, name: string): Promise<boolean> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }))
  return (Table?.GlobalSecondaryIndexes ?? []).some(({ IndexName }) => IndexName === name)
}

/** Until no index changes any more and nothing that has expired is left. */
async function untilSettled(client: DynamoDBClient): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }))
    const active = (Table?.GlobalSecondaryIndexes ?? []).every(({ IndexStatus }) => IndexStatus === 'ACTIVE')
    if (active && Table?.TableStatus === 'ACTIVE') {
      const items = await scanned(client, undefined)
      if (items.every(({ kind }) => kind?.S !== 'note')) return
    }
    await sleep(50)
  }
  assert.fail('the table does not settle')
}

async function scanned(client: DynamoDBClient, index: string | undefined): Promise<Record<string, AttributeValue>[]> {
  const input = { TableName: tableName, ...(index === undefined ? { ConsistentRead: true } : { IndexName: index }) }
  const items: Record<string, AttributeValue>[] = []
  for await (const page of paginateScan({ client }, input)) items.push(...(page.Items ?? []))
  return items
}

function sorted(items: readonly Record<string, AttributeValue>[]): string[] {
  return items.map((item) => JSON.stringify(Object.entries(item).sort())).sort()
}
