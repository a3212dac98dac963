/** Bytes in, bytes out: the one place where errors are caught. */
import type { Log } from '../foundation/log.ts'
import { ServiceError } from '../foundation/service-error.ts'
import type { Call, RawRequest } from '../pipeline/call.ts'
import { handleCall } from '../pipeline/handle-call.ts'
import type { House } from '../pipeline/house.ts'
import { routesThrough } from '../pipeline/private-routes.ts'
import { StoreUnavailable } from '../storage/trees.ts'
import { allowOrigin, preflightAnswer } from './cross-origin.ts'
import { isJson, jsonCodec, jsonContentType } from './json-codec.ts'
import { notFound, plainAnswer, tooLarge } from './plain-answers.ts'
import { isQuery, queryCodec, withUuid } from './query-codec.ts'
import type { RawResponse } from './raw-response.ts'
import { BodyTooLarge, isCompressed, unpackedBody } from './request-body.ts'

/** The server as it stands now. */
export interface Site {
  readonly region: string
  readonly log: Log
  readonly corsOrigins: readonly string[]
  /** Undefined until the store is open. */
  readonly house: House | undefined
  readonly draining: boolean
}

/** Never throws, never rejects. */
export function answer(raw: RawRequest, site: Site): Promise<RawResponse> {
  if (site.corsOrigins.length > 0) return answerAcrossOrigins(raw, site)
  return answerHere(raw, site)
}

async function answerAcrossOrigins(raw: RawRequest, site: Site): Promise<RawResponse> {
  const response = preflightAnswer(raw, site.corsOrigins) ?? (await answerHere(raw, site))
  allowOrigin(raw, site.corsOrigins, response)
  return response
}

function answerHere(raw: RawRequest, site: Site): Promise<RawResponse> {
  const ready = site.house !== undefined && !site.draining
  const plain = plainAnswer(raw, { region: site.region, ready })
  return plain === undefined ? answerCall(raw, site) : Promise.resolve(plain)
}

async function answerCall(given: RawRequest, site: Site): Promise<RawResponse> {
  const contentType = jsonContentType(given)
  const query = !isJson(contentType) && isQuery(given, contentType)
  if (given.body.length > 0 && !query && !isJson(contentType)) return notFound(given)
  const codec = query ? queryCodec : jsonCodec(contentType)
  const raw = query ? withUuid(given) : given
  const { house } = site
  let call: Call | undefined
  try {
    if (house === undefined) throw notOpen()
    const body = isCompressed(raw) ? await unpackedBody(raw) : raw.body
    if (body.length > codec.bodyBytesMax) throw new BodyTooLarge()
    call = codec.decode(raw, body, routesThrough(raw.connection.privateSource, house.routes))
    if (call === undefined) return notFound(raw)
    return codec.encodeOutput(call, await handleCall(call, house))
  } catch (error) {
    if (error instanceof ServiceError) return codec.encodeError(raw, call?.service, error)
    if (error instanceof BodyTooLarge) return tooLarge(raw.requestId)
    logFailure(site.log, raw, call, error)
    return codec.encodeError(raw, call?.service, internalFailure())
  }
}

function logFailure(log: Log, { requestId }: RawRequest, call: Call | undefined, error: unknown): void {
  const facts = { requestId, operation: call?.operation.name, error }
  if (error instanceof StoreUnavailable) log.error('the store cannot take or give data', facts)
  else log.error('a call ended by a defect or a damaged store', facts)
}

function internalFailure(): ServiceError {
  return new ServiceError('InternalServerError', 'Internal server error', { status: 500 })
}

/** SDKs try again after this. */
function notOpen(): ServiceError {
  return new ServiceError('ServiceUnavailable', 'The service is starting', { status: 503, namespace: 'coral' })
}
