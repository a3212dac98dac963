import { operation } from '../../../contract/operation.ts'
import type { RequestContext } from '../../../contract/request-context.ts'
import { type InputOf, optional, required, structure } from '../../../contract/shape.ts'
import type { Scope } from '../../../engine/engine.ts'
import { describeAccess } from '../access.ts'
import { serviceRoleArn, targetArn } from '../arns.ts'
import { managementEvent } from '../audit.ts'
import { checkFilter, matches } from '../described-targets.ts'
import { type ScalableTarget, targets } from '../records.ts'
import { type Placed, pageMembers, resultPage } from '../result-pages.ts'
import { scalableDimension, serviceNamespace, shortTexts } from '../shapes.ts'
import { scopeOf } from '../stored-targets.ts'
import { targetKey } from '../target-id.ts'

const input = structure(
  {
    ServiceNamespace: required(serviceNamespace),
    ResourceIds: optional(shortTexts),
    ScalableDimension: optional(scalableDimension),
    ...pageMembers,
  },
  'DescribeScalableTargetsRequest',
)
type Input = InputOf<typeof input>

export interface ShownTarget {
  readonly ServiceNamespace: 'dynamodb'
  readonly ResourceId: string
  readonly ScalableDimension: string
  readonly MinCapacity: number
  readonly MaxCapacity: number
  readonly RoleARN: string
  /** Seconds since the epoch. */
  readonly CreationTime: number
  readonly SuspendedState: {
    readonly DynamicScalingInSuspended: boolean
    readonly DynamicScalingOutSuspended: boolean
    readonly ScheduledScalingSuspended: boolean
  }
  readonly ScalableTargetARN: string
}

export interface DescribeScalableTargetsOutput {
  readonly ScalableTargets: readonly ShownTarget[]
  readonly NextToken?: string
}

export const describeScalableTargets = operation<Input, DescribeScalableTargetsOutput>({
  name: 'DescribeScalableTargets',
  kind: 'control-read',
  input,
  access: describeAccess('DescribeScalableTargets'),
  audit: managementEvent(true),
  run: async (input, ctx) => {
    const { ResourceIds: ids = [], ServiceNamespace, ScalableDimension } = input
    const filter = { ServiceNamespace, ...(ScalableDimension !== undefined && { ScalableDimension }) }
    if (ids.length === 0) checkFilter(filter)
    for (const ResourceId of ids) checkFilter({ ...filter, ResourceId })
    const wanted = (target: ScalableTarget) =>
      matches(target, filter) && (ids.length === 0 || ids.includes(target.resourceId))
    const { found, ...more } = await resultPage(input, (after) => shownTargets(ctx, after, wanted))
    return { ScalableTargets: found, ...more }
  },
})

const targetsPerRead = 100

async function* shownTargets(
  ctx: RequestContext,
  place: string | undefined,
  wanted: (target: ScalableTarget) => boolean,
): AsyncGenerator<Placed<ShownTarget>> {
  const scope = scopeOf(ctx)
  let after = place
  do {
    const query = { limit: targetsPerRead, ...(after !== undefined && { after }) }
    const page = await ctx.engine.collections.list(targets, scope, query)
    for (const { value } of page.records) {
      if (wanted(value)) yield { place: targetKey(value), shown: shown(value, scope) }
    }
    after = page.last
  } while (after !== undefined)
}

function shown(target: ScalableTarget, scope: Scope): ShownTarget {
  return {
    ServiceNamespace: 'dynamodb',
    ResourceId: target.resourceId,
    ScalableDimension: target.dimension,
    MinCapacity: target.minCapacity,
    MaxCapacity: target.maxCapacity,
    RoleARN: serviceRoleArn(scope),
    CreationTime: target.createdAtMs / 1000,
    SuspendedState: {
      DynamicScalingInSuspended: target.suspended.scaleIn,
      DynamicScalingOutSuspended: target.suspended.scaleOut,
      ScheduledScalingSuspended: target.suspended.scheduled,
    },
    ScalableTargetARN: targetArn(target, scope),
  }
}
