/** What memory holds of one partition: what it may still serve, how large it has become, how hot it is. */
import type { Partition } from '../partitions/partition.ts'
import type { PartitionLimits } from '../partitions/partition-limits.ts'
import { HeatSample } from './heat-sample.ts'
import { TokenBucket } from './token-bucket.ts'

/** AWS keeps up to five minutes of unused capacity. */
export const burstSeconds = 300

/** A partition that serves this share of its ceiling is near it. */
const nearCeiling = 0.8

export class PartitionMeter {
  readonly id: number
  readonly read: TokenBucket
  readonly write: TokenBucket
  /** As last measured, and what calls have added since the measuring began: rather too much than too little. */
  #bytes: number
  #grownSinceWalk = 0
  /** Set when its bytes cannot be divided: it is not measured again before it has grown to this. */
  measureAgainAtBytes = 0
  readonly sample: HeatSample
  readonly #limits: PartitionLimits
  #readUnits = 0
  #writeUnits = 0
  #hotMs = 0

  constructor({ id, bytes }: Partition, limits: PartitionLimits, nowMs: number) {
    this.id = id
    this.#bytes = bytes ?? 0
    this.#limits = limits
    this.read = new TokenBucket(limits.readUnitsPerSecond, burstSeconds, nowMs)
    this.write = new TokenBucket(limits.writeUnitsPerSecond, burstSeconds, nowMs)
    this.sample = new HeatSample(limits.heatMs / 1000)
  }

  get bytes(): number {
    return this.#bytes
  }

  grow(bytes: number): void {
    this.#bytes += bytes
    if (bytes > 0) this.#grownSinceWalk += bytes
  }

  measuringBegins(): void {
    this.#grownSinceWalk = 0
  }

  /** What was added during the walk may lie behind it, so it is added to what was found. */
  measured(bytes: number): void {
    this.#bytes = bytes + this.#grownSinceWalk
  }

  /**
   * A partition that came of a split has saved what its parent had saved, and no more. What the parent has grown by since
   * the walk at whose end it was divided may lie in any of its children.
   */
  continueFrom(parent: PartitionMeter): void {
    this.read.continueFrom(parent.read)
    this.write.continueFrom(parent.write)
    if (this.#bytes > 0) this.#bytes += parent.#grownSinceWalk
  }

  spendRead(units: number, key: Buffer, heats: boolean, nowMs: number): void {
    this.read.spend(units, nowMs)
    if (!heats) return
    this.#readUnits += units
    this.sample.add(key, units / this.#limits.readUnitsPerSecond)
  }

  spendWrite(units: number, key: Buffer, nowMs: number): void {
    this.write.spend(units, nowMs)
    this.#writeUnits += units
    this.sample.add(key, units / this.#limits.writeUnitsPerSecond)
  }

  /** To be called at regular times; answers whether it has been near its ceiling for long enough to be split. */
  hasBeenHot(elapsedMs: number): boolean {
    const { readUnitsPerSecond, writeUnitsPerSecond, heatMs } = this.#limits
    const seconds = elapsedMs / 1000
    const share = Math.max(
      this.#readUnits / (readUnitsPerSecond * seconds),
      this.#writeUnits / (writeUnitsPerSecond * seconds),
    )
    this.#readUnits = 0
    this.#writeUnits = 0
    if (share < nearCeiling) {
      this.#hotMs = 0
      this.sample.clear()
      return false
    }
    this.#hotMs += elapsedMs
    return this.#hotMs >= heatMs
  }
}
