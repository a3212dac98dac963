/** How a table's statuses go on: what a record becomes once the work that its status names is done. */
import type { IndexRecord, TableRecord } from './table.ts'

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
  const busy = indexes.some((index) => index.status !== 'ACTIVE')
  return { ...record, status: busy ? 'UPDATING' : 'ACTIVE', indexes }
}

/** Whether items may be read and written: the table is made, and not on its way out. */
export function isUsable({ status }: TableRecord): boolean {
  return status !== 'CREATING' && status !== 'DELETING'
}
