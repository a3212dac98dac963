/**
 * Target tracking, as the alarms and the service do it for DynamoDB: out after two minutes in a row above the target,
 * in after fifteen below it by twenty points; to as many units as make what was consumed the target's share of them.
 * Pure: what was consumed goes in, what to do comes out.
 */
import type { NotScaledReason, ScalingPolicy, ScalingState, Suspended } from './records.ts'

/** AlarmHigh and AlarmLow: minutes in a row. */
export const minutesToScaleOut = 2
export const minutesToScaleIn = 15
/** AlarmLow lies so many points below the target; ours: for low targets it lies half-way. */
const pointsBelowTarget = 20
const lowTargetPercent = 40

/** What of a policy decides. */
export type TrackingRule = Pick<
  ScalingPolicy,
  'targetValue' | 'scaleOutCooldownSeconds' | 'scaleInCooldownSeconds' | 'disableScaleIn'
>

export interface TrackedCapacity {
  /** Units provisioned now. */
  readonly units: number
  readonly minCapacity: number
  readonly maxCapacity: number
  readonly suspended: Pick<Suspended, 'scaleIn' | 'scaleOut'>
  readonly state: Pick<ScalingState, 'lastScaleOut' | 'lastScaleInAtMs'>
}

export type Verdict =
  | { readonly kind: 'stay' }
  | { readonly kind: 'scale'; readonly alarm: ScalingAlarm; readonly toUnits: number }
  | { readonly kind: 'not-scaled'; readonly alarm: ScalingAlarm; readonly reason: NotScaledReason }

export type ScalingAlarm = 'AlarmHigh' | 'AlarmLow'

const stay: Verdict = { kind: 'stay' }

/** `consumed` holds units per whole minute, oldest first, without a gap. */
export function track(
  policy: TrackingRule,
  capacity: TrackedCapacity,
  consumed: readonly number[],
  nowMs: number,
): Verdict {
  const perSecond = consumed.map((units) => units / 60)
  const latest = perSecond.slice(-minutesToScaleOut)
  const { high, low } = thresholds(policy.targetValue, capacity.units)
  if (latest.length === minutesToScaleOut && latest.every((use) => use > high)) {
    return out(policy, capacity, Math.max(...latest), nowMs)
  }
  const longer = perSecond.slice(-minutesToScaleIn)
  if (longer.length === minutesToScaleIn && longer.every((use) => use < low)) {
    return inward(policy, capacity, Math.max(...longer), nowMs)
  }
  return stay
}

/** Units per second: above the one is too much, below the other too little. */
function thresholds(targetPercent: number, units: number): { readonly high: number; readonly low: number } {
  const lowPercent = targetPercent > lowTargetPercent ? targetPercent - pointsBelowTarget : targetPercent / 2
  return { high: (units * targetPercent) / 100, low: (units * lowPercent) / 100 }
}

/** The fewest units of which this use is no more than the target's share. */
function unitsFor(use: number, targetPercent: number): number {
  const units = Math.ceil((use * 100) / targetPercent)
  // Division may come out a hair above a whole number of units that is enough.
  return units > 1 && ((units - 1) * targetPercent) / 100 >= use ? units - 1 : units
}

function out(policy: TrackingRule, capacity: TrackedCapacity, use: number, nowMs: number): Verdict {
  const { units, maxCapacity, suspended, state } = capacity
  if (suspended.scaleOut) return stay
  const alarm = 'AlarmHigh'
  if (units >= maxCapacity) {
    return { kind: 'not-scaled', alarm, reason: { Code: 'AlreadyAtMaxCapacity', MaxCapacity: maxCapacity } }
  }
  const toUnits = Math.max(capacity.minCapacity, Math.min(maxCapacity, unitsFor(use, policy.targetValue)))
  if (toUnits <= units) return atDesired(alarm, units)
  const cooldownMs = (policy.scaleOutCooldownSeconds ?? 0) * 1000
  const last = state.lastScaleOut
  // While it cools down, only a larger step than the last is taken.
  if (last !== undefined && nowMs < last.atMs + cooldownMs && toUnits - units <= last.addedUnits) return stay
  return { kind: 'scale', alarm, toUnits }
}

function inward(policy: TrackingRule, capacity: TrackedCapacity, use: number, nowMs: number): Verdict {
  const { units, minCapacity, suspended, state } = capacity
  if (suspended.scaleIn || policy.disableScaleIn === true) return stay
  const alarm = 'AlarmLow'
  if (units <= minCapacity) {
    return { kind: 'not-scaled', alarm, reason: { Code: 'AlreadyAtMinCapacity', MinCapacity: minCapacity } }
  }
  const toUnits = Math.min(capacity.maxCapacity, Math.max(minCapacity, unitsFor(use, policy.targetValue)))
  if (toUnits >= units) return atDesired(alarm, units)
  const cooldownMs = (policy.scaleInCooldownSeconds ?? 0) * 1000
  if (state.lastScaleInAtMs !== undefined && nowMs < state.lastScaleInAtMs + cooldownMs) return stay
  return { kind: 'scale', alarm, toUnits }
}

function atDesired(alarm: ScalingAlarm, units: number): Verdict {
  return { kind: 'not-scaled', alarm, reason: { Code: 'AlreadyAtDesiredCapacity', CurrentCapacity: units } }
}
