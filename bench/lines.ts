/** The lines of the benchmark: which requests each one sends, and what is to be reached. */
import { fineGrainedUser, plainUser } from './bank-users.ts'
import {
  orderItem,
  orderKey,
  orders,
  ordersPerPartition,
  seededRandom,
  tickPartitionKey,
  tickPartitions,
  ticks,
} from './data-set.ts'
import type { Target } from './signed-requests.ts'
import { type Call, ensureTable, feedPages, getRecords, ledger, streamedLedger } from './stream-lines.ts'

export interface LineTargets {
  /** Coffer's rate over dynalite's, at least; absent: dynalite does not do this. */
  readonly timesDynalite?: number
  /** Items a second over those of another line of Coffer's own, which has one in each request. */
  readonly itemsOverOwn?: { readonly line: string; readonly itemsEach: number; readonly atLeast: number }
  /** Coffer's rate over the bare server's, at least, at 64 connections. */
  readonly shareOfBare?: number
}

export interface Line {
  readonly name: string
  readonly title: string
  readonly operation: string
  /** How many different requests are built and signed; the run goes round them. */
  readonly distinctRequests: number
  /** The JSON body of request `index`; `preloaded` is how many orders are in the table. */
  readonly body: (index: number, random: (below: number) => number, preloaded: number) => string
  readonly targets: LineTargets
  /** For a line with tables of its own: makes them unless they are there. It may give the bodies, instead of `body`. */
  readonly prepare?: (call: Call) => Promise<readonly string[] | undefined>
  /** Who signs the requests, made unless there; the administrator unless told. */
  readonly caller?: (target: Target) => Promise<Target>
}

/** Every line is to reach this many times dynalite's rate, unless it says otherwise. */
const timesDynalite = 3

export const lines: readonly Line[] = [
  {
    name: 'get',
    title: 'GetItem',
    operation: 'GetItem',
    distinctRequests: 50_000,
    body: (_index, random, preloaded) => `{"TableName":"${orders.TableName}","Key":{${orderKey(random(preloaded))}}}`,
    targets: { timesDynalite, shareOfBare: 0.5 },
  },
  {
    // Authorization may add at most 8 %.
    name: 'get-user',
    title: 'GetItem by a user with 200 statements in 20 policies',
    operation: 'GetItem',
    distinctRequests: 50_000,
    body: (_index, random, preloaded) => `{"TableName":"${orders.TableName}","Key":{${orderKey(random(preloaded))}}}`,
    targets: { itemsOverOwn: { line: 'get', itemsEach: 1, atLeast: 1 / 1.08 } },
    caller: plainUser,
  },
  {
    name: 'get-projected',
    title: 'GetItem with a projection',
    operation: 'GetItem',
    distinctRequests: 50_000,
    body: projectedGet,
    targets: {},
  },
  {
    name: 'get-fine-grained',
    title: 'GetItem with a projection by such a user, with conditions on keys and attributes',
    operation: 'GetItem',
    distinctRequests: 50_000,
    body: projectedGet,
    targets: { itemsOverOwn: { line: 'get-projected', itemsEach: 1, atLeast: 1 / 1.08 } },
    caller: fineGrainedUser,
  },
  {
    name: 'partiql-get',
    title: 'ExecuteStatement, SELECT by key',
    operation: 'ExecuteStatement',
    distinctRequests: 50_000,
    body: (_index, random, preloaded) => {
      const values = orderKey(random(preloaded)).replaceAll(/"[ps]k":/g, '')
      return `{"Statement":"SELECT * FROM ${orders.TableName} WHERE pk = ? AND sk = ?","Parameters":[${values}]}`
    },
    targets: { itemsOverOwn: { line: 'get', itemsEach: 1, atLeast: 0.7 } },
  },
  {
    name: 'query-20',
    title: 'Query, 20 items of 1 KB',
    operation: 'Query',
    distinctRequests: 5_000,
    body: (_index, random, preloaded) => {
      const partition = String(random(Math.floor(preloaded / ordersPerPartition))).padStart(8, '0')
      return `{"TableName":"${orders.TableName}","KeyConditionExpression":"pk = :pk","ExpressionAttributeValues":{":pk":{"S":"customer-${partition}"}}}`
    },
    targets: { timesDynalite },
  },
  {
    name: 'query-1mb',
    title: 'Query, 1 MB page of 100-byte items',
    operation: 'Query',
    distinctRequests: 200,
    body: (index) =>
      `{"TableName":"${ticks.TableName}","KeyConditionExpression":"pk = :pk","ExpressionAttributeValues":{":pk":{"S":"${tickPartitionKey(index % tickPartitions)}"}}}`,
    targets: { timesDynalite: 10 },
  },
  {
    name: 'scan',
    title: 'Scan, 1 MB page of 1 KB items',
    operation: 'Scan',
    distinctRequests: 500,
    body: (_index, random, preloaded) =>
      `{"TableName":"${orders.TableName}","ExclusiveStartKey":{${orderKey(random(preloaded))}}}`,
    targets: { timesDynalite },
  },
  {
    name: 'update',
    title: 'UpdateItem with a condition',
    operation: 'UpdateItem',
    distinctRequests: 50_000,
    body: (_index, random, preloaded) =>
      `{"TableName":"${orders.TableName}","Key":{${orderKey(random(preloaded))}},"UpdateExpression":"SET amount = amount + :one","ConditionExpression":"attribute_exists(pk) AND amount >= :zero","ExpressionAttributeValues":{":one":{"N":"1"},":zero":{"N":"0"}}}`,
    targets: { timesDynalite },
  },
  {
    name: 'put',
    title: 'PutItem',
    operation: 'PutItem',
    distinctRequests: 50_000,
    body: (index) => `{"TableName":"${orders.TableName}","Item":${orderItem(scattered(index, 50_000), 'newcomer')}}`,
    targets: { timesDynalite, shareOfBare: 0.3 },
  },
  {
    name: 'batch-write',
    title: 'BatchWriteItem of 25',
    operation: 'BatchWriteItem',
    distinctRequests: 2_000,
    body: (index) => {
      const puts = Array.from({ length: 25 }, (_, position) => {
        const number = scattered(index * 25 + position, 50_000)
        return `{"PutRequest":{"Item":${orderItem(number, 'batchers')}}}`
      })
      return `{"RequestItems":{"${orders.TableName}":[${puts.join(',')}]}}`
    },
    targets: { timesDynalite },
  },
  {
    // Without ClientRequestToken: the run goes round its requests, and a token that comes again writes nothing.
    name: 'transact-write',
    title: 'TransactWriteItems of 4',
    operation: 'TransactWriteItems',
    distinctRequests: 12_500,
    body: (index) => {
      const puts = Array.from({ length: 4 }, (_, position) => {
        const number = scattered(index * 4 + position, 50_000)
        return `{"Put":{"TableName":"${orders.TableName}","Item":${orderItem(number, 'payments')}}}`
      })
      return `{"TransactItems":[${puts.join(',')}]}`
    },
    targets: { itemsOverOwn: { line: 'put', itemsEach: 4, atLeast: 1 } },
  },
  {
    name: 'put-change',
    title: 'PutItem that changes an item',
    operation: 'PutItem',
    distinctRequests: 50_000,
    body: (index) => changedOrder(ledger.TableName, index),
    targets: {},
    prepare: async (call) => {
      await ensureTable(call, ledger)
      return undefined
    },
  },
  {
    // At most 25 % more for each put: 1 / 1.25 of the rate without.
    name: 'put-stream',
    title: 'PutItem that changes an item, with a stream of both images',
    operation: 'PutItem',
    distinctRequests: 50_000,
    body: (index) => changedOrder(streamedLedger.TableName, index),
    targets: { itemsOverOwn: { line: 'put-change', itemsEach: 1, atLeast: 0.8 } },
    prepare: async (call) => {
      await ensureTable(call, streamedLedger, 'NEW_AND_OLD_IMAGES')
      return undefined
    },
  },
  {
    name: 'get-records',
    title: 'GetRecords, 1,000 records of 100 bytes',
    operation: getRecords,
    distinctRequests: 1,
    body: () => '{}',
    targets: {},
    prepare: feedPages,
  },
]

function projectedGet(_index: number, random: (below: number) => number, preloaded: number): string {
  const key = orderKey(random(preloaded))
  return `{"TableName":"${orders.TableName}","Key":{${key}},"ProjectionExpression":"pk, sk, amount, note"}`
}

/** Two states of each of 25,000 orders in turn, so that a put always finds the other one. */
function changedOrder(table: string, index: number): string {
  const item = orderItem(scattered(index % 25_000, 25_000), 'ledger')
  return `{"TableName":"${table}","Item":${index < 25_000 ? item : item.replace('"N":"7"', '"N":"8"')}}`
}

export function lineNamed(name: string): Line {
  const line = lines.find((candidate) => candidate.name === name)
  if (line === undefined) throw new Error(`no line is called ${name}: ${lines.map((each) => each.name).join(', ')}`)
  return line
}

/** The bodies of a line, the same for every peer. */
export function bodiesOf(line: Line, preloaded: number): string[] {
  const random = seededRandom(4_711)
  return Array.from({ length: line.distinctRequests }, (_, index) => line.body(index, random, preloaded))
}

/** Walks all numbers below `size` in an order far from ascending: 12,347 is prime to the sizes used here. */
function scattered(index: number, size: number): number {
  return (index * 12_347) % size
}
