/** The service's public errors, as values. ValidationException is made by `validationError` of the foundation. */
import { ServiceError, validationError } from '../../foundation/service-error.ts'

export function unsupportedTarget(): ServiceError {
  return validationError('Unsupported service namespace, resource type or scalable dimension')
}

/** As messages name a scalable target. */
interface Named {
  readonly resourceId: string
  readonly dimension: string
}

export function targetNotRegistered(id: Named): ServiceError {
  return objectNotFound(`No scalable target registered for ${spelled(id)}`)
}

export function policyNotFound(id: Named, name: string): ServiceError {
  return objectNotFound(`No scaling policy found for ${spelled(id)}, policy name: ${name}`)
}

export function scheduledActionNotFound(id: Named, name: string): ServiceError {
  return objectNotFound(`No scheduled action found for ${spelled(id)}, scheduled action name: ${name}`)
}

/** A quota of the account or of one target. */
export function limitExceeded(message: string): ServiceError {
  return new ServiceError('LimitExceededException', message)
}

export function invalidNextToken(): ServiceError {
  return new ServiceError('InvalidNextTokenException', 'The next token supplied was invalid.')
}

/** Of the tag calls, which name a target by its ARN. */
export function resourceNotFound(arn: string): ServiceError {
  const message = `No scalable target found for resource ARN: ${arn}`
  return new ServiceError('ResourceNotFoundException', message, { members: { ResourceName: arn } })
}

export function tooManyTags(arn: string): ServiceError {
  const message = 'The number of tags exceeds the maximum of 50'
  return new ServiceError('TooManyTagsException', message, { members: { ResourceName: arn } })
}

function objectNotFound(message: string): ServiceError {
  return new ServiceError('ObjectNotFoundException', message)
}

function spelled({ resourceId, dimension }: Named): string {
  return `service namespace: dynamodb, resource ID: ${resourceId}, scalable dimension: ${dimension}`
}
