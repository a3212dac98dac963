/** The service's public errors, as values. ValidationException is made by `validationError` of the foundation. */
import { ServiceError, validationError } from '../../foundation/service-error.ts'

/** Most refusals of a table's definition begin with these words. */
export function invalidParameter(detail: string): ServiceError {
  return validationError(`One or more parameter values were invalid: ${detail}`)
}

export function tableNotFound(table: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', `Requested resource not found: Table: ${table} not found`)
}

export function indexNotFound(index: string, table: string): ServiceError {
  return new ServiceError(
    'ResourceNotFoundException',
    `Requested resource not found: Index ${index} for table ${table}`,
  )
}

export function resourceArnNotFound(arn: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', `Requested resource not found: ResourceArn: ${arn} not found`)
}

/** Something is under way that this change must wait for. */
export function resourceInUse(detail: string): ServiceError {
  return new ServiceError('ResourceInUseException', `Attempt to change a resource which is still in use: ${detail}`)
}

/** A limit of one table, counted over time or at once. */
export function subscriberLimitExceeded(detail: string): ServiceError {
  return new ServiceError('LimitExceededException', `Subscriber limit exceeded: ${detail}`)
}

/** A limit of the account's throughput. */
export function limitExceeded(message: string): ServiceError {
  return new ServiceError('LimitExceededException', message)
}

/** `caller` and `resource` are ARNs; `action` is such as dynamodb:TagResource. */
export function accessDenied(caller: string, action: string, resource: string): ServiceError {
  return new ServiceError(
    'AccessDeniedException',
    `User: ${caller} is not authorized to perform: ${action} on resource: ${resource}`,
    { namespace: 'coral', messageMember: 'Message' },
  )
}
