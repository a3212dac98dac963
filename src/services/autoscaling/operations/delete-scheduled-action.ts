import { operation } from '../../../contract/operation.ts'
import { type InputOf, required, structure } from '../../../contract/shape.ts'
import { targetAccess } from '../access.ts'
import { managementEvent } from '../audit.ts'
import { scheduledActionNotFound } from '../errors.ts'
import { shortText, targetMembers } from '../shapes.ts'
import { changeTarget } from '../stored-targets.ts'
import { targetIdOf } from '../target-id.ts'

const input = structure({ ...targetMembers, ScheduledActionName: required(shortText) }, 'DeleteScheduledActionRequest')
type Input = InputOf<typeof input>

export const deleteScheduledAction = operation<Input, object>({
  name: 'DeleteScheduledAction',
  kind: 'control-write',
  input,
  access: (input, ctx) => targetAccess('DeleteScheduledAction', input, ctx),
  audit: managementEvent(false),
  run: async (input, ctx) => {
    const id = targetIdOf(input)
    await changeTarget(id, ctx, (present) => {
      const scheduledActions = present.scheduledActions.filter(({ name }) => name !== input.ScheduledActionName)
      if (scheduledActions.length === present.scheduledActions.length) {
        throw scheduledActionNotFound(id, input.ScheduledActionName)
      }
      return { ...present, scheduledActions }
    })
    return {}
  },
})
