/** Small files that must be whole or absent after a crash, and files that nobody else may read. */
import { constants } from 'node:fs'
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { OperatorError, systemErrorCode, systemReason } from './operator-error.ts'

/** The owner may read and write; nobody else anything. */
export const secretFileMode = 0o600
/** Anyone may read. */
export const publicFileMode = 0o644
const secretFolderMode = 0o700
const othersMask = 0o077

/** Makes the folder, and those above it, for its owner alone; leaves one that exists as it is. */
export async function makeSecretFolder(path: string): Promise<void> {
  try {
    const made = await mkdir(path, { recursive: true, mode: secretFolderMode })
    if (made !== undefined) await syncFolder(dirname(path))
    else if (!(await stat(path)).isDirectory()) throw new OperatorError(`${path} is not a folder`)
  } catch (error) {
    throw operatorError(`cannot make the folder ${path}`, error)
  }
}

/** Writes beside, syncs, renames, and syncs the folder: a reader finds the old file or the new one, never a part. */
export async function writeDurably(path: string, content: string, mode: number): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.new`)
  try {
    await rm(temporary, { force: true })
    const file = await open(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode)
    try {
      await file.writeFile(content)
      // The process's umask may have taken bits from the mode.
      await file.chmod(mode)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw operatorError(`cannot write ${path}`, error)
  }
}

/** Undefined when there is no such file; OperatorError when anyone but its owner may read or write it. */
export async function readSecret(path: string): Promise<string | undefined> {
  try {
    const { mode } = await stat(path)
    if ((mode & othersMask) !== 0) {
      const shown = (mode & 0o777).toString(8)
      throw new OperatorError(`${path} is open to others (mode ${shown}); close it with: chmod 600 ${path}`)
    }
    return await readFile(path, 'utf8')
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined
    throw operatorError(`cannot read ${path}`, error)
  }
}

/** Undefined when there is no such file. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined
    throw operatorError(`cannot read ${path}`, error)
  }
}

/** Does nothing when there is no such file. */
export async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true })
}

export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return false
    throw operatorError(`cannot look at ${path}`, error)
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

function operatorError(what: string, error: unknown): OperatorError {
  if (error instanceof OperatorError) return error
  return new OperatorError(`${what}: ${systemReason(error)}`, { cause: error })
}
