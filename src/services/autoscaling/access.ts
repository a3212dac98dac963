/** What calls ask permission for. Calls that describe know no resource. */
import type { AccessRequest, ConditionValues } from '../../contract/operation.ts'
import type { RequestContext } from '../../contract/request-context.ts'
import { targetArn } from './arns.ts'
import { targets } from './records.ts'
import { scopeOf, targetOfArn } from './stored-targets.ts'
import { type NamedTarget, resourceOf, targetIdOf, targetKey } from './target-id.ts'

/** A change of the target that the request names. `tags` are those that it gives it. */
export function targetAccess(
  operation: string,
  input: NamedTarget,
  ctx: RequestContext,
  tags?: Readonly<Record<string, string>>,
): readonly AccessRequest[] {
  const id = targetIdOf(input)
  return [
    {
      action: `application-autoscaling:${operation}`,
      resource: targetArn(id, scopeOf(ctx)),
      conditions: async () => ({
        'application-autoscaling:service-namespace': input.ServiceNamespace,
        'application-autoscaling:scalable-dimension': input.ScalableDimension,
        ...(tags !== undefined && requestTags(tags)),
        ...resourceTags((await ctx.engine.collections.get(targets, scopeOf(ctx), targetKey(id)))?.value.tags),
      }),
    },
  ]
}

/**
 * What is registered will be described and changed on the caller's behalf, so the caller must be allowed to do both: the
 * developer guide's policy for auto scaling names these two.
 */
export function resourceAccess(input: NamedTarget, ctx: RequestContext): readonly AccessRequest[] {
  const table = resourceOf(targetIdOf(input))?.table
  const resource = `arn:aws:dynamodb:${ctx.region}:${ctx.accountId}:table/${table}`
  return [
    { action: 'dynamodb:DescribeTable', resource },
    { action: 'dynamodb:UpdateTable', resource },
  ]
}

/** A call about the tags of the target with an ARN. */
export function tagAccess(
  operation: string,
  arn: string,
  ctx: RequestContext,
  request: ConditionValues = {},
): readonly AccessRequest[] {
  return [
    {
      action: `application-autoscaling:${operation}`,
      resource: arn,
      conditions: async () => ({ ...request, ...resourceTags((await targetOfArn(arn, ctx))?.tags) }),
    },
  ]
}

export function describeAccess(operation: string): () => readonly AccessRequest[] {
  return () => [{ action: `application-autoscaling:${operation}`, resource: '*' }]
}

export function requestTags(tags: Readonly<Record<string, string>>): ConditionValues {
  const values: Record<string, string | readonly string[]> = { 'aws:TagKeys': Object.keys(tags) }
  for (const [key, value] of Object.entries(tags)) values[`aws:RequestTag/${key}`] = value
  return values
}

function resourceTags(tags: Readonly<Record<string, string>> = {}): ConditionValues {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]))
}
