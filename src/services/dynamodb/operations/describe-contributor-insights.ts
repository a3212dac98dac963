import { operation } from '../../../contract/operation.ts'
import { type InputOf, optional, required, structure } from '../../../contract/shape.ts'
import { managementEvent } from '../audit.ts'
import { type InsightsDescription, insightsDescription } from '../contributor-insights.ts'
import { tableNotFound } from '../errors.ts'
import { indexName, tableName } from '../shapes.ts'
import { indexArn, scopeOf, tableReference } from '../table-reference.ts'

const action = 'dynamodb:DescribeContributorInsights'

const input = structure(
  { TableName: required(tableName), IndexName: optional(indexName) },
  'DescribeContributorInsightsInput',
)
type Input = InputOf<typeof input>

export const describeContributorInsights = operation<Input, InsightsDescription>({
  name: 'DescribeContributorInsights',
  kind: 'control-read',
  input,
  access: ({ TableName, IndexName }, ctx) => {
    const { arn } = tableReference(TableName, ctx, action)
    return [{ action, resource: IndexName === undefined ? arn : indexArn(arn, IndexName) }]
  },
  audit: managementEvent({ readOnly: true, tableName: (input) => input.TableName }),
  run: async ({ TableName, IndexName }, ctx) => {
    const { name } = tableReference(TableName, ctx, action)
    const found = await ctx.engine.tables.find(scopeOf(ctx), name)
    if (found === undefined) throw tableNotFound(name)
    return insightsDescription(found.record, IndexName)
  },
})
