/** The public face of the engine: plain data in, plain data out. It knows nothing of HTTP, IAM or audit. */
import type { Consumption } from './capacity/consumption.ts'
import type { Collections } from './collections/collections.ts'
import type { Contributors } from './contributors/contributors.ts'
import type { Items } from './items/items.ts'
import type { Streams } from './streams/streams.ts'
import type { ResourcePolicies } from './tables/resource-policies.ts'
import type { Tables } from './tables/tables.ts'

export interface Engine {
  readonly tables: Tables
  readonly items: Items
  /** Policies attached to tables and streams. */
  readonly policies: ResourcePolicies
  readonly contributors: Contributors
  readonly streams: Streams
  /** What tables and indexes used in the last minutes. */
  readonly consumption: Consumption
  /** Where rooms keep state of their own. */
  readonly collections: Collections
  /** Stops the background duties and waits for them; the store is closed by who opened it. */
  close(): Promise<void>
}

export type { Scope } from './scope.ts'
