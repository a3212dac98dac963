/** The duty behind the room: at the start of each minute, and whenever something is due, every target has its turn. */
import { type Kept, RecordsChanged, remove } from '../../engine/collections/collections.ts'
import type { Log } from '../../foundation/log.ts'
import { activities, firstActivityKey, type ScalableTarget } from './records.ts'
import { type ScalingRooms, TargetRun } from './scaling-run.ts'
import { storedTargets } from './stored-targets.ts'
import { targetKey } from './target-id.ts'

const minuteMs = 60_000
const dayMs = 86_400_000
/** How often a change that DynamoDB has under way is looked at. */
const pendingLookMs = 1000
/** AWS: activities of the last six weeks can be looked up. */
const activitiesKeptMs = 42 * dayMs
const removedPerCommit = 200

export class ScalingDuty {
  readonly #rooms: ScalingRooms
  readonly #log: Log
  readonly #stopping = new AbortController()
  #sleeping = new AbortController()
  #evaluatedMinute: number
  #prunedDay = 0
  #running: Promise<void> | undefined

  constructor(rooms: ScalingRooms, log: Log) {
    this.#rooms = rooms
    this.#log = log
    this.#evaluatedMinute = this.#minute()
  }

  start(): void {
    this.#running = this.#loop()
  }

  /** Something has changed that may be due sooner than the duty would look. */
  wake(): void {
    this.#sleeping.abort()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  async #loop(): Promise<void> {
    const { clock } = this.#rooms
    while (!this.#stopping.signal.aborted) {
      // Made before the look, so that a call to wake during it is not lost.
      this.#sleeping = new AbortController()
      const signal = AbortSignal.any([this.#sleeping.signal, this.#stopping.signal])
      const nextMs = await this.#runAll()
      await clock.sleep(Math.max(0, nextMs - clock.nowMs()), signal)
    }
  }

  /** When to look again. */
  async #runAll(): Promise<number> {
    const { engine, scope } = this.#rooms
    const minute = this.#minute()
    const evaluates = minute !== this.#evaluatedMinute
    this.#evaluatedMinute = minute
    let nextMs = (minute + 1) * minuteMs
    try {
      for await (const kept of storedTargets(engine.collections, scope)) {
        if (this.#stopping.signal.aborted) break
        nextMs = Math.min(nextMs, await this.#runOne(kept, evaluates))
      }
      await this.#prune()
    } catch (error) {
      this.#log.error('scaling targets could not be looked at; it is tried again next minute', { error })
    }
    return nextMs
  }

  /** When the target wants its next turn. One whose turn fails must not keep the others from theirs. */
  async #runOne(kept: Kept<ScalableTarget>, evaluates: boolean): Promise<number> {
    const { clock } = this.#rooms
    try {
      return nextLookMs(await new TargetRun(this.#rooms, kept).run(evaluates), clock.nowMs())
    } catch (error) {
      if (error instanceof RecordsChanged) this.wake()
      else
        this.#log.error('a scaling target was not served; it is tried again next minute', {
          target: targetKey(kept.value),
          error,
        })
      return Number.POSITIVE_INFINITY
    }
  }

  async #prune(): Promise<void> {
    const { engine, scope, clock } = this.#rooms
    const day = Math.floor(clock.nowMs() / dayMs)
    if (day === this.#prunedDay) return
    for (;;) {
      const after = firstActivityKey(clock.nowMs() - activitiesKeptMs)
      const { records, last } = await engine.collections.list(activities, scope, { after, limit: removedPerCommit })
      await engine.collections.write(
        scope,
        records.map(({ id }) => remove(activities, id)),
      )
      if (last === undefined) break
    }
    this.#prunedDay = day
  }

  #minute(): number {
    return Math.floor(this.#rooms.clock.nowMs() / minuteMs)
  }
}

/** When a target wants its next turn before the minute is over; far away when it does not. */
function nextLookMs({ state, scheduledActions }: ScalableTarget, nowMs: number): number {
  const waits = state.pending !== undefined || state.boundsSet === true
  const dues = scheduledActions.flatMap(({ dueAtMs }) => dueAtMs ?? [])
  return Math.min(waits ? nowMs + pendingLookMs : Number.POSITIVE_INFINITY, ...dues)
}
