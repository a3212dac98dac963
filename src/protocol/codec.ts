/** What one protocol does with bytes: `answer.ts` chooses a codec by the request and needs to know no more of it. */
import type { Service } from '../contract/service.ts'
import type { ServiceError } from '../foundation/service-error.ts'
import type { Call, RawRequest, Route } from '../pipeline/call.ts'
import type { RawResponse } from './raw-response.ts'

export interface Codec {
  /** A plain body may be no larger; BodyTooLarge otherwise. */
  readonly bodyBytesMax: number
  /** The call that the request asks for; undefined: it is not asked in this service's protocol. Throws ServiceError. */
  decode(raw: RawRequest, body: Buffer, routes: ReadonlyMap<string, Route>): Call | undefined
  encodeOutput(call: Call, output: unknown): RawResponse
  /** `service` is undefined while none is known. */
  encodeError(raw: RawRequest, service: Service | undefined, error: ServiceError): RawResponse
}
