/** How many partitions a table or a global index begins with. */
import type { BillingMode, ProvisionedThroughput, WarmThroughput } from '../tables/table.ts'

/** What one partition serves each second (AWS quota). */
export const partitionReadUnitsMax = 3_000
export const partitionWriteUnitsMax = 1_000

/** What an on-demand table or index can do from the start. Units per second. */
export const onDemandStart: WarmThroughput = { readUnitsPerSecond: 12_000, writeUnitsPerSecond: 4_000 }

interface Throughputs {
  readonly throughput?: ProvisionedThroughput
  readonly warmThroughput?: WarmThroughput
}

/** Enough for the throughput that the table or index was made for, and at least one. */
export function startingPartitions(billing: BillingMode, { throughput, warmThroughput }: Throughputs): number {
  const start = billing === 'PAY_PER_REQUEST' ? onDemandStart : undefined
  const read = largest(start?.readUnitsPerSecond, throughput?.readCapacityUnits, warmThroughput?.readUnitsPerSecond)
  const write = largest(start?.writeUnitsPerSecond, throughput?.writeCapacityUnits, warmThroughput?.writeUnitsPerSecond)
  return Math.max(1, Math.ceil(read / partitionReadUnitsMax), Math.ceil(write / partitionWriteUnitsMax))
}

function largest(...units: readonly (number | undefined)[]): number {
  return Math.max(0, ...units.map((each) => each ?? 0))
}
