/** The commit thread: the only writer of the SQLite file. It answers when a transaction is durable. */
import type { DatabaseSync } from 'node:sqlite'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { PageConflict } from '../page-store.ts'
import type { CheckpointDone, CommitRequest, FromCommitThread, ToCommitThread } from './commit-protocol.ts'
import { failureOf, openForWriting } from './sqlite-file.ts'

/** Frames (pages of the log) after which the checkpoint thread is asked to move them to the file. */
const checkpointFrames = 2000
/** So few frames left after that: this thread moves the rest itself, and the log starts over. */
const restFrames = 400
/** A log this long is moved by this thread whatever it costs: the log stays bounded. */
const framesMax = 8_000

const port = parentPort as MessagePort
const { file, sqlitePageBytes, checkpoints } = workerData as {
  file: string
  sqlitePageBytes: number
  checkpoints: MessagePort
}

function say(message: FromCommitThread, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer)
}

function serve(database: DatabaseSync): void {
  const insert = database.prepare('INSERT INTO pages (id, version, bytes) VALUES (?, 1, ?)')
  const update = database.prepare('UPDATE pages SET version = ?, bytes = ? WHERE id = ? AND version = ?')
  const remove = database.prepare('DELETE FROM pages WHERE id = ? AND version = ?')
  const versionOf = database.prepare('SELECT version FROM pages WHERE id = ?')
  let framesSinceAsked = 0
  let asked = false

  const apply = (request: CommitRequest) => {
    const { ids, versions, lengths, bytes, seenIds, seenVersions } = request
    for (let at = 0; at < seenIds.length; at++) {
      if (Number(versionOf.get(seenIds[at] as number)?.['version'] ?? 0) !== seenVersions[at]) {
        throw new PageConflict(`page ${seenIds[at]} moved on`)
      }
    }
    let start = 0
    for (let at = 0; at < ids.length; at++) {
      const id = ids[at] as number
      const version = versions[at] as number
      const length = lengths[at] as number
      let changes = 1
      if (length < 0) changes = Number(remove.run(id, version - 1).changes)
      else {
        const page = bytes.subarray(start, start + length)
        start += length
        if (version === 1) insert.run(id, page)
        else changes = Number(update.run(version, page, id, version - 1).changes)
      }
      if (changes !== 1) throw new PageConflict(`page ${id} moved on`)
    }
  }

  const checkpointHere = () => {
    database.exec('PRAGMA wal_checkpoint(PASSIVE)')
    framesSinceAsked = 0
  }

  checkpoints.on('message', (done: CheckpointDone) => {
    asked = false
    const rest = done.logFrames - done.checkpointedFrames
    if (rest <= restFrames || done.logFrames > framesMax) checkpointHere()
  })
  checkpoints.unref()

  port.on('message', (message: ToCommitThread) => {
    if (message.kind === 'close') {
      try {
        database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      } catch {
        // A log left behind is read at the next start.
      }
      database.close()
      say({ kind: 'closed' })
      return
    }
    try {
      database.exec('BEGIN IMMEDIATE')
      apply(message)
      database.exec('COMMIT')
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK')
      say({ kind: 'failed', failure: failureOf(error) })
      return
    }
    say({ kind: 'done', bytes: message.bytes }, [message.bytes.buffer])
    framesSinceAsked += message.ids.length
    if (!asked && framesSinceAsked >= checkpointFrames) {
      asked = true
      framesSinceAsked = 0
      checkpoints.postMessage('checkpoint')
    }
  })
}

try {
  serve(openForWriting(file, sqlitePageBytes))
  say({ kind: 'open' })
} catch (error) {
  say({ kind: 'failed', failure: failureOf(error) })
}
