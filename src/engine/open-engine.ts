/** Opens the engine over its trees and takes up the duties that a stop or a crash left. */
import type { Clock } from '../foundation/clock.ts'
import type { Log } from '../foundation/log.ts'
import { type Random, systemRandom } from '../foundation/random.ts'
import type { TreeId, Trees } from '../storage/trees.ts'
import { Admission } from './capacity/admission.ts'
import { ConsumptionLedger } from './capacity/consumption.ts'
import { engineCollections } from './collections/engine-collections.ts'
import { engineContributors } from './contributors/engine-contributors.ts'
import type { Engine } from './engine.ts'
import { Sweeper } from './expiry/sweeper.ts'
import { engineItems } from './items/engine-items.ts'
import { foregroundOf } from './pace/foreground.ts'
import { type PartitionLimits, usualPartitionLimits } from './partitions/partition-limits.ts'
import { PartitionWatch } from './partitions/partition-watch.ts'
import { systemTrees } from './storage-map.ts'
import { adoptStreams } from './streams/adopt-streams.ts'
import { engineStreams } from './streams/engine-streams.ts'
import { openShardIterators } from './streams/shard-iterators.ts'
import { StreamDuties } from './streams/stream-duties.ts'
import { Catalog } from './tables/catalog.ts'
import { engineResourcePolicies, PolicyMemory } from './tables/engine-resource-policies.ts'
import { engineTables } from './tables/engine-tables.ts'
import { TableDuties } from './tables/table-duties.ts'

export interface OpenEngineOptions {
  readonly trees: Trees
  readonly clock: Clock
  /** The machine's unless told. */
  readonly random?: Random
  /** How long tables stay CREATING, UPDATING or DELETING, for tests of clients that wait; 0: as long as the work takes. */
  readonly tableTransitionMs: number
  /** AWS's unless told. */
  readonly partitionLimits?: PartitionLimits
  /** Where background work that cannot go on is told of. */
  readonly log?: Log
}

export async function openEngine(options: OpenEngineOptions): Promise<Engine> {
  const { trees, clock, tableTransitionMs, partitionLimits: limits = usualPartitionLimits, log } = options
  await makeSystemTrees(trees)
  const catalog = new Catalog()
  const consumption = new ConsumptionLedger(clock)
  const admission = new Admission(clock, consumption, limits)
  const foreground = foregroundOf(trees)
  const policies = new PolicyMemory()
  await policies.load(trees)
  const duties = new TableDuties({
    ...{ trees, catalog, clock, foreground, policies, log },
    transitionMs: tableTransitionMs,
  })
  const watch = new PartitionWatch({ trees, catalog, admission, clock, foreground, limits })
  const streamDuties = new StreamDuties({ trees, catalog, duties, clock, log, foreground })
  const iterators = await openShardIterators(trees, clock, options.random ?? systemRandom)
  await adoptStreams(trees, catalog, clock)
  await duties.resume()
  streamDuties.wake()
  const sweeper = new Sweeper({ trees, catalog, write: { clock }, log, foreground })
  await sweeper.resume()
  return {
    tables: engineTables({
      trees,
      catalog,
      duties,
      streamDuties,
      admission,
      sweeper,
      policies,
      clock,
      transitionMs: tableTransitionMs,
    }),
    policies: engineResourcePolicies(trees, catalog, policies),
    items: engineItems(foreground.trees, catalog, admission, clock),
    contributors: engineContributors(trees, catalog, admission),
    streams: engineStreams(foreground.trees, catalog, iterators),
    consumption,
    collections: engineCollections(trees),
    async close() {
      await Promise.all([watch.stop(), streamDuties.stop(), sweeper.stop()])
      await duties.stop()
    },
  }
}

/** A store made by an earlier version gets the trees that it lacks. */
async function makeSystemTrees(trees: Trees): Promise<void> {
  const first = systemTrees[0] as TreeId
  const missing = await trees.view((reader) => systemTrees.filter((tree) => !reader.hasTree(tree)))
  if (missing.length === 0) return
  const key = await trees.newTableKey({ 'coffer:system': 'catalog' })
  await trees.atomically((writer) => {
    for (const tree of missing) writer.createTree(tree, tree === first ? key : { sharedWith: first })
  })
}
