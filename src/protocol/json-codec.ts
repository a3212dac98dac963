/** AWS JSON 1.0 and 1.1: a call in X-Amz-Target and a JSON body, an answer or an error as a JSON object. */
import { isUtf8 } from 'node:buffer'
import type { JsonService, Service } from '../contract/service.ts'
import { type ErrorNamespace, ServiceError } from '../foundation/service-error.ts'
import type { Call, RawRequest, Route } from '../pipeline/call.ts'
import type { Codec } from './codec.ts'
import { encodeJson } from './json-output.ts'
import { apiResponse, type RawResponse } from './raw-response.ts'
import { requestBytesMax } from './request-body.ts'

const contentTypeOf = { 'json-1.0': 'application/x-amz-json-1.0', 'json-1.1': 'application/x-amz-json-1.1' } as const
/** AWS answers in it when asked in it. */
const plainJson = 'application/json'
const contentTypes: ReadonlySet<string> = new Set([...Object.values(contentTypeOf), plainJson])

const namespacePrefix: Readonly<Record<Exclude<ErrorNamespace, 'service'>, string>> = {
  validate: 'com.amazon.coral.validate',
  coral: 'com.amazon.coral.service',
}

/** The Content-Type header without parameters; empty when there is none. */
export function jsonContentType(raw: RawRequest): string {
  const header = raw.headers['content-type']
  if (header === undefined) return ''
  if (contentTypes.has(header)) return header
  const semicolon = header.indexOf(';')
  return (semicolon === -1 ? header : header.slice(0, semicolon)).trim().toLowerCase()
}

export function isJson(contentType: string): boolean {
  return contentTypes.has(contentType)
}

const codecs = new Map<string, Codec>()

/** Answers go out in the content type of their request. */
export function jsonCodec(contentType: string): Codec {
  const known = codecs.get(contentType)
  if (known !== undefined) return known
  const codec: Codec = {
    bodyBytesMax: requestBytesMax,
    decode(raw, body, routes) {
      const call = decodeCall(raw, body, routes)
      return raw.body.length > 0 && !speaks(call.service, contentType) ? undefined : call
    },
    encodeOutput: ({ raw }, output) => apiResponse(raw.requestId, 200, answerType(contentType), encodeJson(output)),
    encodeError: (raw, service, error) => encodeError(raw.requestId, contentType, service, error),
  }
  // The content types of JSON are few; what else a bodyless request bears is not kept.
  if (isJson(contentType)) codecs.set(contentType, codec)
  return codec
}

/** A service on JSON 1.1 is not spoken to in 1.0, nor the other way round. */
function speaks(service: JsonService, contentType: string): boolean {
  return contentType === plainJson || contentType === contentTypeOf[service.protocol]
}

/**
 * The call that the body asks for. Throws SerializationException for a body that is not JSON, and after that
 * UnknownOperationException for a target that nothing answers: AWS looks in this order.
 */
function decodeCall(
  raw: RawRequest,
  body: Buffer,
  routes: ReadonlyMap<string, Route>,
): Call & { readonly service: JsonService } {
  const parsed = body.length === 0 ? undefined : parseJson(body)
  const target = raw.headers['x-amz-target']
  const route = typeof target === 'string' ? routes.get(target) : undefined
  if (route === undefined || !('targetPrefix' in route.service)) throw coralError('UnknownOperationException')
  return { raw, service: route.service, operation: route.operation, body: parsed }
}

function parseJson(body: Buffer): unknown {
  if (!isUtf8(body)) throw coralError('SerializationException')
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    // What the parser says is nobody's business: AWS gives no message either.
    throw coralError('SerializationException')
  }
}

function coralError(code: string): ServiceError {
  return new ServiceError(code, '', { namespace: 'coral' })
}

/** `service`: whose error namespace applies to errors of the service's own model; undefined while none is known. */
function encodeError(
  requestId: string,
  contentType: string,
  service: Service | undefined,
  error: ServiceError,
): RawResponse {
  const json = service !== undefined && 'targetPrefix' in service ? service : undefined
  const prefix =
    error.namespace === 'service' ? (json?.errorNamespace ?? namespacePrefix.coral) : namespacePrefix[error.namespace]
  const messageMember = (error.namespace === 'coral' ? undefined : json?.messageMember) ?? error.messageMember
  const body = {
    __type: json?.errorNamespace === '' ? error.code : `${prefix}#${error.code}`,
    [messageMember]: error.message === '' ? undefined : error.message,
    ...error.members,
  }
  return apiResponse(requestId, error.status, answerType(contentType), encodeJson(body))
}

function answerType(contentType: string): string {
  return isJson(contentType) ? contentType : contentTypeOf['json-1.0']
}
