/**
 * One process to a data folder. The lock is SQLite's exclusive lock on an empty database, which the system releases
 * when the process ends in whatever way, so nothing stale can stay behind. `lock.pid` only tells people who holds it.
 */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { OperatorError, systemReason } from '../foundation/operator-error.ts'

export interface FolderLock {
  release(): Promise<void>
}

const sqliteBusy = 5

/** OperatorError, naming the process, when another one holds the folder. */
export async function lockFolder(folder: string, processId: number): Promise<FolderLock> {
  const pidFile = join(folder, 'lock.pid')
  const database = takeLock(join(folder, 'lock.db'))
  if (database === undefined) {
    const holder = await readFile(pidFile, 'utf8').catch(() => '')
    const named = /^\d+$/.test(holder.trim()) ? ` (process ${holder.trim()})` : ''
    throw new OperatorError(`another Coffer${named} has the data folder ${folder} open; stop it, or use another folder`)
  }
  try {
    await writeFile(pidFile, `${processId}\n`)
  } catch (error) {
    database.close()
    throw new OperatorError(`cannot write ${pidFile}: ${systemReason(error)}`, { cause: error })
  }
  return {
    async release() {
      await rm(pidFile, { force: true })
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
    throw new OperatorError(`cannot lock ${file}: ${systemReason(error)}`, { cause: error })
  }
}
