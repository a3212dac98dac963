/** aws:ResourceTag of tables and indexes, an index having its table's; looked up only when a policy asks. */
import type { ConditionValues } from '../contract/operation.ts'
import type { RequestContext } from '../contract/request-context.ts'

const prefix = 'aws:resourcetag/'
const tableOrIndex = /^arn:aws:dynamodb:([^:]+):(\d{12}):table\/([^/]+)(?:\/index\/[^/]+)?$/

/** `keys` as policies ask for them, in lower case. */
export function asksForTags(keys: readonly string[], resource: string): boolean {
  return keys.some((key) => key.startsWith(prefix)) && tableOrIndex.test(resource)
}

export async function resourceTags(resource: string, ctx: RequestContext): Promise<ConditionValues> {
  const [, region, accountId, table] = tableOrIndex.exec(resource) ?? []
  if (region === undefined || accountId === undefined || table === undefined) return {}
  const found = await ctx.engine.tables.find({ accountId, region }, table)
  return Object.fromEntries((found?.record.tags ?? []).map(({ key, value }) => [`${prefix}${key}`, value]))
}
