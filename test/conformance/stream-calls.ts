/** Streams over the wire, as the cases use them. */
import assert from 'node:assert/strict'
import type { Answer, Body, Client } from './client.ts'
import { answered } from './refusals.ts'
import { activeTable } from './tables.ts'

export function streams(operation: string): string {
  return `DynamoDBStreams_20120810.${operation}`
}

export function call(client: Client, operation: string, input: unknown): Promise<Answer> {
  return client.call(streams(operation), input)
}

export interface Shard {
  readonly ShardId: string
  readonly ParentShardId?: string
  readonly SequenceNumberRange: { readonly StartingSequenceNumber: string; readonly EndingSequenceNumber?: string }
}

export interface StreamRecord {
  readonly eventID: string
  readonly eventName: string
  readonly dynamodb: {
    readonly ApproximateCreationDateTime: number
    readonly Keys: Body
    readonly NewImage?: Body
    readonly OldImage?: Body
    readonly SequenceNumber: string
    readonly SizeBytes: number
    readonly StreamViewType: string
  }
  readonly userIdentity?: Body
}

/** Makes the table's stream, if it has none, and answers its ARN. */
export async function streamOf(client: Client, table: string): Promise<string> {
  const description = await activeTable(client, table)
  const arn = description['LatestStreamArn']
  assert.ok(typeof arn === 'string', `${table} has a stream`)
  return arn
}

export async function describe(client: Client, StreamArn: string, more: Body = {}): Promise<Body> {
  const answer = await answered(call(client, 'DescribeStream', { StreamArn, ...more }))
  return answer['StreamDescription'] as Body
}

export async function shardsOf(client: Client, arn: string, more: Body = {}): Promise<readonly Shard[]> {
  return (await describe(client, arn, more))['Shards'] as readonly Shard[]
}

export async function iteratorAt(
  client: Client,
  StreamArn: string,
  ShardId: string,
  ShardIteratorType = 'TRIM_HORIZON',
  SequenceNumber?: string,
): Promise<string> {
  const input = { StreamArn, ShardId, ShardIteratorType, SequenceNumber }
  return (await answered(call(client, 'GetShardIterator', input)))['ShardIterator'] as string
}

export interface RecordsPage {
  readonly Records: readonly StreamRecord[]
  readonly NextShardIterator?: string
}

export async function recordsAt(client: Client, ShardIterator: string, Limit?: number): Promise<RecordsPage> {
  return (await answered(call(client, 'GetRecords', { ShardIterator, Limit }))) as unknown as RecordsPage
}

/** Everything in a shard from the trim horizon on; whether its end was reached. */
export async function readShard(
  client: Client,
  arn: string,
  shard: string,
): Promise<{ readonly records: readonly StreamRecord[]; readonly ended: boolean }> {
  const records: StreamRecord[] = []
  let iterator: string | undefined = await iteratorAt(client, arn, shard)
  for (let page = 0; page < 100; page += 1) {
    const { Records: found, NextShardIterator: next }: RecordsPage = await recordsAt(client, iterator)
    records.push(...found)
    iterator = next
    if (iterator === undefined) return { records, ended: true }
    if (found.length === 0) return { records, ended: false }
  }
  return assert.fail('the shard has no end')
}

/** Everything in the stream, in the order of the sequence numbers. */
export async function readAll(client: Client, arn: string): Promise<readonly StreamRecord[]> {
  const records: StreamRecord[] = []
  for (const { ShardId: shard } of await shardsOf(client, arn)) {
    records.push(...(await readShard(client, arn, shard)).records)
  }
  const sequence = (record: StreamRecord) => record.dynamodb.SequenceNumber
  return records.sort((a, b) => (sequence(a) < sequence(b) ? -1 : 1))
}
