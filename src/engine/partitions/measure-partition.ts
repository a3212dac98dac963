/** The sizes of a partition's items, walked a few at a time so that nobody waits for it. */
import type { TreeId, Trees } from '../../storage/trees.ts'
import { afterKey } from '../encoding/keys.ts'
import type { Pace } from '../pace/pace.ts'
import type { Partition, Partitions } from './partition.ts'
import { SizeWalk } from './split-point.ts'

const entriesPerView = 500

export interface MeasureOptions {
  /** To which a division at half of the bytes is right. */
  readonly stepBytes: number
  readonly pace: Pace
  readonly signal: AbortSignal
}

/** Undefined when the signal ended it, or the tree is gone. */
export async function measurePartition(
  trees: Trees,
  tree: TreeId,
  partitions: Partitions,
  position: number,
  { stepBytes, pace, signal }: MeasureOptions,
): Promise<SizeWalk | undefined> {
  const walk = new SizeWalk(stepBytes)
  let from = (partitions[position] as Partition).from
  const to = partitions[position + 1]?.from
  while (!signal.aborted) {
    // A view may run again while its pages arrive, so what it finds is added up afterwards.
    const found = await trees.view((reader) => {
      if (!reader.hasTree(tree)) return undefined
      const entries: { readonly hash: bigint; readonly bytes: number }[] = []
      let last: Buffer | undefined
      reader.scan(tree, to === undefined ? { from } : { from, to }, false, (entry) => {
        const { keyBytes, keyStart, keyEnd, valueBytes, valueStart } = entry
        entries.push({ hash: keyBytes.readBigUInt64BE(keyStart), bytes: valueBytes.readUInt32BE(valueStart) })
        if (entries.length < entriesPerView) return true
        last = Buffer.from(keyBytes.subarray(keyStart, keyEnd))
        return false
      })
      return { entries, last }
    })
    if (found === undefined) return undefined
    for (const { hash, bytes } of found.entries) walk.add(hash, bytes)
    if (found.last === undefined) return walk
    from = afterKey(found.last)
    await pace.giveWay(signal)
  }
  return undefined
}
