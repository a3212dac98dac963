/** Admission under loads of many seconds, on a clock of its own. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Clock, systemClock } from '../../foundation/clock.ts'
import { ServiceError } from '../../foundation/service-error.ts'
import { evenPartitions, type Partition, type Partitions } from '../partitions/partition.ts'
import { usualPartitionLimits } from '../partitions/partition-limits.ts'
import type { CompiledTable } from '../tables/compiled-table.ts'
import type { BillingMode, TableRecord } from '../tables/table.ts'
import { Admission } from './admission.ts'
import { ConsumptionLedger } from './consumption.ts'
import { CapacityMeter } from './units.ts'

interface Options {
  readonly billingMode?: BillingMode
  readonly writeCapacityUnits?: number
  readonly partitions?: readonly Partition[]
}

function table({ billingMode = 'PAY_PER_REQUEST', writeCapacityUnits = 0, partitions }: Options = {}): CompiledTable {
  const record: TableRecord = {
    accountId: '000000000000',
    region: 'us-east-1',
    name: 'T',
    id: 'one',
    tree: 16,
    keySchema: { hash: [{ name: 'pk', type: 'S' }], range: [] },
    attributeDefinitions: [],
    indexes: [],
    status: 'ACTIVE',
    partitionVersion: 0,
    createdAtMs: 0,
    billingMode,
    throughput: { readCapacityUnits: 1, writeCapacityUnits, decreasesToday: 0, decreaseDay: 0 },
    deletionProtection: false,
    tags: [],
  }
  return {
    record,
    arn: 'arn:aws:dynamodb:us-east-1:000000000000:table/T',
    keyNames: ['pk'],
    indexes: [],
    hasLocalIndex: false,
    partitions: (partitions ?? evenPartitions(4, 0)) as unknown as Partitions,
    stream: undefined,
  }
}

class Load {
  nowMs = 0
  readonly admission: Admission

  constructor() {
    const clock: Clock = { ...systemClock, monotonicMs: () => this.nowMs }
    this.admission = new Admission(clock, new ConsumptionLedger(clock), usualPartitionLimits)
  }

  /** Writes of one unit, so many a second, to the keys in turn; answers after how many seconds the first was throttled. */
  write(of: CompiledTable, perSecond: number, seconds: number, keys: readonly Buffer[]): number | undefined {
    const from = this.nowMs
    // In tenths of a second, since what matters is the rate.
    for (let tenth = 0; tenth < seconds * 10; tenth++) {
      for (const key of keys) {
        try {
          this.admission.admitWrite(of, key)
        } catch (error) {
          assert.ok(error instanceof ServiceError)
          return (this.nowMs - from) / 1000
        }
        const use = new CapacityMeter('T', key)
        use.table = perSecond / 10 / keys.length
        this.admission.spendWrite(of, use)
      }
      this.nowMs += 100
    }
    return undefined
  }
}

/** One in the middle of each of the four partitions. */
const everywhere = ['20', '60', 'a0', 'e0'].map((text) => Buffer.from(`${text}00000000000000`, 'hex'))
const [one] = everywhere as [Buffer]

test('a fresh table on demand takes a million writes at 30,000 a second, and 10,000 a second for two minutes', () => {
  assert.equal(new Load().write(table(), 30_000, 34, everywhere), undefined)
  assert.equal(new Load().write(table(), 10_000, 120, everywhere), undefined)
})

test('what its partitions are made for it takes without end', () => {
  assert.equal(new Load().write(table(), 4000, 2000, everywhere), undefined)
})

test('one partition goes on at its ceiling for ever, and at twice the ceiling for five minutes', () => {
  assert.equal(new Load().write(table(), 1000, 2000, [one]), undefined)
  const load = new Load()
  const throttledAfter = load.write(table(), 2000, 2000, [one])
  assert.ok(throttledAfter !== undefined && Math.abs(throttledAfter - 300) < 2, `${throttledAfter}`)
  load.nowMs += 300_000
  const again = load.write(table(), 2000, 2000, [one])
  assert.ok(again !== undefined && Math.abs(again - 300) < 2, 'five minutes of rest give five minutes more')
})

test('an uneven load may use all that its provisioned table has, up to what a partition serves', () => {
  const of = table({ billingMode: 'PROVISIONED', writeCapacityUnits: 1000 })
  assert.equal(new Load().write(of, 1000, 2000, [one]), undefined)
  const small = table({ billingMode: 'PROVISIONED', writeCapacityUnits: 10 })
  const throttledAfter = new Load().write(small, 20, 2000, [one])
  assert.ok(throttledAfter !== undefined && Math.abs(throttledAfter - 300) < 2, 'the table is the limit there')
})

test('children of a split go on with what their parent had saved', () => {
  const load = new Load()
  load.write(table(), 2000, 150, [one])
  const [first, ...rest] = evenPartitions(4, 0) as [Partition, ...Partition[]]
  const half = Buffer.from('2000000000000000', 'hex')
  const children = [
    { ...first, id: 4, parent: first.id },
    { ...first, id: 5, from: half, parent: first.id },
  ]
  const split = table({ partitions: [...children, ...rest] })
  const throttledAfter = load.write(split, 2000, 2000, [one])
  assert.ok(throttledAfter !== undefined && Math.abs(throttledAfter - 150) < 2, `${throttledAfter}`)
})

test('a key spends in the partition in which it lies', () => {
  const start = fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Buffer.from(bytes))
  fc.assert(
    fc.property(fc.array(start, { maxLength: 30 }), start, (starts, key) => {
      const froms = [Buffer.alloc(8), ...starts].sort(Buffer.compare)
      const distinct = froms.filter((from, at) => at === 0 || !from.equals(froms[at - 1] as Buffer))
      const partitions = distinct.map((from, id) => ({ id, from, parent: undefined, createdAtMs: 0 }))
      const { own } = new Load().admission.metersOf(table({ partitions }))
      const expected = distinct.findLastIndex((from) => from.compare(key) <= 0)
      assert.equal(own.partitionAt(key).id, expected)
    }),
  )
})
