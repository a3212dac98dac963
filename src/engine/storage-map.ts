/** Every tree in the system. These numbers are on disk for ever: add, never reuse. Tree 1 is the storage's directory. */
import type { TreeId } from '../storage/trees.ts'

/** account · 0 · region · 0 · table name → the table's record, JSON. */
export const catalogTree: TreeId = 2
/** tree id u32 → item count f64 · bytes f64. */
export const figuresTree: TreeId = 3
/** Counters and duties: `next-tree` → u32; `drop` · tree id u32 → empty: trees to be dropped; `iterator-key` → 32. */
export const dutiesTree: TreeId = 4

/** tree id u32 of a table or a global index · first hash 8 → a partition, JSON. */
export const partitionsTree: TreeId = 5

/** five-minute span u32 · account · 0 · region · 0 · client request token → a spent token, JSON. */
export const spentTokensTree: TreeId = 7
/** account · 0 · region · 0 · table name · 0 · label → a stream, JSON. */
export const streamsTree: TreeId = 8
/** tree id u32 of a stream · shard number u32 → a shard, JSON. */
export const shardsTree: TreeId = 9
/**
 * Rooms' own state: collection · 0 · account · 0 · region · 0 · id → a record, JSON with its revision; under the key
 * `revision` alone, the newest revision f64.
 */
export const collectionsTree: TreeId = 10

/** ARN of a table or stream → its resource-based policy, JSON. */
export const resourcePoliciesTree: TreeId = 11

export const systemTrees: readonly TreeId[] = [
  catalogTree,
  figuresTree,
  dutiesTree,
  partitionsTree,
  streamsTree,
  shardsTree,
  spentTokensTree,
  collectionsTree,
  resourcePoliciesTree,
]

/**
 * From here on, per table: its items (hash 8 · key attributes → item), its item collections when it has local indexes
 * (hash 8 · partition key → bytes f64), one tree for each index (index keys · item key → projected item), and with time to
 * live its queue (expiry in epoch seconds, order-preserving · item key → empty).
 */
export const firstTableTree: TreeId = 16
