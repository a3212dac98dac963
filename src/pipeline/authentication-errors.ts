/** Why a caller was not recognised, in the words of AWS's JSON services (recorded answers). */
import { ServiceError } from '../foundation/service-error.ts'

export function missingToken(): ServiceError {
  return refusal('MissingAuthenticationTokenException', 'Request is missing Authentication Token')
}

export function incompleteSignature(message: string): ServiceError {
  return refusal('IncompleteSignatureException', message)
}

export function invalidSignature(message: string): ServiceError {
  return refusal('InvalidSignatureException', message)
}

export function signatureMismatch(): ServiceError {
  return invalidSignature(
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  )
}

export function unknownAccessKey(): ServiceError {
  return refusal('UnrecognizedClientException', 'The security token included in the request is invalid.')
}

/** Without the full stop that an unknown key's message has; the service is like that. */
export function invalidSessionToken(): ServiceError {
  return refusal('UnrecognizedClientException', 'The security token included in the request is invalid')
}

export function expiredSession(): ServiceError {
  return refusal('ExpiredTokenException', 'The security token included in the request is expired')
}

/** AWS has no such case; the code is the one that SDKs do not try again. */
export function otherCertificate(caller: string, certified: string): ServiceError {
  return new ServiceError(
    'AccessDeniedException',
    `User: ${caller} is not authorized to use this connection: its client certificate is that of ${certified}`,
    { namespace: 'coral', messageMember: 'Message' },
  )
}

function refusal(code: string, message: string): ServiceError {
  return new ServiceError(code, message, { namespace: 'coral' })
}
