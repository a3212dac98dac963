/** The public face of the engine: plain data in, plain data out. It knows nothing of HTTP, IAM or audit. */
import type { Items } from './items/items.ts'
import type { Streams } from './streams/streams.ts'
import type { Tables } from './tables/tables.ts'

export interface Engine {
  readonly tables: Tables
  readonly items: Items
  readonly streams: Streams
  /** Stops the background duties and waits for them; the store is closed by who opened it. */
  close(): Promise<void>
}

export type { Scope } from './scope.ts'
