/** The ARNs and names that the service gives. */
import { createHash } from 'node:crypto'
import type { Scope } from '../../engine/engine.ts'
import type { ScalableTarget, ScalingPolicy } from './records.ts'
import { type TargetId, targetKey } from './target-id.ts'

const targetIdCharacters = 36

/**
 * Made of what identifies the target, so that a permission can be asked for before anything is looked up, and also for
 * a target that is not there.
 */
export function targetArn(id: TargetId, scope: Scope): string {
  const name = createHash('sha256')
    .update(`${scope.accountId}|${scope.region}|${targetKey(id)}`)
    .digest('hex')
  return `arn:aws:application-autoscaling:${scope.region}:${scope.accountId}:scalable-target/${name.slice(0, targetIdCharacters)}`
}

export function policyArn(target: ScalableTarget, name: string, scope: Scope): string {
  return `${partArn('scalingPolicy', target, scope)}:policyName/${name}`
}

export function scheduledActionArn(target: ScalableTarget, name: string, scope: Scope): string {
  return `${partArn('scheduledAction', target, scope)}:scheduledActionName/${name}`
}

function partArn(type: string, { id, resourceId }: ScalableTarget, { accountId, region }: Scope): string {
  return `arn:aws:autoscaling:${region}:${accountId}:${type}:${id}:resource/dynamodb/${resourceId}`
}

/** Two that scale, and two that would notice units set by others. */
export const alarmKinds = ['AlarmHigh', 'AlarmLow', 'ProvisionedCapacityHigh', 'ProvisionedCapacityLow'] as const

export interface Alarm {
  readonly AlarmName: string
  readonly AlarmARN: string
}

/** The alarms of a policy, by the names that they have in CloudWatch. */
export function alarmsOf(target: ScalableTarget, policy: ScalingPolicy, scope: Scope): readonly Alarm[] {
  return alarmKinds.map((kind, position) => {
    const name = `TargetTracking-${target.resourceId}-${kind}-${policy.alarmIds[position]}`
    return { AlarmName: name, AlarmARN: `arn:aws:cloudwatch:${scope.region}:${scope.accountId}:alarm:${name}` }
  })
}

export const serviceRoleName = 'AWSServiceRoleForApplicationAutoScaling_DynamoDBTable'
export const servicePrincipal = 'dynamodb.application-autoscaling.amazonaws.com'

export function serviceRoleArn({ accountId }: Scope): string {
  return `arn:aws:iam::${accountId}:role/aws-service-role/${servicePrincipal}/${serviceRoleName}`
}
