/** Query and Scan: walk a span of the table or an index, filter, and answer a page of at most 1 MB read. */
import { validationError } from '../../foundation/service-error.ts'
import type { EntryView, KeyRange, TreeReader } from '../../storage/trees.ts'
import type { Admission } from '../capacity/admission.ts'
import { CapacityMeter, readUnits } from '../capacity/units.ts'
import { partitionHashBytes } from '../encoding/keys.ts'
import { invalidValues } from '../errors.ts'
import { evaluateCondition } from '../expressions/evaluate-condition.ts'
import { pickColumns, projectItem } from '../expressions/project.ts'
import { type Partitions, partitionPosition } from '../partitions/partition.ts'
import type { Catalog } from '../tables/catalog.ts'
import { type CompiledIndex, type CompiledTable, itemKey, namesOf } from '../tables/compiled-table.ts'
import type { Item } from './attribute-value.ts'
import { ItemList } from './item-list.ts'
import type { PageResult, QueryRequest, ScanRequest } from './items.ts'
import { pickAttributes } from './key-attributes.ts'
import { checkKeysAreScalars, pathsOfCondition } from './key-paths.ts'
import {
  checkQueryStart,
  isWithin,
  querySpan,
  resumed,
  type StartKey,
  scanSpan,
  startKey,
  wrongSegment,
} from './key-range.ts'
import { pageBytesMax } from './page-limits.ts'
import { parseStored, storedHeaderBytes, storedSize } from './stored-item.ts'
import { usableTable } from './usable-table.ts'

type ReadRequest = QueryRequest | ScanRequest

export function queryPage(
  trees: TreeReader,
  catalog: Catalog,
  admission: Admission,
  request: QueryRequest,
): PageResult {
  const table = usableTable(trees, catalog, request.scope, request.table)
  const index = readableIndex(table, request)
  const start = startKeyOf(table, index, request, 'query')
  const condition = request.keyCondition(table.record, request.index)
  const schema = index?.record.keySchema ?? table.record.keySchema
  const span = querySpan(schema, condition)
  if (start !== undefined) checkQueryStart(schema, condition, span, start)
  checkAttributes(table, index, request)
  return readPage(
    trees,
    admission,
    table,
    index,
    request,
    resumed(span, start?.key, !request.forward),
    request.forward ? 'query' : 'query backwards',
  )
}

export function scanPage(trees: TreeReader, catalog: Catalog, admission: Admission, request: ScanRequest): PageResult {
  const table = usableTable(trees, catalog, request.scope, request.table)
  const index = readableIndex(table, request)
  const start = startKeyOf(table, index, request, 'scan')
  const span = scanSpan(request.segment)
  if (start !== undefined && !isWithin(span, start.key)) throw wrongSegment(request.segment)
  checkAttributes(table, index, request)
  return readPage(trees, admission, table, index, request, resumed(span, start?.key, false), 'scan')
}

function readableIndex(table: CompiledTable, request: ReadRequest): CompiledIndex | undefined {
  if (request.index === undefined) return undefined
  const index = table.indexes.find(({ record }) => record.name === request.index)
  if (index === undefined) throw validationError(`The table does not have the specified index: ${request.index}`)
  const { name, kind, status } = index.record
  if (kind === 'global' && request.consistent)
    throw validationError('Consistent reads are not supported on global secondary indexes')
  if (status === 'CREATING') throw validationError(`Cannot read from backfilling global secondary index: ${name}`)
  return index
}

function startKeyOf(
  table: CompiledTable,
  index: CompiledIndex | undefined,
  request: ReadRequest,
  reading: 'query' | 'scan',
): StartKey | undefined {
  return request.exclusiveStartKey && startKey(table, index?.record, request.exclusiveStartKey, reading)
}

/** What the request asks of attributes: paths into keys, and what the index does not hold. */
function checkAttributes(table: CompiledTable, index: CompiledIndex | undefined, request: ReadRequest): void {
  checkKeysAreScalars(table, request.projection ?? [])
  if (index !== undefined) checkProjected(index, request)
  if (request.filter !== undefined) checkKeysAreScalars(table, pathsOfCondition(request.filter))
}

function checkProjected(index: CompiledIndex, request: ReadRequest): void {
  const { name, kind, projection } = index.record
  if (kind === 'global' && projection.type !== 'ALL') {
    if (request.select === 'ALL_ATTRIBUTES') {
      throw invalidValues(
        `Select type ALL_ATTRIBUTES is not supported for global secondary index ${name} because its projection type is not ALL`,
      )
    }
    const missing = unprojected(index, request)
    if (missing.length > 0)
      throw invalidValues(`Global secondary index ${name} does not project [${missing.join(', ')}]`)
  }
}

/** Top-level attributes that the request names and the index does not carry. */
function unprojected(index: CompiledIndex, request: ReadRequest): string[] {
  const names = new Set((request.projection ?? []).map((path) => String(path[0])))
  return [...names].filter((name) => index.projected !== undefined && !index.projected.has(name))
}

/** A local index read fetches the whole item when it asks for more than the index carries. */
function fetchesItems(index: CompiledIndex | undefined, request: ReadRequest): boolean {
  if (index === undefined || index.record.kind !== 'local' || index.projected === undefined) return false
  return request.select === 'ALL_ATTRIBUTES' || unprojected(index, request).length > 0
}

function readPage(
  trees: TreeReader,
  admission: Admission,
  table: CompiledTable,
  index: CompiledIndex | undefined,
  request: ReadRequest,
  range: KeyRange,
  reading: 'query' | 'query backwards' | 'scan',
): PageResult {
  const globalName = index?.record.kind === 'global' ? index.record.name : undefined
  const reach = reading === 'scan' ? 'range' : 'partition key'
  const firstKey = partitionKeyOf(range)
  admission.admitRead(table, globalName, firstKey, reach)
  const { filter, projection, columns, limit = Number.MAX_SAFE_INTEGER, bytesMax = pageBytesMax } = request
  const counting = request.select === 'COUNT'
  const fetches = fetchesItems(index, request)
  const list = new ItemList()
  const page = { bytes: 0, scanned: 0, matched: 0, fetchedUnits: 0 }
  let last: Item | undefined
  const crossings = reading === 'scan' ? new Crossings(index?.partitions ?? table.partitions, firstKey) : undefined
  const visit = (entry: EntryView): boolean => {
    const { valueBytes, valueStart, valueEnd } = entry
    crossings?.visit(entry, page.bytes)
    page.bytes += valueBytes.readUInt32BE(valueStart)
    page.scanned++
    if (filter === undefined && projection === undefined && !fetches) {
      page.matched++
      if (!counting) list.addBytes(valueBytes, valueStart + storedHeaderBytes, valueEnd)
    } else {
      let item = parseStored(valueBytes.subarray(valueStart, valueEnd))
      if (fetches) {
        const whole = trees.get(table.record.tree, itemKey(table.record.keySchema, item))
        if (whole !== undefined) {
          item = parseStored(whole)
          page.fetchedUnits += readUnits(storedSize(whole), request.consistent)
        }
      }
      if (filter === undefined || evaluateCondition(filter, item)) {
        page.matched++
        if (!counting) {
          const shown =
            columns !== undefined
              ? pickColumns(columns, item)
              : projection === undefined
                ? item
                : projectItem(projection, item)
          list.addText(JSON.stringify(shown))
        }
      }
    }
    if (page.scanned < limit && page.bytes < bytesMax) return true
    last = parseStored(valueBytes.subarray(valueStart, valueEnd))
    return false
  }
  trees.scan(index?.record.tree ?? table.record.tree, range, reading === 'query backwards', visit)

  const capacity = new CapacityMeter(table.record.name)
  capacity.reach = reach
  const units = readUnits(page.bytes, request.consistent)
  if (index === undefined) capacity.table = units
  else capacity.index(index.record.kind, index.record.name, units)
  capacity.table += page.fetchedUnits
  if (crossings !== undefined) crossings.place(capacity, globalName, units + page.fetchedUnits, page.bytes)
  else if (globalName !== undefined) capacity.place(globalName, firstKey, units, 0)
  else capacity.key = firstKey
  admission.spendRead(table, capacity)
  const names = index === undefined ? table.keyNames : new Set([...table.keyNames, ...namesOf(index.record.keySchema)])
  return {
    ...(counting ? {} : { items: list.finish() }),
    count: page.matched,
    scannedCount: page.scanned,
    bytes: page.bytes,
    ...(last && { lastEvaluatedKey: pickAttributes(last, names) }),
    capacity,
  }
}

const lowestKey = Buffer.alloc(partitionHashBytes)

/** A key in the partition in which a range begins. */
function partitionKeyOf({ from }: KeyRange): Buffer {
  return from === undefined || from.length < partitionHashBytes ? lowestKey : Buffer.from(from)
}

/** Where a scan goes over from partition to partition, so that each is charged for what it gave. */
class Crossings {
  readonly #partitions: Partitions
  /** Of each partition that was come to: a key in it, and the bytes that were read before it. */
  readonly #entered: { readonly key: Buffer; readonly bytesBefore: number }[]
  /** The upper half of the hash at which the next partition begins; Infinity: there is none. */
  #nextUpper: number

  constructor(partitions: Partitions, firstKey: Buffer) {
    this.#partitions = partitions
    this.#entered = [{ key: firstKey, bytesBefore: 0 }]
    this.#nextUpper = this.#upperAfter(firstKey)
  }

  visit({ keyBytes, keyStart }: EntryView, bytesBefore: number): void {
    if (keyBytes.readUInt32BE(keyStart) < this.#nextUpper) return
    const key = Buffer.from(keyBytes.subarray(keyStart, keyStart + partitionHashBytes))
    const last = this.#entered[this.#entered.length - 1] as { readonly key: Buffer }
    if (partitionPosition(this.#partitions, key) === partitionPosition(this.#partitions, last.key)) return
    this.#entered.push({ key, bytesBefore })
    this.#nextUpper = this.#upperAfter(key)
  }

  /** Divides the units by the bytes that came of each partition. */
  place(capacity: CapacityMeter, index: string | undefined, units: number, bytes: number): void {
    for (const [at, { key, bytesBefore }] of this.#entered.entries()) {
      const bytesAfter = this.#entered[at + 1]?.bytesBefore ?? bytes
      const share = bytes === 0 ? 1 / this.#entered.length : (bytesAfter - bytesBefore) / bytes
      if (share > 0) capacity.place(index, key, units * share, 0)
    }
  }

  #upperAfter(key: Buffer): number {
    const next = this.#partitions[partitionPosition(this.#partitions, key) + 1]
    return next === undefined ? Number.POSITIVE_INFINITY : next.from.readUInt32BE(0)
  }
}
