/** What one partition is made for, and when it is split. */
export interface PartitionLimits {
  readonly readUnitsPerSecond: number
  readonly writeUnitsPerSecond: number
  /** Beyond it a partition is split. */
  readonly bytes: number
  /** How long a partition must be near its ceiling before it is split. */
  readonly heatMs: number
}

/** AWS's figures (3,000 read and 1,000 write units a second, 10 GB); how long heat must last is ours. */
export const usualPartitionLimits: PartitionLimits = {
  readUnitsPerSecond: 3_000,
  writeUnitsPerSecond: 1_000,
  bytes: 10 * 2 ** 30,
  heatMs: 10_000,
}
