/** How a table's statuses go on: what a record becomes once the work that its status names is done. */
import type { IndexRecord, StreamRecord, TableRecord } from './table.ts'

/** True while something remains to be done in the background. */
export function isUnsettled(record: TableRecord): boolean {
  return record.status !== 'ACTIVE' || record.indexes.some((index) => index.status !== 'ACTIVE')
}

/** True when nothing but time lies between the record and its settled form: no index to fill or to drop. */
export function needsNoWork(record: TableRecord): boolean {
  return record.indexes.every((index) => !index.backfilling && index.status !== 'DELETING')
}

/** The record with every status that needs no work brought to ACTIVE. */
export function settled(record: TableRecord): TableRecord {
  const indexes = record.indexes.map((index): IndexRecord => {
    if (index.status === 'ACTIVE' || index.status === 'DELETING' || index.backfilling) return index
    return { ...index, status: 'ACTIVE' }
  })
  const stream = record.stream && { stream: settledStream(record.stream) }
  const busy = indexes.some((index) => index.status !== 'ACTIVE')
  return { ...record, status: busy ? 'UPDATING' : 'ACTIVE', indexes, ...stream }
}

function settledStream({ changing: _done, ...stream }: StreamRecord): StreamRecord {
  return stream
}
