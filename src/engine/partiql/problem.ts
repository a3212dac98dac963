/** What is wrong with a statement, in DynamoDB's words. */
import { type ServiceError, validationError } from '../../foundation/service-error.ts'

/** Where a token stands in its statement: lines and columns count characters from 1. */
export interface Place {
  readonly line: number
  readonly column: number
  readonly length: number
}

/** The parser could not read the statement; without a detail, it could not even read its words. */
export function malformed(detail = ''): ServiceError {
  return validationError(`Statement wasn't well formed, can't be processed: ${detail}`)
}

/** The statement can be read, but not done; most such messages end with the place of what they are about. */
export function refusedAt(message: string, at: Place): ServiceError {
  return validationError(`${message} at ${at.line}:${at.column}:${at.length}`)
}
