import { operation } from '../../../contract/operation.ts'
import { type InputOf, optional, required, structure } from '../../../contract/shape.ts'
import type { Scope } from '../../../engine/engine.ts'
import { describeAccess } from '../access.ts'
import { scheduledActionArn } from '../arns.ts'
import { managementEvent } from '../audit.ts'
import { checkFilter, namedParts } from '../described-targets.ts'
import type { ScalableTarget, ScheduledAction } from '../records.ts'
import { pageMembers, resultPage } from '../result-pages.ts'
import { scalableDimension, serviceNamespace, shortText, shortTexts } from '../shapes.ts'
import { scopeOf } from '../stored-targets.ts'

const input = structure(
  {
    ScheduledActionNames: optional(shortTexts),
    ServiceNamespace: required(serviceNamespace),
    ResourceId: optional(shortText),
    ScalableDimension: optional(scalableDimension),
    ...pageMembers,
  },
  'DescribeScheduledActionsRequest',
)
type Input = InputOf<typeof input>

/** Times in seconds since the epoch. */
export interface ShownScheduledAction {
  readonly ScheduledActionName: string
  readonly ScheduledActionARN: string
  readonly ServiceNamespace: 'dynamodb'
  readonly Schedule: string
  readonly Timezone?: string
  readonly ResourceId: string
  readonly ScalableDimension: string
  readonly StartTime?: number
  readonly EndTime?: number
  readonly ScalableTargetAction: { readonly MinCapacity?: number; readonly MaxCapacity?: number }
  readonly CreationTime: number
}

export interface DescribeScheduledActionsOutput {
  readonly ScheduledActions: readonly ShownScheduledAction[]
  readonly NextToken?: string
}

export const describeScheduledActions = operation<Input, DescribeScheduledActionsOutput>({
  name: 'DescribeScheduledActions',
  kind: 'control-read',
  input,
  access: describeAccess('DescribeScheduledActions'),
  audit: managementEvent(true),
  run: async (input, ctx) => {
    checkFilter(input)
    const names = input.ScheduledActionNames ?? []
    const actionsOf = ({ scheduledActions }: ScalableTarget) =>
      scheduledActions.filter(({ name }) => names.length === 0 || names.includes(name))
    const { found, ...more } = await resultPage(input, (after) =>
      namedParts(input, ctx, after, actionsOf, (action, target) => shown(action, target, scopeOf(ctx))),
    )
    return { ScheduledActions: found, ...more }
  },
})

function shown(action: ScheduledAction, target: ScalableTarget, scope: Scope): ShownScheduledAction {
  const { timezone, startMs, endMs, minCapacity, maxCapacity } = action
  return {
    ScheduledActionName: action.name,
    ScheduledActionARN: scheduledActionArn(target, action.name, scope),
    ServiceNamespace: 'dynamodb',
    Schedule: action.schedule,
    ...(timezone !== undefined && { Timezone: timezone }),
    ResourceId: target.resourceId,
    ScalableDimension: target.dimension,
    ...(startMs !== undefined && { StartTime: startMs / 1000 }),
    ...(endMs !== undefined && { EndTime: endMs / 1000 }),
    ScalableTargetAction: {
      ...(minCapacity !== undefined && { MinCapacity: minCapacity }),
      ...(maxCapacity !== undefined && { MaxCapacity: maxCapacity }),
    },
    CreationTime: action.createdAtMs / 1000,
  }
}
