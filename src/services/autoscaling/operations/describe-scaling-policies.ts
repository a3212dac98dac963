import { operation } from '../../../contract/operation.ts'
import { type InputOf, optional, required, structure } from '../../../contract/shape.ts'
import type { Scope } from '../../../engine/engine.ts'
import { describeAccess } from '../access.ts'
import { type Alarm, alarmsOf, policyArn } from '../arns.ts'
import { managementEvent } from '../audit.ts'
import { checkFilter, namedParts } from '../described-targets.ts'
import type { CapacityMetric, ScalableTarget, ScalingPolicy } from '../records.ts'
import { pageMembers, resultPage } from '../result-pages.ts'
import { scalableDimension, serviceNamespace, shortText, shortTexts } from '../shapes.ts'
import { scopeOf } from '../stored-targets.ts'

const input = structure(
  {
    PolicyNames: optional(shortTexts),
    ServiceNamespace: required(serviceNamespace),
    ResourceId: optional(shortText),
    ScalableDimension: optional(scalableDimension),
    ...pageMembers,
  },
  'DescribeScalingPoliciesRequest',
)
type Input = InputOf<typeof input>

export interface ShownPolicy {
  readonly PolicyARN: string
  readonly PolicyName: string
  readonly ServiceNamespace: 'dynamodb'
  readonly ResourceId: string
  readonly ScalableDimension: string
  readonly PolicyType: 'TargetTrackingScaling'
  readonly TargetTrackingScalingPolicyConfiguration: {
    readonly TargetValue: number
    readonly PredefinedMetricSpecification: { readonly PredefinedMetricType: CapacityMetric }
    readonly ScaleOutCooldown?: number
    readonly ScaleInCooldown?: number
    readonly DisableScaleIn?: boolean
  }
  readonly Alarms: readonly Alarm[]
  /** Seconds since the epoch. */
  readonly CreationTime: number
}

export interface DescribeScalingPoliciesOutput {
  readonly ScalingPolicies: readonly ShownPolicy[]
  readonly NextToken?: string
}

export const describeScalingPolicies = operation<Input, DescribeScalingPoliciesOutput>({
  name: 'DescribeScalingPolicies',
  kind: 'control-read',
  input,
  access: describeAccess('DescribeScalingPolicies'),
  audit: managementEvent(true),
  run: async (input, ctx) => {
    checkFilter(input)
    const names = input.PolicyNames ?? []
    const policiesOf = ({ policies }: ScalableTarget) =>
      policies.filter(({ name }) => names.length === 0 || names.includes(name))
    const { found, ...more } = await resultPage(input, (after) =>
      namedParts(input, ctx, after, policiesOf, (policy, target) => shown(policy, target, scopeOf(ctx))),
    )
    return { ScalingPolicies: found, ...more }
  },
})

function shown(policy: ScalingPolicy, target: ScalableTarget, scope: Scope): ShownPolicy {
  const { scaleOutCooldownSeconds, scaleInCooldownSeconds, disableScaleIn } = policy
  return {
    PolicyARN: policyArn(target, policy.name, scope),
    PolicyName: policy.name,
    ServiceNamespace: 'dynamodb',
    ResourceId: target.resourceId,
    ScalableDimension: target.dimension,
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: policy.targetValue,
      PredefinedMetricSpecification: { PredefinedMetricType: policy.metric },
      ...(scaleOutCooldownSeconds !== undefined && { ScaleOutCooldown: scaleOutCooldownSeconds }),
      ...(scaleInCooldownSeconds !== undefined && { ScaleInCooldown: scaleInCooldownSeconds }),
      ...(disableScaleIn !== undefined && { DisableScaleIn: disableScaleIn }),
    },
    Alarms: alarmsOf(target, policy, scope),
    CreationTime: policy.createdAtMs / 1000,
  }
}
