/** What the lines about streams need on the server before they run: tables of their own, and iterators. */
import { orders, type TableDefinition, tickItem, ticks } from './data-set.ts'

/** One request and the JSON of its answer. An operation of another service comes with its target's prefix. */
export type Call = (operation: string, body: object) => Promise<Readonly<Record<string, unknown>>>

/** Orders whose every put changes an item: without a stream, and with one that keeps both images. */
export const ledger: TableDefinition = { ...orders, TableName: 'Ledger' }
export const streamedLedger: TableDefinition = { ...orders, TableName: 'StreamedLedger' }
const feed: TableDefinition = { ...ticks, TableName: 'Feed' }
const feedRecords = 40_000
const batchItems = 25

/** Makes the table unless it is there, and waits for it; true when it is new. */
export async function ensureTable(call: Call, table: TableDefinition, streamViewType?: string): Promise<boolean> {
  const { TableName } = table
  const { TableNames: present } = await call('ListTables', {})
  if ((present as readonly string[]).includes(TableName)) return false
  const stream = streamViewType && { StreamSpecification: { StreamEnabled: true, StreamViewType: streamViewType } }
  await call('CreateTable', { ...table, ...stream })
  for (let attempt = 0; attempt < 10_000; attempt += 1) {
    const { Table: description } = await call('DescribeTable', { TableName })
    if ((description as { TableStatus: string }).TableStatus === 'ACTIVE') return true
  }
  throw new Error(`${TableName} did not become active`)
}

const prefix = 'DynamoDBStreams_20120810'
export const getRecords = `${prefix}.GetRecords`

/** A stream of small records; one body for each full page of each shard. */
export async function feedPages(call: Call): Promise<string[]> {
  if (await ensureTable(call, feed, 'NEW_IMAGE')) {
    for (let first = 0; first < feedRecords; first += batchItems) {
      const puts = Array.from({ length: batchItems }, (_, at) => ({
        PutRequest: {
          Item: { ...(JSON.parse(tickItem(0, first + at)) as object), pk: { S: `p${(first + at) % 997}` } },
        },
      }))
      await call('BatchWriteItem', { RequestItems: { [feed.TableName]: puts } })
    }
  }
  const { Streams: streams } = await call(`${prefix}.ListStreams`, { TableName: feed.TableName })
  const [{ StreamArn } = { StreamArn: '' }] = streams as readonly { StreamArn: string }[]
  const { StreamDescription: stream } = await call(`${prefix}.DescribeStream`, { StreamArn })
  const bodies: string[] = []
  for (const { ShardId } of (stream as { Shards: readonly { ShardId: string }[] }).Shards) {
    const start = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }
    let { ShardIterator: iterator } = await call(`${prefix}.GetShardIterator`, start)
    for (;;) {
      const body = { ShardIterator: iterator }
      const { Records: records, NextShardIterator: next } = await call(getRecords, body)
      if ((records as readonly unknown[]).length < 1000) break
      bodies.push(JSON.stringify(body))
      iterator = next
    }
  }
  return bodies
}
