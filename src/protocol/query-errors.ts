/** Errors that are no service's own, in the Query protocols' words: the staircase throws them in the words of JSON. */
import { ServiceError } from '../foundation/service-error.ts'

export interface QueryFault {
  readonly code: string
  readonly status: number
  readonly message: string
}

interface Wording {
  readonly code: string
  readonly status: number
  readonly message?: string
  /** Before the message that there is. */
  readonly opening?: string
}

const inQuery: Readonly<Record<string, Wording>> = {
  ValidationException: { code: 'ValidationError', status: 400 },
  SerializationException: { code: 'MalformedInput', status: 400 },
  MissingAuthenticationTokenException: { code: 'MissingAuthenticationToken', status: 403 },
  IncompleteSignatureException: { code: 'IncompleteSignature', status: 400 },
  InvalidSignatureException: { code: 'SignatureDoesNotMatch', status: 403 },
  UnrecognizedClientException: { code: 'InvalidClientTokenId', status: 403 },
  ExpiredTokenException: { code: 'ExpiredToken', status: 403 },
  AccessDeniedException: { code: 'AccessDenied', status: 403 },
  ThrottlingException: { code: 'Throttling', status: 400 },
  InternalServerError: { code: 'InternalFailure', status: 500 },
}

const authFailure = {
  code: 'AuthFailure',
  status: 401,
  message: 'AWS was not able to validate the provided access credentials',
}

/** Where EC2 has words of its own. */
const inEc2: Readonly<Record<string, Wording>> = {
  ...inQuery,
  ValidationException: { code: 'InvalidParameterValue', status: 400 },
  SerializationException: { code: 'InvalidParameterValue', status: 400 },
  InvalidSignatureException: authFailure,
  UnrecognizedClientException: authFailure,
  ExpiredTokenException: { code: 'RequestExpired', status: 400, message: 'Request has expired.' },
  AccessDeniedException: {
    code: 'UnauthorizedOperation',
    status: 403,
    opening: 'You are not authorized to perform this operation. ',
  },
  ThrottlingException: { code: 'RequestLimitExceeded', status: 503 },
  InternalServerError: { code: 'InternalError', status: 500 },
}

/** Errors of a service's own model pass as they are. */
export function queryFault(error: ServiceError, protocol: 'query' | 'ec2-query'): QueryFault {
  const words = protocol === 'query' ? inQuery : inEc2
  const isOwn = error.namespace === 'service' && error.code !== 'InternalServerError'
  const wording = isOwn ? undefined : words[error.code]
  if (wording === undefined) return { code: error.code, status: error.status, message: error.message }
  const { code, status, message, opening = '' } = wording
  return { code, status, message: message ?? `${opening}${error.message}` }
}

/** No service answers this Action in this Version. */
export function unknownAction(action: string, version: string | undefined, protocol: 'query' | 'ec2-query'): Error {
  if (protocol === 'ec2-query') {
    return new ServiceError('InvalidAction', `The action ${action} is not valid for this web service.`)
  }
  return new ServiceError(
    'InvalidAction',
    `Could not find operation ${action} for version ${version ?? 'NO_VERSION_SPECIFIED'}`,
  )
}

/** AWS sends browsers elsewhere here; a client is better told what it left out. */
export function missingAction(): ServiceError {
  return new ServiceError('MissingAction', 'The request is missing an action or a required parameter.')
}

export function tooManyParameters(): ServiceError {
  return new ServiceError('MalformedInput', 'The request has more parameters than any operation takes.')
}
