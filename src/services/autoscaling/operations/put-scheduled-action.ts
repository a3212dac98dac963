import { type AnyOperation, operation } from '../../../contract/operation.ts'
import { type InputOf, optional, required, structure } from '../../../contract/shape.ts'
import { timestamp } from '../../../contract/shape-scalars.ts'
import { validationError } from '../../../foundation/service-error.ts'
import { targetAccess } from '../access.ts'
import { managementEvent } from '../audit.ts'
import { checkBounds } from '../capacity-bounds.ts'
import { limitExceeded } from '../errors.ts'
import type { ScalableTarget, ScheduledAction } from '../records.ts'
import { checkTimezone, nextDue, parseSchedule } from '../schedules/schedule.ts'
import { scalableTargetAction, scheduledActionName, shortText, targetMembers } from '../shapes.ts'
import { changeTarget } from '../stored-targets.ts'
import { targetIdOf } from '../target-id.ts'

/** AWS quota. */
const scheduledActionsPerTargetMax = 200

const input = structure(
  {
    ServiceNamespace: targetMembers.ServiceNamespace,
    Schedule: optional(shortText),
    Timezone: optional(shortText),
    ScheduledActionName: required(scheduledActionName),
    ResourceId: targetMembers.ResourceId,
    ScalableDimension: targetMembers.ScalableDimension,
    StartTime: optional(timestamp),
    EndTime: optional(timestamp),
    ScalableTargetAction: optional(scalableTargetAction),
  },
  'PutScheduledActionRequest',
)
type Input = InputOf<typeof input>

/** `wake` lets the duty look when it must be up again. */
export function putScheduledAction(wake: () => void): AnyOperation {
  return operation<Input, object>({
    name: 'PutScheduledAction',
    kind: 'control-write',
    input,
    access: (input, ctx) => targetAccess('PutScheduledAction', input, ctx),
    audit: managementEvent(false),
    run: async (input, ctx) => {
      const id = targetIdOf(input)
      await changeTarget(id, ctx, (present) => withAction(present, input, ctx.receivedAtMs))
      wake()
      return {}
    },
  })
}

function withAction(target: ScalableTarget, input: Input, nowMs: number): ScalableTarget {
  const others = target.scheduledActions.filter(({ name }) => name !== input.ScheduledActionName)
  const before = target.scheduledActions.find(({ name }) => name === input.ScheduledActionName)
  const action = checkedAction(input, before, nowMs)
  if (others.length >= scheduledActionsPerTargetMax) {
    throw limitExceeded(
      `The scalable target has the maximum number of scheduled actions: ${scheduledActionsPerTargetMax}`,
    )
  }
  return { ...target, scheduledActions: [...others, action] }
}

/** What is left out stays as it was, but for the start and the end: they go. */
function checkedAction(input: Input, before: ScheduledAction | undefined, nowMs: number): ScheduledAction {
  const bounds = boundsOf(input, before)
  const schedule = input.Schedule ?? before?.schedule
  if (schedule === undefined) throw validationError('Schedule must be set')
  parseSchedule(schedule)
  const timezone = input.Timezone ?? before?.timezone
  if (timezone !== undefined) checkTimezone(timezone)
  const { StartTime, EndTime } = input
  if (StartTime !== undefined && EndTime !== undefined && StartTime >= EndTime) {
    throw validationError('StartTime must be before EndTime')
  }
  const timing = {
    createdAtMs: before?.createdAtMs ?? nowMs,
    schedule,
    ...(timezone !== undefined && { timezone }),
    ...(StartTime !== undefined && { startMs: StartTime * 1000 }),
    ...(EndTime !== undefined && { endMs: EndTime * 1000 }),
  }
  const dueAtMs = nextDue(timing, nowMs)
  return { name: input.ScheduledActionName, ...timing, ...bounds, ...(dueAtMs !== undefined && { dueAtMs }) }
}

function boundsOf(
  input: Input,
  before: ScheduledAction | undefined,
): Pick<ScheduledAction, 'minCapacity' | 'maxCapacity'> {
  const action = input.ScalableTargetAction
  if (action === undefined) {
    if (before === undefined) throw validationError('ScalableTargetAction must be set')
    const { minCapacity, maxCapacity } = before
    return { ...(minCapacity !== undefined && { minCapacity }), ...(maxCapacity !== undefined && { maxCapacity }) }
  }
  const { MinCapacity: min, MaxCapacity: max } = action
  if (min === undefined && max === undefined) {
    throw validationError('At least one of minimum capacity and maximum capacity should be provided')
  }
  checkBounds(min, max)
  return { ...(min !== undefined && { minCapacity: min }), ...(max !== undefined && { maxCapacity: max }) }
}
