/** STS's errors, with AWS's names, statuses and texts. */
import { ServiceError } from '../../foundation/service-error.ts'

export function accessDenied(message: string): ServiceError {
  return new ServiceError('AccessDenied', message, { status: 403 })
}

export function refusedValue(message: string): ServiceError {
  return new ServiceError('ValidationError', message)
}

export function malformedPolicy(message: string): ServiceError {
  return new ServiceError('MalformedPolicyDocument', message)
}

export function packedPolicyTooLarge(percent: number): ServiceError {
  return new ServiceError(
    'PackedPolicyTooLarge',
    `Packed size of session policies and session tags consumes ${percent}% of allotted space.`,
  )
}

export function invalidIdentityToken(message: string): ServiceError {
  return new ServiceError('InvalidIdentityToken', message)
}

export function expiredToken(message: string): ServiceError {
  return new ServiceError('ExpiredTokenException', message)
}

/** Nothing is told of whether there is such a role. */
export function notAuthorizedByWebIdentity(): ServiceError {
  return accessDenied('Not authorized to perform sts:AssumeRoleWithWebIdentity')
}
