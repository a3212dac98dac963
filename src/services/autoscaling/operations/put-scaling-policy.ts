import { randomUUID } from 'node:crypto'
import { operation } from '../../../contract/operation.ts'
import { type InputOf, optional, required, structure } from '../../../contract/shape.ts'
import { string } from '../../../contract/shape-scalars.ts'
import { targetAccess } from '../access.ts'
import { type Alarm, alarmKinds, alarmsOf, policyArn } from '../arns.ts'
import { managementEvent } from '../audit.ts'
import { checkedPolicy } from '../policy-rules.ts'
import type { ScalableTarget, ScalingPolicy } from '../records.ts'
import { notOfDynamodb, policyName, targetMembers, trackingConfiguration } from '../shapes.ts'
import { changeTarget, scopeOf } from '../stored-targets.ts'
import { targetIdOf } from '../target-id.ts'

const input = structure(
  {
    PolicyName: required(policyName),
    ...targetMembers,
    PolicyType: optional(string({ oneOf: ['StepScaling', 'TargetTrackingScaling', 'PredictiveScaling'] })),
    StepScalingPolicyConfiguration: optional(notOfDynamodb),
    TargetTrackingScalingPolicyConfiguration: optional(trackingConfiguration),
    PredictiveScalingPolicyConfiguration: optional(notOfDynamodb),
  },
  'PutScalingPolicyRequest',
)
type Input = InputOf<typeof input>

export interface PutScalingPolicyOutput {
  readonly PolicyARN: string
  readonly Alarms: readonly Alarm[]
}

export const putScalingPolicy = operation<Input, PutScalingPolicyOutput>({
  name: 'PutScalingPolicy',
  kind: 'control-write',
  input,
  access: (input, ctx) => targetAccess('PutScalingPolicy', input, ctx),
  audit: managementEvent(false),
  run: async (input, ctx) => {
    const id = targetIdOf(input)
    const alarmIds = alarmKinds.map(() => randomUUID())
    const target = await changeTarget(id, ctx, (present) =>
      withPolicy(present, checkedPolicy(input, present, { nowMs: ctx.receivedAtMs, alarmIds })),
    )
    const policy = target?.policies.find(({ name }) => name === input.PolicyName)
    const kept = { target: target as ScalableTarget, policy: policy as ScalingPolicy }
    return {
      PolicyARN: policyArn(kept.target, input.PolicyName, scopeOf(ctx)),
      Alarms: alarmsOf(kept.target, kept.policy, scopeOf(ctx)),
    }
  },
})

function withPolicy(target: ScalableTarget, policy: ScalingPolicy): ScalableTarget {
  return { ...target, policies: [...target.policies.filter(({ name }) => name !== policy.name), policy] }
}
