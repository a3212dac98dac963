/**
 * Who may use a table's or an index's throughput now. Provisioned units keep 300 seconds of what was not used; an
 * on-demand table is held only to the ceilings that its owner set.
 */
import type { Clock } from '../../foundation/clock.ts'
import { onDemandExceeded, type ThrottlingReason, throughputExceeded } from '../errors.ts'
import type { CapacityUse } from '../items/items.ts'
import type { CompiledTable } from '../tables/compiled-table.ts'
import type { ConsumptionLedger } from './consumption.ts'
import { TokenBucket } from './token-bucket.ts'

const provisionedBurstSeconds = 300
const onDemandBurstSeconds = 1

type Direction = 'Read' | 'Write'

interface Limit {
  readonly ratePerSecond: number
  readonly burstSeconds: number
  readonly kind: 'ProvisionedThroughputExceeded' | 'MaxOnDemandThroughputExceeded'
}

export class Admission {
  readonly #clock: Clock
  readonly #ledger: ConsumptionLedger
  /** By tree id and direction. */
  readonly #buckets = new Map<string, TokenBucket>()

  constructor(clock: Clock, ledger: ConsumptionLedger) {
    this.#clock = clock
    this.#ledger = ledger
  }

  /** Throws when the table, or the global index that is read, has nothing left. */
  admitRead(table: CompiledTable, indexName: string | undefined): void {
    this.#admit(table, indexName, 'Read')
  }

  /** A write needs the table and every global index: a throttled index throttles its table's writes. */
  admitWrite(table: CompiledTable): void {
    this.#admit(table, undefined, 'Write')
    for (const { record } of table.indexes) if (record.kind === 'global') this.#admit(table, record.name, 'Write')
  }

  spendRead(table: CompiledTable, use: CapacityUse): void {
    this.#spend(table, use, 'Read')
  }

  spendWrite(table: CompiledTable, use: CapacityUse): void {
    this.#spend(table, use, 'Write')
  }

  #admit(table: CompiledTable, indexName: string | undefined, direction: Direction): void {
    const limit = limitOf(table, indexName, direction)
    if (limit === undefined) return
    if (this.#bucket(table, indexName, direction, limit).hasTokens(this.#clock.monotonicMs())) return
    this.#ledger.throttle({ tableId: table.record.id, indexName, direction })
    const reason: ThrottlingReason = {
      reason: `${indexName === undefined ? 'Table' : 'Index'}${direction}${limit.kind}`,
      resource: indexName === undefined ? table.arn : `${table.arn}/index/${indexName}`,
    }
    throw limit.kind === 'ProvisionedThroughputExceeded' ? throughputExceeded(reason) : onDemandExceeded(reason)
  }

  #spend(table: CompiledTable, use: CapacityUse, direction: Direction): void {
    const now = this.#clock.monotonicMs()
    let ofTable = use.table
    // Local indexes share their table's throughput.
    for (const units of use.local.values()) ofTable += units
    this.#ledger.spend(table.record.id, ofTable, use.global, direction)
    const limit = limitOf(table, undefined, direction)
    if (limit !== undefined && ofTable > 0) this.#bucket(table, undefined, direction, limit).spend(ofTable, now)
    for (const [name, units] of use.global) {
      const indexLimit = limitOf(table, name, direction)
      if (indexLimit !== undefined) this.#bucket(table, name, direction, indexLimit).spend(units, now)
    }
  }

  #bucket(table: CompiledTable, indexName: string | undefined, direction: Direction, limit: Limit): TokenBucket {
    const key = `${table.record.id}/${indexName ?? ''}/${direction}`
    const now = this.#clock.monotonicMs()
    let bucket = this.#buckets.get(key)
    if (bucket === undefined) {
      bucket = new TokenBucket(limit.ratePerSecond, limit.burstSeconds, now)
      this.#buckets.set(key, bucket)
    } else if (bucket.ratePerSecond !== limit.ratePerSecond) {
      bucket.changeRate(limit.ratePerSecond, limit.burstSeconds, now)
    }
    return bucket
  }

  /** A table that is gone leaves no buckets. */
  forget(tableId: string): void {
    this.#ledger.forget(tableId)
    for (const key of this.#buckets.keys()) if (key.startsWith(`${tableId}/`)) this.#buckets.delete(key)
  }
}

function limitOf(table: CompiledTable, indexName: string | undefined, direction: Direction): Limit | undefined {
  const { record } = table
  const holder =
    indexName === undefined
      ? record
      : table.indexes.find((index) => index.record.kind === 'global' && index.record.name === indexName)?.record
  if (holder === undefined) return undefined
  if (record.billingMode === 'PROVISIONED') {
    const throughput = holder.throughput
    if (throughput === undefined) return undefined
    const ratePerSecond = direction === 'Read' ? throughput.readCapacityUnits : throughput.writeCapacityUnits
    return { ratePerSecond, burstSeconds: provisionedBurstSeconds, kind: 'ProvisionedThroughputExceeded' }
  }
  const ceilings = holder.onDemandThroughput
  const ratePerSecond = direction === 'Read' ? ceilings?.maxReadRequestUnits : ceilings?.maxWriteRequestUnits
  if (ratePerSecond === undefined || ratePerSecond < 0) return undefined
  return { ratePerSecond, burstSeconds: onDemandBurstSeconds, kind: 'MaxOnDemandThroughputExceeded' }
}
