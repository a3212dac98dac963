/** What contributor insights have found, as the engine's callers may ask for it. */
import type { Scope } from '../scope.ts'
import type { InsightsRule, MinuteReport } from './key-insights.ts'

export interface ReportRequest {
  readonly scope: Scope
  readonly table: string
  /** A global index; absent: the table. */
  readonly index?: string
  readonly rule: InsightsRule
  /** Minutes that begin at or after this, and before `toMs`. Milliseconds since the epoch. */
  readonly fromMs: number
  readonly toMs: number
  /** Keys of each minute, at most 100. */
  readonly limit: number
}

/** A rule of a table or a global index on which insights are on. */
export interface NamedRule {
  readonly table: string
  readonly index: string | undefined
  readonly rule: InsightsRule
  /** Names of the attributes that its keys are made of. */
  readonly keyNames: readonly string[]
}

export interface Contributors {
  /** The rule of that name, as DescribeContributorInsights gives it; undefined when there is none. */
  findRule(scope: Scope, name: string): Promise<NamedRule | undefined>
  /**
   * The heaviest keys of each minute of the last hour in which there were any, the oldest first. Figures are kept in
   * memory since the server started. Undefined when insights are not on, or there is no such table or index.
   */
  report(request: ReportRequest): Promise<MinuteReport[] | undefined>
}
