/** AWS Query and EC2 Query: a form with Action and Version, or a query string, answered in XML. */
import type { QueryService, Service } from '../contract/service.ts'
import type { ServiceError } from '../foundation/service-error.ts'
import type { Call, RawRequest, Route } from '../pipeline/call.ts'
import { queryTarget } from '../pipeline/house.ts'
import type { Codec } from './codec.ts'
import { missingAction, queryFault, tooManyParameters, unknownAction } from './query-errors.ts'
import { inputOf } from './query-input.ts'
import { namesAction, parameterValue, parseParameters } from './query-parameters.ts'
import type { RawResponse } from './raw-response.ts'
import { escaped, xmlMembers } from './xml-output.ts'

const formType = 'application/x-www-form-urlencoded'
/** EC2's API version; it tells its requests from those of the other Query services when nothing else does. */
const ec2Version = '2016-11-15'
/** Namespace of errors while no service is known. */
const faultNamespace = 'http://webservices.amazon.com/AWSFault/2005-15-09'
/** Ours: the largest requests of these services are some policies. */
const formBytesMax = 2 ** 20

export function isQuery(raw: RawRequest, contentType: string): boolean {
  if (raw.headers['x-amz-target'] !== undefined) return false
  return contentType === formType || (raw.body.length === 0 && namesAction(raw.query))
}

/** Query services name their requests by UUIDs; so this one's is made of the id that the listener gave it. */
export function withUuid(raw: RawRequest): RawRequest {
  let hex = ''
  for (const character of raw.requestId.slice(0, 32)) hex += (parseInt(character, 32) & 15).toString(16)
  const variant = '89ab'[parseInt(hex.slice(16, 17), 16) & 3]
  const text = `${hex.slice(0, 12)}4${hex.slice(13, 16)}${variant}${hex.slice(17)}`
  const requestId = text.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  return { ...raw, requestId }
}

export const queryCodec: Codec = {
  bodyBytesMax: formBytesMax,

  decode(raw: RawRequest, body: Buffer, routes: ReadonlyMap<string, Route>): Call {
    const parameters = parseParameters(raw.query === '' ? [body.toString()] : [raw.query, body.toString()])
    if (parameters === undefined) throw tooManyParameters()
    const action = parameterValue(parameters, 'Action')
    const version = parameterValue(parameters, 'Version')
    if (action === undefined) throw missingAction()
    const route = routes.get(queryTarget(version ?? '', action))
    if (route === undefined || !('xmlNamespace' in route.service)) {
      throw unknownAction(action, version, version === ec2Version ? 'ec2-query' : 'query')
    }
    const { service, operation } = route
    const listPart = service.protocol === 'query' ? 'member' : undefined
    // The shape's conversion and its checks come later, inside the audit record; text to numbers must not throw before.
    return {
      raw,
      service,
      operation,
      get body() {
        return inputOf(operation.input, parameters, { listPart })
      },
    }
  },

  encodeOutput({ raw, service, operation }: Call, output: unknown): RawResponse {
    const { protocol, xmlNamespace } = service as QueryService
    const members = typeof output === 'object' && output !== null ? output : undefined
    if (protocol === 'ec2-query') {
      const inside = `<requestId>${raw.requestId}</requestId>${xmlMembers(members ?? {}, { listElement: 'item' })}`
      return xmlResponse(raw.requestId, 200, `${operation.name}Response`, xmlNamespace, inside)
    }
    const result =
      members === undefined
        ? ''
        : `<${operation.name}Result>${xmlMembers(members, { listElement: 'member' })}</${operation.name}Result>`
    const metadata = `<ResponseMetadata><RequestId>${raw.requestId}</RequestId></ResponseMetadata>`
    return xmlResponse(raw.requestId, 200, `${operation.name}Response`, xmlNamespace, `${result}${metadata}`)
  },

  encodeError({ requestId, query, body }: RawRequest, service: Service | undefined, error: ServiceError): RawResponse {
    const known = service !== undefined && 'xmlNamespace' in service ? service : undefined
    const protocol = known?.protocol ?? (isForEc2(query, body) ? 'ec2-query' : 'query')
    const { code, status, message } = queryFault(error, protocol)
    const fault = `<Code>${code}</Code><Message>${escaped(message)}</Message>`
    if (protocol === 'ec2-query') {
      const inside = `<Errors><Error>${fault}</Error></Errors><RequestID>${requestId}</RequestID>`
      return xmlResponse(requestId, status, 'Response', undefined, inside)
    }
    const type = status < 500 ? 'Sender' : 'Receiver'
    const inside = `<Error><Type>${type}</Type>${fault}</Error><RequestId>${requestId}</RequestId>`
    return xmlResponse(requestId, status, 'ErrorResponse', known?.xmlNamespace ?? faultNamespace, inside)
  },
}

function isForEc2(query: string, body: Buffer): boolean {
  return query.includes(`Version=${ec2Version}`) || body.includes(`Version=${ec2Version}`)
}

function xmlResponse(
  requestId: string,
  status: number,
  root: string,
  namespace: string | undefined,
  inside: string,
): RawResponse {
  const opening = namespace === undefined ? root : `${root} xmlns="${namespace}"`
  const body = Buffer.from(`<${opening}>${inside}</${root}>\n`)
  const headers = ['x-amzn-RequestId', requestId, 'Content-Type', 'text/xml', 'Content-Length', String(body.length)]
  return { status, headers, body }
}
