/** IAM's errors, with AWS's names, statuses and texts. */
import { ServiceError } from '../../foundation/service-error.ts'

export function noSuchEntity(message: string): ServiceError {
  return new ServiceError('NoSuchEntity', message, { status: 404 })
}

export type EntityKind = 'user' | 'group' | 'role'

export function noSuch(kind: EntityKind, name: string): ServiceError {
  return noSuchEntity(`The ${kind} with name ${name} cannot be found.`)
}

export function noSuchInlinePolicy(kind: EntityKind, name: string): ServiceError {
  return noSuchEntity(`The ${kind} policy with name ${name} cannot be found.`)
}

export function noSuchPolicy(arn: string): ServiceError {
  return noSuchEntity(`Policy ${arn} was not found.`)
}

export function notAttachable(arn: string): ServiceError {
  return noSuchEntity(`Policy ${arn} does not exist or is not attachable.`)
}

export function noSuchAccessKey(id: string): ServiceError {
  return noSuchEntity(`The Access Key with id ${id} cannot be found.`)
}

export function alreadyExists(message: string): ServiceError {
  return new ServiceError('EntityAlreadyExists', message, { status: 409 })
}

export function nameTaken(kind: 'User' | 'Group' | 'Role', name: string): ServiceError {
  return alreadyExists(`${kind} with name ${name} already exists.`)
}

export function deleteConflict(message: string): ServiceError {
  return new ServiceError('DeleteConflict', message, { status: 409 })
}

export function limitExceeded(message: string): ServiceError {
  return new ServiceError('LimitExceeded', message, { status: 409 })
}

export function quotaExceeded(quota: string, value: number): ServiceError {
  return limitExceeded(`Cannot exceed quota for ${quota}: ${value}`)
}

export function invalidInput(message: string): ServiceError {
  return new ServiceError('InvalidInput', message)
}

export function invalidArn(arn: string): ServiceError {
  return invalidInput(`ARN ${arn} is not valid.`)
}

/** IAM's ValidationError where no constraint of the model is broken. */
export function refusedValue(message: string): ServiceError {
  return new ServiceError('ValidationError', message)
}

export function missingParameter(name: string): ServiceError {
  return new ServiceError('MissingParameter', `The request must contain the parameter ${name}.`)
}

export function malformedPolicy(message: string): ServiceError {
  return new ServiceError('MalformedPolicyDocument', message)
}

export function unmodifiable(role: string): ServiceError {
  return new ServiceError(
    'UnmodifiableEntity',
    `Cannot perform the operation on the protected role '${role}' - this role is only modifiable by AWS`,
  )
}

export function invalidAuthenticationCode(): ServiceError {
  return new ServiceError('InvalidAuthenticationCode', 'Authentication code for device is not valid.', { status: 403 })
}

export function passwordPolicyViolation(message: string): ServiceError {
  return new ServiceError('PasswordPolicyViolation', message)
}
