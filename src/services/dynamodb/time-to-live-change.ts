/** What UpdateTimeToLive makes of a table: a pure function of the present record, since the engine may run it again. */
import type { TableRecord, TimeToLiveRecord } from '../../engine/tables/table.ts'
import type { TableChange } from '../../engine/tables/tables.ts'
import { validationError } from '../../foundation/service-error.ts'
import { resourceInUse } from './errors.ts'

export interface TimeToLiveRequest {
  readonly Enabled: boolean
  readonly AttributeName: string
}

/** As the API reference has it. The service has been seen to take the next change after half of it (2026-10). */
const changeEveryMs = 3_600_000

export function checkTimeToLiveRequest({ AttributeName }: TimeToLiveRequest): void {
  if (AttributeName === '') throw validationError('TimeToLiveSpecification.AttributeName must be non empty')
}

/** What the request says is looked at before how soon it comes (recorded 2026-10). */
export function timeToLiveChange(asked: TimeToLiveRequest, nowMs: number): TableChange {
  return (present) => {
    refuseUnsettled(present)
    const { timeToLive } = present
    refuseUnchanged(timeToLive, asked)
    if (timeToLive !== undefined && nowMs < timeToLive.changedAtMs + changeEveryMs) {
      throw validationError('Time to live has been modified multiple times within a fixed interval')
    }
    return { ...present, timeToLive: changed(asked, nowMs) }
  }
}

/** In words that differ from those of the other calls. */
function refuseUnsettled({ status, name }: TableRecord): void {
  if (status === 'CREATING') throw resourceInUse(`Table ${name} is being created`)
  if (status === 'DELETING') throw resourceInUse(`Table ${name} is being deleted`)
}

function refuseUnchanged(present: TimeToLiveRecord | undefined, asked: TimeToLiveRequest): void {
  if (present?.status === 'ENABLING' || present?.status === 'ENABLED') {
    if (present.attributeName !== asked.AttributeName) {
      throw validationError(
        `TimeToLive is active on a different AttributeName: current AttributeName is ${present.attributeName}`,
      )
    }
    if (asked.Enabled) throw validationError('TimeToLive is already enabled')
  } else if (!asked.Enabled) throw validationError('TimeToLive is already disabled')
}

function changed({ Enabled, AttributeName: attributeName }: TimeToLiveRequest, changedAtMs: number): TimeToLiveRecord {
  return Enabled
    ? { status: 'ENABLING', attributeName, queue: 0, changedAtMs }
    : { status: 'DISABLING', attributeName, changedAtMs }
}
