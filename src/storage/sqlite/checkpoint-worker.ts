/** The checkpoint thread: moves committed pages from the log into the file, so that commits need not wait for it. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import type { CheckpointDone } from './commit-protocol.ts'
import { openForWriting } from './sqlite-file.ts'

const { file, commits } = workerData as { file: string; commits: MessagePort }
const database = openForWriting(file)
const checkpoint = database.prepare('PRAGMA wal_checkpoint(PASSIVE)')

commits.on('message', () => {
  let done: CheckpointDone = { logFrames: 0, checkpointedFrames: 0 }
  try {
    const row = checkpoint.get()
    done = { logFrames: Number(row?.['log'] ?? 0), checkpointedFrames: Number(row?.['checkpointed'] ?? 0) }
  } catch {
    // A full disk: the log keeps what is committed, and the next request tries again.
    done = { logFrames: Number.MAX_SAFE_INTEGER, checkpointedFrames: 0 }
  }
  commits.postMessage(done)
})

parentPort?.on('message', () => {
  database.close()
  commits.close()
  parentPort?.close()
})
