/** The machine's clock, which a test may move on: whoever sleeps until then wakes at once. */
import { type Clock, systemClock } from '../../src/foundation/clock.ts'

export interface MovingClock extends Clock {
  moveOn(ms: number): void
}

export function movingClock(): MovingClock {
  let offsetMs = 0
  const sleepers = new Set<{ readonly untilMs: number; readonly wake: () => void }>()
  const nowMs = () => systemClock.nowMs() + offsetMs
  return {
    nowMs,
    monotonicMs: () => systemClock.monotonicMs() + offsetMs,
    async sleep(ms, signal) {
      const woken = new AbortController()
      const sleeper = { untilMs: nowMs() + ms, wake: () => woken.abort() }
      sleepers.add(sleeper)
      await systemClock.sleep(ms, signal === undefined ? woken.signal : AbortSignal.any([signal, woken.signal]))
      sleepers.delete(sleeper)
    },
    moveOn(ms) {
      offsetMs += ms
      for (const sleeper of sleepers) if (sleeper.untilMs <= nowMs()) sleeper.wake()
    },
  }
}
