/** Checks what the engine keeps against itself: figures, indexes and queues of expiry against items, sizes against values. */
import type { TreeReader, Trees } from '../storage/trees.ts'
import { expiryKey, itemKeyIn, queuedTimeToLive } from './expiry/expiry-queue.ts'
import { indexEntry } from './indexes/index-entries.ts'
import { itemSize } from './items/item-size.ts'
import { parseStored, storedSize } from './items/stored-item.ts'
import { partitionFaults } from './partitions/check-partitions.ts'
import { partitionedTrees } from './partitions/partition.ts'
import { resourcePoliciesTree, spentTokensTree } from './storage-map.ts'
import { checkStreams } from './streams/check-streams.ts'
import { Catalog, treeFigures } from './tables/catalog.ts'
import { type CompiledTable, compileTable, hashPrefix, itemKey, tableArn } from './tables/compiled-table.ts'
import { allPolicies } from './tables/engine-resource-policies.ts'
import { tokenFault } from './transactions/spent-tokens.ts'

export interface TableCheck {
  /** The table's ARN; other words for what belongs to no table. */
  readonly table: string
  readonly items: number
  readonly faults: readonly string[]
  /** What `items` counts, where it is not items: then `table` is a stream's ARN. */
  readonly counted?: 'records'
}

const faultsMax = 100

/** One table at a time; nothing may change meanwhile. */
export async function* checkEngine(trees: Trees): AsyncGenerator<TableCheck> {
  const catalog = new Catalog()
  for (const record of await trees.view((reader) => catalog.all(reader))) {
    yield await checkTable(trees, await trees.view((reader) => compileTable(reader, record)))
  }
  for (const { arn, records, faults } of await checkStreams(trees, catalog)) {
    yield { table: arn, items: records, faults, counted: 'records' }
  }
  yield await checkTokens(trees)
  yield await checkPolicies(trees, catalog)
  const strays = await trees.view((reader) => strayPartitions(reader, catalog))
  if (strays.length > 0) yield { table: 'partitions', items: strays.length, faults: strays }
}

/** Partition records of trees that are not of a table, nor of one of its global indexes. */
function strayPartitions(reader: TreeReader, catalog: Catalog): string[] {
  const owners = new Set<number>()
  for (const record of catalog.all(reader)) {
    owners.add(record.tree)
    for (const index of record.indexes) if (index.kind === 'global') owners.add(index.tree)
  }
  return partitionedTrees(reader)
    .filter((tree) => !owners.has(tree))
    .map((tree) => `tree ${tree} has partitions and is of no table`)
}

async function checkTokens(trees: Trees): Promise<TableCheck> {
  const faults: string[] = []
  let items = 0
  await eachEntry(trees, spentTokensTree, (_, key, value) => {
    items++
    const fault = tokenFault(key, value)
    if (fault !== undefined && faults.length < faultsMax) faults.push(`tree ${spentTokensTree}: ${fault}`)
  })
  return { table: 'client request tokens', items, faults }
}

/** Resource-based policies belong to tables that are there, by their own ARN or by a stream's. */
async function checkPolicies(trees: Trees, catalog: Catalog): Promise<TableCheck> {
  return trees.view((reader) => {
    const tables = new Set(catalog.all(reader).map(tableArn))
    const policies = allPolicies(reader)
    const faults = policies.flatMap(([arn, { document, changedAtMs }]) => {
      const [table = ''] = arn.split('/stream/')
      if (!tables.has(table)) return [`tree ${resourcePoliciesTree}: the policy of ${arn} is of no table`]
      const isSound = Number.isSafeInteger(changedAtMs) && (document === undefined || typeof document === 'string')
      return isSound ? [] : [`tree ${resourcePoliciesTree}: the policy of ${arn} cannot be read`]
    })
    return { table: 'resource-based policies', items: policies.length, faults: faults.slice(0, faultsMax) }
  })
}

interface Tally {
  items: number
  bytes: number
}

async function checkTable(trees: Trees, table: CompiledTable): Promise<TableCheck> {
  const faults: string[] = []
  const fault = (text: string) => {
    if (faults.length < faultsMax) faults.push(text)
  }
  const { record } = table
  const own: Tally = { items: 0, bytes: 0 }
  const expected = new Map(table.indexes.map((index) => [index.record.name, { items: 0, bytes: 0 }]))
  const collections = new Map<string, number>()
  const queued = queuedTimeToLive(record)
  const filledTo = queued?.status === 'ENABLING' ? Buffer.from(queued.filledTo ?? '', 'base64') : undefined
  await eachEntry(trees, record.tree, (reader, key, value) => {
    const item = parseStored(value)
    const at = `tree ${record.tree} key ${key.toString('hex')}`
    own.items++
    own.bytes += storedSize(value)
    if (storedSize(value) !== itemSize(item))
      fault(`${at}: the item's size is ${itemSize(item)}, its entry says ${storedSize(value)}`)
    if (!itemKey(record.keySchema, item).equals(key)) fault(`${at}: the item lies under another key`)
    let collected = storedSize(value)
    for (const index of table.indexes) {
      if (index.record.backfilling) continue
      const entry = indexEntry(index, item, key, value)
      if (entry === undefined) continue
      const tally = expected.get(index.record.name) as Tally
      tally.items++
      tally.bytes += storedSize(entry.value)
      if (index.record.kind === 'local') collected += storedSize(entry.value)
      const present = reader.get(index.record.tree, entry.key)
      if (present === undefined) fault(`index ${index.record.name}: no entry for the item at ${at}`)
      else if (!present.equals(entry.value)) fault(`index ${index.record.name}: a stale entry for the item at ${at}`)
    }
    if (queued !== undefined && (filledTo === undefined || Buffer.compare(key, filledTo) <= 0)) {
      const queueKey = expiryKey(queued.attributeName, item, key)
      if (queueKey !== undefined && reader.get(queued.queue, queueKey) === undefined)
        fault(`queue of expiry: no entry for the item at ${at}`)
    }
    if (record.collectionTree === undefined) return
    const collection = (hashPrefix(record.keySchema, item) as Buffer).toString('hex')
    collections.set(collection, (collections.get(collection) ?? 0) + collected)
  })
  if (queued !== undefined) {
    await eachEntry(trees, queued.queue, (reader, queueKey) => {
      const key = itemKeyIn(queueKey)
      const stored = reader.get(record.tree, key)
      const wanted = stored && expiryKey(queued.attributeName, parseStored(stored), key)
      if (!wanted?.equals(queueKey)) fault(`queue of expiry: an entry ${queueKey.toString('hex')} without its item`)
    })
  }
  await compareFigures(trees, record.tree, 'the table', own, fault)
  for (const { record: index } of table.indexes) {
    if (index.backfilling) continue
    const counted: Tally = { items: 0, bytes: 0 }
    await eachEntry(trees, index.tree, (_, __, value) => {
      counted.items++
      counted.bytes += storedSize(value)
    })
    const wanted = expected.get(index.name) as Tally
    if (counted.items !== wanted.items) fault(`index ${index.name}: ${counted.items} entries for ${wanted.items} items`)
    await compareFigures(trees, index.tree, `index ${index.name}`, counted, fault)
  }
  for (const found of partitionFaults(table.partitions)) fault(`the table: ${found}`)
  for (const { record: index, partitions } of table.indexes) {
    if (index.kind !== 'global') continue
    for (const found of partitionFaults(partitions)) fault(`index ${index.name}: ${found}`)
  }
  if (record.collectionTree !== undefined) {
    await eachEntry(trees, record.collectionTree, (_, key, value) => {
      const collection = key.toString('hex')
      const wanted = collections.get(collection) ?? 0
      collections.delete(collection)
      if (value.readDoubleBE(0) !== wanted)
        fault(`collection ${collection}: ${wanted} bytes, its entry says ${value.readDoubleBE(0)}`)
    })
    for (const collection of collections.keys()) fault(`collection ${collection}: no entry for its size`)
  }
  return { table: table.arn, items: own.items, faults }
}

async function compareFigures(
  trees: Trees,
  tree: number,
  what: string,
  counted: Tally,
  fault: (text: string) => void,
): Promise<void> {
  const { itemCount, sizeBytes } = await trees.view((reader) => treeFigures(reader, tree))
  if (itemCount !== counted.items) fault(`${what}: ${counted.items} items, its figures say ${itemCount}`)
  if (sizeBytes !== counted.bytes) fault(`${what}: ${counted.bytes} bytes, its figures say ${sizeBytes}`)
}

const entriesPerView = 1000

type Visit = (reader: Parameters<Parameters<Trees['view']>[0]>[0], key: Buffer, value: Buffer) => void

async function eachEntry(trees: Trees, tree: number, visit: Visit): Promise<void> {
  let from: Buffer | undefined
  for (;;) {
    // Collected first: a view may run again while its pages arrive, and a visit must count once.
    const entries = await trees.view((reader) => {
      const found: { key: Buffer; value: Buffer }[] = []
      reader.scan(tree, from === undefined ? {} : { from }, false, (entry) => {
        const key = Buffer.from(entry.keyBytes.subarray(entry.keyStart, entry.keyEnd))
        found.push({ key, value: Buffer.from(entry.valueBytes.subarray(entry.valueStart, entry.valueEnd)) })
        return found.length < entriesPerView
      })
      return found
    })
    await trees.view((reader) => {
      for (const { key, value } of entries) visit(reader, key, value)
    })
    const last = entries[entries.length - 1]
    if (last === undefined || entries.length < entriesPerView) return
    from = Buffer.concat([last.key, Buffer.of(0)])
  }
}
