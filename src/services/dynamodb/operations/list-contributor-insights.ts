import { operation } from '../../../contract/operation.ts'
import type { RequestContext } from '../../../contract/request-context.ts'
import { type InputOf, optional, structure } from '../../../contract/shape.ts'
import { integer, string } from '../../../contract/shape-scalars.ts'
import { tablesPerRegionMax } from '../../../engine/tables/engine-tables.ts'
import type { TableRecord } from '../../../engine/tables/table.ts'
import { validationError } from '../../../foundation/service-error.ts'
import { managementEvent } from '../audit.ts'
import { type InsightsSummary, insightsOwner, insightsSummary } from '../contributor-insights.ts'
import { tableNotFound } from '../errors.ts'
import { tableName } from '../shapes.ts'
import { scopeOf, tableReference } from '../table-reference.ts'

const action = 'dynamodb:ListContributorInsights'
const resultsMax = 100

const input = structure(
  {
    TableName: optional(tableName),
    NextToken: optional(string()),
    MaxResults: optional(integer({ min: 1, max: resultsMax })),
  },
  'ListContributorInsightsInput',
)
type Input = InputOf<typeof input>

export interface ListContributorInsightsOutput {
  readonly ContributorInsightsSummaries: readonly InsightsSummary[]
  readonly NextToken?: string
}

/** Tables in the order of their names, each before its indexes. What is disabled is not listed (recorded 2026-10). */
export const listContributorInsights = operation<Input, ListContributorInsightsOutput>({
  name: 'ListContributorInsights',
  kind: 'control-read',
  input,
  access: () => [{ action, resource: '*' }],
  audit: managementEvent({ readOnly: true, tableName: (input) => input.TableName }),
  run: async ({ TableName, NextToken, MaxResults = resultsMax }, ctx) => {
    const tables = TableName === undefined ? await allTables(ctx) : [await tableNamed(TableName, ctx)]
    const all = tables.flatMap(summariesOf)
    const after = NextToken === undefined ? undefined : placeOf(NextToken)
    const rest = after === undefined ? all : all.filter((summary) => comesAfter(summary, after))
    const page = rest.slice(0, MaxResults)
    const last = page.at(-1)
    return {
      ContributorInsightsSummaries: page,
      ...(last !== undefined && rest.length > page.length && { NextToken: tokenOf(last) }),
    }
  },
})

async function tableNamed(asGiven: string, ctx: RequestContext): Promise<TableRecord> {
  const { name } = tableReference(asGiven, ctx, action)
  const found = await ctx.engine.tables.find(scopeOf(ctx), name)
  if (found === undefined) throw tableNotFound(name)
  insightsOwner(found.record, undefined)
  return found.record
}

async function allTables(ctx: RequestContext): Promise<TableRecord[]> {
  const scope = scopeOf(ctx)
  const { names } = await ctx.engine.tables.list(scope, undefined, tablesPerRegionMax)
  const found = await Promise.all(names.map((name) => ctx.engine.tables.find(scope, name)))
  return found.flatMap((each) => (each === undefined ? [] : [each.record]))
}

function summariesOf(table: TableRecord): InsightsSummary[] {
  const indexes = table.indexes.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return [
    insightsSummary(table.name, undefined, table.contributorInsights),
    ...indexes.map((index) => insightsSummary(table.name, index.name, index.contributorInsights)),
  ].filter((summary) => summary.ContributorInsightsStatus !== 'DISABLED')
}

interface Place {
  readonly TableName: string
  readonly IndexName?: string
}

function tokenOf({ TableName, IndexName }: Place): string {
  return Buffer.from(JSON.stringify({ TableName, IndexName })).toString('base64url')
}

function placeOf(token: string): Place {
  try {
    const place = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as Place | null
    if (typeof place?.TableName === 'string' && ['string', 'undefined'].includes(typeof place.IndexName)) return place
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw validationError('Invalid NextToken')
}

function comesAfter(summary: Place, after: Place): boolean {
  if (summary.TableName !== after.TableName) return summary.TableName > after.TableName
  return (summary.IndexName ?? '') > (after.IndexName ?? '')
}
