import { operation } from '../../../contract/operation.ts'
import { type InputOf, structure } from '../../../contract/shape.ts'
import { targetAccess } from '../access.ts'
import { managementEvent } from '../audit.ts'
import { targetMembers } from '../shapes.ts'
import { changeTarget } from '../stored-targets.ts'
import { targetIdOf } from '../target-id.ts'

const input = structure(targetMembers, 'DeregisterScalableTargetRequest')
type Input = InputOf<typeof input>

/** The target's policies and scheduled actions go with it; its activities stay to be read. */
export const deregisterScalableTarget = operation<Input, object>({
  name: 'DeregisterScalableTarget',
  kind: 'control-write',
  input,
  access: (input, ctx) => targetAccess('DeregisterScalableTarget', input, ctx),
  audit: managementEvent(false),
  run: async (input, ctx) => {
    await changeTarget(targetIdOf(input), ctx, () => undefined)
    return {}
  },
})
