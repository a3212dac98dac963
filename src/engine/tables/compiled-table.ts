/** A table's record with what every request needs of it worked out once. */

import type { TreeReader } from '../../storage/trees.ts'
import { attributeBytes, partitionPrefix, rangePart } from '../encoding/keys.ts'
import type { Item } from '../items/attribute-value.ts'
import { keyTexts, missingKey } from '../items/key-attributes.ts'
import { type Partitions, readPartitions } from '../partitions/partition.ts'
import { type CompiledStream, compileStream, type SequenceCounters } from '../streams/compiled-stream.ts'
import type { IndexRecord, KeySchema, TableRecord } from './table.ts'

export interface CompiledIndex {
  readonly record: IndexRecord
  /** Attributes that an entry carries; undefined: all. */
  readonly projected: ReadonlySet<string> | undefined
  /** A local index has its table's. */
  readonly partitions: Partitions
}

export interface CompiledTable {
  readonly record: TableRecord
  readonly arn: string
  /** Names of the table's key attributes, hash first. */
  readonly keyNames: readonly string[]
  /** Indexes that writes maintain: all but those being deleted; by name, the order in which AWS reports their faults. */
  readonly indexes: readonly CompiledIndex[]
  readonly hasLocalIndex: boolean
  readonly partitions: Partitions
  /** Undefined when changes are not recorded. */
  readonly stream: CompiledStream | undefined
}

export function tableArn(record: Pick<TableRecord, 'accountId' | 'region' | 'name'>): string {
  return `arn:aws:dynamodb:${record.region}:${record.accountId}:table/${record.name}`
}

export function compileTable(
  trees: TreeReader,
  record: TableRecord,
  counters: SequenceCounters = new Map(),
): CompiledTable {
  const keyNames = namesOf(record.keySchema)
  const partitions = readPartitions(trees, record.tree)
  const indexes = record.indexes
    .filter((index) => index.status !== 'DELETING')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((index) => ({
      record: index,
      projected: projectedNames(record, index),
      partitions: index.kind === 'local' ? partitions : readPartitions(trees, index.tree),
    }))
  const hasLocalIndex = indexes.some((index) => index.record.kind === 'local')
  const stream = compileStream(trees, record, counters)
  return { record, arn: tableArn(record), keyNames, indexes, hasLocalIndex, partitions, stream }
}

export function namesOf(schema: KeySchema): string[] {
  return [...schema.hash, ...schema.range].map((attribute) => attribute.name)
}

/** What entries of an index carry; undefined: everything. */
export function projectedNames(table: TableRecord, index: IndexRecord): Set<string> | undefined {
  if (index.projection.type === 'ALL') return undefined
  const names = new Set([...namesOf(table.keySchema), ...namesOf(index.keySchema)])
  if (index.projection.type === 'INCLUDE') for (const name of index.projection.nonKeyAttributes) names.add(name)
  return names
}

/** Tree key of an item whose key attributes have been checked. */
export function itemKey(schema: KeySchema, item: Item): Buffer {
  const prefix = hashPrefix(schema, item)
  if (prefix === undefined) throw missingKey()
  return withRange(schema, item, prefix) ?? prefix
}

/** The prefix of an item's partition; undefined when a hash attribute is missing. */
export function hashPrefix(schema: KeySchema, item: Item): Buffer | undefined {
  const texts = keyTexts(schema.hash, item)
  return texts && partitionPrefix(texts.map((text, at) => attributeBytes(schema.hash[at]!.type, text)))
}

/** The prefix with the range attributes behind it; undefined when one is missing. */
export function withRange(schema: KeySchema, item: Item, prefix: Buffer): Buffer | undefined {
  if (schema.range.length === 0) return prefix
  const texts = keyTexts(schema.range, item)
  if (texts === undefined) return undefined
  return Buffer.concat([
    prefix,
    ...texts.map((text, at) => rangePart(schema.range[at]!.type, attributeBytes(schema.range[at]!.type, text))),
  ])
}
