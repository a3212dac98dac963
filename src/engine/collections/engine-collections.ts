/** `Collections` on their tree. */
import type { Trees } from '../../storage/trees.ts'
import { afterKey, afterPrefix } from '../encoding/keys.ts'
import type { Scope } from '../scope.ts'
import { collectionsTree } from '../storage-map.ts'
import {
  type Collection,
  type Collections,
  type Kept,
  type ListQuery,
  type RecordChange,
  RecordsChanged,
} from './collections.ts'
import { readRecord, recordKey, recordPrefix, type StoredRecord, writeRecord } from './record-tree.ts'

export function engineCollections(trees: Trees): Collections {
  return {
    get<T>(of: Collection<T>, scope: Scope, id: string) {
      const key = recordKey(of.name, scope, id)
      return trees.view((reader) => {
        const stored = readRecord(reader, key)
        return stored && ({ id, ...stored } as Kept<T>)
      })
    },

    list<T>(of: Collection<T>, scope: Scope, query: ListQuery) {
      const idStart = recordPrefix(of.name, scope).length
      const range = rangeOf(recordPrefix(of.name, scope), query)
      return trees.view((reader) => {
        const records: Kept<T>[] = []
        let more = false
        reader.scan(collectionsTree, range, false, (entry) => {
          more = records.length === query.limit
          if (more) return false
          const id = entry.keyBytes.toString('utf8', entry.keyStart + idStart, entry.keyEnd)
          const text = entry.valueBytes.toString('utf8', entry.valueStart, entry.valueEnd)
          records.push({ id, ...(JSON.parse(text) as StoredRecord) } as Kept<T>)
          return true
        })
        return { records, last: more ? records.at(-1)?.id : undefined }
      })
    },

    count(of, scope) {
      const range = rangeOf(recordPrefix(of.name, scope), {})
      return trees.view((reader) => {
        let count = 0
        reader.scan(collectionsTree, range, false, () => {
          count++
          return true
        })
        return count
      })
    },

    update<T>(of: Collection<T>, scope: Scope, id: string, change: RecordChange<T>) {
      const key = recordKey(of.name, scope, id)
      return trees.atomically((writer) => {
        const next = change(readRecord(writer, key)?.value as T | undefined)
        writeRecord(writer, key, next)
        return next
      })
    },

    write(scope, writes) {
      const keyed = writes.map((write) => ({ ...write, key: recordKey(write.collection, scope, write.id) }))
      return trees.atomically((writer) => {
        for (const { key, seen, id } of keyed) {
          if (seen === undefined) continue
          const revision = readRecord(writer, key)?.revision ?? 'absent'
          if (revision !== seen) throw new RecordsChanged(`record ${id} is not what was read`)
        }
        for (const { key, value } of keyed) writeRecord(writer, key, value)
      })
    },
  }
}

function rangeOf(scoped: Buffer, { prefix = '', after }: Partial<ListQuery>) {
  const first = Buffer.concat([scoped, Buffer.from(prefix, 'utf8')])
  const behind = after === undefined ? first : afterKey(Buffer.concat([scoped, Buffer.from(after, 'utf8')]))
  const to = afterPrefix(first)
  return { from: Buffer.compare(behind, first) > 0 ? behind : first, ...(to && { to }) }
}
