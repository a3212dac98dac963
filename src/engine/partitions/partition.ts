/** A partition: a range of the 64-bit partition hash of one tree, that of a table or of a global index. */
import type { TreeId, TreeReader, TreeWriter } from '../../storage/trees.ts'
import { afterPrefix, partitionHashBytes } from '../encoding/keys.ts'
import { partitionsTree } from '../storage-map.ts'

export interface Partition {
  /** Unique within the tree and never used again. */
  readonly id: number
  /** The first hash that lies in it, 8 bytes; it ends where the next begins. */
  readonly from: Buffer
  /** The partition that this one was split from. */
  readonly parent: number | undefined
  readonly createdAtMs: number
  /** The sizes of its items when they were last measured; absent: never. */
  readonly bytes?: number
}

/** A tree's partitions by where they begin; the first begins at zero, so every key lies in one. */
export type Partitions = readonly [Partition, ...Partition[]]

interface StoredPartition {
  readonly id: number
  readonly parent?: number
  readonly createdAtMs: number
  readonly bytes?: number
}

/** The position of the partition in which a tree key (or anything that begins with a partition hash) lies. */
export function partitionPosition(partitions: Partitions, key: Uint8Array): number {
  let low = 0
  let high = partitions.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (begins((partitions[middle] as Partition).from, key)) low = middle
    else high = middle - 1
  }
  return low
}

export function partitionOf(partitions: Partitions, key: Uint8Array): Partition {
  return partitions[partitionPosition(partitions, key)] as Partition
}

/** True when a partition that begins at `from` begins at or before `key`. */
function begins(from: Buffer, key: Uint8Array): boolean {
  return from.compare(key, 0, partitionHashBytes) <= 0
}

/** `count` partitions of equal width, none of them split from another. */
export function evenPartitions(count: number, createdAtMs: number): Partition[] {
  return Array.from({ length: count }, (_, id) => {
    const from = Buffer.alloc(partitionHashBytes)
    from.writeBigUInt64BE((BigInt(id) << 64n) / BigInt(count))
    return { id, from, parent: undefined, createdAtMs }
  })
}

/** A tree without partition records is one partition. */
export function readPartitions(trees: TreeReader, tree: TreeId): Partitions {
  const found: Partition[] = []
  const prefix = treePrefix(tree)
  const to = afterPrefix(prefix)
  trees.scan(partitionsTree, { from: prefix, ...(to && { to }) }, false, (entry) => {
    const from = Buffer.from(entry.keyBytes.subarray(entry.keyStart + prefix.length, entry.keyEnd))
    const text = entry.valueBytes.toString('utf8', entry.valueStart, entry.valueEnd)
    const { id, parent, createdAtMs, bytes } = JSON.parse(text) as StoredPartition
    found.push({ id, from, parent, createdAtMs, ...(bytes !== undefined && { bytes }) })
    return true
  })
  const [first, ...rest] = found
  return first === undefined ? whole : [first, ...rest]
}

const whole: Partitions = [{ id: 0, from: Buffer.alloc(partitionHashBytes), parent: undefined, createdAtMs: 0 }]

/** Stores a partition, in the place of the one that began where it begins. */
export function putPartition(trees: TreeWriter, tree: TreeId, partition: Partition): void {
  const { id, from, parent, createdAtMs, bytes } = partition
  const stored: StoredPartition = {
    id,
    ...(parent !== undefined && { parent }),
    createdAtMs,
    ...(bytes !== undefined && { bytes }),
  }
  trees.set(partitionsTree, Buffer.concat([treePrefix(tree), from]), Buffer.from(JSON.stringify(stored)))
}

/** Of a tree that is dropped. */
export function removePartitions(trees: TreeWriter, tree: TreeId): void {
  for (const { from } of readPartitions(trees, tree)) {
    trees.remove(partitionsTree, Buffer.concat([treePrefix(tree), from]))
  }
}

/** Every tree that has partition records. */
export function partitionedTrees(trees: TreeReader): TreeId[] {
  const found = new Set<TreeId>()
  trees.scan(partitionsTree, {}, false, (entry) => {
    found.add(entry.keyBytes.readUInt32BE(entry.keyStart))
    return true
  })
  return [...found]
}

function treePrefix(tree: TreeId): Buffer {
  const prefix = Buffer.allocUnsafe(4)
  prefix.writeUInt32BE(tree, 0)
  return prefix
}
