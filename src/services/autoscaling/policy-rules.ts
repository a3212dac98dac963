/** What PutScalingPolicy accepts for DynamoDB, in the order and the words of the service. */
import { validationError } from '../../foundation/service-error.ts'
import { limitExceeded } from './errors.ts'
import type { CapacityMetric, ScalableTarget, ScalingPolicy } from './records.ts'
import type { TrackingConfiguration } from './shapes.ts'
import type { DynamodbDimension } from './target-id.ts'

/** AWS quota. */
const policiesPerTargetMax = 50
/** Measured on AWS; the developer guide's 20 to 90 is advice. */
const targetValueMin = 10
const targetValueMax = 90

export interface PolicyRequest {
  readonly PolicyName: string
  readonly PolicyType?: 'StepScaling' | 'TargetTrackingScaling' | 'PredictiveScaling'
  readonly StepScalingPolicyConfiguration?: unknown
  readonly TargetTrackingScalingPolicyConfiguration?: TrackingConfiguration
  readonly PredictiveScalingPolicyConfiguration?: unknown
}

/** The policy to keep; pure. `made` is what a policy gets when it is new. */
export function checkedPolicy(
  request: PolicyRequest,
  target: ScalableTarget,
  made: { readonly nowMs: number; readonly alarmIds: readonly string[] },
): ScalingPolicy {
  const before = target.policies.find(({ name }) => name === request.PolicyName)
  checkType(request, before)
  const configuration = request.TargetTrackingScalingPolicyConfiguration
  if (configuration === undefined) {
    if (before !== undefined) return before
    throw validationError('TargetTrackingScaling policy configuration must be specified')
  }
  const metric = metricOf(configuration, target.dimension)
  checkTargetValue(configuration.TargetValue, metric)
  checkCooldown('ScaleOutCooldown', configuration.ScaleOutCooldown)
  checkCooldown('ScaleInCooldown', configuration.ScaleInCooldown)
  const others = target.policies.filter((policy) => policy !== before)
  if (others.some((policy) => policy.metric === metric)) {
    throw validationError('Only one TargetTrackingScaling policy for a given metric specification is allowed.')
  }
  if (others.length >= policiesPerTargetMax) {
    throw limitExceeded(`The scalable target has the maximum number of scaling policies: ${policiesPerTargetMax}`)
  }
  const { ScaleOutCooldown, ScaleInCooldown, DisableScaleIn } = configuration
  return {
    name: request.PolicyName,
    createdAtMs: before?.createdAtMs ?? made.nowMs,
    alarmIds: before?.alarmIds ?? made.alarmIds,
    metric,
    targetValue: configuration.TargetValue,
    ...(ScaleOutCooldown !== undefined && { scaleOutCooldownSeconds: ScaleOutCooldown }),
    ...(ScaleInCooldown !== undefined && { scaleInCooldownSeconds: ScaleInCooldown }),
    ...(DisableScaleIn !== undefined && { disableScaleIn: DisableScaleIn }),
  }
}

function checkType(request: PolicyRequest, before: ScalingPolicy | undefined): void {
  const type = request.PolicyType ?? (before === undefined ? undefined : 'TargetTrackingScaling')
  if (type === undefined) throw validationError('Policy type must be specified')
  if (type !== 'TargetTrackingScaling') {
    throw validationError(`Scaling policy type ${type} is not supported for service namespace dynamodb`)
  }
  if (
    request.TargetTrackingScalingPolicyConfiguration !== undefined &&
    (request.StepScalingPolicyConfiguration !== undefined || request.PredictiveScalingPolicyConfiguration !== undefined)
  ) {
    throw validationError(
      'You must only provide a single scaling policy configuration, which must match the scaling policy type specified.',
    )
  }
}

function metricOf(configuration: TrackingConfiguration, dimension: DynamodbDimension): CapacityMetric {
  const { PredefinedMetricSpecification: predefined, CustomizedMetricSpecification: customized } = configuration
  if (predefined !== undefined && customized !== undefined) {
    throw validationError(
      'Only one of PredefinedMetricSpecification or CustomizedMetricSpecification can be set for target tracking scaling.',
    )
  }
  if (customized !== undefined) {
    throw validationError(`Scalable dimension ${dimension} does not support CustomizedMetricSpecification.`)
  }
  if (predefined === undefined) {
    throw validationError(
      'PredefinedMetricSpecification or CustomizedMetricSpecification must be set for target tracking scaling.',
    )
  }
  const metric = dimension.endsWith('ReadCapacityUnits')
    ? 'DynamoDBReadCapacityUtilization'
    : 'DynamoDBWriteCapacityUtilization'
  if (predefined.PredefinedMetricType !== metric) {
    throw validationError(
      `Scalable dimension ${dimension} only supports the following predefined metric types: ${metric}`,
    )
  }
  if (predefined.ResourceLabel !== undefined) {
    throw validationError(`Resource label cannot be specified for predefined metric type ${metric}`)
  }
  return metric
}

function checkTargetValue(value: number, metric: CapacityMetric): void {
  if (value >= targetValueMin && value <= targetValueMax) return
  throw validationError(
    `For predefined metric type ${metric}, target value must be between ` +
      `'${targetValueMin.toFixed(1)}' and '${targetValueMax.toFixed(1)}'`,
  )
}

function checkCooldown(name: string, seconds: number | undefined): void {
  if (seconds !== undefined && seconds < 0) throw validationError(`${name} cannot be negative`)
}
