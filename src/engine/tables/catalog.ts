/** The catalog: table records in their tree, and what is worked out from them, kept as long as the bytes stand. */
import type { TreeId, TreeReader, TreeWriter } from '../../storage/trees.ts'
import { afterPrefix } from '../encoding/keys.ts'
import type { Scope } from '../engine.ts'
import { removePartitions } from '../partitions/partition.ts'
import { catalogTree, dutiesTree, figuresTree, firstTableTree } from '../storage-map.ts'
import type { SequenceCounters } from '../streams/compiled-stream.ts'
import { type CompiledTable, compileTable } from './compiled-table.ts'
import type { TableFigures, TableRecord } from './table.ts'

interface Known {
  readonly key: Buffer
  raw: Buffer
  compiled: CompiledTable
}

const nextTreeKey = Buffer.from('next-tree')
const dropPrefix = Buffer.from('drop')

export class Catalog {
  readonly #known = new Map<string, Known>()
  readonly #counters: SequenceCounters = new Map()

  /** Undefined when there is no such table. */
  find(trees: TreeReader, scope: Scope, name: string): CompiledTable | undefined {
    const id = `${scope.accountId}/${scope.region}/${name}`
    const known = this.#known.get(id)
    const key = known?.key ?? catalogKey(scope, name)
    const raw = trees.get(catalogTree, key)
    if (raw === undefined) {
      if (known !== undefined) this.#known.delete(id)
      return undefined
    }
    if (known?.raw.equals(raw)) return known.compiled
    const compiled = compileTable(trees, JSON.parse(raw.toString('utf8')) as TableRecord, this.#counters)
    this.#known.set(id, { key, raw: Buffer.from(raw), compiled })
    return compiled
  }

  put(trees: TreeWriter, record: TableRecord): void {
    trees.set(catalogTree, catalogKey(record, record.name), Buffer.from(JSON.stringify(record), 'utf8'))
  }

  remove(trees: TreeWriter, record: TableRecord): void {
    trees.remove(catalogTree, catalogKey(record, record.name))
    if (record.stream?.tree !== undefined) this.#counters.delete(record.stream.tree)
  }

  /** Names in byte order, after `after`. */
  names(trees: TreeReader, scope: Scope, after: string | undefined, limit: number): string[] {
    const prefix = catalogKey(scope, '')
    const from = after === undefined ? prefix : Buffer.concat([catalogKey(scope, after), Buffer.of(0)])
    const to = afterPrefix(prefix)
    const names: string[] = []
    if (limit <= 0) return names
    trees.scan(catalogTree, { from, ...(to && { to }) }, false, (entry) => {
      names.push(entry.keyBytes.toString('utf8', entry.keyStart + prefix.length, entry.keyEnd))
      return names.length < limit
    })
    return names
  }

  /** Every record of every account, for the duties that go on after a start. */
  all(trees: TreeReader): TableRecord[] {
    const records: TableRecord[] = []
    trees.scan(catalogTree, {}, false, (entry) => {
      records.push(JSON.parse(entry.valueBytes.toString('utf8', entry.valueStart, entry.valueEnd)) as TableRecord)
      return true
    })
    return records
  }
}

function catalogKey(scope: Scope, name: string): Buffer {
  return Buffer.from(`${scope.accountId}\0${scope.region}\0${name}`, 'utf8')
}

/** Tree ids that were never given before. */
export function takeTreeIds(trees: TreeWriter, count: number): TreeId[] {
  const next = trees.get(dutiesTree, nextTreeKey)?.readUInt32BE(0) ?? firstTableTree
  const value = Buffer.alloc(4)
  value.writeUInt32BE(next + count, 0)
  trees.set(dutiesTree, nextTreeKey, value)
  return Array.from({ length: count }, (_, at) => next + at)
}

/** Notes trees that nothing names any more: their pages are removed in the background. */
export function noteDrop(trees: TreeWriter, tree: TreeId): void {
  trees.set(dutiesTree, dropKey(tree), Buffer.alloc(0))
  trees.remove(figuresTree, figuresKey(tree))
  removePartitions(trees, tree)
}

export function clearDrop(trees: TreeWriter, tree: TreeId): void {
  trees.remove(dutiesTree, dropKey(tree))
}

export function treesToDrop(trees: TreeReader): TreeId[] {
  const found: TreeId[] = []
  const to = afterPrefix(dropPrefix)
  trees.scan(dutiesTree, { from: dropPrefix, ...(to && { to }) }, false, (entry) => {
    found.push(entry.keyBytes.readUInt32BE(entry.keyStart + dropPrefix.length))
    return true
  })
  return found
}

function dropKey(tree: TreeId): Buffer {
  const key = Buffer.concat([dropPrefix, Buffer.alloc(4)])
  key.writeUInt32BE(tree, dropPrefix.length)
  return key
}

function figuresKey(tree: TreeId): Buffer {
  const key = Buffer.allocUnsafe(4)
  key.writeUInt32BE(tree, 0)
  return key
}

export interface TreeFigures {
  readonly itemCount: number
  readonly sizeBytes: number
}

export function treeFigures(trees: TreeReader, tree: TreeId): TreeFigures {
  const raw = trees.get(figuresTree, figuresKey(tree))
  return { itemCount: raw?.readDoubleBE(0) ?? 0, sizeBytes: raw?.readDoubleBE(8) ?? 0 }
}

/** Counts and sizes change in the commit of the items that they count. */
export function addFigures(trees: TreeWriter, tree: TreeId, items: number, bytes: number): void {
  if (items === 0 && bytes === 0) return
  const key = figuresKey(tree)
  const raw = trees.get(figuresTree, key)
  const value = Buffer.allocUnsafe(16)
  value.writeDoubleBE((raw?.readDoubleBE(0) ?? 0) + items, 0)
  value.writeDoubleBE((raw?.readDoubleBE(8) ?? 0) + bytes, 8)
  trees.set(figuresTree, key, value)
}

export function figuresOf(trees: TreeReader, record: TableRecord): TableFigures {
  const { itemCount, sizeBytes } = treeFigures(trees, record.tree)
  const indexes = new Map(record.indexes.map((index) => [index.name, treeFigures(trees, index.tree)]))
  return { itemCount, sizeBytes, indexes }
}
