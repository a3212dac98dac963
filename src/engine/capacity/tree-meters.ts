/** What may be served of one tree, a table's or a global index's: all of it together, and each partition. */
import type { Clock } from '../../foundation/clock.ts'
import type { ServiceError } from '../../foundation/service-error.ts'
import { KeyInsights } from '../contributors/key-insights.ts'
import { onDemandExceeded, partitionExceeded, type ThrottlingReason, throughputExceeded } from '../errors.ts'
import type { Partitions } from '../partitions/partition.ts'
import type { PartitionLimits } from '../partitions/partition-limits.ts'
import type { BillingMode, IndexRecord, TableRecord } from '../tables/table.ts'
import type { ConsumptionLedger } from './consumption.ts'
import { burstSeconds, PartitionMeter } from './partition-meter.ts'
import { TokenBucket } from './token-bucket.ts'
import type { Reach } from './units.ts'

const onDemandBurstSeconds = 1

export type Direction = 'Read' | 'Write'

/** A limit on the tree as a whole. */
interface WholeLimit {
  readonly ratePerSecond: number
  readonly burstSeconds: number
  readonly kind: 'ProvisionedThroughputExceeded' | 'MaxOnDemandThroughputExceeded'
}

interface Whole {
  readonly kind: WholeLimit['kind']
  readonly bucket: TokenBucket
}

/** What the meters follow: the record of a table or of a global index. */
export interface MeteredTree {
  readonly kind: 'Table' | 'Index'
  readonly tableId: string
  readonly arn: string
  readonly billingMode: BillingMode
  readonly record: TableRecord | IndexRecord
  readonly partitions: Partitions
}

export class TreeMeters {
  readonly #limits: PartitionLimits
  readonly #clock: Clock
  readonly #ledger: ConsumptionLedger
  #tree: MeteredTree
  #read: Whole | undefined
  #write: Whole | undefined
  #partitions: readonly PartitionMeter[] = []
  /** The upper and lower halves of the hashes at which the partitions begin: numbers compare faster than bytes. */
  #uppers = new Uint32Array()
  #lowers = new Uint32Array()
  /** Undefined unless contributor insights are on. */
  insights: KeyInsights | undefined
  /** By how much the partitions grew since their sizes were last looked at; undefined before the first time. */
  grownBytes: number | undefined

  constructor(limits: PartitionLimits, clock: Clock, ledger: ConsumptionLedger, tree: MeteredTree) {
    this.#limits = limits
    this.#clock = clock
    this.#ledger = ledger
    this.#tree = tree
    this.follow(tree)
  }

  get tree(): MeteredTree {
    return this.#tree
  }

  /** In the order of the tree's partitions. */
  get partitions(): readonly PartitionMeter[] {
    return this.#partitions
  }

  /** Goes over to a newer record; partitions that stand keep what is known of them. */
  follow(tree: MeteredTree): void {
    const nowMs = this.#clock.monotonicMs()
    this.#tree = tree
    const known = new Map(this.#partitions.map((meter) => [meter.id, meter]))
    this.#partitions = tree.partitions.map((partition) => {
      const present = known.get(partition.id)
      if (present !== undefined) return present
      const made = new PartitionMeter(partition, this.#limits, nowMs)
      // Not measured before it was made: the sizes are to be looked at.
      if (partition.bytes === undefined) this.grownBytes = undefined
      const parent = partition.parent === undefined ? undefined : known.get(partition.parent)
      if (parent !== undefined) made.continueFrom(parent)
      return made
    })
    this.#uppers = Uint32Array.from(tree.partitions, ({ from }) => from.readUInt32BE(0))
    this.#lowers = Uint32Array.from(tree.partitions, ({ from }) => from.readUInt32BE(4))
    this.#read = followedWhole(this.#read, wholeLimit(tree, 'Read'), nowMs)
    this.#write = followedWhole(this.#write, wholeLimit(tree, 'Write'), nowMs)
    this.insights = this.#followedInsights(tree)
  }

  /** Throws when there is nothing left; without a key only for the tree as a whole. */
  admitRead(key: Buffer | undefined, reach: Reach, nowMs: number): void {
    if (this.#read !== undefined && !this.#read.bucket.hasTokens(nowMs)) {
      throw this.#refusal('Read', this.#read.kind, key, reach)
    }
    if (key !== undefined && !this.partitionAt(key).read.hasTokens(nowMs)) {
      throw this.#refusal('Read', 'KeyRangeThroughputExceeded', key, reach)
    }
  }

  admitWrite(key: Buffer | undefined, nowMs: number): void {
    if (this.#write !== undefined && !this.#write.bucket.hasTokens(nowMs)) {
      throw this.#refusal('Write', this.#write.kind, key, 'item')
    }
    if (key !== undefined && !this.partitionAt(key).write.hasTokens(nowMs)) {
      throw this.#refusal('Write', 'KeyRangeThroughputExceeded', key, 'item')
    }
  }

  /** Units of the tree as a whole; where they fell comes beside it. */
  spendReadWhole(units: number, nowMs: number): void {
    this.#read?.bucket.spend(units, nowMs)
  }

  spendWriteWhole(units: number, nowMs: number): void {
    this.#write?.bucket.spend(units, nowMs)
  }

  spendReadAt(key: Buffer, units: number, reach: Reach, nowMs: number): void {
    // A scan goes from partition to partition whatever they are: no split would cool it.
    this.partitionAt(key).spendRead(units, key, reach !== 'range', nowMs)
    this.insights?.read(key, units, reach)
  }

  spendWriteAt(key: Buffer, units: number, grownBytes: number, nowMs: number): void {
    const meter = this.partitionAt(key)
    meter.spendWrite(units, key, nowMs)
    if (grownBytes !== 0) {
      meter.grow(grownBytes)
      if (this.grownBytes !== undefined && grownBytes > 0) this.grownBytes += grownBytes
    }
    this.insights?.written(key, units)
  }

  partitionAt(key: Buffer): PartitionMeter {
    const upper = key.readUInt32BE(0)
    const lower = key.readUInt32BE(4)
    let low = 0
    let high = this.#partitions.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      const begin = this.#uppers[middle] as number
      if (begin < upper || (begin === upper && (this.#lowers[middle] as number) <= lower)) low = middle
      else high = middle - 1
    }
    return this.#partitions[low] as PartitionMeter
  }

  #followedInsights({ record }: MeteredTree): KeyInsights | undefined {
    const wanted = record.contributorInsights
    if (wanted === undefined || wanted.status === 'DISABLED' || wanted.status === 'DISABLING') return undefined
    // What was gone and came back begins anew.
    const goesOn = this.insights?.enabledAtMs === wanted.enabledAtMs ? this.insights : undefined
    const insights = goesOn ?? new KeyInsights(record.keySchema, this.#clock, wanted.enabledAtMs)
    insights.mode = wanted.mode
    return insights
  }

  #refusal(
    direction: Direction,
    kind: WholeLimit['kind'] | 'KeyRangeThroughputExceeded',
    key: Buffer | undefined,
    reach: Reach,
  ): ServiceError {
    const { tableId, record } = this.#tree
    this.#ledger.throttle({ tableId, indexName: this.#tree.kind === 'Table' ? undefined : record.name, direction })
    if (key !== undefined) this.insights?.throttled(key, reach)
    const reason: ThrottlingReason = { reason: `${this.#tree.kind}${direction}${kind}`, resource: this.#tree.arn }
    if (kind === 'ProvisionedThroughputExceeded') return throughputExceeded(reason)
    if (kind === 'MaxOnDemandThroughputExceeded') return onDemandExceeded(reason)
    return partitionExceeded(reason, this.#tree.billingMode)
  }
}

function wholeLimit({ billingMode, record }: MeteredTree, direction: Direction): WholeLimit | undefined {
  if (billingMode === 'PROVISIONED') {
    const { throughput } = record
    if (throughput === undefined) return undefined
    const ratePerSecond = direction === 'Read' ? throughput.readCapacityUnits : throughput.writeCapacityUnits
    return { ratePerSecond, burstSeconds, kind: 'ProvisionedThroughputExceeded' }
  }
  const ceilings = record.onDemandThroughput
  const ratePerSecond = direction === 'Read' ? ceilings?.maxReadRequestUnits : ceilings?.maxWriteRequestUnits
  if (ratePerSecond === undefined || ratePerSecond < 0) return undefined
  return { ratePerSecond, burstSeconds: onDemandBurstSeconds, kind: 'MaxOnDemandThroughputExceeded' }
}

function followedWhole(present: Whole | undefined, limit: WholeLimit | undefined, nowMs: number): Whole | undefined {
  if (limit === undefined) return undefined
  if (present === undefined) {
    return { kind: limit.kind, bucket: new TokenBucket(limit.ratePerSecond, limit.burstSeconds, nowMs) }
  }
  if (present.bucket.ratePerSecond !== limit.ratePerSecond || present.kind !== limit.kind) {
    present.bucket.changeRate(limit.ratePerSecond, limit.burstSeconds, nowMs)
  }
  return { kind: limit.kind, bucket: present.bucket }
}
