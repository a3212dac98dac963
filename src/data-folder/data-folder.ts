/** The folder that everything is kept in, held by this process alone. */
import type { KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { exists, makeSecretFolder } from '../foundation/durable-files.ts'
import { OperatorError } from '../foundation/operator-error.ts'
import type { Random } from '../foundation/random.ts'
import { lockFolder } from './folder-lock.ts'
import { rootKey, storeFile } from './root-key.ts'

export interface DataFolder {
  readonly path: string
  /** 256 bits. */
  readonly rootKey: KeyObject
  /** Lets others have the folder; after the store has been closed. */
  release(): Promise<void>
}

export interface DataFolderOptions {
  readonly path: string
  readonly random: Random
  /** What another process is told that wants the folder too. */
  readonly processId: number
}

/** Makes the folder and its root key where they are not there. OperatorError, with advice, when it cannot be had. */
export async function openDataFolder(options: DataFolderOptions): Promise<DataFolder> {
  await makeSecretFolder(options.path)
  return await held(options)
}

/** As `openDataFolder`, but OperatorError when no server has kept data there yet. */
export async function openExistingDataFolder(options: DataFolderOptions): Promise<DataFolder> {
  if (!(await exists(join(options.path, storeFile)))) throw new OperatorError(`there is no data in ${options.path}`)
  return await held(options)
}

async function held({ path, random, processId }: DataFolderOptions): Promise<DataFolder> {
  const lock = await lockFolder(path, processId)
  try {
    return { path, rootKey: await rootKey(path, random), release: () => lock.release() }
  } catch (error) {
    await lock.release()
    throw error
  }
}
