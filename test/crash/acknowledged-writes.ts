/**
 * A load of concurrent writes that keeps its own account of what the server has acknowledged, and afterwards holds the
 * server to it: each key must hold exactly its acknowledged state, or that of a write whose answer never came.
 */
import assert from 'node:assert/strict'
import {
  type AttributeValue,
  BatchWriteItemCommand,
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  paginateScan,
  UpdateItemCommand,
  type WriteRequest,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'

/** The version that a key holds; `undefined` when there is no item. */
type KeyState = number | undefined

export interface WriteLoad {
  /** Starts the workers; they end at `stop` or once the server is gone. */
  start(client: DynamoDBClient): void
  /** Ends the workers and waits for them. */
  stop(): Promise<void>
  /** Reads the table and its index whole and compares both with the account; returns how many items there are. */
  verify(client: DynamoDBClient): Promise<number>
  acknowledged(): number
  /** The names of the errors that the server answered, with the HTTP status: `InternalServerError 500`. */
  errors(): ReadonlyMap<string, number>
}

export interface WriteLoadOptions {
  readonly workers: number
  readonly keysPerWorker: number
  /** Longest value in characters; beyond a page, so that overflow pages are written as well. */
  readonly valueCharactersMax: number
  readonly random: () => number
}

const tableName = 'Ledger'
const indexName = 'ByParity'

/** `more` is added to the CreateTable. */
export async function createLedger(client: DynamoDBClient, more: Partial<CreateTableCommandInput> = {}): Promise<void> {
  await client.send(
    new CreateTableCommand({
      ...more,
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'account', AttributeType: 'S' },
        { AttributeName: 'entry', AttributeType: 'N' },
        { AttributeName: 'parity', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'account', KeyType: 'HASH' },
        { AttributeName: 'entry', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: indexName,
          KeySchema: [{ AttributeName: 'parity', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  )
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName: tableName })
}

export function writeLoad(options: WriteLoadOptions): WriteLoad {
  const { workers, keysPerWorker, random } = options
  /** All that each key may hold: one state, or more while answers are outstanding or lost. */
  const possible = new Map<string, KeyState[]>()
  const errors = new Map<string, number>()
  let acknowledged = 0
  let nextVersion = 1
  let stopping = false
  let running: Promise<void>[] = []

  const below = (limit: number) => Math.floor(random() * limit)
  const name = (worker: number, entry: number) => `${worker}/${entry}`
  const key = (worker: number, entry: number): Record<string, AttributeValue> => ({
    account: { S: `account-${worker}` },
    entry: { N: String(entry) },
  })
  const attributes = (version: number): Record<string, AttributeValue> => ({
    version: { N: String(version) },
    parity: { S: version % 2 === 0 ? 'even' : 'odd' },
    value: { S: valueText(version, options.valueCharactersMax) },
  })

  /** Sends one write; the keys it touches may hold the new state from now, and must once it is acknowledged. */
  async function write(changes: ReadonlyMap<string, KeyState>, send: () => Promise<unknown>): Promise<void> {
    for (const [changed, state] of changes) possible.set(changed, [...(possible.get(changed) ?? [undefined]), state])
    await send()
    for (const [changed, state] of changes) possible.set(changed, [state])
    acknowledged += changes.size
  }

  async function writeSomething(client: DynamoDBClient, worker: number): Promise<void> {
    const entry = below(keysPerWorker)
    const version = nextVersion++
    const kind = random()
    if (kind < 0.4) {
      const Item = { ...key(worker, entry), ...attributes(version) }
      await write(new Map([[name(worker, entry), version]]), () =>
        client.send(new PutItemCommand({ TableName: tableName, Item })),
      )
    } else if (kind < 0.65) {
      const { version: newVersion, parity, value } = attributes(version)
      const input = {
        TableName: tableName,
        Key: key(worker, entry),
        UpdateExpression: 'SET #version = :version, #parity = :parity, #value = :value',
        ExpressionAttributeNames: { '#version': 'version', '#parity': 'parity', '#value': 'value' },
        ExpressionAttributeValues: { ':version': newVersion, ':parity': parity, ':value': value } as Record<
          string,
          AttributeValue
        >,
      }
      await write(new Map([[name(worker, entry), version]]), () => client.send(new UpdateItemCommand(input)))
    } else if (kind < 0.8) {
      await write(new Map([[name(worker, entry), undefined]]), () =>
        client.send(new DeleteItemCommand({ TableName: tableName, Key: key(worker, entry) })),
      )
    } else {
      const changes = new Map<string, KeyState>()
      const requests: WriteRequest[] = []
      for (let offset = 0; offset < Math.min(8, keysPerWorker); offset += 1) {
        const each = (entry + offset) % keysPerWorker
        if (offset % 3 === 2) {
          changes.set(name(worker, each), undefined)
          requests.push({ DeleteRequest: { Key: key(worker, each) } })
        } else {
          const eachVersion = nextVersion++
          changes.set(name(worker, each), eachVersion)
          requests.push({ PutRequest: { Item: { ...key(worker, each), ...attributes(eachVersion) } } })
        }
      }
      await write(changes, async () => {
        const answer = await client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: requests } }))
        assert.deepEqual(answer.UnprocessedItems, {})
      })
    }
  }

  async function work(client: DynamoDBClient, worker: number): Promise<void> {
    while (!stopping) {
      try {
        await writeSomething(client, worker)
      } catch (error) {
        const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode
        if (error instanceof assert.AssertionError) throw error
        if (status === undefined) return
        const described = `${(error as Error).name} ${status}`
        errors.set(described, (errors.get(described) ?? 0) + 1)
      }
    }
  }

  async function read(client: DynamoDBClient, index: boolean): Promise<Map<string, number>> {
    const found = new Map<string, number>()
    const input = index
      ? { TableName: tableName, IndexName: indexName }
      : { TableName: tableName, ConsistentRead: true }
    for await (const page of paginateScan({ client }, input)) {
      for (const item of page.Items ?? []) {
        const version = Number(item['version']?.N)
        const keyName = `${item['account']?.S?.replace('account-', '')}/${item['entry']?.N}`
        const { account: _account, entry: _entry, ...rest } = item
        assert.deepEqual(rest, attributes(version), `the item ${keyName} is as one write made it`)
        assert.ok(!found.has(keyName), `${keyName} is there once`)
        found.set(keyName, version)
      }
    }
    return found
  }

  return {
    start(client) {
      stopping = false
      running = Array.from({ length: workers }, (_, worker) => work(client, worker))
    },
    async stop() {
      stopping = true
      await Promise.all(running)
    },
    async verify(client) {
      const found = await read(client, false)
      for (const [keyName, states] of possible) {
        const state = found.get(keyName)
        assert.ok(
          states.includes(state),
          `${keyName} holds version ${state}; acknowledged or under way: ${states.join(', ')}`,
        )
        possible.set(keyName, [state])
      }
      for (const keyName of found.keys()) assert.ok(possible.has(keyName), `${keyName} was never written`)
      assert.deepEqual(await read(client, true), found, 'the index holds what the table holds')
      return found.size
    },
    acknowledged: () => acknowledged,
    errors: () => errors,
  }
}

/** The same text for the same version, of a length that differs widely: a torn value cannot go unnoticed. */
function valueText(version: number, charactersMax: number): string {
  const length = version % 50 === 0 ? charactersMax : (version * 7919) % 2000
  const unit = `${version}:`
  return unit.repeat(Math.ceil(length / unit.length)).slice(0, length)
}

/** mulberry32: chance with a seed, so that a failing run can be told apart by its seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
