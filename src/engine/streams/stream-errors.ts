/** What streams refuse, in DynamoDB's words. */
import { ServiceError, validationError } from '../../foundation/service-error.ts'
import type { Scope } from '../scope.ts'
import { tableArn } from '../tables/compiled-table.ts'
import type { StreamName } from './stored-stream.ts'

export function streamArn(scope: Scope, { table, label }: StreamName): string {
  return `${tableArn({ ...scope, name: table })}/stream/${label}`
}

export function streamNotFound(scope: Scope, name: StreamName): ServiceError {
  return notFound(`Stream: ${streamArn(scope, name)} not found`)
}

export function shardNotFound(): ServiceError {
  return notFound('Shard does not exist')
}

function notFound(what: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', `Requested resource not found: ${what}`)
}

export function dataTrimmed(): ServiceError {
  return new ServiceError('TrimmedDataAccessException', 'The data you are trying to access has been trimmed')
}

export function iteratorExpired(): ServiceError {
  return new ServiceError('ExpiredIteratorException', 'The provided iterator exceeds the maximum age allowed.')
}

export function invalidIterator(): ServiceError {
  return validationError('Invalid ShardIterator')
}

/** Not a number, or not one of the shard's. */
export function invalidSequenceNumber(): ServiceError {
  return validationError('Invalid SequenceNumber for the shard')
}
