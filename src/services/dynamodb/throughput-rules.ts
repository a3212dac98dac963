/** Provisioned units, on-demand ceilings and warm throughput: which may be given when, and how large they may be. */
import { warmStart } from '../../engine/partitions/warm-throughput.ts'
import type {
  BillingMode,
  OnDemandThroughput,
  ProvisionedThroughput,
  WarmThroughput,
} from '../../engine/tables/table.ts'
import { invalidParameter, limitExceeded, subscriberLimitExceeded } from './errors.ts'
import type { OnDemandInput, ThroughputInput, WarmInput } from './table-shapes.ts'

/** AWS's default quotas, which DescribeLimits answers. Units per second. */
export const accountUnitsMax = 80_000
export const tableUnitsMax = 40_000

export const noThroughput: ProvisionedThroughput = { readCapacityUnits: 0, writeCapacityUnits: 0 }

/** Names the table or an index in messages, which do so in four ways. */
export interface ThroughputOwner {
  readonly index?: string
  readonly region: string
}

/** Units within the quota of a table or index; LimitExceededException beyond. */
export function checkedThroughput(given: ThroughputInput, owner: ThroughputOwner): ProvisionedThroughput {
  const { ReadCapacityUnits: read, WriteCapacityUnits: write } = given
  refuseAboveQuota('ReadCapacityUnits', read, owner)
  refuseAboveQuota('WriteCapacityUnits', write, owner)
  return { readCapacityUnits: read, writeCapacityUnits: write }
}

function refuseAboveQuota(member: string, units: number, owner: ThroughputOwner): void {
  if (units <= tableUnitsMax) return
  const [of, kind] = owner.index === undefined ? ['', 'table'] : [` for index ${owner.index}`, 'index']
  throw limitExceeded(
    `The requested ${member}${of}, ${units}, is above the per ${kind} maximum for the account in ${owner.region}. ` +
      `Per ${kind} maximum: ${tableUnitsMax}. ` +
      'Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.',
  )
}

/** What is left of the ceilings: those given, over those of before; -1 takes one away. Undefined when none is left. */
export function checkedOnDemand(
  given: OnDemandInput | undefined,
  billing: BillingMode,
  owner: ThroughputOwner,
  update?: { readonly present: OnDemandThroughput | undefined },
): OnDemandThroughput | undefined {
  const present = update?.present
  if (given === undefined) return present
  const isUpdate = update !== undefined
  for (const member of ['MaxReadRequestUnits', 'MaxWriteRequestUnits'] as const) {
    const units = given[member]
    if (units === undefined) continue
    if (billing === 'PROVISIONED') throw ceilingOnProvisioned(member, owner, isUpdate)
    if (units < 1 && !(isUpdate && units === -1)) {
      throw invalidParameter(
        `Requested ${member} for OnDemandThroughput for ${spaced(owner)} is outside of valid range`,
      )
    }
    refuseBeyondAccount(member, 'OnDemandThroughput', units, spaced(owner), owner.region)
  }
  const read = given.MaxReadRequestUnits ?? present?.maxReadRequestUnits
  const write = given.MaxWriteRequestUnits ?? present?.maxWriteRequestUnits
  const result: OnDemandThroughput = {
    ...(read !== undefined && read !== -1 && { maxReadRequestUnits: read }),
    ...(write !== undefined && write !== -1 && { maxWriteRequestUnits: write }),
  }
  return Object.keys(result).length === 0 ? undefined : result
}

/** CreateTable and UpdateTable word this differently. */
function ceilingOnProvisioned(member: string, owner: ThroughputOwner, isUpdate: boolean): Error {
  if (isUpdate) {
    const of = owner.index === undefined ? '' : ` for index : ${owner.index}`
    return invalidParameter(
      `${member} for OnDemandThroughput${of} cannot be specified when the table BillingMode is PROVISIONED`,
    )
  }
  const of = owner.index === undefined ? '' : ` for index: ${owner.index}`
  return invalidParameter(
    `${member} for OnDemandThroughput${of} cannot be specified when table BillingMode is PROVISIONED.`,
  )
}

function refuseBeyondAccount(member: string, of: string, units: number, owner: string, region: string): void {
  if (units <= tableUnitsMax) return
  const quota = member.includes('Read') ? 'TableMaxReadCapacityUnits' : 'TableMaxWriteCapacityUnits'
  throw subscriberLimitExceeded(
    `Requested ${member} for ${of} for ${owner} exceeds ${quota} of the account in region ${region}`,
  )
}

/** Warm throughput of a new table or index; a member that was not given starts where the billing mode starts. */
export function warmAtStart(
  given: WarmInput | undefined,
  billing: BillingMode,
  provisioned: ProvisionedThroughput | undefined,
  owner: ThroughputOwner,
): WarmThroughput | undefined {
  if (given === undefined || Object.keys(given).length === 0) return undefined
  const start = warmStart(billing, provisioned)
  for (const member of ['ReadUnitsPerSecond', 'WriteUnitsPerSecond'] as const) {
    const units = given[member]
    if (units === undefined) continue
    const least = member === 'ReadUnitsPerSecond' ? start.readUnitsPerSecond : start.writeUnitsPerSecond
    if (units < least) throw tooCold(member, billing, owner)
    refuseBeyondAccount(member, 'WarmThroughput', units, unspaced(owner), owner.region)
  }
  return {
    readUnitsPerSecond: given.ReadUnitsPerSecond ?? start.readUnitsPerSecond,
    writeUnitsPerSecond: given.WriteUnitsPerSecond ?? start.writeUnitsPerSecond,
  }
}

function tooCold(member: string, billing: BillingMode, owner: ThroughputOwner): Error {
  const start = `Requested ${member} for WarmThroughput for ${unspaced(owner)} is lower than`
  if (billing === 'PAY_PER_REQUEST') {
    return invalidParameter(
      `${start} initial throughput for OnDemand. See: https://docs.aws.amazon.com/amazondynamodb/latest/` +
        'developerguide/on-demand-capacity-mode.html#on-demand-capacity-mode-initial',
    )
  }
  const units = member === 'ReadUnitsPerSecond' ? 'ReadCapacityUnits' : 'WriteCapacityUnits'
  return invalidParameter(`${start} ${units} of ProvisionedThroughput`)
}

/** Warm throughput after an UpdateTable: it only ever grows. */
export function warmer(given: WarmInput, present: WarmThroughput, owner: ThroughputOwner): WarmThroughput {
  for (const member of ['ReadUnitsPerSecond', 'WriteUnitsPerSecond'] as const) {
    const units = given[member]
    if (units === undefined) continue
    const current = member === 'ReadUnitsPerSecond' ? present.readUnitsPerSecond : present.writeUnitsPerSecond
    if (units < current) {
      throw invalidParameter(
        `Requested ${member} for WarmThroughput for ${unspaced(owner)} is lower than current WarmThroughput, ` +
          'decreasing WarmThroughput is not supported',
      )
    }
    refuseBeyondAccount(member, 'WarmThroughput', units, unspaced(owner), owner.region)
  }
  return {
    readUnitsPerSecond: given.ReadUnitsPerSecond ?? present.readUnitsPerSecond,
    writeUnitsPerSecond: given.WriteUnitsPerSecond ?? present.writeUnitsPerSecond,
  }
}

function spaced(owner: ThroughputOwner): string {
  return owner.index === undefined ? 'table' : `index : ${owner.index}`
}

function unspaced(owner: ThroughputOwner): string {
  return owner.index === undefined ? 'table' : `index ${owner.index}`
}
