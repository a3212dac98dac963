/** What a transaction used of each table, in the order in which its actions first name them. */
import { CapacityMeter } from '../capacity/units.ts'
import type { Item } from '../items/attribute-value.ts'
import type { CapacityUse, CollectionSize } from '../items/items.ts'

export interface TableUse {
  readonly table: string
  readonly capacity: CapacityMeter
  readonly collections: readonly CollectionSize[]
}

export class TableUses {
  readonly #uses = new Map<string, { readonly capacity: CapacityMeter; readonly sizes: Map<string, CollectionSize> }>()

  add(table: string, used: CapacityUse): void {
    const { capacity } = this.#of(table)
    capacity.table += used.table
    for (const [index, units] of used.local) capacity.index('local', index, units)
    for (const [index, units] of used.global) capacity.index('global', index, units)
  }

  addTableUnits(table: string, units: number): void {
    this.#of(table).capacity.table += units
  }

  /** A collection that several actions changed counts once, as the last left it. */
  collection(table: string, key: Item, sizeBytes: number): void {
    this.#of(table).sizes.set(JSON.stringify(key), { key, sizeBytes })
  }

  list(): TableUse[] {
    return [...this.#uses].map(([table, { capacity, sizes }]) => ({
      table,
      capacity,
      collections: [...sizes.values()],
    }))
  }

  #of(table: string) {
    let use = this.#uses.get(table)
    if (use === undefined) {
      use = { capacity: new CapacityMeter(table), sizes: new Map() }
      this.#uses.set(table, use)
    }
    return use
  }
}
