/** How records lie in the collections tree. */
import { assert } from '../../foundation/assert.ts'
import type { TreeReader, TreeWriter } from '../../storage/trees.ts'
import type { Scope } from '../scope.ts'
import { collectionsTree } from '../storage-map.ts'

/** As it lies in the tree, JSON. */
export interface StoredRecord {
  readonly revision: number
  readonly value: unknown
}

/** Ours: a key stays well below a page. */
const idBytesMax = 2048
const namePattern = /^[a-z][a-z0-9.-]{2,63}$/
const revisionKey = Buffer.from('revision')

/** The first bytes of the keys of a collection in a scope. */
export function recordPrefix(name: string, scope: Scope): Buffer {
  assert(namePattern.test(name), `"${name}" is a name of a collection`)
  return Buffer.from(`${name}\0${scope.accountId}\0${scope.region}\0`, 'utf8')
}

export function recordKey(name: string, scope: Scope, id: string): Buffer {
  const bytes = Buffer.from(id, 'utf8')
  assert(bytes.length > 0 && bytes.length <= idBytesMax, `a record's id has 1 to ${idBytesMax} bytes`)
  return Buffer.concat([recordPrefix(name, scope), bytes])
}

export function readRecord(trees: TreeReader, key: Buffer): StoredRecord | undefined {
  const raw = trees.get(collectionsTree, key)
  return raw === undefined ? undefined : (JSON.parse(raw.toString('utf8')) as StoredRecord)
}

/** Stores, or removes when `value` is undefined. */
export function writeRecord(trees: TreeWriter, key: Buffer, value: unknown): void {
  if (value === undefined) {
    trees.remove(collectionsTree, key)
    return
  }
  const stored: StoredRecord = { revision: nextRevision(trees), value }
  trees.set(collectionsTree, key, Buffer.from(JSON.stringify(stored), 'utf8'))
}

export function newestRevision(trees: TreeReader): number {
  return trees.get(collectionsTree, revisionKey)?.readDoubleBE(0) ?? 0
}

/** True for the one key that is no record's. */
export function isRevisionKey(key: Buffer): boolean {
  return key.equals(revisionKey)
}

/** One count for the whole tree, so that a record that was removed and made again is not taken for the old one. */
function nextRevision(trees: TreeWriter): number {
  const revision = newestRevision(trees) + 1
  const bytes = Buffer.allocUnsafe(8)
  bytes.writeDoubleBE(revision, 0)
  trees.set(collectionsTree, revisionKey, bytes)
  return revision
}
