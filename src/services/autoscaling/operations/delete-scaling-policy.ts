import { operation } from '../../../contract/operation.ts'
import { type InputOf, required, structure } from '../../../contract/shape.ts'
import { targetAccess } from '../access.ts'
import { managementEvent } from '../audit.ts'
import { policyNotFound } from '../errors.ts'
import { shortText, targetMembers } from '../shapes.ts'
import { changeTarget } from '../stored-targets.ts'
import { targetIdOf } from '../target-id.ts'

const input = structure({ PolicyName: required(shortText), ...targetMembers }, 'DeleteScalingPolicyRequest')
type Input = InputOf<typeof input>

export const deleteScalingPolicy = operation<Input, object>({
  name: 'DeleteScalingPolicy',
  kind: 'control-write',
  input,
  access: (input, ctx) => targetAccess('DeleteScalingPolicy', input, ctx),
  audit: managementEvent(false),
  run: async (input, ctx) => {
    const id = targetIdOf(input)
    await changeTarget(id, ctx, (present) => {
      const policies = present.policies.filter(({ name }) => name !== input.PolicyName)
      if (policies.length === present.policies.length) throw policyNotFound(id, input.PolicyName)
      return { ...present, policies }
    })
    return {}
  },
})
