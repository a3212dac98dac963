/** The SQLite file: its schema and pragmas, and what its errors mean. */
import { DatabaseSync } from 'node:sqlite'
import { PageConflict } from '../page-store.ts'
import { StoreCorrupt, StoreUnavailable } from '../trees.ts'

/** "Cofr" in ASCII: tells `file` and people whose database this is. */
const applicationId = 0x436f6672
const schemaVersion = 1

/** SQLite's own pages; see docs/decisions/0003-page-sizes.md. */
export const defaultSqlitePageBytes = 8192

/** The page size concerns only a new file. */
export function openForWriting(file: string, sqlitePageBytes = defaultSqlitePageBytes): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 5000 })
  database.exec(`PRAGMA page_size = ${sqlitePageBytes}`)
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'])
  if (version !== 0 && version !== schemaVersion) {
    throw new StoreCorrupt(`${file} has schema version ${version}; this version of Coffer reads ${schemaVersion}`)
  }
  // Checkpoints are this store's own business (checkpoint-worker.ts); readers never wait for a writer in WAL mode.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0')
  database.exec('PRAGMA cache_size = -2000; PRAGMA temp_store = MEMORY')
  if (version === 0) {
    database.exec(`BEGIN IMMEDIATE;
      CREATE TABLE IF NOT EXISTS pages (id INTEGER PRIMARY KEY, version INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;
      PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion}; COMMIT`)
  }
  return database
}

export function openForReading(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5000 })
  database.exec('PRAGMA cache_size = -2000')
  return database
}

/** How a commit failed, in a form that crosses threads. */
export interface CommitFailure {
  readonly kind: 'conflict' | 'corrupt' | 'unavailable'
  readonly message: string
}

const sqliteConstraint = 19
const sqliteCorrupt = 11
const sqliteNotADatabase = 26

export function failureOf(error: unknown): CommitFailure {
  if (error instanceof PageConflict) return { kind: 'conflict', message: error.message }
  const message = error instanceof Error ? error.message : String(error)
  const code = typeof error === 'object' && error !== null && 'errcode' in error ? Number(error.errcode) & 0xff : 0
  if (code === sqliteConstraint) return { kind: 'conflict', message }
  if (code === sqliteCorrupt || code === sqliteNotADatabase) return { kind: 'corrupt', message }
  return { kind: 'unavailable', message }
}

export function errorOf(failure: CommitFailure): Error {
  switch (failure.kind) {
    case 'conflict':
      return new PageConflict(failure.message)
    case 'corrupt':
      return new StoreCorrupt(`SQLite: ${failure.message}`)
    case 'unavailable':
      return new StoreUnavailable(`SQLite: ${failure.message}`)
  }
}
