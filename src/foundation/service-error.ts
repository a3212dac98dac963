/**
 * A refusal that a caller sees: the public error of an AWS service, as a value. The codec of the protocol that the call
 * came by turns it into bytes; nothing else decides by its text.
 */

/** Which prefix DynamoDB's JSON puts before `#Code`; see docs/architecture.md, "Errors". */
export type ErrorNamespace = 'service' | 'validate' | 'coral'

export interface ServiceErrorOptions {
  /** HTTP status; 400 unless told. */
  readonly status?: number
  /** `service`: the service's own model; `validate`: coral.validate; `coral`: coral.service. */
  readonly namespace?: ErrorNamespace
  /** The member that carries the text: AWS spells it `Message` on some errors. */
  readonly messageMember?: 'message' | 'Message'
  /** Further members of the error body, such as `Item` or `CancellationReasons`. */
  readonly members?: Readonly<Record<string, unknown>>
}

export class ServiceError extends Error {
  readonly code: string
  readonly status: number
  readonly namespace: ErrorNamespace
  readonly messageMember: 'message' | 'Message'
  readonly members: Readonly<Record<string, unknown>>

  constructor(code: string, message: string, options: ServiceErrorOptions = {}) {
    super(message)
    this.name = code
    this.code = code
    this.status = options.status ?? 400
    this.namespace = options.namespace ?? 'service'
    this.messageMember = options.messageMember ?? 'message'
    this.members = options.members ?? {}
  }
}

export function validationError(message: string): ServiceError {
  return new ServiceError('ValidationException', message, { namespace: 'validate' })
}

export function serializationError(message: string): ServiceError {
  return new ServiceError('SerializationException', message, { namespace: 'coral', messageMember: 'Message' })
}
