/** An item as it lies in a tree: its DynamoDB size u32, then its JSON in UTF-8. */
import { JsonFragment } from '../../foundation/json-fragment.ts'
import type { Item } from './attribute-value.ts'

export const storedHeaderBytes = 4

export function storedItem(item: Item, sizeBytes: number): Buffer {
  const text = JSON.stringify(item)
  const stored = Buffer.allocUnsafe(storedHeaderBytes + Buffer.byteLength(text))
  stored.writeUInt32BE(sizeBytes, 0)
  stored.write(text, storedHeaderBytes)
  return stored
}

/** The item's size by DynamoDB's rules, in bytes. */
export function storedSize(stored: Buffer): number {
  return stored.readUInt32BE(0)
}

export function parseStored(stored: Buffer): Item {
  return JSON.parse(stored.toString('utf8', storedHeaderBytes)) as Item
}

/** A copy that outlives the body. */
export function fragmentOf(stored: Buffer): JsonFragment {
  return new JsonFragment(Buffer.from(stored.subarray(storedHeaderBytes)))
}
