/**
 * The embedded engine: SQLite in WAL mode with synchronous=FULL. This thread reads at once through its own connection;
 * a second thread commits, a third checkpoints, so that no fsync ever holds up the thread that serves.
 */
import { MessageChannel, Worker } from 'node:worker_threads'
import { workerEntry } from '../../foundation/worker-entry.ts'
import {
  type PageId,
  type PageStore,
  type PageVersion,
  type PageWrite,
  pageIdOf,
  type StoredPage,
} from '../page-store.ts'
import { StoreUnavailable, type TreeId } from '../trees.ts'
import type { CommitRequest, FromCommitThread, ToCommitThread } from './commit-protocol.ts'
import { defaultSqlitePageBytes, errorOf, failureOf, openForReading } from './sqlite-file.ts'

const heapLimits = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64 }

export interface SqlitePageStoreOptions {
  /** SQLite's own pages, for a new file. */
  readonly sqlitePageBytes?: number
}

/** Opens or creates `file`. Only one process may: the caller holds the data folder's lock. */
export async function openSqlitePageStore(file: string, options: SqlitePageStoreOptions = {}): Promise<PageStore> {
  const channel = new MessageChannel()
  const committer = new Worker(workerEntry(import.meta.url, 'commit-worker'), {
    workerData: {
      file,
      sqlitePageBytes: options.sqlitePageBytes ?? defaultSqlitePageBytes,
      checkpoints: channel.port1,
    },
    transferList: [channel.port1],
    resourceLimits: heapLimits,
  })
  const waiting: { resolve: () => void; reject: (error: Error) => void }[] = []
  const opened = settle(waiting)
  let gone: Error | undefined
  let spare: Uint8Array<ArrayBuffer> | undefined
  const fail = (error: Error) => {
    gone = error
    for (const { reject } of waiting.splice(0)) reject(error)
  }
  committer.on('message', (message: FromCommitThread) => {
    const next = waiting.shift()
    if (message.kind === 'done') spare = message.bytes
    if (message.kind === 'failed') next?.reject(errorOf(message.failure))
    else next?.resolve()
  })
  committer.on('error', (error) => fail(new StoreUnavailable('the commit thread failed', { cause: error })))
  committer.on('exit', () => fail(new StoreUnavailable('the store is closed')))
  try {
    await opened
  } catch (error) {
    await committer.terminate()
    throw error
  }
  const checkpointer = new Worker(workerEntry(import.meta.url, 'checkpoint-worker'), {
    workerData: { file, commits: channel.port2 },
    transferList: [channel.port2],
    resourceLimits: heapLimits,
  })
  checkpointer.on('error', () => undefined)
  checkpointer.unref()

  const reader = openForReading(file)
  const page = reader.prepare('SELECT version, bytes FROM pages WHERE id = ?')
  const ids = reader.prepare('SELECT id FROM pages WHERE id > ? AND id < ? ORDER BY id LIMIT ?')
  const say = (message: ToCommitThread, transfer: ArrayBuffer[] = []) => {
    if (gone !== undefined) return Promise.reject(gone)
    const done = settle(waiting)
    committer.postMessage(message, transfer)
    return done
  }

  return {
    exclusive: true,
    answersAtOnce: true,
    read(wanted: readonly PageId[]) {
      try {
        return wanted.map((id): StoredPage | undefined => {
          const row = page.get(id)
          return row === undefined
            ? undefined
            : { id, version: Number(row['version']), bytes: row['bytes'] as Uint8Array }
        })
      } catch (error) {
        throw errorOf(failureOf(error))
      }
    },
    commit(seen: readonly PageVersion[], writes: readonly PageWrite[]) {
      const request = commitRequest(seen, writes, spare)
      spare = undefined
      return say(request, [request.bytes.buffer])
    },
    async list(tree: TreeId, after: PageId | undefined, limit: number) {
      return ids.all(after ?? pageIdOf(tree, 0) - 1, pageIdOf(tree + 1, 0), limit).map((row) => Number(row['id']))
    },
    async close() {
      if (gone !== undefined) return
      reader.close()
      checkpointer.postMessage('close')
      await new Promise((resolve) => checkpointer.once('exit', resolve))
      await say({ kind: 'close' })
      await committer.terminate()
    },
  }
}

function settle(waiting: { resolve: () => void; reject: (error: Error) => void }[]): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    waiting.push({ resolve, reject })
  })
}

/** Copies the pages into `spare` when it is long enough. */
function commitRequest(
  seen: readonly PageVersion[],
  writes: readonly PageWrite[],
  spare: Uint8Array<ArrayBuffer> | undefined,
): CommitRequest {
  const count = writes.length
  const ids = new Float64Array(count)
  const versions = new Float64Array(count)
  const lengths = new Int32Array(count)
  let total = 0
  for (let at = 0; at < count; at++) {
    const write = writes[at] as PageWrite
    ids[at] = write.id
    versions[at] = write.version
    lengths[at] = write.bytes === undefined ? -1 : write.bytes.length
    total += write.bytes?.length ?? 0
  }
  const bytes = spare !== undefined && spare.length >= total ? spare : new Uint8Array(total * 2)
  let start = 0
  for (const write of writes) {
    if (write.bytes === undefined) continue
    bytes.set(write.bytes, start)
    start += write.bytes.length
  }
  const seenIds = Float64Array.from(seen, ({ id }) => id)
  const seenVersions = Float64Array.from(seen, ({ version }) => version)
  return { kind: 'commit', seenIds, seenVersions, ids, versions, lengths, bytes }
}
