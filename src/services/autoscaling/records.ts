/** What the room keeps: scalable targets with their policies, schedules and state, and the activities. */
import { collection } from '../../engine/collections/collections.ts'
import type { TargetId } from './target-id.ts'

/**
 * A target is one record with all that hangs on it, so that it changes as a whole: what is decided of a policy holds
 * for the target that it was decided for.
 */
export interface ScalableTarget extends TargetId {
  /** A UUID: the middle of the ARNs of its policies and scheduled actions. */
  readonly id: string
  readonly minCapacity: number
  readonly maxCapacity: number
  readonly suspended: Suspended
  readonly createdAtMs: number
  readonly tags: Readonly<Record<string, string>>
  readonly policies: readonly ScalingPolicy[]
  readonly scheduledActions: readonly ScheduledAction[]
  readonly state: ScalingState
}

export interface Suspended {
  readonly scaleIn: boolean
  readonly scaleOut: boolean
  readonly scheduled: boolean
}

/** Target tracking, the only type that DynamoDB's capacities have. */
export interface ScalingPolicy {
  readonly name: string
  readonly createdAtMs: number
  readonly metric: CapacityMetric
  /** Per cent of the provisioned capacity. */
  readonly targetValue: number
  /** As given; unset is zero. */
  readonly scaleOutCooldownSeconds?: number
  readonly scaleInCooldownSeconds?: number
  readonly disableScaleIn?: boolean
  /** A UUID for each alarm's name, in the order of `alarmKinds`. */
  readonly alarmIds: readonly string[]
}

export type CapacityMetric = 'DynamoDBReadCapacityUtilization' | 'DynamoDBWriteCapacityUtilization'

export interface ScheduledAction {
  readonly name: string
  readonly createdAtMs: number
  readonly schedule: string
  readonly timezone?: string
  readonly startMs?: number
  readonly endMs?: number
  readonly minCapacity?: number
  readonly maxCapacity?: number
  /** When it is due next; absent: never again. */
  readonly dueAtMs?: number
}

/** What the duty must know of what it has done, also after a restart. */
export interface ScalingState {
  /** The bounds were set anew: the capacity is to be brought within them. */
  readonly boundsSet?: true
  readonly lastScaleOut?: { readonly atMs: number; readonly addedUnits: number }
  readonly lastScaleInAtMs?: number
  /** A change under way, and the activity that tells of it. */
  readonly pending?: PendingChange
  /** Why the last evaluation of a policy did not scale, so that it is told once and not each minute. */
  readonly notScaled?: NotScaledCode
  /** The message of the last change, if it failed, to the same end. */
  readonly lastFailure?: string
}

export interface PendingChange {
  readonly activity: string
  readonly fromUnits: number
  readonly toUnits: number
  /** True for what a policy asked for; bounds and schedules start no cooldown. */
  readonly byPolicy: boolean
}

export type NotScaledCode =
  | 'AlreadyAtMaxCapacity'
  | 'AlreadyAtMinCapacity'
  | 'AlreadyAtDesiredCapacity'
  | 'TargetServicePutResourceAsUnscalable'

export interface NotScaledReason {
  readonly Code: NotScaledCode
  readonly MaxCapacity?: number
  readonly MinCapacity?: number
  readonly CurrentCapacity?: number
}

export interface ScalingActivity extends TargetId {
  /** A UUID. */
  readonly activityId: string
  /** The target's revision when it began: tells apart what began in the same millisecond. */
  readonly order: number
  readonly description: string
  readonly cause: string
  readonly startMs: number
  readonly endMs?: number
  readonly statusCode: 'Pending' | 'InProgress' | 'Successful' | 'Overridden' | 'Unfulfilled' | 'Failed'
  readonly statusMessage?: string
  readonly notScaledReasons?: readonly NotScaledReason[]
}

/** By `targetKey`. */
export const targets = collection<ScalableTarget>('autoscaling.targets')
/** By `activityKey`: the newest first. */
export const activities = collection<ScalingActivity>('autoscaling.activities')

/** Beyond any time that a clock may show, and the same number of digits for ever. */
const latestMs = 9_999_999_999_999

export function activityKey({ startMs, order, activityId }: ScalingActivity): string {
  const newestFirst = String(Number.MAX_SAFE_INTEGER - order).padStart(16, '0')
  return `${firstActivityKey(startMs)}-${newestFirst}-${activityId}`
}

/** The key before those of activities that began at `startMs` or earlier. */
export function firstActivityKey(startMs: number): string {
  return String(latestMs - Math.round(startMs)).padStart(13, '0')
}
