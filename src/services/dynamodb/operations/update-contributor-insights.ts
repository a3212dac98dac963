import { operation } from '../../../contract/operation.ts'
import { type InputOf, optional, required, structure } from '../../../contract/shape.ts'
import { string } from '../../../contract/shape-scalars.ts'
import type { TableRecord } from '../../../engine/tables/table.ts'
import { managementEvent } from '../audit.ts'
import {
  changedInsights,
  type InsightsSummary,
  insightsModes,
  insightsOwner,
  insightsSummary,
} from '../contributor-insights.ts'
import { indexName, tableName } from '../shapes.ts'
import { indexArn, scopeOf, tableReference } from '../table-reference.ts'

const action = 'dynamodb:UpdateContributorInsights'

const input = structure(
  {
    TableName: required(tableName),
    IndexName: optional(indexName),
    ContributorInsightsAction: required(string({ oneOf: ['ENABLE', 'DISABLE'] })),
    ContributorInsightsMode: optional(string({ oneOf: insightsModes })),
  },
  'UpdateContributorInsightsInput',
)
type Input = InputOf<typeof input>

export const updateContributorInsights = operation<Input, InsightsSummary>({
  name: 'UpdateContributorInsights',
  kind: 'control-write',
  input,
  access: ({ TableName, IndexName }, ctx) => {
    const { arn } = tableReference(TableName, ctx, action)
    return [{ action, resource: IndexName === undefined ? arn : indexArn(arn, IndexName) }]
  },
  audit: managementEvent({ readOnly: false, tableName: (input) => input.TableName }),
  run: async (input, ctx) => {
    const { TableName, IndexName, ContributorInsightsAction, ContributorInsightsMode } = input
    const { name } = tableReference(TableName, ctx, action)
    const change = { action: ContributorInsightsAction, mode: ContributorInsightsMode }
    const { record } = await ctx.engine.tables.update(
      scopeOf(ctx),
      name,
      (present): TableRecord => changedInsights(present, IndexName, change, ctx.receivedAtMs),
    )
    return insightsSummary(name, IndexName, insightsOwner(record, IndexName).contributorInsights)
  },
})
