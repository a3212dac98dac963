/** The write path's part for streams: one record for each item that really changes, in the commit of the change. */
import type { TreeWriter } from '../../storage/trees.ts'
import type { Item } from '../items/attribute-value.ts'
import { valuesEqual } from '../items/compare-values.ts'
import { itemSize } from '../items/item-size.ts'
import { pickAttributes } from '../items/key-attributes.ts'
import { parseStored, storedHeaderBytes, storedSize } from '../items/stored-item.ts'
import { type ChangeEvent, headerBytes, recordKey, writeHeader } from './change-record.ts'
import { type CompiledStream, shardFor } from './compiled-stream.ts'

/** An item before and after; not both undefined. `stored` and `before` are as in the table's tree, and differ. */
export interface StreamedChange {
  readonly key: Buffer
  readonly before: Buffer | undefined
  /** `before` parsed, when that has been done already. */
  readonly beforeItem: Item | undefined
  readonly stored: Buffer | undefined
  readonly afterItem: Item | undefined
  readonly byTimeToLive: boolean
}

/** A put may bring the same attributes, or members of a set, in another order. */
export function isSameItem(
  before: Buffer,
  beforeItem: Item | undefined,
  stored: Buffer,
  afterItem: Item | undefined,
): boolean {
  if (afterItem === undefined || before.length !== stored.length || storedSize(before) !== storedSize(stored))
    return false
  return valuesEqual({ M: beforeItem ?? parseStored(before) }, { M: afterItem })
}

export function recordChange(
  trees: TreeWriter,
  stream: CompiledStream,
  keyNames: readonly string[],
  nowMs: number,
  change: StreamedChange,
): void {
  const { before, stored } = change
  const item = change.afterItem ?? change.beforeItem ?? parseStored(before as Buffer)
  const keyItem = pickAttributes(item, keyNames)
  const keys = JSON.stringify(keyItem)
  const keysBytes = Buffer.byteLength(keys)
  const newImage = keepsNew(stream) ? stored : undefined
  const oldImage = keepsOld(stream) ? before : undefined
  const newImageBytes = imageBytes(newImage)
  const value = Buffer.allocUnsafe(headerBytes + keysBytes + newImageBytes + imageBytes(oldImage))
  let at = writeHeader(value, {
    event: eventOf(change),
    byTimeToLive: change.byTimeToLive,
    createdAtMs: nowMs,
    sizeBytes: itemSize(keyItem) + imageSize(newImage) + imageSize(oldImage),
    keysBytes,
    newImageBytes,
  })
  at += value.write(keys, at)
  if (newImage !== undefined) at += newImage.copy(value, at, storedHeaderBytes)
  if (oldImage !== undefined) oldImage.copy(value, at, storedHeaderBytes)
  stream.counter.last += 1
  trees.set(stream.tree, recordKey(shardFor(stream.shards, change.key).number, stream.counter.last), value)
}

function eventOf({ before, stored }: StreamedChange): ChangeEvent {
  if (before === undefined) return 'INSERT'
  return stored === undefined ? 'REMOVE' : 'MODIFY'
}

function keepsNew({ viewType }: CompiledStream): boolean {
  return viewType === 'NEW_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES'
}

function keepsOld({ viewType }: CompiledStream): boolean {
  return viewType === 'OLD_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES'
}

function imageBytes(image: Buffer | undefined): number {
  return image === undefined ? 0 : image.length - storedHeaderBytes
}

function imageSize(image: Buffer | undefined): number {
  return image === undefined ? 0 : storedSize(image)
}
