/**
 * Shard iterators: a position in a shard, the time of issue and a seal over both and the stream's name, in base64. The
 * key lies in the store, so iterators outlive a restart as they do in AWS.
 */
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../../foundation/clock.ts'
import type { Random } from '../../foundation/random.ts'
import type { TreeId, Trees } from '../../storage/trees.ts'
import type { Scope } from '../scope.ts'
import { dutiesTree } from '../storage-map.ts'
import type { StreamName } from './stored-stream.ts'
import { invalidIterator, iteratorExpired } from './stream-errors.ts'

export interface ShardPosition {
  readonly tree: TreeId
  readonly shard: number
  /** Records with a greater sequence are still to be read. */
  readonly after: number
}

/** AWS: 15 minutes. */
const validMs = 15 * 60_000
const bodyBytes = 20
const sealBytes = 16
const keyBytes = 32
const storedKey = Buffer.from('iterator-key')

export class ShardIterators {
  readonly #key: KeyObject
  readonly #clock: Clock

  constructor(key: KeyObject, clock: Clock) {
    this.#key = key
    this.#clock = clock
  }

  issue(scope: Scope, stream: StreamName, { tree, shard, after }: ShardPosition): string {
    const body = Buffer.allocUnsafe(bodyBytes)
    body.writeUInt32BE(tree, 0)
    body.writeUInt32BE(shard, 4)
    body.writeUIntBE(after, 8, 6)
    body.writeUIntBE(this.#clock.nowMs(), 14, 6)
    return Buffer.concat([body, this.#seal(scope, stream, body)]).toString('base64')
  }

  /** ValidationException for what we did not issue for this stream, ExpiredIteratorException after 15 minutes. */
  open(scope: Scope, stream: StreamName, iterator: string): ShardPosition {
    const bytes = Buffer.from(iterator, 'base64')
    if (bytes.length !== bodyBytes + sealBytes || bytes.toString('base64') !== iterator) throw invalidIterator()
    const body = bytes.subarray(0, bodyBytes)
    if (!timingSafeEqual(bytes.subarray(bodyBytes), this.#seal(scope, stream, body))) throw invalidIterator()
    if (this.#clock.nowMs() - body.readUIntBE(14, 6) > validMs) throw iteratorExpired()
    return { tree: body.readUInt32BE(0), shard: body.readUInt32BE(4), after: body.readUIntBE(8, 6) }
  }

  #seal({ accountId, region }: Scope, { table, label }: StreamName, body: Buffer): Buffer {
    const bound = `${accountId}\0${region}\0${table}\0${label}\0`
    return createHmac('sha256', this.#key).update(bound).update(body).digest().subarray(0, sealBytes)
  }
}

/** The store's key, made on the first start. */
export async function openShardIterators(trees: Trees, clock: Clock, random: Random): Promise<ShardIterators> {
  const present = await trees.view((reader) => copyOf(reader.get(dutiesTree, storedKey)))
  const bytes = present ?? random.bytes(keyBytes)
  if (present === undefined) await trees.atomically((writer) => writer.set(dutiesTree, storedKey, bytes))
  return new ShardIterators(createSecretKey(bytes), clock)
}

function copyOf(bytes: Buffer | undefined): Buffer | undefined {
  return bytes && Buffer.from(bytes)
}
