/** BatchGetItem and BatchWriteItem. */
import { type ServiceError, validationError } from '../../foundation/service-error.ts'
import type { TreeReader, TreeWriter } from '../../storage/trees.ts'
import type { Admission } from '../capacity/admission.ts'
import { CapacityMeter, readUnits } from '../capacity/units.ts'
import { isThrottling, keyMismatch } from '../errors.ts'
import { projectItem } from '../expressions/project.ts'
import type { Catalog } from '../tables/catalog.ts'
import { type CompiledTable, itemKey } from '../tables/compiled-table.ts'
import type { ChangeHouse } from './change-item.ts'
import { ItemList } from './item-list.ts'
import type { BatchGetRequest, BatchGetResult, BatchWrite, BatchWriteRequest, BatchWriteResult } from './items.ts'
import { checkKey, keyTexts, pickAttributes } from './key-attributes.ts'
import { checkKeysAreScalars } from './key-paths.ts'
import { checkPut } from './plan-write.ts'
import { parseStored, storedHeaderBytes, storedSize } from './stored-item.ts'
import { usableTable } from './usable-table.ts'
import { writeItem } from './write-item.ts'

/** What one BatchGetItem answers at most; the rest are UnprocessedKeys. */
const responseBytesMax = 16 * 2 ** 20

export function batchGet(
  trees: TreeReader,
  catalog: Catalog,
  admission: Admission,
  request: BatchGetRequest,
): BatchGetResult {
  const tables = request.tables.map(({ table }) => usableTable(trees, catalog, request.scope, table))
  request.tables.forEach(({ keys, projection }, at) => {
    const table = tables[at] as CompiledTable
    for (const key of keys) checkKey(table.record.keySchema, key)
    if (projection !== undefined) checkKeysAreScalars(table, projection)
  })
  const throttle = new Throttle()
  let answered = 0
  const results = request.tables.map(({ keys, consistent, projection }, at) => {
    const table = tables[at] as CompiledTable
    const { keySchema, tree, name } = table.record
    const capacity = new CapacityMeter(name)
    const items = new ItemList()
    const unprocessed: number[] = []
    keys.forEach((given, position) => {
      const key = itemKey(keySchema, given)
      if (answered >= responseBytesMax || !throttle.admits(() => admission.admitRead(table, undefined, key))) {
        unprocessed.push(position)
        return
      }
      const stored = trees.get(tree, key)
      const used = new CapacityMeter(name, key)
      used.table = readUnits(stored === undefined ? 0 : storedSize(stored), consistent)
      admission.spendRead(table, used)
      capacity.table += used.table
      if (stored === undefined) return
      answered += storedSize(stored)
      if (projection === undefined) items.addBytes(stored, storedHeaderBytes, stored.length)
      else items.addText(JSON.stringify(projectItem(projection, parseStored(stored))))
    })
    return { items: items.finish(), unprocessed, capacity }
  })
  throttle.refuseWhenAll()
  return { tables: results }
}

export function batchWrite(trees: TreeWriter, house: ChangeHouse, request: BatchWriteRequest): BatchWriteResult {
  const tables = request.tables.map(({ table }) => usableTable(trees, house.catalog, request.scope, table))
  const sizes = request.tables.map(({ writes }, at) =>
    writes.map((write) => checkWrite(tables[at] as CompiledTable, write)),
  )
  const keys = request.tables.map(({ writes }, at) => distinctKeys(tables[at] as CompiledTable, writes))
  const throttle = new Throttle()
  const results = request.tables.map(({ writes }, at) => {
    const table = tables[at] as CompiledTable
    const { tree, name } = table.record
    const capacity = new CapacityMeter(name)
    const collections = new Map<string, { key: ReturnType<typeof pickAttributes>; sizeBytes: number }>()
    const unprocessed: number[] = []
    writes.forEach((write, position) => {
      const keyed = 'put' in write ? write.put : write.remove
      const key = keys[at]?.[position] as Buffer
      const after = 'put' in write ? { item: write.put, sizeBytes: sizes[at]?.[position] as number } : undefined
      const written = throttle.admitted(() => {
        house.admission.admitWrite(table, key)
        return writeItem(trees, house, table, { key, before: trees.get(tree, key), beforeItem: undefined, after })
      })
      if (written === undefined) {
        unprocessed.push(position)
        return
      }
      house.admission.spendWrite(table, written.capacity)
      capacity.table += written.capacity.table
      for (const [index, units] of written.capacity.local) capacity.index('local', index, units)
      for (const [index, units] of written.capacity.global) capacity.index('global', index, units)
      if (written.collectionBytes !== undefined) {
        const collection = {
          key: pickAttributes(keyed, [table.keyNames[0] as string]),
          sizeBytes: written.collectionBytes,
        }
        collections.set(JSON.stringify(collection.key), collection)
      }
    })
    return { unprocessed, capacity, collections: [...collections.values()] }
  })
  throttle.refuseWhenAll()
  return { tables: results }
}

/** Unlike PutItem, a batch names every key mismatch by the schema message. Answers a put's size. */
function checkWrite(table: CompiledTable, write: BatchWrite): number {
  if ('remove' in write) {
    checkKey(table.record.keySchema, write.remove)
    return 0
  }
  const { hash, range } = table.record.keySchema
  if (keyTexts(hash, write.put) === undefined || keyTexts(range, write.put) === undefined) throw keyMismatch()
  return checkPut(table, write.put)
}

/** The writes' tree keys, in order; no two may be of one item. */
function distinctKeys(table: CompiledTable, writes: readonly BatchWrite[]): Buffer[] {
  const seen = new Set<string>()
  return writes.map((write) => {
    const key = itemKey(table.record.keySchema, 'put' in write ? write.put : write.remove)
    const text = key.toString('latin1')
    if (seen.has(text)) throw validationError('Provided list of item keys contains duplicates')
    seen.add(text)
    return key
  })
}

/** Items of a batch are throttled one by one; the call fails only when every one of them was. */
class Throttle {
  #admitted = 0
  #refusal: ServiceError | undefined

  admits(admit: () => void): boolean {
    return (
      this.admitted(() => {
        admit()
        return true
      }) === true
    )
  }

  /** What `work` answers; undefined when it was throttled, which it must find out before it changes anything. */
  admitted<T>(work: () => T): T | undefined {
    try {
      const result = work()
      this.#admitted++
      return result
    } catch (error) {
      if (!isThrottling(error)) throw error
      this.#refusal = error
      return undefined
    }
  }

  refuseWhenAll(): void {
    if (this.#admitted === 0 && this.#refusal !== undefined) throw this.#refusal
  }
}
