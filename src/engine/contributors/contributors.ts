/** What contributor insights have found: the face of the engine, and how it is answered. */
import type { Trees } from '../../storage/trees.ts'
import type { Admission } from '../capacity/admission.ts'
import type { Scope } from '../scope.ts'
import type { Catalog } from '../tables/catalog.ts'
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

export interface Contributors {
  /**
   * The heaviest keys of each minute of the last hour in which there were any, the oldest first. Figures are kept in
   * memory since the server started. Undefined when insights are not on, or there is no such table or index.
   */
  report(request: ReportRequest): Promise<MinuteReport[] | undefined>
}

export function engineContributors(trees: Trees, catalog: Catalog, admission: Admission): Contributors {
  return {
    async report({ scope, table: name, index, rule, fromMs, toMs, limit }) {
      const table = await trees.view((reader) => catalog.find(reader, scope, name))
      if (table === undefined) return undefined
      const owner = index === undefined ? table : table.indexes.find(({ record }) => record.name === index)
      if (owner?.record.contributorInsights?.status !== 'ENABLED') return undefined
      const { own, global } = admission.metersOf(table)
      const tree = index === undefined ? own : global.get(index)
      return tree?.insights?.report(rule, fromMs, toMs, limit) ?? []
    },
  }
}
