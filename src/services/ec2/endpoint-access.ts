/** What callers need permission for: the endpoint, and everything of the network that it is joined to. */
import type { AccessRequest, ConditionValues } from '../../contract/operation.ts'
import type { RequestContext } from '../../contract/request-context.ts'
import { ec2Arn, type ResourceKind } from './ec2-operation.ts'
import type { EndpointRecord, Tag } from './endpoint-records.ts'

/** Each service here is AWS's own, so to say. */
const serviceOwner = 'amazon'

/** `record` is undefined where there is no such endpoint, which is told to who may ask. */
export function accessToEndpoint(
  action: string,
  id: string,
  record: EndpointRecord | undefined,
  ctx: RequestContext,
): AccessRequest {
  return {
    action,
    resource: ec2Arn(ctx, 'vpc-endpoint', id),
    conditions: () => ({
      'ec2:Region': ctx.region,
      ...(record && { ...serviceConditions(record.serviceName), ...tagged('ResourceTag', record.tags) }),
    }),
  }
}

export function serviceConditions(serviceName: string): ConditionValues {
  return { 'ec2:VpceServiceName': serviceName, 'ec2:VpceServiceOwner': serviceOwner }
}

/** aws:RequestTag/k, or aws:ResourceTag/k, which EC2 has under its own name as well. */
export function tagged(kind: 'RequestTag' | 'ResourceTag', tags: readonly Tag[]): ConditionValues {
  const under = (prefix: string) =>
    Object.fromEntries(tags.map(({ key, value }) => [`${prefix}:${kind}/${key}`, value]))
  return kind === 'ResourceTag' ? { ...under('aws'), ...under('ec2') } : under('aws')
}

export function accessToParts(
  action: string,
  parts: readonly (readonly [kind: ResourceKind, ids: readonly string[] | undefined])[],
  ctx: RequestContext,
): readonly AccessRequest[] {
  return parts.flatMap(([kind, ids = []]) =>
    ids.map((id) => ({
      action,
      resource: ec2Arn(ctx, kind, id),
      conditions: () => ({ 'ec2:Region': ctx.region, ...(kind === 'vpc' && { 'ec2:VpcID': id }) }),
    })),
  )
}
