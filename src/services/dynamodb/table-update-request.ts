/** UpdateTable's request by itself: what may be asked for together, and the rules of its index updates. */
import type { BillingMode } from '../../engine/tables/table.ts'
import { validationError } from '../../foundation/service-error.ts'
import { invalidParameter } from './errors.ts'
import { checkedProjection } from './index-definitions.ts'
import { checkedDefinitions } from './key-schemas.ts'
import { checkStreamUpdate } from './table-settings.ts'
import type {
  AttributeDefinitions,
  GlobalIndexUpdate,
  OnDemandInput,
  SseInput,
  StreamInput,
  TableClassInput,
  ThroughputInput,
  WarmInput,
} from './table-shapes.ts'

export interface UpdateTableRequest {
  readonly AttributeDefinitions?: AttributeDefinitions
  readonly BillingMode?: BillingMode
  readonly ProvisionedThroughput?: ThroughputInput
  readonly GlobalSecondaryIndexUpdates?: readonly GlobalIndexUpdate[]
  readonly StreamSpecification?: StreamInput
  readonly SSESpecification?: SseInput
  readonly TableClass?: TableClassInput
  readonly DeletionProtectionEnabled?: boolean
  readonly OnDemandThroughput?: OnDemandInput
  readonly WarmThroughput?: WarmInput
}

/** Members that are a change by themselves. An empty list or structure is none. */
const changes = [
  'ProvisionedThroughput',
  'BillingMode',
  'StreamSpecification',
  'GlobalSecondaryIndexUpdates',
  'SSESpecification',
  'DeletionProtectionEnabled',
  'OnDemandThroughput',
  'WarmThroughput',
  'TableClass',
] as const
type Change = (typeof changes)[number]

export function checkUpdateRequest(input: UpdateTableRequest): void {
  const asked = new Set(changes.filter((name) => isAsked(name, input)))
  if (asked.size === 0) {
    throw validationError(
      'At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, ' +
        'SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, ' +
        'DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required',
    )
  }
  if (input.GlobalSecondaryIndexUpdates?.length === 0) {
    throw invalidParameter('List of GlobalSecondaryIndexUpdates is empty')
  }
  checkCombination(asked, input)
  checkBilling(input)
  if (input.StreamSpecification !== undefined) checkStreamUpdate(input.StreamSpecification)
  checkIndexUpdates(input)
}

function isAsked(name: Change, input: UpdateTableRequest): boolean {
  const value = input[name]
  if (value === undefined) return false
  if (Array.isArray(value)) return value.length > 0
  if (name === 'OnDemandThroughput' || name === 'WarmThroughput') return Object.keys(value).length > 0
  return true
}

/** UpdateTable does one thing at a time, with few exceptions; the order is that in which the service names them. */
function checkCombination(asked: ReadonlySet<Change>, input: UpdateTableRequest): void {
  const alone = asked.size === 1
  if (!alone && asked.has('SSESpecification')) throw onlyOperation('Server-Side Encryption modification')
  if (!alone && asked.has('TableClass')) throw onlyOperation('TableClass modification')
  if (!alone && asked.has('DeletionProtectionEnabled')) throw onlyOperation('DeletionProtection modification')
  const updates = input.GlobalSecondaryIndexUpdates ?? []
  if (!alone && asked.has('WarmThroughput')) {
    if (updates.some((update) => update.Create !== undefined)) {
      throw invalidParameter('Create global secondary index cannot be specified when updating WarmThroughput')
    }
    throw onlyOperation('WarmThroughput')
  }
  if (asked.has('OnDemandThroughput') && asked.size > (asked.has('BillingMode') ? 2 : 1)) {
    throw invalidParameter('OnDemandThroughput can only be combined with BillingMode in an UpdateTable request')
  }
  const changesIndexes = updates.some((update) => update.Create !== undefined || update.Delete !== undefined)
  if (asked.has('ProvisionedThroughput')) {
    if (asked.has('StreamSpecification')) {
      throw invalidParameter('You cannot modify stream status while updating table IOPS')
    }
    if (changesIndexes) throw invalidParameter('You cannot create or delete index while updating table IOPS')
  }
  if (asked.has('StreamSpecification') && changesIndexes) {
    throw invalidParameter('You cannot create or delete index while changing stream status')
  }
}

function onlyOperation(what: string): Error {
  return invalidParameter(`${what} must be the only operation in the request`)
}

function checkBilling(input: UpdateTableRequest): void {
  if (input.BillingMode === 'PROVISIONED' && input.ProvisionedThroughput === undefined) {
    throw invalidParameter('ProvisionedThroughput must be specified when BillingMode is PROVISIONED')
  }
  if (input.BillingMode === 'PAY_PER_REQUEST' && input.ProvisionedThroughput !== undefined) {
    throw invalidParameter('ProvisionedThroughput cannot be specified when BillingMode is PAY_PER_REQUEST')
  }
}

function checkIndexUpdates(input: UpdateTableRequest): void {
  const names = new Set<string>()
  for (const update of input.GlobalSecondaryIndexUpdates ?? []) {
    const actions = [update.Update, update.Create, update.Delete].filter((action) => action !== undefined)
    const [action] = actions
    if (action === undefined) {
      throw invalidParameter(
        'One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, ' +
          'GlobalSecondaryIndexUpdate.Delete must not be null',
      )
    }
    if (actions.length > 1) {
      throw invalidParameter('Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object')
    }
    if (names.has(action.IndexName)) {
      throw invalidParameter(
        `Only one global secondary index update per index is allowed simultaneously. Index: ${action.IndexName}`,
      )
    }
    names.add(action.IndexName)
    checkIndexUpdate(update, input)
  }
}

function checkIndexUpdate({ Create: create, Update: update }: GlobalIndexUpdate, input: UpdateTableRequest): void {
  if (create !== undefined) {
    if (input.AttributeDefinitions === undefined || input.AttributeDefinitions.length === 0) {
      throw invalidParameter(`AttributeDefinitions is not specified for index: ${create.IndexName}`)
    }
    checkedDefinitions(input.AttributeDefinitions)
    checkedProjection(create.Projection)
  }
  if (update?.WarmThroughput !== undefined && Object.keys(update.WarmThroughput).length === 0) {
    throw invalidParameter(
      'WarmThroughput must have at least one of ReadUnitsPerSecond or WriteUnitsPerSecond specified for index: ' +
        update.IndexName,
    )
  }
}
