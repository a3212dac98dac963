/**
 * A change record as it lies in its stream's tree. Key: shard u32 · sequence u48. Value: event u8 (top bit: by time to
 * live) · created ms u48 · DynamoDB size u32 · keys' length u16 · new image's length u32 · keys · new image · old image;
 * all three are JSON in UTF-8, and an image that the view type does not keep, or that there is none of, is empty.
 */
import type { EntryView, TreeId, TreeReader } from '../../storage/trees.ts'

export type ChangeEvent = 'INSERT' | 'MODIFY' | 'REMOVE'

export interface ChangeRecord {
  readonly sequence: number
  readonly event: ChangeEvent
  readonly byTimeToLive: boolean
  readonly createdAtMs: number
  /** Of keys and images, by DynamoDB's rules. */
  readonly sizeBytes: number
  /** JSON objects in UTF-8. */
  readonly keys: Buffer
  readonly newImage: Buffer | undefined
  readonly oldImage: Buffer | undefined
}

const events: readonly ChangeEvent[] = ['INSERT', 'MODIFY', 'REMOVE']
const byTimeToLiveFlag = 0x80
export const headerBytes = 17

export function recordKey(shard: number, sequence: number): Buffer {
  const key = Buffer.allocUnsafe(10)
  key.writeUInt32BE(shard, 0)
  writeUInt48(key, sequence, 4)
  return key
}

/** Answers where the keys begin; the caller writes them and the images behind each other. */
export function writeHeader(
  value: Buffer,
  facts: {
    readonly event: ChangeEvent
    readonly byTimeToLive: boolean
    readonly createdAtMs: number
    readonly sizeBytes: number
    readonly keysBytes: number
    readonly newImageBytes: number
  },
): number {
  value[0] = events.indexOf(facts.event) | (facts.byTimeToLive ? byTimeToLiveFlag : 0)
  writeUInt48(value, facts.createdAtMs, 1)
  value.writeUInt32BE(facts.sizeBytes, 7)
  value.writeUInt16BE(facts.keysBytes, 11)
  value.writeUInt32BE(facts.newImageBytes, 13)
  return headerBytes
}

/** A copy that outlives the body. */
export function recordOf(entry: EntryView): ChangeRecord {
  const value = Buffer.allocUnsafe(entry.valueEnd - entry.valueStart)
  entry.valueBytes.copy(value, 0, entry.valueStart, entry.valueEnd)
  const keysEnd = headerBytes + value.readUInt16BE(11)
  const newEnd = keysEnd + value.readUInt32BE(13)
  const head = value[0] as number
  return {
    sequence: sequenceAt(entry),
    event: events[head & ~byTimeToLiveFlag] as ChangeEvent,
    byTimeToLive: head >= byTimeToLiveFlag,
    createdAtMs: value.readUIntBE(1, 6),
    sizeBytes: value.readUInt32BE(7),
    keys: value.subarray(headerBytes, keysEnd),
    newImage: newEnd > keysEnd ? value.subarray(keysEnd, newEnd) : undefined,
    oldImage: value.length > newEnd ? value.subarray(newEnd) : undefined,
  }
}

export function sequenceAt(entry: EntryView): number {
  return entry.keyBytes.readUIntBE(entry.keyStart + 4, 6)
}

export function createdAtMs(entry: EntryView): number {
  return entry.valueBytes.readUIntBE(entry.valueStart + 1, 6)
}

/** The sequence of a shard's newest record; undefined when it holds none. */
export function newestSequence(trees: TreeReader, tree: TreeId, shard: number): number | undefined {
  let newest: number | undefined
  trees.scan(tree, { from: recordKey(shard, 0), to: recordKey(shard + 1, 0) }, true, (entry) => {
    newest = sequenceAt(entry)
    return false
  })
  return newest
}

function writeUInt48(target: Buffer, value: number, at: number): void {
  target.writeUInt16BE(Math.floor(value / 2 ** 32), at)
  target.writeUInt32BE(value % 2 ** 32, at + 2)
}
