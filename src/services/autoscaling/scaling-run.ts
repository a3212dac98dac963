/**
 * What the duty does for one target: it sees changes under way to their end, does what is scheduled, brings the capacity
 * within new bounds, and follows the policies. Each step is stored together with its activity before the next begins,
 * so that a crash leaves nothing half told.
 */
import { randomUUID } from 'node:crypto'
import type { Dispatch } from '../../contract/ports.ts'
import { type Kept, put, type RecordWrite, remove } from '../../engine/collections/collections.ts'
import type { Engine, Scope } from '../../engine/engine.ts'
import type { Clock } from '../../foundation/clock.ts'
import { ServiceError } from '../../foundation/service-error.ts'
import * as texts from './activity-texts.ts'
import { alarmsOf } from './arns.ts'
import { checkBounds } from './capacity-bounds.ts'
import {
  activities,
  activityKey,
  type NotScaledReason,
  type PendingChange,
  type ScalableTarget,
  type ScalingActivity,
  type ScalingPolicy,
  type ScheduledAction,
  targets,
} from './records.ts'
import { type PresentCapacity, presentCapacity, setCapacity } from './scaled-capacity.ts'
import { nextDue } from './schedules/schedule.ts'
import { resourceOf, type ScaledResource, targetKey } from './target-id.ts'
import { type ScalingAlarm, track, type Verdict } from './target-tracking.ts'

export interface ScalingRooms {
  readonly engine: Engine
  readonly clock: Clock
  readonly scope: Scope
  readonly dispatch: Dispatch
}

const minuteMs = 60_000

/** One target's turn. RecordsChanged when somebody changed the target meanwhile: then what was left is done next time. */
export class TargetRun {
  readonly #rooms: ScalingRooms
  readonly #resource: ScaledResource
  #target: ScalableTarget
  #revision: number

  /** `target` as it is stored. */
  constructor(rooms: ScalingRooms, { value, revision }: Kept<ScalableTarget>) {
    const resource = resourceOf(value)
    if (resource === undefined) throw new Error(`a target was stored that names no resource: ${targetKey(value)}`)
    this.#rooms = rooms
    this.#resource = resource
    this.#target = value
    this.#revision = revision
  }

  /** `evaluates` is true once in each minute: then the policies are looked at. The target afterwards. */
  async run(evaluates: boolean): Promise<ScalableTarget> {
    await this.#settlePending()
    await this.#runSchedules()
    if (this.#target.state.pending !== undefined) return this.#target
    if (this.#target.state.boundsSet) await this.#enforceBounds()
    else if (evaluates && this.#target.policies.length > 0) await this.#followPolicies()
    return this.#target
  }

  /** Has DynamoDB done what was asked of it? Also finds out what became of a change that a crash interrupted. */
  async #settlePending(): Promise<void> {
    const { pending } = this.#target.state
    if (pending === undefined) return
    const present = await this.#present()
    if (present !== undefined && !present.isActive) return
    const kept = await this.#rooms.engine.collections.get(activities, this.#rooms.scope, pending.activity)
    const activity = kept?.value
    const { pending: _done, ...state } = this.#target.state
    const next = { ...this.#target, state }
    if (activity === undefined) return this.#store(next)
    if (present?.units === pending.toUnits) return this.#fulfilled(activity, pending)
    const ended =
      activity.statusCode === 'InProgress'
        ? { statusCode: 'Overridden' as const }
        : this.#failure(pending.toUnits, 'The change was not made.')
    return this.#store(next, { ...activity, ...ended, endMs: this.#now() })
  }

  async #runSchedules(): Promise<void> {
    const nowMs = this.#now()
    const due = this.#target.scheduledActions.filter(({ dueAtMs }) => dueAtMs !== undefined && dueAtMs <= nowMs)
    due.sort((a, b) => (a.dueAtMs ?? 0) - (b.dueAtMs ?? 0))
    for (const action of due) await this.#runSchedule(action, nowMs)
  }

  /** What fell due while the server was down is done once, late; what falls due while schedules are suspended is not. */
  async #runSchedule(action: ScheduledAction, nowMs: number): Promise<void> {
    const { dueAtMs: _was, ...rest } = action
    const dueAtMs = nextDue(action, nowMs)
    const done: ScheduledAction = { ...rest, ...(dueAtMs !== undefined && { dueAtMs }) }
    const scheduledActions = this.#target.scheduledActions.map((each) => (each.name === action.name ? done : each))
    const next = { ...this.#target, scheduledActions }
    if (this.#target.suspended.scheduled) return this.#store(next)
    const minCapacity = action.minCapacity ?? next.minCapacity
    const maxCapacity = action.maxCapacity ?? next.maxCapacity
    const activity = this.#activity(`Setting ${texts.boundsText(action)}`, texts.actionTriggered(action.name))
    try {
      checkBounds(minCapacity, maxCapacity)
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error
      const statusMessage = `Failed to set ${texts.boundsText(action)}. Reason: ${error.message}`
      return this.#store(next, { ...activity, statusCode: 'Failed', statusMessage, endMs: nowMs })
    }
    return this.#store(
      { ...next, minCapacity, maxCapacity, state: { ...next.state, boundsSet: true } },
      { ...activity, statusCode: 'Successful', statusMessage: `Successfully set ${texts.boundsText(action)}` },
    )
  }

  /** As the service does when bounds are set, and then only: units that others set later may lie outside. */
  async #enforceBounds(): Promise<void> {
    const present = await this.#present()
    if (present !== undefined && !present.isActive) return
    const { minCapacity, maxCapacity, state } = this.#target
    const { boundsSet: _done, ...rest } = state
    await this.#store({ ...this.#target, state: rest })
    if (present === undefined) return
    if (present.units < minCapacity) await this.#change(present, minCapacity, texts.minimumSet(minCapacity), false)
    else if (present.units > maxCapacity) await this.#change(present, maxCapacity, texts.maximumSet(maxCapacity), false)
  }

  async #followPolicies(): Promise<void> {
    const present = await this.#present()
    if (present === undefined) return
    const verdicts = this.#target.policies.map((policy) => ({ policy, verdict: this.#verdict(policy, present) }))
    // Of several policies the one that keeps most counts: any may scale out, and only all together in.
    const strongest = verdicts.sort((a, b) => unitsWanted(b.verdict, present) - unitsWanted(a.verdict, present))[0]
    if (strongest === undefined || strongest.verdict.kind === 'stay') return
    const { policy, verdict } = strongest
    const cause = texts.alarmTriggered(this.#alarmName(policy, verdict.alarm), policy.name)
    if (!present.isActive) await this.#noteNotScaled(cause, { Code: 'TargetServicePutResourceAsUnscalable' })
    else if (verdict.kind === 'not-scaled') await this.#noteNotScaled(cause, verdict.reason)
    else await this.#change(present, verdict.toUnits, cause, true)
  }

  #verdict(policy: ScalingPolicy, present: PresentCapacity): Verdict {
    const { engine } = this.#rooms
    const { index: indexName, direction } = this.#resource
    const minutes = engine.consumption.minutes({ tableId: present.tableId, indexName, direction })
    // A table was not idle before it was there.
    const consumed = minutes.filter(
      ({ startMs }) => startMs >= Math.floor(present.tableCreatedAtMs / minuteMs) * minuteMs,
    )
    return track(
      policy,
      { ...this.#target, units: present.units },
      consumed.map(({ consumedUnits }) => consumedUnits),
      this.#now(),
    )
  }

  /** The activity is stored first, so that a crash between it and the change is noticed. */
  async #change(present: PresentCapacity, toUnits: number, cause: string, byPolicy: boolean): Promise<void> {
    const activity = this.#activity(texts.settingUnits(this.#resource.direction, toUnits), cause)
    const pending: PendingChange = { activity: activityKey(activity), fromUnits: present.units, toUnits, byPolicy }
    await this.#store({ ...this.#target, state: { ...this.#target.state, pending } }, activity)
    try {
      await setCapacity(this.#resource, present, toUnits, this.#rooms.dispatch)
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error
      return this.#failed(activity, toUnits, `Failed updating table: ${error.message}`)
    }
    const now = await this.#present()
    if (now?.isActive && now.units === toUnits) return this.#fulfilled(activity, pending)
    const statusMessage = texts.unitsSet(this.#resource.direction, toUnits, false)
    return this.#store(this.#target, { ...activity, statusCode: 'InProgress', statusMessage })
  }

  async #fulfilled(activity: ScalingActivity, change: PendingChange): Promise<void> {
    const endMs = this.#now()
    const { pending: _done, notScaled: _told, lastFailure: _over, ...state } = this.#target.state
    const statusMessage = texts.unitsSet(this.#resource.direction, change.toUnits, true)
    await this.#store(
      { ...this.#target, state: change.byPolicy ? { ...state, ...cooldownAfter(state, change, endMs) } : state },
      { ...activity, statusCode: 'Successful', statusMessage, endMs },
    )
  }

  /** The same failure again and again, such as that of a limit that lasts an hour, is told once. */
  async #failed(activity: ScalingActivity, toUnits: number, reason: string): Promise<void> {
    const { pending: _done, ...state } = this.#target.state
    const failure = this.#failure(toUnits, reason)
    const isKnown = state.lastFailure === failure.statusMessage
    const next = { ...this.#target, state: { ...state, lastFailure: failure.statusMessage } }
    if (isKnown)
      await this.#write([put(targets, this.#key, next, this.#revision), remove(activities, activityKey(activity))])
    else await this.#store(next, { ...activity, ...failure, endMs: this.#now() })
  }

  #failure(toUnits: number, reason: string): { readonly statusCode: 'Failed'; readonly statusMessage: string } {
    return { statusCode: 'Failed', statusMessage: texts.unitsNotSet(this.#resource.direction, toUnits, reason) }
  }

  async #noteNotScaled(cause: string, reason: NotScaledReason): Promise<void> {
    if (this.#target.state.notScaled === reason.Code) return
    const activity = this.#activity(texts.attemptByAlarm, cause)
    const statusCode = reason.Code === 'AlreadyAtDesiredCapacity' ? 'Successful' : 'Failed'
    await this.#store(
      { ...this.#target, state: { ...this.#target.state, notScaled: reason.Code } },
      { ...activity, statusCode, notScaledReasons: [reason] },
    )
  }

  #activity(description: string, cause: string): ScalingActivity {
    return {
      activityId: randomUUID(),
      order: this.#revision,
      resourceId: this.#target.resourceId,
      dimension: this.#target.dimension,
      description,
      cause,
      startMs: this.#now(),
      statusCode: 'Pending',
    }
  }

  #alarmName(policy: ScalingPolicy, alarm: ScalingAlarm): string {
    const [high, low] = alarmsOf(this.#target, policy, this.#rooms.scope)
    return (alarm === 'AlarmHigh' ? high : low)?.AlarmName ?? ''
  }

  #present(): Promise<PresentCapacity | undefined> {
    return presentCapacity(this.#resource, this.#rooms.engine, this.#rooms.scope)
  }

  async #store(next: ScalableTarget, activity?: ScalingActivity): Promise<void> {
    const told = activity === undefined ? [] : [put(activities, activityKey(activity), activity)]
    await this.#write([put(targets, this.#key, next, this.#revision), ...told])
  }

  async #write(writes: readonly RecordWrite[]): Promise<void> {
    const { collections } = this.#rooms.engine
    await collections.write(this.#rooms.scope, writes)
    const kept = await collections.get(targets, this.#rooms.scope, this.#key)
    this.#target = kept?.value ?? this.#target
    this.#revision = kept?.revision ?? this.#revision
  }

  get #key(): string {
    return targetKey(this.#target)
  }

  #now(): number {
    return this.#rooms.clock.nowMs()
  }
}

function unitsWanted(verdict: Verdict, present: PresentCapacity): number {
  return verdict.kind === 'scale' ? verdict.toUnits : present.units
}

/** Cooldowns begin when a change is done; scaling out ends the one of scaling in. */
function cooldownAfter(
  state: ScalableTarget['state'],
  { fromUnits, toUnits }: PendingChange,
  atMs: number,
): ScalableTarget['state'] {
  if (toUnits < fromUnits) return { ...state, lastScaleInAtMs: atMs }
  const { lastScaleInAtMs: _ended, ...rest } = state
  return { ...rest, lastScaleOut: { atMs, addedUnits: toUnits - fromUnits } }
}
