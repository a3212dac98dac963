/** Cross-origin requests of browsers: refused by saying nothing, unless the settings name the origin. */
import type { RawRequest } from '../pipeline/call.ts'
import { apiResponse, type RawResponse } from './raw-response.ts'

/** As the service does: two days. */
const preflightSecondsMax = 172_800
const exposedHeaders = 'x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,x-amz-crc32,Date'

/** The answer to a preflight request from an allowed origin; undefined for every other request. */
export function preflightAnswer(raw: RawRequest, origins: readonly string[]): RawResponse | undefined {
  if (raw.method !== 'OPTIONS' || !isAllowed(raw, origins)) return undefined
  const response = apiResponse(raw.requestId, 200, undefined, Buffer.alloc(0))
  const asked = raw.headers['access-control-request-headers']
  response.headers.push('Access-Control-Allow-Methods', 'POST', 'Access-Control-Max-Age', String(preflightSecondsMax))
  if (asked !== undefined) response.headers.push('Access-Control-Allow-Headers', asked)
  return response
}

/** Adds the headers that let a browser hand the answer to the page that asked. */
export function allowOrigin(raw: RawRequest, origins: readonly string[], response: RawResponse): void {
  if (origins.length === 0 || !isAllowed(raw, origins)) return
  const { origin } = raw.headers
  const allowed = origins.includes('*') ? '*' : (origin ?? '')
  response.headers.push('Access-Control-Allow-Origin', allowed, 'Access-Control-Expose-Headers', exposedHeaders)
  if (allowed !== '*') response.headers.push('Vary', 'Origin')
}

function isAllowed({ headers: { origin } }: RawRequest, origins: readonly string[]): boolean {
  return origin !== undefined && (origins.includes('*') || origins.includes(origin))
}
