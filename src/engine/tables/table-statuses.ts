/** How a table's statuses go on: what a record becomes once the work that its status names is done. */
import type { IndexRecord, InsightsRecord, StreamRecord, TableRecord } from './table.ts'

/** True while something remains to be done in the background. */
export function isUnsettled(record: TableRecord): boolean {
  if (record.status !== 'ACTIVE' || areUnsettled(record.contributorInsights)) return true
  return record.indexes.some((index) => index.status !== 'ACTIVE' || areUnsettled(index.contributorInsights))
}

function areUnsettled(insights: InsightsRecord | undefined): boolean {
  return insights?.status === 'ENABLING' || insights?.status === 'DISABLING'
}

/** True when nothing but time lies between the record and its settled form: no index to fill or to drop. */
export function needsNoWork(record: TableRecord): boolean {
  return record.indexes.every((index) => !index.backfilling && index.status !== 'DELETING')
}

/** The record with every status that needs no work brought to ACTIVE. */
export function settled(record: TableRecord): TableRecord {
  const indexes = record.indexes.map((each): IndexRecord => {
    const index = { ...each, ...settledInsights(each.contributorInsights) }
    if (index.status === 'ACTIVE' || index.status === 'DELETING' || index.backfilling) return index
    return { ...index, status: 'ACTIVE' }
  })
  const stream = record.stream && { stream: settledStream(record.stream) }
  const busy = indexes.some((index) => index.status !== 'ACTIVE')
  const status = busy ? 'UPDATING' : 'ACTIVE'
  return { ...record, status, indexes, ...stream, ...settledInsights(record.contributorInsights) }
}

function settledStream({ changing: _done, ...stream }: StreamRecord): StreamRecord {
  return stream
}

function settledInsights(insights: InsightsRecord | undefined): Pick<TableRecord, 'contributorInsights'> {
  if (insights === undefined) return {}
  const status = insights.status === 'ENABLING' || insights.status === 'ENABLED' ? 'ENABLED' : 'DISABLED'
  return { contributorInsights: { ...insights, status } }
}
