/** Reads a request's body to its end, within bounds. */
import type { IncomingMessage } from 'node:http'
import type { Budget } from './budget.ts'

export type BodyOutcome =
  | { readonly kind: 'whole'; readonly body: Buffer }
  /** Larger than a request may be. */
  | { readonly kind: 'too-large' }
  /** Too much is under way on other connections. */
  | { readonly kind: 'no-room' }

export interface BodyBounds {
  readonly bytesMax: number
  /** What every body in memory is taken from. `release` gives back. */
  readonly budget: Budget
}

const noBody = Buffer.alloc(0)

/**
 * Calls `done` once, unless the client goes away first. Answers a function that gives the body's bytes back to the
 * budget; to be called when the request is over in whatever way.
 */
export function receiveBody(
  request: IncomingMessage,
  { bytesMax, budget }: BodyBounds,
  done: (outcome: BodyOutcome) => void,
): () => void {
  let chunks: Buffer[] | undefined
  let only: Buffer | undefined
  let bytes = 0
  let held = 0
  let refused = false

  const refuse = (kind: 'too-large' | 'no-room') => {
    refused = true
    chunks = only = undefined
    done({ kind })
  }
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) {
    refuse('too-large')
    return () => {}
  }
  request.on('data', (chunk: Buffer) => {
    if (refused) return
    bytes += chunk.length
    if (bytes > bytesMax) return refuse('too-large')
    if (!budget.take(chunk.length)) return refuse('no-room')
    held += chunk.length
    if (only === undefined) only = chunk
    else if (chunks === undefined) chunks = [only, chunk]
    else chunks.push(chunk)
  })
  request.on('end', () => {
    if (!refused) done({ kind: 'whole', body: chunks === undefined ? (only ?? noBody) : Buffer.concat(chunks) })
  })
  return () => {
    budget.give(held)
    held = 0
  }
}
