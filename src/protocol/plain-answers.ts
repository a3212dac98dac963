/** Answers that are no API calls: is it alive, is it ready, and what is asked for in a way that nothing answers. */
import type { RawRequest } from '../pipeline/call.ts'
import { namesAction } from './query-parameters.ts'
import { apiResponse, type RawResponse } from './raw-response.ts'

export interface Readiness {
  readonly region: string
  /** Open and not draining. */
  readonly ready: boolean
}

/** Undefined for a request to the API. */
export function plainAnswer(raw: RawRequest, site: Readiness): RawResponse | undefined {
  if (raw.method === 'POST' && raw.path === '/') return undefined
  if (raw.method === 'GET' && raw.path === '/' && namesAction(raw.query)) return undefined
  if (raw.method === 'GET' || raw.method === 'HEAD') {
    switch (raw.path) {
      case '/':
        return textAnswer(raw, 200, `healthy: dynamodb.${site.region}.amazonaws.com `)
      case '/health':
        return textAnswer(raw, 200, 'ok\n')
      case '/ready':
        return site.ready ? textAnswer(raw, 200, 'ready\n') : textAnswer(raw, 503, 'not ready\n')
    }
  }
  return notFound(raw)
}

/** What the service says to a method, path or content type that it does not know. */
export function notFound(raw: RawRequest): RawResponse {
  return apiResponse(raw.requestId, 404, undefined, Buffer.from('<UnknownOperationException/>\n'))
}

/** The body is larger than a request may be. */
export function tooLarge(requestId: string): RawResponse {
  return apiResponse(requestId, 413, undefined, Buffer.alloc(0))
}

/** Too much is under way; SDKs try again. */
export function noRoom(requestId: string): RawResponse {
  const body = '{"__type":"com.amazon.coral.service#ServiceUnavailable","message":"Too many requests are under way"}'
  return apiResponse(requestId, 503, 'application/x-amz-json-1.0', Buffer.from(body))
}

function textAnswer(raw: RawRequest, status: number, text: string): RawResponse {
  return apiResponse(raw.requestId, status, 'text/plain', Buffer.from(text))
}
