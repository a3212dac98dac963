/**
 * Splits partitions that have become too large or too hot. It looks at them at regular times as long as calls use
 * tables, and has no timer of its own. Nothing of it need survive a stop: a split is one commit, and what is not split
 * yet is found again.
 */
import type { Clock } from '../../foundation/clock.ts'
import { StoreCorrupt, StoreUnavailable, type Trees } from '../../storage/trees.ts'
import type { Admission, TableMeters } from '../capacity/admission.ts'
import type { PartitionMeter } from '../capacity/partition-meter.ts'
import type { TreeMeters } from '../capacity/tree-meters.ts'
import type { Foreground } from '../pace/foreground.ts'
import { nextTurn, Pace } from '../pace/pace.ts'
import { partitionSplit } from '../streams/change-stream.ts'
import { type Catalog, treeFigures } from '../tables/catalog.ts'
import type { TableRecord } from '../tables/table.ts'
import { measurePartition } from './measure-partition.ts'
import { putPartition } from './partition.ts'
import type { PartitionLimits } from './partition-limits.ts'
import { hashesOf, type Split, splitPartitions } from './split-partition.ts'
import { heatDivisions } from './split-point.ts'

/** Beyond it a tree's partitions are not split for heat: more of them serve no load that one process could bear. */
const partitionsForHeatMax = 1024
/** Sizes are looked at whenever a tree has grown by this share of a partition. */
const growthShare = 1 / 64
/** A partition whose bytes are all of one hash is measured again after growing to this multiple. */
const growthOfUndivided = 1.25
const lookEveryMsMax = 1000

export interface PartitionWatchHouse {
  readonly trees: Trees
  readonly catalog: Catalog
  readonly admission: Admission
  readonly clock: Clock
  readonly foreground: Foreground
  readonly limits: PartitionLimits
}

export class PartitionWatch {
  readonly #house: PartitionWatchHouse
  readonly #stopping = new AbortController()
  #looking: Promise<void> | undefined
  #lookedAtMs: number
  /** One table at a time is measured, beside the watch. */
  #measuring: Promise<void> | undefined
  #usedBefore: readonly TableRecord[] = []

  constructor(house: PartitionWatchHouse) {
    const { admission, clock, limits } = house
    this.#house = house
    this.#lookedAtMs = clock.monotonicMs()
    admission.whileUsed(Math.min(lookEveryMsMax, limits.heatMs / 4), () => this.#wake())
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#looking
    await this.#measuring
  }

  /** Called by calls, within their bodies: the work waits for another turn. */
  #wake(): void {
    if (this.#looking !== undefined || this.#stopping.signal.aborted) return
    this.#looking = nextTurn()
      .then(() => this.#lookAtUsed())
      .finally(() => {
        this.#looking = undefined
      })
  }

  async #lookAtUsed(): Promise<void> {
    const { admission, clock } = this.#house
    const nowMs = clock.monotonicMs()
    const elapsedMs = nowMs - this.#lookedAtMs
    if (elapsedMs <= 0) return
    this.#lookedAtMs = nowMs
    const used = admission.takeUsed()
    // What has come to rest is looked at once more, and cools.
    const resting = this.#usedBefore.filter(({ id }) => !used.some((record) => record.id === id))
    this.#usedBefore = used
    for (const record of [...used, ...resting]) await this.#look(record, elapsedMs)
  }

  /** A full disk, a lost store or a damaged page ends only this try; who reads or writes there hears of it. */
  async #look(record: TableRecord, elapsedMs: number): Promise<void> {
    await unlessUnavailable(async () => {
      const meters = await this.#metersOf(record)
      if (meters === undefined) return
      const splits = treesOf(meters).flatMap((tree) => heatSplits(tree, elapsedMs))
      if (splits.length > 0) await this.#split(record, splits)
      if (this.#measuring !== undefined || !treesOf(meters).some((tree) => this.#hasGrown(tree))) return
      this.#measuring = unlessUnavailable(() => this.#divideTooLarge(record)).finally(() => {
        this.#measuring = undefined
      })
    })
  }

  /** Of the table as it is now; undefined when it is gone. */
  #metersOf(record: TableRecord): Promise<TableMeters | undefined> {
    const { trees, catalog, admission } = this.#house
    return trees.view((reader) => {
      const table = catalog.find(reader, record, record.name)
      return table?.record.id === record.id ? admission.metersOf(table) : undefined
    })
  }

  async #split(record: TableRecord, splits: readonly Split[]): Promise<void> {
    const { trees, catalog, clock, limits } = this.#house
    const nowMs = clock.nowMs()
    await trees.atomically((writer) => {
      const table = catalog.find(writer, record, record.name)
      if (table === undefined || table.record.id !== record.id || table.record.status === 'DELETING') return
      const changed = splitPartitions(writer, table, splits, { nowMs, warmsBy: limits, afterSplit: partitionSplit })
      if (changed !== undefined) catalog.put(writer, changed)
    })
  }

  #hasGrown({ grownBytes }: TreeMeters): boolean {
    return grownBytes === undefined || grownBytes >= this.#house.limits.bytes * growthShare
  }

  /** Measures what may be too large, and divides what is, until nothing is. */
  async #divideTooLarge(record: TableRecord): Promise<void> {
    const { trees, limits } = this.#house
    const measured = new Set<PartitionMeter>()
    while (!this.#stopping.signal.aborted) {
      const meters = await this.#metersOf(record)
      if (meters === undefined) return
      const all = treesOf(meters)
      // Before the sizes are read: what grows meanwhile is looked at again.
      for (const tree of all) tree.grownBytes = 0
      const sizes = await trees.view((reader) => all.map(({ tree }) => treeFigures(reader, tree.record.tree).sizeBytes))
      const suspects = all.flatMap((tree, at) => {
        const meter = largestSuspect(tree, sizes[at] as number, limits, measured)
        return meter === undefined ? [] : [{ tree, meter }]
      })
      const [suspect] = suspects
      if (suspect === undefined) return
      measured.add(suspect.meter)
      await this.#measure(record, suspect.tree, suspect.meter)
    }
  }

  async #measure(
    table: TableRecord,
    { tree: { partitions, record } }: TreeMeters,
    meter: PartitionMeter,
  ): Promise<void> {
    const { trees, limits, foreground, clock } = this.#house
    const position = partitions.findIndex(({ id }) => id === meter.id)
    meter.measuringBegins()
    const walk = await measurePartition(trees, record.tree, partitions, position, {
      stepBytes: limits.bytes / 512,
      pace: new Pace(foreground, clock),
      signal: this.#stopping.signal,
    })
    if (walk === undefined) return
    meter.measured(walk.totalBytes)
    const isTooLarge = walk.totalBytes > limits.bytes
    const half = isTooLarge ? walk.half() : undefined
    if (half === undefined) {
      meter.measureAgainAtBytes = isTooLarge ? walk.totalBytes * growthOfUndivided : 0
      return this.#remember(table, record.tree, meter.id, walk.totalBytes)
    }
    const bytes = [half.belowBytes, walk.totalBytes - half.belowBytes]
    await this.#split(table, [{ tree: record.tree, partition: meter.id, divisions: [half.hash], bytes }])
  }

  /** Keeps a measurement for after a restart. */
  async #remember(record: TableRecord, tree: number, id: number, bytes: number): Promise<void> {
    const { trees, catalog } = this.#house
    await trees.atomically((writer) => {
      const table = catalog.find(writer, record, record.name)
      if (table?.record.id !== record.id) return
      const index = table.indexes.find((each) => each.record.tree === tree)
      const partitions = tree === table.record.tree ? table.partitions : index?.partitions
      const partition = partitions?.find((each) => each.id === id)
      if (partition !== undefined) putPartition(writer, tree, { ...partition, bytes })
    })
  }
}

function treesOf({ own, global }: TableMeters): TreeMeters[] {
  return [own, ...global.values()]
}

function heatSplits({ tree, partitions }: TreeMeters, elapsedMs: number): Split[] {
  const splits: Split[] = []
  let count = partitions.length
  for (const [position, meter] of partitions.entries()) {
    if (!meter.hasBeenHot(elapsedMs) || count >= partitionsForHeatMax) continue
    const { from, to } = hashesOf(tree.partitions, position)
    const divisions = heatDivisions(meter.sample.hashes(), from, to)
    if (divisions.length === 0) continue
    splits.push({ tree: tree.record.tree, partition: meter.id, divisions })
    count += divisions.length
  }
  return splits
}

/**
 * The partition that may have most beyond the limit, if any may. What the tree has and no partition is known to have
 * (it came before the server started, or while an index was filled) may be in any of them.
 */
function largestSuspect(
  { partitions }: TreeMeters,
  treeBytes: number,
  limits: PartitionLimits,
  measured: ReadonlySet<PartitionMeter>,
): PartitionMeter | undefined {
  const known = partitions.reduce((sum, { bytes }) => sum + bytes, 0)
  const unknown = Math.max(0, treeBytes - known)
  let largest: PartitionMeter | undefined
  for (const meter of partitions) {
    const bytesMax = meter.bytes + unknown
    if (measured.has(meter)) continue
    if (bytesMax <= limits.bytes || bytesMax <= meter.measureAgainAtBytes) continue
    if (largest === undefined || meter.bytes > largest.bytes) largest = meter
  }
  return largest
}

async function unlessUnavailable(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof StoreUnavailable || error instanceof StoreCorrupt)) throw error
  }
}
