/** What the serving thread and the commit thread say to each other. */
import type { CommitFailure } from './sqlite-file.ts'

/** One transaction: parallel arrays, the pages' bytes end to end in one transferred buffer. */
export interface CommitRequest {
  readonly kind: 'commit'
  readonly seenIds: Float64Array
  readonly seenVersions: Float64Array
  readonly ids: Float64Array
  readonly versions: Float64Array
  /** Bytes of each page; -1: deleted. */
  readonly lengths: Int32Array
  /** May be longer than what the lengths add up to; it comes back with the answer, to be used again. */
  readonly bytes: Uint8Array<ArrayBuffer>
}

export type ToCommitThread = CommitRequest | { readonly kind: 'close' }

export type FromCommitThread =
  | { readonly kind: 'open' }
  | { readonly kind: 'done'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'failed'; readonly failure: CommitFailure }
  | { readonly kind: 'closed' }

/** Between the commit thread and the checkpoint thread. */
export interface CheckpointDone {
  /** Frames in the log, and how many of them are in the database file now. */
  readonly logFrames: number
  readonly checkpointedFrames: number
}
