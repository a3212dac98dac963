/** Capacity units by DynamoDB's rules: reads in steps of 4 KB, writes of 1 KB. */
import type { CapacityUse } from '../items/items.ts'

export function readUnits(bytes: number, consistent: boolean): number {
  const strong = Math.max(1, Math.ceil(bytes / 4096))
  return consistent ? strong : strong / 2
}

export function writeUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / 1024))
}

/** Units that fell on one partition. */
export interface UnitsInPlace {
  /** The global index; undefined: the table. */
  readonly index: string | undefined
  /** A tree key that lies in the partition. */
  readonly key: Buffer
  readonly units: number
  /** How much the partition's items grew, in bytes. */
  readonly grownBytes: number
}

/** What a call touches: one item, the items of one partition key, or whatever comes. */
export type Reach = 'item' | 'partition key' | 'range'

/** What a call used, and which partitions served it. */
export interface PlacedUse extends CapacityUse {
  readonly reach: Reach
  /** The tree key where the table's own units fell, with those of its local indexes; undefined: see `elsewhere`. */
  readonly key: Buffer | undefined
  readonly grownBytes: number
  /** Units of global indexes, and those of a read that goes over several partitions. */
  readonly elsewhere: readonly UnitsInPlace[]
}

const nowhere: readonly UnitsInPlace[] = []

/** Collects what one call uses. */
export class CapacityMeter implements PlacedUse {
  readonly tableName: string
  table = 0
  readonly local = new Map<string, number>()
  readonly global = new Map<string, number>()
  reach: Reach = 'item'
  key: Buffer | undefined
  grownBytes = 0
  #elsewhere: UnitsInPlace[] | undefined

  constructor(tableName: string, key?: Buffer) {
    this.tableName = tableName
    this.key = key
  }

  get elsewhere(): readonly UnitsInPlace[] {
    return this.#elsewhere ?? nowhere
  }

  index(kind: 'local' | 'global', name: string, units: number): void {
    if (units === 0) return
    const by = kind === 'local' ? this.local : this.global
    by.set(name, (by.get(name) ?? 0) + units)
  }

  /** Says where units fell that were, or will be, counted. */
  place(index: string | undefined, key: Buffer, units: number, grownBytes: number): void {
    this.#elsewhere ??= []
    this.#elsewhere.push({ index, key, units, grownBytes })
  }
}
