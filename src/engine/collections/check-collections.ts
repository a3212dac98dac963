/** `coffer check` of the collections: every key and every record reads as it was written. */
import type { Trees } from '../../storage/trees.ts'
import { afterKey } from '../encoding/keys.ts'
import { collectionsTree } from '../storage-map.ts'
import { isRevisionKey, newestRevision, type StoredRecord } from './record-tree.ts'

export interface CollectionsCheck {
  readonly records: number
  readonly faults: readonly string[]
}

const faultsMax = 100
const recordsPerView = 1000

/** Nothing may change meanwhile. */
export async function checkCollections(trees: Trees): Promise<CollectionsCheck> {
  const faults: string[] = []
  const revisions = new Set<number>()
  let records = 0
  let from: Buffer | undefined
  for (;;) {
    const { entries, newest } = await nextEntries(trees, from)
    for (const { key, value } of entries) {
      if (isRevisionKey(key)) continue
      records++
      const fault = recordFault(key, value, newest, revisions)
      if (fault !== undefined && faults.length < faultsMax) faults.push(`record ${key.toString('hex')}: ${fault}`)
    }
    const last = entries.at(-1)
    if (last === undefined || entries.length < recordsPerView) return { records, faults }
    from = afterKey(last.key)
  }
}

interface Entry {
  readonly key: Buffer
  readonly value: Buffer
}

function nextEntries(trees: Trees, from: Buffer | undefined): Promise<{ entries: readonly Entry[]; newest: number }> {
  return trees.view((reader) => {
    const entries: Entry[] = []
    if (!reader.hasTree(collectionsTree)) return { entries, newest: 0 }
    reader.scan(collectionsTree, from === undefined ? {} : { from }, false, (entry) => {
      entries.push({
        key: Buffer.from(entry.keyBytes.subarray(entry.keyStart, entry.keyEnd)),
        value: Buffer.from(entry.valueBytes.subarray(entry.valueStart, entry.valueEnd)),
      })
      return entries.length < recordsPerView
    })
    return { entries, newest: newestRevision(reader) }
  })
}

function recordFault(key: Buffer, value: Buffer, newest: number, revisions: Set<number>): string | undefined {
  const [name, account, region, ...id] = key.toString('utf8').split('\0')
  if (!name || !account || !region || id.join('\0') === '') return 'its key has not the four parts of a key'
  const record = parsed(value)
  if (record === undefined) return 'it does not read as a record'
  const { revision } = record
  if (!Number.isInteger(revision) || revision < 1 || revision > newest)
    return `its revision ${revision} was never given`
  if (revisions.has(revision)) return `its revision ${revision} is another record's too`
  revisions.add(revision)
  return undefined
}

function parsed(value: Buffer): StoredRecord | undefined {
  try {
    const record = JSON.parse(value.toString('utf8')) as StoredRecord | null
    return typeof record === 'object' && record !== null && 'value' in record ? record : undefined
  } catch {
    return undefined
  }
}
