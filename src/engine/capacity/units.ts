/** Capacity units by DynamoDB's rules: reads in steps of 4 KB, writes of 1 KB. */
import type { CapacityUse } from '../items/items.ts'

export function readUnits(bytes: number, consistent: boolean): number {
  const strong = Math.max(1, Math.ceil(bytes / 4096))
  return consistent ? strong : strong / 2
}

export function writeUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / 1024))
}

/** Collects what one call uses. */
export class CapacityMeter implements CapacityUse {
  readonly tableName: string
  table = 0
  readonly local = new Map<string, number>()
  readonly global = new Map<string, number>()

  constructor(tableName: string) {
    this.tableName = tableName
  }

  index(kind: 'local' | 'global', name: string, units: number): void {
    if (units === 0) return
    const by = kind === 'local' ? this.local : this.global
    by.set(name, (by.get(name) ?? 0) + units)
  }
}
