/** How a table's statuses go on: what a record becomes once the work that its status names is done. */
import type { IndexRecord, StreamRecord, TableRecord } from './table.ts'

/** True while something remains to be done in the background. */
export function isUnsettled(record: TableRecord): boolean {
  const { status, indexes, timeToLive } = record
  if (status !== 'ACTIVE' || indexes.some((index) => index.status !== 'ACTIVE')) return true
  return timeToLive?.status === 'ENABLING' || timeToLive?.status === 'DISABLING'
}

/** True when nothing but time lies between the table's status and its settled form: no index to fill or to drop. */
export function needsNoWork(record: TableRecord): boolean {
  return record.indexes.every((index) => !index.backfilling && index.status !== 'DELETING')
}

/** The record with every status that needs no work brought on; a queue of expiry that is being filled needs work. */
export function settled(record: TableRecord): TableRecord {
  const indexes = record.indexes.map((index): IndexRecord => {
    if (index.status === 'ACTIVE' || index.status === 'DELETING' || index.backfilling) return index
    return { ...index, status: 'ACTIVE' }
  })
  const stream = record.stream && { stream: settledStream(record.stream) }
  const busy = indexes.some((index) => index.status !== 'ACTIVE')
  const { timeToLive } = record
  return {
    ...record,
    status: busy ? 'UPDATING' : 'ACTIVE',
    indexes,
    ...stream,
    ...(timeToLive?.status === 'DISABLING' && {
      timeToLive: { status: 'DISABLED', changedAtMs: timeToLive.changedAtMs },
    }),
  }
}

function settledStream({ changing: _done, ...stream }: StreamRecord): StreamRecord {
  return stream
}
