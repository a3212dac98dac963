/** What can be wrong with a tree's partitions. */
import { partitionHashBytes } from '../encoding/keys.ts'
import type { Partition } from './partition.ts'

/** They cover every hash once, have ids of their own, and none is the child of one that is there or came later. */
export function partitionFaults(partitions: readonly Partition[]): string[] {
  const faults: string[] = []
  const first = partitions[0]
  if (first === undefined || first.from.some((byte) => byte !== 0)) faults.push('no partition begins at hash zero')
  const ids = new Set<number>()
  for (const [at, { id, from, parent }] of partitions.entries()) {
    const name = `partition ${id}`
    if (from.length !== partitionHashBytes) faults.push(`${name} begins at ${from.length} bytes of a hash`)
    const before = partitions[at - 1]
    if (before !== undefined && before.from.compare(from) >= 0) {
      faults.push(`${name} does not begin after partition ${before.id}`)
    }
    if (!Number.isSafeInteger(id) || id < 0) faults.push(`${name} has no whole number for its id`)
    if (ids.has(id)) faults.push(`${name} is there twice`)
    ids.add(id)
    if (parent !== undefined && !(parent < id)) faults.push(`${name} came before its parent ${parent}`)
  }
  for (const { id, parent } of partitions) {
    if (parent !== undefined && ids.has(parent)) faults.push(`partition ${id} stands beside its parent ${parent}`)
  }
  return faults
}
