/**
 * One process to a data folder. The lock is SQLite's exclusive lock on an empty database, which the system releases
 * when the process ends in whatever way, so nothing stale can stay behind. `lock.pid` only tells people who holds it.
 */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { publicFileMode, readIfThere, removeFile, writeDurably } from '../foundation/durable-files.ts'
import { OperatorError, systemReason } from '../foundation/operator-error.ts'

export interface FolderLock {
  release(): Promise<void>
}

const sqliteBusy = 5
const sqliteCannotOpen = 14

/** OperatorError, naming the process, when another one holds the folder. */
export async function lockFolder(folder: string, processId: number): Promise<FolderLock> {
  const pidFile = join(folder, 'lock.pid')
  const database = takeLock(join(folder, 'lock.db'))
  if (database === undefined) {
    const holder = (await readIfThere(pidFile))?.trim() ?? ''
    const named = /^\d+$/.test(holder) ? ` (process ${holder})` : ''
    throw new OperatorError(`another Coffer${named} has the data folder ${folder} open; stop it, or use another folder`)
  }
  try {
    await writeDurably(pidFile, `${processId}\n`, publicFileMode)
  } catch (error) {
    database.close()
    throw error
  }
  return {
    async release() {
      await removeFile(pidFile)
      database.close()
    },
  }
}

/** Undefined when it is taken. */
function takeLock(file: string): DatabaseSync | undefined {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(file, { timeout: 0 })
    database.exec('BEGIN EXCLUSIVE')
    return database
  } catch (error) {
    database?.close()
    const code = typeof error === 'object' && error !== null && 'errcode' in error ? Number(error.errcode) & 0xff : 0
    if (code === sqliteBusy) return undefined
    // SQLite does not say which; the folder is there by now.
    const reason = code === sqliteCannotOpen ? 'no permission to write in that folder' : systemReason(error)
    throw new OperatorError(`cannot lock ${file}: ${reason}`, { cause: error })
  }
}
