/** How a table's statuses go on: what a record becomes once the work that its status names is done. */
import type { IndexRecord, InsightsRecord, StreamRecord, TableRecord } from './table.ts'

/** True while something remains to be done in the background. */
export function isUnsettled(record: TableRecord): boolean {
  const { status, indexes, timeToLive, contributorInsights } = record
  if (status !== 'ACTIVE' || areUnsettled(timeToLive) || areUnsettled(contributorInsights)) return true
  return indexes.some((index) => index.status !== 'ACTIVE' || areUnsettled(index.contributorInsights))
}

function areUnsettled(setting: Pick<InsightsRecord, 'status'> | undefined): boolean {
  return setting?.status === 'ENABLING' || setting?.status === 'DISABLING'
}

/** True when nothing but time lies between the table's status and its settled form: no index to fill or to drop. */
export function needsNoWork(record: TableRecord): boolean {
  return record.indexes.every((index) => !index.backfilling && index.status !== 'DELETING')
}

/** The record with every status that needs no work brought on; a queue of expiry that is being filled needs work. */
export function settled(record: TableRecord): TableRecord {
  const indexes = record.indexes.map((each): IndexRecord => {
    const index = { ...each, ...settledInsights(each.contributorInsights) }
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
    ...settledInsights(record.contributorInsights),
    ...(timeToLive?.status === 'DISABLING' && {
      timeToLive: { status: 'DISABLED', changedAtMs: timeToLive.changedAtMs },
    }),
  }
}

function settledStream({ changing: _done, ...stream }: StreamRecord): StreamRecord {
  return stream
}

function settledInsights(insights: InsightsRecord | undefined): Pick<TableRecord, 'contributorInsights'> {
  if (insights === undefined) return {}
  const status = insights.status === 'ENABLING' || insights.status === 'ENABLED' ? 'ENABLED' : 'DISABLED'
  return { contributorInsights: { ...insights, status } }
}

/** Whether items may be read and written: the table is made, and not on its way out. */
export function isUsable({ status }: TableRecord): boolean {
  return status !== 'CREATING' && status !== 'DELETING'
}
