/** An answer as it goes to a socket. */
import { crc32 } from 'node:zlib'

export interface RawResponse {
  readonly status: number
  /** Names and values in turn. Date and Connection are the listener's. */
  readonly headers: string[]
  readonly body: Body
}

/** Bytes in one piece, or in several that follow each other: large items are sent from where they lie. */
export type Body = Uint8Array | readonly Uint8Array[]

/** In one piece, copied if need be. */
export function wholeBody(body: Body): Buffer {
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  return Buffer.concat(body)
}

/** With the headers that every answer of the API bears. The checksum is over the bytes as sent. */
export function apiResponse(
  requestId: string,
  status: number,
  contentType: string | undefined,
  body: Body,
): RawResponse {
  let checksum = 0
  let length = 0
  for (const part of body instanceof Uint8Array ? [body] : body) {
    checksum = crc32(part, checksum)
    length += part.length
  }
  const headers = ['Server', 'Server', 'x-amzn-RequestId', requestId, 'x-amz-crc32', String(checksum)]
  if (contentType !== undefined) headers.push('Content-Type', contentType)
  headers.push('Content-Length', String(length))
  return { status, headers, body }
}
