/**
 * What tables and global indexes have used lately, by the minute, as CloudWatch has it: sums of consumed units and
 * counts of throttled requests for reading and for writing. In memory only; it begins anew when the server starts.
 */
import type { Clock } from '../../foundation/clock.ts'
import type { CapacityUse } from '../items/items.ts'

export type CapacityDirection = 'Read' | 'Write'

/** A table or one of its global indexes, and which of its two capacities. */
export interface CapacityMeter {
  /** The table's id, a UUID. */
  readonly tableId: string
  /** Undefined: the table itself, with its local indexes. */
  readonly indexName: string | undefined
  readonly direction: CapacityDirection
}

export interface MinuteOfUse {
  /** When the minute began, since the epoch. */
  readonly startMs: number
  readonly consumedUnits: number
  readonly throttledRequests: number
}

export interface Consumption {
  /**
   * Whole minutes that are over, oldest first, none missing: at most 20, and none that the server was not up for from
   * its beginning. A minute without use is zero.
   */
  minutes(meter: CapacityMeter): readonly MinuteOfUse[]
}

const minuteMs = 60_000
const minutesKept = 20
/** The minute that is not yet over has a slot too. */
const slots = minutesKept + 1

/** Fed by admission, on the path of every request: one look-up by the table's id, then sums. */
export class ConsumptionLedger implements Consumption {
  readonly #clock: Clock
  readonly #firstWholeMinute: number
  readonly #tables = new Map<string, TableUse>()

  constructor(clock: Clock) {
    this.#clock = clock
    this.#firstWholeMinute = Math.ceil(clock.nowMs() / minuteMs)
  }

  spend(tableId: string, tableUnits: number, indexUnits: CapacityUse['global'], direction: CapacityDirection): void {
    const minute = Math.floor(this.#clock.nowMs() / minuteMs)
    const use = this.#use(tableId)
    if (tableUnits > 0) use.own[direction].add(minute, tableUnits, 0)
    if (indexUnits.size === 0) return
    for (const [name, units] of indexUnits) use.index(name)[direction].add(minute, units, 0)
  }

  throttle({ tableId, indexName, direction }: CapacityMeter): void {
    const minute = Math.floor(this.#clock.nowMs() / minuteMs)
    const use = this.#use(tableId)
    const pair = indexName === undefined ? use.own : use.index(indexName)
    pair[direction].add(minute, 0, 1)
  }

  minutes({ tableId, indexName, direction }: CapacityMeter): readonly MinuteOfUse[] {
    const use = this.#tables.get(tableId)
    const series = (indexName === undefined ? use?.own : use?.indexes.get(indexName))?.[direction]
    const current = Math.floor(this.#clock.nowMs() / minuteMs)
    const found: MinuteOfUse[] = []
    for (let minute = Math.max(this.#firstWholeMinute, current - minutesKept); minute < current; minute++) {
      found.push({ startMs: minute * minuteMs, ...(series?.at(minute) ?? unused) })
    }
    return found
  }

  /** A table that is gone leaves nothing. */
  forget(tableId: string): void {
    this.#tables.delete(tableId)
  }

  #use(tableId: string): TableUse {
    let use = this.#tables.get(tableId)
    if (use === undefined) {
      use = new TableUse()
      this.#tables.set(tableId, use)
    }
    return use
  }
}

const unused = { consumedUnits: 0, throttledRequests: 0 }

interface SeriesPair {
  readonly Read: Series
  readonly Write: Series
}

class TableUse {
  readonly own: SeriesPair = newPair()
  readonly indexes = new Map<string, SeriesPair>()

  index(name: string): SeriesPair {
    let pair = this.indexes.get(name)
    if (pair === undefined) {
      pair = newPair()
      this.indexes.set(name, pair)
    }
    return pair
  }
}

function newPair(): SeriesPair {
  return { Read: new Series(), Write: new Series() }
}

/** A ring of minutes; a slot is cleared when its next minute comes. */
class Series {
  readonly #consumed = new Float64Array(slots)
  readonly #throttled = new Float64Array(slots)
  #newest = -1
  #slot = 0

  add(minute: number, units: number, throttled: number): void {
    if (minute !== this.#newest) this.#moveTo(minute)
    const slot = this.#slot
    this.#consumed[slot] = (this.#consumed[slot] as number) + units
    if (throttled > 0) this.#throttled[slot] = (this.#throttled[slot] as number) + throttled
  }

  at(minute: number): typeof unused | undefined {
    if (minute > this.#newest || minute <= this.#newest - slots) return undefined
    const slot = minute % slots
    return { consumedUnits: this.#consumed[slot] as number, throttledRequests: this.#throttled[slot] as number }
  }

  /** A clock that was set back goes on in the newest minute. */
  #moveTo(minute: number): void {
    if (minute <= this.#newest) return
    const first = Math.max(this.#newest + 1, minute - slots + 1)
    for (let each = first; each <= minute; each++) {
      this.#consumed[each % slots] = 0
      this.#throttled[each % slots] = 0
    }
    this.#newest = minute
    this.#slot = minute % slots
  }
}
