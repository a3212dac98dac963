/** The body that the caller meant: as it came, or unpacked when it came compressed. */
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { ServiceError } from '../foundation/service-error.ts'
import type { RawRequest } from '../pipeline/call.ts'

/** AWS's bound on a request; it holds for what a compressed body unpacks to as well. */
export const requestBytesMax = 16 * 2 ** 20

export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge'
}

export function isCompressed(raw: RawRequest): boolean {
  const encoding = raw.headers['content-encoding']
  return encoding !== undefined && encoding.toLowerCase() === 'gzip' && raw.body.length > 0
}

/** BodyTooLarge, without having unpacked it all, for what would be too large; SerializationException for bad bytes. */
export async function unpackedBody(raw: RawRequest): Promise<Buffer> {
  try {
    return await promisify(gunzip)(raw.body, { maxOutputLength: requestBytesMax })
  } catch (error) {
    if (error instanceof RangeError) throw new BodyTooLarge()
    throw new ServiceError('SerializationException', '', { namespace: 'coral' })
  }
}
