/** Reads a stream into a replica: every shard after its parent, for as long as it is let. */
import { setTimeout as sleep } from 'node:timers/promises'
import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type Shard,
} from '@aws-sdk/client-dynamodb-streams'
import type { Replica } from './replica.ts'

const idleMs = 100
const unreachableMs = 200

export class StreamConsumer {
  readonly #client: DynamoDBStreamsClient
  readonly #replica: Replica
  /** Of shards that are being read now. Lost with the process; a place is enough to get another. */
  readonly #iterators = new Map<string, string>()

  constructor(client: DynamoDBStreamsClient, replica: Replica) {
    this.#client = client
    this.#replica = replica
  }

  /** Until `signal` says so. A server that does not answer, for now, is asked again. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if ((await this.round()) === 0) await sleep(idleMs)
      } catch (error) {
        if (!isUnreachable(error)) throw error
        await sleep(unreachableMs)
      }
    }
  }

  /** One page of every shard that may be read; saves, and answers how many records there were. */
  async round(): Promise<number> {
    const { places } = this.#replica
    const shards = await this.#shards()
    const known = new Set(shards.map(({ ShardId: shard }) => shard))
    let records = 0
    for (const { ShardId: shard, ParentShardId: parent } of shards) {
      if (shard === undefined || places.get(shard) === 'done') continue
      // A parent that is no longer listed was trimmed: there is nothing to wait for.
      if (parent !== undefined && known.has(parent) && places.get(parent) !== 'done') continue
      records += await this.#readPage(shard)
    }
    for (const shard of places.keys()) if (!known.has(shard)) places.delete(shard)
    if (records > 0) await this.#replica.save()
    return records
  }

  async #shards(): Promise<readonly Shard[]> {
    const found: Shard[] = []
    let start: string | undefined
    do {
      const command = new DescribeStreamCommand({
        StreamArn: this.#replica.streamArn,
        ExclusiveStartShardId: start,
      })
      const { StreamDescription: page } = await this.#client.send(command)
      found.push(...(page?.Shards ?? []))
      start = page?.LastEvaluatedShardId
    } while (start !== undefined)
    return found
  }

  async #readPage(shard: string): Promise<number> {
    const iterator = this.#iterators.get(shard) ?? (await this.#iterator(shard))
    try {
      const { Records: records = [], NextShardIterator: next } = await this.#client.send(
        new GetRecordsCommand({ ShardIterator: iterator }),
      )
      this.#replica.apply(records)
      const last = records[records.length - 1]?.dynamodb?.SequenceNumber
      if (last !== undefined) this.#replica.places.set(shard, { after: last })
      if (next === undefined) {
        this.#replica.places.set(shard, 'done')
        this.#iterators.delete(shard)
        return records.length + 1
      }
      this.#iterators.set(shard, next)
      return records.length
    } catch (error) {
      this.#iterators.delete(shard)
      if (error instanceof Error && error.name === 'ExpiredIteratorException') return 0
      throw error
    }
  }

  async #iterator(shard: string): Promise<string> {
    const place = this.#replica.places.get(shard) ?? 'beginning'
    const start =
      typeof place === 'string'
        ? ({ ShardIteratorType: 'TRIM_HORIZON' } as const)
        : ({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: place.after } as const)
    const { ShardIterator: iterator = '' } = await this.#client.send(
      new GetShardIteratorCommand({ StreamArn: this.#replica.streamArn, ShardId: shard, ...start }),
    )
    return iterator
  }
}

/** No answer, or one that says to try again: the SDK has tried a few times already. */
function isUnreachable(error: unknown): boolean {
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode
  return status === undefined ? isNetwork(error) : status >= 500
}

function isNetwork(error: unknown): boolean {
  const code = (error as { code?: string }).code
  return (
    code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === 'EPIPE' || (error as Error).name === 'TimeoutError'
  )
}
