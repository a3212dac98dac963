/** Fills the queue of a table that has just got time to live, some items a commit; what is written meanwhile queues itself. */
import type { TreeWriter } from '../../storage/trees.ts'
import { afterKey } from '../encoding/keys.ts'
import { parseStored } from '../items/stored-item.ts'
import { bytesPerCommit } from '../pace/pace.ts'
import type { TableRecord } from '../tables/table.ts'
import { enqueue } from './expiry-queue.ts'

/** The record with its queue filled a step further: ENABLED when that was the last. Any other record stays as it is. */
export function fillQueue(trees: TreeWriter, record: TableRecord, itemsMax: number): TableRecord {
  const { timeToLive } = record
  if (timeToLive?.status !== 'ENABLING') return record
  const { filledTo, ...rest } = timeToLive
  const from = filledTo === undefined ? undefined : afterKey(Buffer.from(filledTo, 'base64'))
  let last: Buffer | undefined
  let visited = 0
  let bytes = 0
  const isEnough = () => visited >= itemsMax || bytes >= bytesPerCommit
  trees.scan(record.tree, from === undefined ? {} : { from }, false, (entry) => {
    last = Buffer.from(entry.keyBytes.subarray(entry.keyStart, entry.keyEnd))
    enqueue(trees, timeToLive, parseStored(entry.valueBytes.subarray(entry.valueStart, entry.valueEnd)), last)
    visited++
    bytes += entry.valueEnd - entry.valueStart
    return !isEnough()
  })
  const isWhole = !isEnough() || last === undefined
  return {
    ...record,
    timeToLive: isWhole ? { ...rest, status: 'ENABLED' } : { ...rest, filledTo: last?.toString('base64') ?? '' },
  }
}
