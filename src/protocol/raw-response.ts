/** An answer as it goes to a socket. */
import { crc32 } from 'node:zlib'

export interface RawResponse {
  readonly status: number
  /** Names and values in turn. Date and Connection are the listener's. */
  readonly headers: string[]
  readonly body: Buffer
}

/** With the headers that every answer of the API bears. The checksum is over the bytes as sent. */
export function apiResponse(
  requestId: string,
  status: number,
  contentType: string | undefined,
  body: Buffer,
): RawResponse {
  const headers = ['Server', 'Server', 'x-amzn-RequestId', requestId, 'x-amz-crc32', String(crc32(body))]
  if (contentType !== undefined) headers.push('Content-Type', contentType)
  headers.push('Content-Length', String(body.length))
  return { status, headers, body }
}
