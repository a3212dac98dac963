/** Checks streams against themselves and their tables: shards, lineage, ranges, records, and each item's last record. */
import { hash } from 'node:crypto'
import type { TreeReader, Trees } from '../../storage/trees.ts'
import { afterKey, partitionHashBytes } from '../encoding/keys.ts'
import type { Item } from '../items/attribute-value.ts'
import { itemSize } from '../items/item-size.ts'
import { pickAttributes } from '../items/key-attributes.ts'
import { storedHeaderBytes } from '../items/stored-item.ts'
import { type Catalog, treeFigures } from '../tables/catalog.ts'
import { type CompiledTable, compileTable, itemKey, namesOf } from '../tables/compiled-table.ts'
import { type ChangeRecord, recordOf } from './change-record.ts'
import { eachShard, eachStream, type NamedStream, type StoredShard } from './stored-stream.ts'
import { streamArn } from './stream-errors.ts'

export interface StreamCheck {
  readonly arn: string
  readonly records: number
  readonly faults: readonly string[]
}

type Fault = (text: string) => void

const faultsMax = 100
const recordsPerView = 500

/** Nothing may change meanwhile. */
export async function checkStreams(trees: Trees, catalog: Catalog): Promise<StreamCheck[]> {
  const { streams, records } = await trees.view((reader) => {
    const found: NamedStream[] = []
    eachStream(reader, {}, undefined, (stream) => found.push(stream) > 0)
    return { streams: found, records: catalog.all(reader) }
  })
  const checks: StreamCheck[] = []
  for (const stream of streams) checks.push(await checkStream(trees, catalog, stream))
  const trunks = new Set(streams.map(({ stream }) => stream.tree))
  for (const record of records) {
    const { stream } = record
    if (stream?.enabled !== true || stream.tree === undefined || trunks.has(stream.tree)) continue
    const arn = streamArn(record, { table: record.name, label: stream.label })
    checks.push({ arn, records: 0, faults: ['its table names it, but there is no such stream'] })
  }
  return checks
}

async function checkStream(trees: Trees, catalog: Catalog, named: NamedStream): Promise<StreamCheck> {
  const { scope, name, stream } = named
  const faults: string[] = []
  const fault: Fault = (text) => {
    if (faults.length < faultsMax) faults.push(text)
  }
  const { there, shards, table } = await trees.view((reader) => ({
    there: reader.hasTree(stream.tree),
    shards: shardsOf(reader, named),
    table: tableOf(reader, catalog, named),
  }))
  if (!there) return { arn: streamArn(scope, name), records: 0, faults: ['the tree of its records is not there'] }
  checkShards(named, shards, fault)
  if (stream.disabledAtMs === undefined) checkEnabled(named, table, fault)
  const items = new Map<string, LastChange>()
  const records = await eachRecord(trees, stream.tree, (number, record) => {
    const at = `shard ${number} record ${record.sequence}`
    checkPlace(shards.get(number), record, (text) => fault(`${at}: ${text}`))
    checkRecord(named, shards.get(number), record, items, (text) => fault(`${at}: ${text}`))
  })
  if (stream.disabledAtMs === undefined && table !== undefined) {
    await trees.view((reader) => {
      compareItems(reader, table, items, fault)
      if (isComplete(named, shards, table)) countItems(reader, table, items, fault)
    })
  }
  return { arn: streamArn(scope, name), records, faults }
}

type Shards = ReadonlyMap<number, StoredShard>

function shardsOf(reader: TreeReader, { stream }: NamedStream): Shards {
  const shards = new Map<number, StoredShard>()
  eachShard(reader, stream.tree, 0, (number, shard) => shards.set(number, shard).size > 0)
  return shards
}

/** The table that records into the stream. */
function tableOf(
  reader: TreeReader,
  catalog: Catalog,
  { scope, name, stream }: NamedStream,
): CompiledTable | undefined {
  const found = catalog.find(reader, scope, name.table)?.record
  return found?.stream?.enabled === true && found.stream.tree === stream.tree ? compileTable(reader, found) : undefined
}

function checkShards({ stream }: NamedStream, shards: Shards, fault: Fault): void {
  const byId = new Map([...shards.values()].map((shard) => [shard.id, shard]))
  let before = ''
  for (const [number, shard] of shards) {
    const at = `shard ${number}`
    if (number >= stream.nextShard) fault(`${at}: the stream says that it has no such shard yet`)
    if (shard.id <= before) fault(`${at}: its id does not come after that of the shard before it`)
    before = shard.id
    if (shard.closed !== undefined && shard.closed.ending <= shard.starting) fault(`${at}: it ends before it starts`)
    const parent = shard.parent === undefined ? undefined : byId.get(shard.parent)
    if (parent === undefined) continue
    if (parent.closed === undefined) fault(`${at}: its parent is open`)
    else if (parent.closed.ending >= shard.starting) fault(`${at}: it starts before its parent ends`)
    if (parent.from > shard.from) fault(`${at}: its range begins before its parent's`)
  }
  const open = [...shards].filter(([, shard]) => shard.closed === undefined)
  const ranges = open.map(([shard, { from }]) => ({ shard, from })).sort((a, b) => (a.from < b.from ? -1 : 1))
  if (JSON.stringify(ranges) !== JSON.stringify(stream.open)) fault('its list of open shards is not that of its shards')
}

function checkEnabled({ stream }: NamedStream, table: CompiledTable | undefined, fault: Fault): void {
  if (table === undefined) {
    fault('it is enabled, but no table records into it')
    return
  }
  const partitions = table.partitions.map(({ from }) => from.toString('hex'))
  const open = stream.open.map(({ from }) => from)
  if (partitions.join() !== open.join()) fault('its open shards do not divide the hash as the partitions do')
}

function checkPlace(shard: StoredShard | undefined, { sequence }: ChangeRecord, fault: Fault): void {
  if (shard === undefined) {
    fault('there is no such shard')
    return
  }
  if (sequence <= shard.starting) fault('it comes before the start of its shard')
  if (shard.closed !== undefined && sequence > shard.closed.ending) fault('it comes after the end of its shard')
  if (sequence <= (shard.trimmedThrough ?? 0)) fault('later records were trimmed')
}

/** What is known of an item from its records: whether it is there, and its image's digest where images are kept. */
interface LastChange {
  readonly sequence: number
  readonly there: boolean
  readonly image: string | undefined
}

function checkRecord(
  { stream }: NamedStream,
  shard: StoredShard | undefined,
  record: ChangeRecord,
  items: Map<string, LastChange>,
  fault: Fault,
): void {
  const { viewType, keySchema } = stream
  const { event, newImage, oldImage } = record
  const keys = JSON.parse(record.keys.toString('utf8')) as Item
  const key = itemKey(keySchema, keys)
  if (shard !== undefined && shard.from > key.toString('hex', 0, partitionHashBytes))
    fault('its key lies outside its shard')
  const hasNew = event !== 'REMOVE' && (viewType === 'NEW_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES')
  const hasOld = event !== 'INSERT' && (viewType === 'OLD_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES')
  if (hasNew !== (newImage !== undefined)) fault('its new image is not as the view has it')
  if (hasOld !== (oldImage !== undefined)) fault('its old image is not as the view has it')
  let sizeBytes = itemSize(keys)
  for (const image of [newImage, oldImage]) {
    if (image === undefined) continue
    const item = JSON.parse(image.toString('utf8')) as Item
    sizeBytes += itemSize(item)
    const own = pickAttributes(item, namesOf(keySchema))
    if (!itemKey(keySchema, own).equals(key)) fault('an image has another key')
  }
  if (sizeBytes !== record.sizeBytes) fault(`its size is ${sizeBytes}, it says ${record.sizeBytes}`)
  const name = key.toString('latin1')
  const last = items.get(name)
  if (last !== undefined) {
    if (last.sequence >= record.sequence) fault('an earlier record of its item has a greater sequence')
    if (last.there !== (event !== 'INSERT')) fault(`${event} does not follow from the record before it of its item`)
    if (oldImage !== undefined && last.image !== undefined && last.image !== digest(oldImage)) {
      fault('its old image is not the new image of the record before it')
    }
  }
  const image = newImage && digest(newImage)
  items.set(name, { sequence: record.sequence, there: event !== 'REMOVE', image })
}

/** The last record of each item must say what the table holds. */
function compareItems(reader: TreeReader, table: CompiledTable, items: Map<string, LastChange>, fault: Fault): void {
  for (const [name, last] of items) {
    const key = Buffer.from(name, 'latin1')
    const stored = reader.get(table.record.tree, key)
    const at = `item ${key.toString('hex')}`
    if (last.there !== (stored !== undefined))
      fault(`${at}: its last record says otherwise than the table whether it is there`)
    else if (
      stored !== undefined &&
      last.image !== undefined &&
      last.image !== digest(stored.subarray(storedHeaderBytes))
    ) {
      fault(`${at}: its last record has another image than the table`)
    }
  }
}

/** True when nothing was trimmed and the stream is as old as its table: it then tells of every item. */
function isComplete({ stream }: NamedStream, shards: Shards, { record }: CompiledTable): boolean {
  if (shards.size !== stream.nextShard || stream.createdAtMs !== record.createdAtMs) return false
  return [...shards.values()].every(({ trimmedThrough }) => trimmedThrough === undefined)
}

function countItems(reader: TreeReader, { record }: CompiledTable, items: Map<string, LastChange>, fault: Fault): void {
  let told = 0
  for (const { there } of items.values()) if (there) told++
  const { itemCount } = treeFigures(reader, record.tree)
  if (told !== itemCount) fault(`it tells of ${told} items, the table holds ${itemCount}`)
}

function digest(bytes: Buffer): string {
  return hash('sha256', bytes, 'base64')
}

/** Answers how many there are. They are collected first, since a view may run again while its pages arrive. */
async function eachRecord(
  trees: Trees,
  tree: number,
  visit: (shard: number, record: ChangeRecord) => void,
): Promise<number> {
  let from: Buffer | undefined
  for (let count = 0; ; ) {
    const page = await trees.view((reader) => {
      const found: { key: Buffer; record: ChangeRecord }[] = []
      reader.scan(tree, from === undefined ? {} : { from }, false, (entry) => {
        const key = Buffer.from(entry.keyBytes.subarray(entry.keyStart, entry.keyEnd))
        return found.push({ key, record: recordOf(entry) }) < recordsPerView
      })
      return found
    })
    for (const { key, record } of page) visit(key.readUInt32BE(0), record)
    count += page.length
    const last = page[page.length - 1]
    if (last === undefined || page.length < recordsPerView) return count
    from = afterKey(last.key)
  }
}
