/**
 * Who may use a table's or an index's throughput now. Provisioned units and partitions keep 300 seconds of what was not
 * used; an on-demand table is held to the ceilings that its owner set and to what its partitions serve. A partition may
 * use whatever its table has, up to its own ceiling: there is no share of each partition that an uneven load could meet.
 */
import type { Clock } from '../../foundation/clock.ts'
import { type PartitionLimits, usualPartitionLimits } from '../partitions/partition-limits.ts'
import type { CompiledIndex, CompiledTable } from '../tables/compiled-table.ts'
import type { TableRecord } from '../tables/table.ts'
import type { ConsumptionLedger } from './consumption.ts'
import { type MeteredTree, TreeMeters } from './tree-meters.ts'
import type { PlacedUse, Reach } from './units.ts'

/** The meters of one table. */
export interface TableMeters {
  /** The table as its newest record has it. */
  readonly table: CompiledTable
  readonly own: TreeMeters
  /** Global indexes by name. */
  readonly global: ReadonlyMap<string, TreeMeters>
  /** True when something was spent since it was last set to false. */
  used: boolean
}

export class Admission {
  readonly #clock: Clock
  readonly #ledger: ConsumptionLedger
  readonly #limits: PartitionLimits
  /** By the record that they follow, found without a name: this is on the path of every call. */
  readonly #byRecord = new WeakMap<CompiledTable, TableMeters>()
  readonly #byTableId = new Map<string, TableMeters>()
  #look: () => void = () => undefined
  #lookEveryMs = Number.POSITIVE_INFINITY
  #nextLookMs = Number.POSITIVE_INFINITY

  constructor(clock: Clock, ledger: ConsumptionLedger, limits: PartitionLimits = usualPartitionLimits) {
    this.#clock = clock
    this.#ledger = ledger
    this.#limits = limits
  }

  metersOf(table: CompiledTable): TableMeters {
    return this.#byRecord.get(table) ?? this.#followed(table)
  }

  /** Throws when the table, the global index that is read, or the partition of `key` has nothing left. */
  admitRead(table: CompiledTable, indexName: string | undefined, key?: Buffer, reach: Reach = 'item'): void {
    const meters = this.metersOf(table)
    const tree = indexName === undefined ? meters.own : meters.global.get(indexName)
    tree?.admitRead(key, reach, this.#clock.monotonicMs())
  }

  /**
   * A write needs the table, the partition of the item's tree key, and every global index: a throttled index throttles
   * its table's writes. Which partitions of indexes it needs is known later: see `admitIndexWrite`.
   */
  admitWrite(table: CompiledTable, key?: Buffer): void {
    const meters = this.metersOf(table)
    const nowMs = this.#clock.monotonicMs()
    meters.own.admitWrite(key, nowMs)
    for (const index of meters.global.values()) index.admitWrite(undefined, nowMs)
  }

  /** Throws when the partition of an index entry's key has nothing left. */
  admitIndexWrite(table: CompiledTable, indexName: string, key: Buffer): void {
    this.metersOf(table).global.get(indexName)?.admitWrite(key, this.#clock.monotonicMs())
  }

  spendRead(table: CompiledTable, use: PlacedUse): void {
    const meters = this.metersOf(table)
    const nowMs = this.#clock.monotonicMs()
    const units = ofTable(use)
    this.#ledger.spend(table.record.id, units, use.global, 'Read')
    if (units > 0) {
      meters.own.spendReadWhole(units, nowMs)
      if (use.key !== undefined) meters.own.spendReadAt(use.key, units, use.reach, nowMs)
    }
    for (const [name, each] of use.global) meters.global.get(name)?.spendReadWhole(each, nowMs)
    for (const each of use.elsewhere) {
      const tree = each.index === undefined ? meters.own : meters.global.get(each.index)
      tree?.spendReadAt(each.key, each.units, use.reach, nowMs)
    }
    this.#note(meters, nowMs)
  }

  spendWrite(table: CompiledTable, use: PlacedUse): void {
    const meters = this.metersOf(table)
    const nowMs = this.#clock.monotonicMs()
    const units = ofTable(use)
    this.#ledger.spend(table.record.id, units, use.global, 'Write')
    if (units > 0) {
      meters.own.spendWriteWhole(units, nowMs)
      if (use.key !== undefined) meters.own.spendWriteAt(use.key, units, use.grownBytes, nowMs)
    }
    for (const [name, each] of use.global) meters.global.get(name)?.spendWriteWhole(each, nowMs)
    for (const each of use.elsewhere) {
      const tree = each.index === undefined ? meters.own : meters.global.get(each.index)
      tree?.spendWriteAt(each.key, each.units, each.grownBytes, nowMs)
    }
    this.#note(meters, nowMs)
  }

  /** A table that is gone leaves no meters. */
  forget(tableId: string): void {
    this.#ledger.forget(tableId)
    this.#byTableId.delete(tableId)
  }

  /** Records of tables that were used since this was last asked. */
  takeUsed(): TableRecord[] {
    const used: TableRecord[] = []
    for (const meters of this.#byTableId.values()) {
      if (!meters.used) continue
      meters.used = false
      used.push(meters.table.record)
    }
    return used
  }

  /** `look` is called by calls that spend, no sooner than so long after the last time. */
  whileUsed(everyMs: number, look: () => void): void {
    this.#look = look
    this.#lookEveryMs = everyMs
    this.#nextLookMs = this.#clock.monotonicMs() + everyMs
  }

  #note(meters: TableMeters, nowMs: number): void {
    meters.used = true
    if (nowMs < this.#nextLookMs) return
    this.#nextLookMs = nowMs + this.#lookEveryMs
    this.#look()
  }

  #followed(table: CompiledTable): TableMeters {
    const present = this.#byTableId.get(table.record.id)
    const own = this.#treeMeters(present?.own, treeOfTable(table))
    const global = new Map<string, TreeMeters>()
    for (const index of table.indexes) {
      if (index.record.kind !== 'global') continue
      const { name, tree } = index.record
      const before = present?.global.get(name)
      // An index that was dropped and made again under its name has another tree.
      const same = before !== undefined && treeIdOf(before) === tree ? before : undefined
      global.set(name, this.#treeMeters(same, treeOfIndex(table, index)))
    }
    const meters: TableMeters = { table, own, global, used: present?.used ?? false }
    this.#byTableId.set(table.record.id, meters)
    this.#byRecord.set(table, meters)
    return meters
  }

  #treeMeters(present: TreeMeters | undefined, tree: MeteredTree): TreeMeters {
    if (present === undefined) return new TreeMeters(this.#limits, this.#clock, this.#ledger, tree)
    present.follow(tree)
    return present
  }
}

/** Local indexes share their table's throughput. */
function ofTable({ table, local }: PlacedUse): number {
  let units = table
  if (local.size === 0) return units
  for (const each of local.values()) units += each
  return units
}

function treeIdOf(meters: TreeMeters): number {
  return meters.tree.record.tree
}

function treeOfTable({ record, arn, partitions }: CompiledTable): MeteredTree {
  return { kind: 'Table', tableId: record.id, arn, billingMode: record.billingMode, record, partitions }
}

function treeOfIndex(table: CompiledTable, { record, partitions }: CompiledIndex): MeteredTree {
  const arn = `${table.arn}/index/${record.name}`
  return { kind: 'Index', tableId: table.record.id, arn, billingMode: table.record.billingMode, record, partitions }
}
