/** The names that AWS gives the rules of contributor insights. */
import type { InsightsRecord, KeySchema } from '../tables/table.ts'
import type { InsightsRule } from './key-insights.ts'

/** Rules of accessed (C) and throttled (T) keys, by partition key (P) and, where there is one, with the sort key (S). */
export function ruleNames(
  table: string,
  index: string | undefined,
  schema: KeySchema,
  { mode, enabledAtMs }: InsightsRecord,
): { readonly rule: InsightsRule; readonly name: string }[] {
  const resource = index === undefined ? table : `${table}-${index}`
  const byPartition: readonly InsightsRule[] = mode === 'THROTTLED_KEYS' ? ['PKT'] : ['PKC', 'PKT']
  const byItem: readonly InsightsRule[] = mode === 'THROTTLED_KEYS' ? ['SKT'] : ['SKC', 'SKT']
  const rules = schema.range.length > 0 ? [...byPartition, ...byItem] : byPartition
  return rules.map((rule) => ({ rule, name: `DynamoDBContributorInsights-${rule}-${resource}-${enabledAtMs}` }))
}
