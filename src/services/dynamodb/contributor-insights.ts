/** Contributor insights of a table or a global index: how they change, and how they are shown (recorded 2026-10). */
import { ruleNames } from '../../engine/contributors/rule-names.ts'
import type { IndexRecord, InsightsMode, InsightsRecord, TableRecord } from '../../engine/tables/table.ts'
import { ServiceError, validationError } from '../../foundation/service-error.ts'
import { tableNotFound } from './errors.ts'

export const insightsModes = ['ACCESSED_AND_THROTTLED_KEYS', 'THROTTLED_KEYS'] as const
const usualMode: InsightsMode = 'ACCESSED_AND_THROTTLED_KEYS'

export interface InsightsChange {
  readonly action: 'ENABLE' | 'DISABLE'
  readonly mode: InsightsMode | undefined
}

/** The table, or the global index, that a call is about; a table that is still being made is not there yet. */
export function insightsOwner(table: TableRecord, index: string | undefined): TableRecord | IndexRecord {
  if (table.status === 'CREATING') throw tableNotFound(table.name)
  if (index === undefined) return table
  const found = table.indexes.find(({ name, kind }) => kind === 'global' && name === index)
  if (found === undefined || (found.status === 'CREATING' && !found.backfilling)) {
    throw new ServiceError(
      'ResourceNotFoundException',
      `Requested resource not found: Index: ${index} not found for table: ${table.name}`,
    )
  }
  return found
}

export function changedInsights(
  present: TableRecord,
  index: string | undefined,
  change: InsightsChange,
  nowMs: number,
): TableRecord {
  const owner = insightsOwner(present, index)
  if (change.action === 'ENABLE') refuseUnlessActive(present, owner)
  const insights = nextInsights(owner.contributorInsights, change, nowMs)
  if (insights === owner.contributorInsights || insights === undefined) return present
  if (owner === present) return { ...present, contributorInsights: insights }
  const indexes = present.indexes.map((each) => (each === owner ? { ...each, contributorInsights: insights } : each))
  return { ...present, indexes }
}

/** A table may be updated meanwhile, but not on its way out; an index must be done. */
function refuseUnlessActive(table: TableRecord, owner: TableRecord | IndexRecord): void {
  const what = owner === table ? 'TableStatus' : 'IndexStatus'
  const isActive = owner.status === 'ACTIVE' || (owner === table && owner.status === 'UPDATING')
  if (isActive && table.status !== 'DELETING') return
  throw validationError(
    'Table or Index is not in a valid state to update Key Access Insights: ' +
      `${table.status === 'DELETING' ? 'TableStatus' : what} must be ACTIVE to enable ContributorInsights.`,
  )
}

/** Asking for what is there changes nothing, not even the time. A mode that is not named is the usual one. */
function nextInsights(
  present: InsightsRecord | undefined,
  { action, mode }: InsightsChange,
  nowMs: number,
): InsightsRecord | undefined {
  const isOn = present?.status === 'ENABLED' || present?.status === 'ENABLING'
  if (action === 'DISABLE') return isOn ? { ...present, status: 'DISABLING', updatedAtMs: nowMs } : present
  const wanted = mode ?? usualMode
  if (isOn && present.mode === wanted) return present
  // Rules that go on under another mode keep their names.
  const enabledAtMs = isOn ? present.enabledAtMs : nowMs
  return { status: 'ENABLING', mode: wanted, updatedAtMs: nowMs, enabledAtMs }
}

export interface InsightsSummary {
  readonly TableName: string
  readonly IndexName?: string
  readonly ContributorInsightsStatus: InsightsRecord['status']
  readonly ContributorInsightsMode?: InsightsMode
}

export interface InsightsDescription extends InsightsSummary {
  readonly ContributorInsightsRuleList?: readonly string[]
  /** Seconds since the epoch. */
  readonly LastUpdateDateTime?: number
}

export function insightsSummary(
  table: string,
  index: string | undefined,
  insights: InsightsRecord | undefined,
): InsightsSummary {
  return {
    TableName: table,
    ...(index !== undefined && { IndexName: index }),
    ContributorInsightsStatus: insights?.status ?? 'DISABLED',
    ...(insights !== undefined && { ContributorInsightsMode: insights.mode }),
  }
}

export function insightsDescription(table: TableRecord, index: string | undefined): InsightsDescription {
  const owner = insightsOwner(table, index)
  const insights = owner.contributorInsights
  const summary = insightsSummary(table.name, index, insights)
  if (insights === undefined) return summary
  const hasRules = insights.status === 'ENABLED' || insights.status === 'DISABLING'
  return {
    ...summary,
    ...(hasRules && {
      ContributorInsightsRuleList: ruleNames(table.name, index, owner.keySchema, insights).map(({ name }) => name),
    }),
    LastUpdateDateTime: insights.updatedAtMs / 1000,
  }
}
