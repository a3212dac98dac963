/** The queue of a table with time to live: a tree of (expiry, order-preserving · item key) → nothing. */
import type { TreeId, TreeReader, TreeWriter } from '../../storage/trees.ts'
import { encodeNumberKey, numberKeyBytes } from '../encoding/numbers.ts'
import { attributeOf, type Item } from '../items/attribute-value.ts'
import type { TableRecord, TimeToLiveRecord } from '../tables/table.ts'

/** Time to live while there is a queue to keep. */
export type QueuedTimeToLive = Extract<TimeToLiveRecord, { readonly queue: TreeId }>

/** AWS leaves alone what expired longer ago than this: five years. */
export const oldestDueSeconds = 5 * 365 * 86_400

const nothing = Buffer.alloc(0)

/** Undefined when the table has no queue. */
export function queuedTimeToLive({ timeToLive }: Pick<TableRecord, 'timeToLive'>): QueuedTimeToLive | undefined {
  return timeToLive !== undefined && 'queue' in timeToLive ? timeToLive : undefined
}

/** Where an item lies in the queue; undefined when its attribute is absent or no Number. */
export function expiryKey(attributeName: string, item: Item, itemKey: Buffer): Buffer | undefined {
  const expiry = expiryOf(attributeName, item)
  return expiry === undefined ? undefined : Buffer.concat([encodeNumberKey(expiry), itemKey])
}

function expiryOf(attributeName: string, item: Item): string | undefined {
  const value = attributeOf(item, attributeName)
  return value !== undefined && 'N' in value ? value.N : undefined
}

export function enqueue(trees: TreeWriter, timeToLive: QueuedTimeToLive, item: Item, itemKey: Buffer): void {
  const key = expiryKey(timeToLive.attributeName, item, itemKey)
  if (key !== undefined) trees.set(timeToLive.queue, key, nothing)
}

/** Follows one item's change. */
export function requeue(
  trees: TreeWriter,
  { attributeName, queue }: QueuedTimeToLive,
  itemKey: Buffer,
  before: Item | undefined,
  after: Item | undefined,
): void {
  const old = before && expiryOf(attributeName, before)
  const fresh = after && expiryOf(attributeName, after)
  if (old === fresh) return
  if (old !== undefined) trees.remove(queue, Buffer.concat([encodeNumberKey(old), itemKey]))
  if (fresh !== undefined) trees.set(queue, Buffer.concat([encodeNumberKey(fresh), itemKey]), nothing)
}

/** The next keys of the queue whose items have expired, oldest first. */
export function dueKeys(trees: TreeReader, queue: TreeId, nowMs: number, limit: number): Buffer[] {
  const nowSeconds = Math.floor(nowMs / 1000)
  const range = { from: secondsKey(nowSeconds - oldestDueSeconds), to: secondsKey(nowSeconds) }
  const due: Buffer[] = []
  trees.scan(queue, range, false, (entry) => {
    due.push(Buffer.from(entry.keyBytes.subarray(entry.keyStart, entry.keyEnd)))
    return due.length < limit
  })
  return due
}

/** The item's key in a key of the queue. */
export function itemKeyIn(queueKey: Buffer): Buffer {
  return queueKey.subarray(numberKeyBytes(queueKey))
}

function secondsKey(seconds: number): Buffer {
  return encodeNumberKey(String(seconds))
}
