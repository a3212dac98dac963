/**
 * Which keys of one table or global index were used and throttled most, minute by minute: what AWS's contributor
 * insights show. Weights of use are AWS's ConsumedThroughputUnits: three for a write unit, one for a read unit.
 */
import type { Clock } from '../../foundation/clock.ts'
import type { Reach } from '../capacity/units.ts'
import type { InsightsMode, KeySchema } from '../tables/table.ts'
import { keyTexts, partitionKeyEnd, sortKeyEnd } from './key-texts.ts'
import { TopKeys } from './top-keys.ts'

/** Keys that are followed in each minute and rule: no weight is too high by more than 1/500 of the minute's total. */
const keysFollowed = 500
/** Of a minute that is over the heaviest are kept: as many as CloudWatch's reports show at most. */
const keysKept = 100
const minutesKept = 60
const msPerMinute = 60_000

/** What each of the four rules ranks: use or throttling, of partition keys or of items. */
export type InsightsRule = 'PKC' | 'PKT' | 'SKC' | 'SKT'

interface Minute {
  readonly startMs: number
  readonly rules: ReadonlyMap<InsightsRule, Ranking>
}

interface Ranking {
  readonly total: number
  /** Tree keys, byte for byte as latin1. */
  readonly keys: readonly { readonly key: string; readonly weight: number }[]
}

export interface RankedKey {
  /** Texts of the key attributes, those of the partition key first. */
  readonly key: readonly string[]
  readonly weight: number
}

export interface MinuteReport {
  readonly startMs: number
  /** Of all keys, those not shown too. */
  readonly total: number
  readonly keys: readonly RankedKey[]
}

export class KeyInsights {
  readonly enabledAtMs: number
  mode: InsightsMode = 'ACCESSED_AND_THROTTLED_KEYS'
  readonly #schema: KeySchema
  readonly #clock: Clock
  readonly #past: Minute[] = []
  #startMs = 0
  #current = new Map<InsightsRule, TopKeys>()

  constructor(schema: KeySchema, clock: Clock, enabledAtMs: number) {
    this.enabledAtMs = enabledAtMs
    this.#schema = schema
    this.#clock = clock
  }

  read(key: Buffer, units: number, reach: Reach): void {
    if (this.mode === 'ACCESSED_AND_THROTTLED_KEYS') this.#add(key, units, reach, 'PKC', 'SKC')
  }

  written(key: Buffer, units: number): void {
    if (this.mode === 'ACCESSED_AND_THROTTLED_KEYS') this.#add(key, 3 * units, 'item', 'PKC', 'SKC')
  }

  throttled(key: Buffer, reach: Reach): void {
    this.#add(key, 1, reach, 'PKT', 'SKT')
  }

  /** Minutes that begin within the times, the oldest first; those without any use are left out. */
  report(rule: InsightsRule, fromMs: number, toMs: number, limit: number): MinuteReport[] {
    const minutes = [...this.#past, ended(this.#startMs, this.#current)]
    const reports: MinuteReport[] = []
    for (const { startMs, rules } of minutes) {
      const ranking = rules.get(rule)
      if (ranking === undefined || startMs < fromMs || startMs >= toMs) continue
      const keys = ranking.keys.slice(0, limit).map(({ key, weight }) => ({
        key: keyTexts(this.#schema, Buffer.from(key, 'latin1')),
        weight,
      }))
      reports.push({ startMs, total: ranking.total, keys })
    }
    return reports
  }

  /** A query is use of its partition key, a scan of no key. */
  #add(key: Buffer, weight: number, reach: Reach, byPartition: InsightsRule, byItem: InsightsRule): void {
    if (reach === 'range') return
    this.#turnMinute()
    const partitionEnd = partitionKeyEnd(this.#schema, key)
    this.#top(byPartition).add(key.toString('latin1', 0, partitionEnd), weight)
    if (reach !== 'item' || this.#schema.range.length === 0) return
    this.#top(byItem).add(key.toString('latin1', 0, sortKeyEnd(this.#schema, key, partitionEnd)), weight)
  }

  #top(rule: InsightsRule): TopKeys {
    let top = this.#current.get(rule)
    if (top === undefined) {
      top = new TopKeys(keysFollowed)
      this.#current.set(rule, top)
    }
    return top
  }

  #turnMinute(): void {
    const startMs = Math.floor(this.#clock.nowMs() / msPerMinute) * msPerMinute
    if (startMs === this.#startMs) return
    if (this.#current.size > 0) this.#past.push(ended(this.#startMs, this.#current))
    while (this.#past.length > 0 && (this.#past[0] as Minute).startMs <= startMs - minutesKept * msPerMinute) {
      this.#past.shift()
    }
    this.#startMs = startMs
    this.#current = new Map()
  }
}

function ended(startMs: number, current: ReadonlyMap<InsightsRule, TopKeys>): Minute {
  const rules = new Map<InsightsRule, Ranking>()
  for (const [rule, top] of current) rules.set(rule, { total: top.total, keys: top.heaviest(keysKept) })
  return { startMs, rules }
}
