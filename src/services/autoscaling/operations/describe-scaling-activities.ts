import { operation } from '../../../contract/operation.ts'
import type { RequestContext } from '../../../contract/request-context.ts'
import { type InputOf, optional, required, structure } from '../../../contract/shape.ts'
import { boolean } from '../../../contract/shape-scalars.ts'
import { describeAccess } from '../access.ts'
import { managementEvent } from '../audit.ts'
import { checkFilter, matches } from '../described-targets.ts'
import { activities, activityKey, type NotScaledReason, type ScalingActivity } from '../records.ts'
import { type Placed, pageMembers, resultPage } from '../result-pages.ts'
import { scalableDimension, serviceNamespace, shortText } from '../shapes.ts'
import { scopeOf } from '../stored-targets.ts'

const input = structure(
  {
    ServiceNamespace: required(serviceNamespace),
    ResourceId: optional(shortText),
    ScalableDimension: optional(scalableDimension),
    ...pageMembers,
    IncludeNotScaledActivities: optional(boolean),
  },
  'DescribeScalingActivitiesRequest',
)
type Input = InputOf<typeof input>

/** Times in seconds since the epoch. */
export interface ShownActivity {
  readonly ActivityId: string
  readonly ServiceNamespace: 'dynamodb'
  readonly ResourceId: string
  readonly ScalableDimension: string
  readonly Description: string
  readonly Cause: string
  readonly StartTime: number
  readonly EndTime?: number
  readonly StatusCode: ScalingActivity['statusCode']
  readonly StatusMessage?: string
  readonly NotScaledReasons?: readonly NotScaledReason[]
}

export interface DescribeScalingActivitiesOutput {
  readonly ScalingActivities: readonly ShownActivity[]
  readonly NextToken?: string
}

/** The newest first. */
export const describeScalingActivities = operation<Input, DescribeScalingActivitiesOutput>({
  name: 'DescribeScalingActivities',
  kind: 'control-read',
  input,
  access: describeAccess('DescribeScalingActivities'),
  audit: managementEvent(true),
  run: async (input, ctx) => {
    checkFilter(input)
    const includesNotScaled = input.IncludeNotScaledActivities ?? false
    const wanted = (activity: ScalingActivity) =>
      matches(activity, input) && (includesNotScaled || activity.notScaledReasons === undefined)
    const { found, ...more } = await resultPage(input, (after) => shownActivities(ctx, after, wanted))
    return { ScalingActivities: found, ...more }
  },
})

const activitiesPerRead = 200

async function* shownActivities(
  ctx: RequestContext,
  place: string | undefined,
  wanted: (activity: ScalingActivity) => boolean,
): AsyncGenerator<Placed<ShownActivity>> {
  let after = place
  do {
    const query = { limit: activitiesPerRead, ...(after !== undefined && { after }) }
    const page = await ctx.engine.collections.list(activities, scopeOf(ctx), query)
    for (const { value } of page.records) {
      if (wanted(value)) yield { place: activityKey(value), shown: shown(value) }
    }
    after = page.last
  } while (after !== undefined)
}

function shown(activity: ScalingActivity): ShownActivity {
  const { endMs, statusMessage, notScaledReasons } = activity
  return {
    ActivityId: activity.activityId,
    ServiceNamespace: 'dynamodb',
    ResourceId: activity.resourceId,
    ScalableDimension: activity.dimension,
    Description: activity.description,
    Cause: activity.cause,
    StartTime: activity.startMs / 1000,
    ...(endMs !== undefined && { EndTime: endMs / 1000 }),
    StatusCode: activity.statusCode,
    ...(statusMessage !== undefined && { StatusMessage: statusMessage }),
    ...(notScaledReasons !== undefined && { NotScaledReasons: notScaledReasons }),
  }
}
