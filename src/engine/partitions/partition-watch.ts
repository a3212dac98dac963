/**
 * Splits partitions that have become too large or too hot. Nothing of it need survive a stop: a split is one commit, and
 * what is not split yet is found again. It rests while no table is used.
 */
import type { Clock } from '../../foundation/clock.ts'
import { StoreCorrupt, StoreUnavailable, type Trees } from '../../storage/trees.ts'
import type { Admission, TableMeters } from '../capacity/admission.ts'
import type { PartitionMeter } from '../capacity/partition-meter.ts'
import type { TreeMeters } from '../capacity/tree-meters.ts'
import { partitionSplit } from '../streams/change-stream.ts'
import { type Catalog, treeFigures } from '../tables/catalog.ts'
import type { CompiledTable } from '../tables/compiled-table.ts'
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
  readonly limits: PartitionLimits
}

export class PartitionWatch {
  readonly #house: PartitionWatchHouse
  readonly #stopping = new AbortController()
  #watching: Promise<void> = Promise.resolve()
  /** One partition at a time is measured, beside the watch. */
  #measuring: Promise<void> | undefined
  #usedBefore: readonly TableMeters[] = []

  constructor(house: PartitionWatchHouse) {
    this.#house = house
    house.admission.onUse(() => {
      this.#watching = this.#watching.then(() => this.#watch())
    })
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#watching
    await this.#measuring
  }

  async #watch(): Promise<void> {
    const { admission, clock, limits } = this.#house
    const { signal } = this.#stopping
    let lastMs = clock.monotonicMs()
    while (!signal.aborted) {
      await clock.sleep(Math.min(lookEveryMsMax, limits.heatMs / 4), signal)
      if (signal.aborted) return
      const elapsedMs = clock.monotonicMs() - lastMs
      lastMs += elapsedMs
      const used = admission.takeUsed()
      if (elapsedMs > 0) {
        for (const meters of new Set([...used, ...this.#usedBefore])) await this.#unlessUnavailable(meters, elapsedMs)
      }
      this.#usedBefore = used
      if (used.length > 0) continue
      admission.rest()
      return
    }
  }

  /** A full disk, a lost store or a damaged page ends only this try; who reads or writes there hears of it. */
  async #unlessUnavailable(meters: TableMeters, elapsedMs: number): Promise<void> {
    try {
      await this.#lookAtHeat(meters, elapsedMs)
      await this.#lookAtSizes(meters)
    } catch (error) {
      if (!isOfTheStore(error)) throw error
    }
  }

  async #lookAtHeat(meters: TableMeters, elapsedMs: number): Promise<void> {
    const splits = treesOf(meters).flatMap((tree) => heatSplits(tree, elapsedMs))
    if (splits.length > 0) await this.#split(meters.table, splits)
  }

  async #split({ record }: CompiledTable, splits: readonly Split[]): Promise<void> {
    const { trees, catalog, clock, limits } = this.#house
    const nowMs = clock.nowMs()
    await trees.atomically((writer) => {
      const table = catalog.find(writer, record, record.name)
      if (table === undefined || table.record.id !== record.id || table.record.status === 'DELETING') return
      const changed = splitPartitions(writer, table, splits, { nowMs, warmsBy: limits, afterSplit: partitionSplit })
      if (changed !== undefined) catalog.put(writer, changed)
    })
  }

  async #lookAtSizes(meters: TableMeters): Promise<void> {
    if (this.#measuring !== undefined) return
    const { trees, limits } = this.#house
    const grown = treesOf(meters).filter(({ grownBytes }) => {
      return grownBytes === undefined || grownBytes >= limits.bytes * growthShare
    })
    if (grown.length === 0) return
    const sizes = await trees.view((reader) => grown.map(({ tree }) => treeFigures(reader, tree.record.tree).sizeBytes))
    for (const [at, tree] of grown.entries()) {
      tree.grownBytes = 0
      const suspect = largestSuspect(tree, sizes[at] as number, limits)
      if (suspect === undefined) continue
      // The others' turn comes with the next look.
      tree.grownBytes = undefined
      this.#measuring = this.#measure(meters.table, tree, suspect)
        .catch((error: unknown) => {
          if (!isOfTheStore(error)) throw error
        })
        .finally(() => {
          this.#measuring = undefined
        })
      return
    }
  }

  async #measure(table: CompiledTable, tree: TreeMeters, meter: PartitionMeter): Promise<void> {
    const { trees, clock, limits } = this.#house
    const { partitions, record } = tree.tree
    const position = partitions.findIndex(({ id }) => id === meter.id)
    if (position < 0) return
    const walk = await measurePartition(trees, record.tree, partitions, position, {
      stepBytes: limits.bytes / 512,
      clock,
      signal: this.#stopping.signal,
    })
    if (walk === undefined) return
    meter.bytes = walk.totalBytes
    const half = walk.totalBytes > limits.bytes ? walk.half() : undefined
    if (half === undefined) {
      meter.measureAgainAtBytes = walk.totalBytes * growthOfUndivided
      await this.#remember(table, record.tree, meter.id, walk.totalBytes)
      return
    }
    const bytes = [half.belowBytes, walk.totalBytes - half.belowBytes]
    await this.#split(table, [{ tree: record.tree, partition: meter.id, divisions: [half.hash], bytes }])
  }

  /** Keeps a measurement for after a restart. */
  async #remember({ record }: CompiledTable, tree: number, id: number, bytes: number): Promise<void> {
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
): PartitionMeter | undefined {
  const known = partitions.reduce((sum, { bytes }) => sum + bytes, 0)
  const unknown = Math.max(0, treeBytes - known)
  let largest: PartitionMeter | undefined
  for (const meter of partitions) {
    const bytesMax = meter.bytes + unknown
    if (bytesMax <= limits.bytes || bytesMax <= meter.measureAgainAtBytes) continue
    if (largest === undefined || meter.bytes > largest.bytes) largest = meter
  }
  return largest
}

function isOfTheStore(error: unknown): boolean {
  return error instanceof StoreUnavailable || error instanceof StoreCorrupt
}
