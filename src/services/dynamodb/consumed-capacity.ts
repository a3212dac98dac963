/** ConsumedCapacity and ItemCollectionMetrics, as the Return… parameters ask for them. */
import type { Item } from '../../engine/items/attribute-value.ts'
import type { CapacityUse } from '../../engine/items/items.ts'

export type ReturnConsumedCapacity = 'INDEXES' | 'TOTAL' | 'NONE'
export type ReturnItemCollectionMetrics = 'SIZE' | 'NONE'

interface Units {
  readonly CapacityUnits: number
}
export interface ConsumedCapacity {
  readonly TableName: string
  readonly CapacityUnits: number
  readonly Table?: Units
  readonly LocalSecondaryIndexes?: Readonly<Record<string, Units>>
  readonly GlobalSecondaryIndexes?: Readonly<Record<string, Units>>
}

/** `table` is the request's own name of the table: its ARN when it used the ARN. Undefined when none was asked for. */
export function consumedCapacity(
  mode: ReturnConsumedCapacity | undefined,
  use: CapacityUse,
  table: string,
): ConsumedCapacity | undefined {
  if (mode === undefined || mode === 'NONE') return undefined
  const total = use.table + sum(use.local) + sum(use.global)
  if (mode === 'TOTAL') return { TableName: table, CapacityUnits: total }
  return {
    TableName: table,
    CapacityUnits: total,
    Table: { CapacityUnits: use.table },
    ...(use.local.size > 0 && { LocalSecondaryIndexes: unitsByIndex(use.local) }),
    ...(use.global.size > 0 && { GlobalSecondaryIndexes: unitsByIndex(use.global) }),
  }
}

export function emptyCapacity(tableName: string): CapacityUse {
  return { tableName, table: 0, local: new Map(), global: new Map() }
}

/** What several calls on one table used. */
export function sumOfCapacities(first: CapacityUse, ...more: readonly CapacityUse[]): CapacityUse {
  const local = new Map(first.local)
  const global = new Map(first.global)
  let { table } = first
  for (const use of more) {
    table += use.table
    for (const [index, units] of use.local) local.set(index, (local.get(index) ?? 0) + units)
    for (const [index, units] of use.global) global.set(index, (global.get(index) ?? 0) + units)
  }
  return { tableName: first.tableName, table, local, global }
}

interface TransactionUnits extends Units {
  readonly ReadCapacityUnits?: number
  readonly WriteCapacityUnits?: number
}
export type TransactionCapacity = ConsumedCapacity & TransactionUnits & { readonly Table?: TransactionUnits }

/** Transactions also say of which kind the units of the whole and of the table are. */
export function transactionCapacity(
  mode: ReturnConsumedCapacity | undefined,
  use: CapacityUse,
  table: string,
  kind: 'read' | 'write',
): TransactionCapacity | undefined {
  const plain = consumedCapacity(mode, use, table)
  if (plain === undefined) return undefined
  const { CapacityUnits: total, Table: own, ...rest } = plain
  const member = kind === 'read' ? 'ReadCapacityUnits' : 'WriteCapacityUnits'
  const withKind = (units: number): TransactionUnits => ({ CapacityUnits: units, [member]: units })
  return { ...rest, ...withKind(total), ...(own !== undefined && { Table: withKind(own.CapacityUnits) }) }
}

function sum(units: ReadonlyMap<string, number>): number {
  let total = 0
  for (const each of units.values()) total += each
  return total
}

function unitsByIndex(units: ReadonlyMap<string, number>): Record<string, Units> {
  const result: Record<string, Units> = {}
  for (const [index, each] of units) result[index] = { CapacityUnits: each }
  return result
}

export interface ItemCollectionMetrics {
  readonly ItemCollectionKey: Item
  readonly SizeEstimateRangeGB: readonly [number, number]
}

const bytesPerGB = 1024 ** 3

/** Present only for tables with a local index, and only for SIZE. */
export function itemCollectionMetrics(
  mode: ReturnItemCollectionMetrics | undefined,
  collection: { readonly key: Item; readonly sizeBytes: number } | undefined,
): ItemCollectionMetrics | undefined {
  if (mode !== 'SIZE' || collection === undefined) return undefined
  const lower = Math.floor(collection.sizeBytes / bytesPerGB)
  return { ItemCollectionKey: collection.key, SizeEstimateRangeGB: [lower, lower + 1] }
}
