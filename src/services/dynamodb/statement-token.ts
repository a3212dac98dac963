/**
 * NextToken of ExecuteStatement: where the next page begins, bound to the statement, its parameters and its table. It
 * holds no more than LastEvaluatedKey tells the caller anyway, so it is checked, not sealed.
 */
import { hash } from 'node:crypto'
import type { Item } from '../../engine/items/attribute-value.ts'
import { validationError } from '../../foundation/service-error.ts'

export interface PagePosition {
  /** Which of the statement's reads goes on. */
  readonly read: number
  /** After which key; absent: from its beginning. */
  readonly after?: Item
}

const digestBytes = 16

/** What a token is bound to. */
export function tokenDigest(...parts: readonly unknown[]): Buffer {
  return hash('sha256', JSON.stringify(parts), 'buffer').subarray(0, digestBytes)
}

export function nextToken(position: PagePosition, digest: Buffer): string {
  const content = Buffer.concat([digest, Buffer.from(JSON.stringify(position))])
  return Buffer.concat([checksum(content), content]).toString('base64')
}

/** ValidationException for what is no token, or that of another request. */
export function pagePosition(token: string, digest: Buffer): PagePosition {
  const bytes = Buffer.from(token, 'base64')
  const content = bytes.subarray(digestBytes)
  if (content.length <= digestBytes || !checksum(content).equals(bytes.subarray(0, digestBytes))) {
    throw validationError('Invalid NextToken')
  }
  if (!content.subarray(0, digestBytes).equals(digest)) throw validationError('NextToken does not match request')
  return JSON.parse(content.toString('utf8', digestBytes)) as PagePosition
}

function checksum(content: Buffer): Buffer {
  return hash('sha256', content, 'buffer').subarray(0, digestBytes)
}
