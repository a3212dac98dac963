/** Warm throughput: what a table or index can serve at once. */
import type { BillingMode, ProvisionedThroughput, WarmThroughput } from '../tables/table.ts'
import type { PartitionLimits } from './partition-limits.ts'
import { onDemandStart } from './starting-partitions.ts'

export interface WarmOwner {
  readonly warmThroughput?: WarmThroughput
  readonly throughput?: ProvisionedThroughput
}

/** What DescribeTable shows: what was asked for or reached, else where the billing mode starts. */
export function effectiveWarm(owner: WarmOwner & { readonly billingMode: BillingMode }): WarmThroughput {
  return owner.warmThroughput ?? warmStart(owner.billingMode, owner.throughput)
}

export function warmStart(billing: BillingMode, provisioned: ProvisionedThroughput | undefined): WarmThroughput {
  if (billing === 'PAY_PER_REQUEST') return onDemandStart
  return {
    readUnitsPerSecond: provisioned?.readCapacityUnits ?? 0,
    writeUnitsPerSecond: provisioned?.writeCapacityUnits ?? 0,
  }
}

/** The higher of two, member by member. */
export function warmest(a: WarmThroughput, b: WarmThroughput): WarmThroughput {
  return {
    readUnitsPerSecond: Math.max(a.readUnitsPerSecond, b.readUnitsPerSecond),
    writeUnitsPerSecond: Math.max(a.writeUnitsPerSecond, b.writeUnitsPerSecond),
  }
}

/** A record whose tree came to have so many partitions: it is never less warm than they are. */
export function warmedBy<T extends WarmOwner>(
  record: T,
  billingMode: BillingMode,
  partitions: number,
  limits: PartitionLimits,
): T {
  const served = {
    readUnitsPerSecond: partitions * limits.readUnitsPerSecond,
    writeUnitsPerSecond: partitions * limits.writeUnitsPerSecond,
  }
  return { ...record, warmThroughput: warmest(effectiveWarm({ ...record, billingMode }), served) }
}
