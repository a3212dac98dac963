/** The engine's refusals, in DynamoDB's words. */

import type { JsonFragment } from '../foundation/json-fragment.ts'
import { ServiceError, validationError } from '../foundation/service-error.ts'
import type { BillingMode } from './tables/table.ts'

/**
 * A ValidationException about the request itself. It stands alone even where other faults of one action of a transaction
 * become its cancellation reason (recorded 2026: empty key values, items that are too large to put).
 */
export class RequestFault extends ServiceError {
  readonly ofRequest = true
}

export function requestFault(message: string): RequestFault {
  return new RequestFault('ValidationException', message, { namespace: 'validate' })
}

export function tableNotFound(): ServiceError {
  return new ServiceError('ResourceNotFoundException', 'Requested resource not found')
}

export function tableNotFoundNamed(name: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', `Requested resource not found: Table: ${name} not found`)
}

export function resourceInUse(message: string): ServiceError {
  return new ServiceError('ResourceInUseException', message)
}

export function limitExceeded(message: string): ServiceError {
  return new ServiceError('LimitExceededException', message)
}

export function conditionFailed(item: JsonFragment | undefined): ServiceError {
  const members = item === undefined ? {} : { Item: item }
  return new ServiceError('ConditionalCheckFailedException', 'The conditional request failed', { members })
}

/** A client request token came again with another request within its ten minutes. */
export function idempotentParameterMismatch(): ServiceError {
  return new ServiceError(
    'IdempotentParameterMismatchException',
    'DynamoDB rejected the request because you retried a request with a different payload but with an idempotent token that was already used.',
    { messageMember: 'Message' },
  )
}

export function keyMismatch(): ServiceError {
  return validationError('The provided key element does not match the schema')
}

export function invalidValues(detail: string): ServiceError {
  return validationError(`One or more parameter values were invalid: ${detail}`)
}

export interface ThrottlingReason {
  readonly reason: string
  readonly resource: string
}

/** True of every refusal for want of capacity. */
export function isThrottling(error: unknown): error is ServiceError {
  if (!(error instanceof ServiceError)) return false
  return error.code === 'ProvisionedThroughputExceededException' || error.code === 'ThrottlingException'
}

export function throughputExceeded(reason: ThrottlingReason): ServiceError {
  const level = reason.reason.startsWith('Index')
    ? 'for one or more global secondary indexes of the table'
    : 'for the table'
  return new ServiceError(
    'ProvisionedThroughputExceededException',
    `The level of configured provisioned throughput ${level} was exceeded. Consider increasing your provisioning level with the UpdateTable API.`,
    { members: { ThrottlingReasons: [reason] } },
  )
}

export function onDemandExceeded(reason: ThrottlingReason): ServiceError {
  return new ServiceError(
    'ThrottlingException',
    'Throughput exceeds the maximum OnDemandThroughput configured on table or index',
    {
      members: { throttlingReasons: [reason] },
    },
  )
}

/** One partition has nothing left, whatever its table has. The exception is the one of the table's billing mode. */
export function partitionExceeded(reason: ThrottlingReason, billingMode: BillingMode): ServiceError {
  if (billingMode === 'PROVISIONED') return throughputExceeded(reason)
  const message = reason.reason.startsWith('IndexWrite')
    ? 'Throughput exceeds the current capacity for one or more global secondary indexes. DynamoDB is automatically ' +
      'scaling your index so please try again shortly.'
    : 'Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table ' +
      'or index so please try again shortly. If exceptions persist, check if you have a hot key: ' +
      'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html'
  return new ServiceError('ThrottlingException', message, { members: { throttlingReasons: [reason] } })
}
