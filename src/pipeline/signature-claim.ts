/** What a request says about who signed it and how: read from its Authorization header or from its query string. */
import { BoundedCache } from '../foundation/bounded-cache.ts'
import { incompleteSignature, invalidSignature, missingToken } from './authentication-errors.ts'
import type { RawRequest } from './call.ts'
import { parseQuery, type QueryParameter } from './query-string.ts'

/** As claimed; nothing here has been verified. */
export interface SignatureClaim {
  readonly algorithm: string
  /** `keyid/yyyymmdd/region/service/aws4_request`; slashes at its end do not count. */
  readonly credential: string
  /** Names with `;` between them. */
  readonly signedHeaders: string
  /** Hexadecimal. */
  readonly signature: string
  /** Basic ISO 8601: `20260131T235959Z`. */
  readonly date: string
  readonly sessionToken: string | undefined
  /** What the canonical query is made of: everything but the signature itself. */
  readonly query: readonly QueryParameter[]
  /** X-Amz-Expires of a presigned request, as text. */
  readonly expires: string | undefined
}

const noParameters: readonly QueryParameter[] = []

/** MissingAuthenticationToken, InvalidSignature or IncompleteSignature when the claim is not whole. */
export function readClaim(raw: RawRequest): SignatureClaim {
  const { authorization } = raw.headers
  const query = raw.query === '' ? noParameters : parseQuery(raw.query)
  const presigned = query.length > 0 && query.some(({ name }) => name === 'X-Amz-Algorithm')
  if (authorization !== undefined && authorization !== '') {
    if (presigned) {
      throw invalidSignature("Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.")
    }
    return claimOfHeader(raw, authorization.trim(), query)
  }
  if (presigned) return claimOfQuery(raw, query)
  throw missingToken()
}

function claimOfHeader(raw: RawRequest, header: string, query: readonly QueryParameter[]): SignatureClaim {
  if (!header.startsWith('AWS4-')) throw missingToken()
  const date = headerText(raw, 'x-amz-date') || (raw.headers.date ?? '')
  const parameters = headerParameters(header)
  const { algorithm, Credential, SignedHeaders, Signature } = parameters
  if (Credential === '' || Signature === '' || SignedHeaders === '' || date === '') {
    throw incompleteHeader(header, parameters, date)
  }
  return {
    algorithm,
    credential: withoutSlashes(Credential),
    signedHeaders: SignedHeaders,
    signature: Signature,
    date,
    sessionToken: headerText(raw, 'x-amz-security-token') || undefined,
    query,
    expires: undefined,
  }
}

interface HeaderParameters {
  readonly algorithm: string
  Credential: string
  SignedHeaders: string
  Signature: string
}

const signatureMark = 'Signature='

/** A client's headers of one day are alike up to the signature, which SDKs put last. */
const headerBeginnings = new BoundedCache<string, HeaderParameters>(500)

function headerParameters(header: string): HeaderParameters {
  const mark = header.lastIndexOf(signatureMark)
  const signature = header.slice(mark + signatureMark.length)
  if (mark === -1 || !/^[0-9a-f]+$/.test(signature)) return readParameters(header)
  const beginning = header.slice(0, mark)
  let known = headerBeginnings.get(beginning)
  if (known === undefined) {
    known = readParameters(beginning)
    headerBeginnings.set(beginning, known)
  }
  return { ...known, Signature: signature }
}

/** `Name=value` pairs with commas or blanks between them, in any order. */
function readParameters(header: string): HeaderParameters {
  const blank = header.indexOf(' ')
  const parameters = { algorithm: header.slice(0, blank), Credential: '', SignedHeaders: '', Signature: '' }
  if (blank === -1) return parameters
  for (const part of header.slice(blank + 1).split(/[, ]+/)) {
    const equals = part.indexOf('=')
    const name = part.slice(0, equals)
    if (name === 'Credential' || name === 'SignedHeaders' || name === 'Signature') {
      parameters[name] = part.slice(equals + 1)
    }
  }
  return parameters
}

function incompleteHeader(
  header: string,
  parameters: { readonly Credential: string; readonly SignedHeaders: string; readonly Signature: string },
  date: string,
) {
  const missing = (['Credential', 'Signature', 'SignedHeaders'] as const)
    .filter((name) => parameters[name] === '')
    .map((name) => `Authorization header requires '${name}' parameter. `)
  if (date === '') {
    missing.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ")
  }
  return incompleteSignature(`${missing.join('')}Authorization=${header}`)
}

const queryParameters = [
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Signature',
  'X-Amz-SignedHeaders',
  'X-Amz-Date',
] as const

function claimOfQuery(raw: RawRequest, query: readonly QueryParameter[]): SignatureClaim {
  const textOf = (name: string) => query.find((parameter) => parameter.name === name)?.value ?? ''
  const missing = queryParameters
    .filter((name) => textOf(name) === '')
    .map((name) => `AWS query-string parameters must include '${name}'. `)
  if (missing.length > 0) throw incompleteSignature(`${missing.join('')}Re-examine the query-string parameters.`)
  return {
    algorithm: textOf('X-Amz-Algorithm'),
    credential: withoutSlashes(textOf('X-Amz-Credential')),
    signedHeaders: textOf('X-Amz-SignedHeaders'),
    signature: textOf('X-Amz-Signature'),
    date: textOf('X-Amz-Date'),
    sessionToken: textOf('X-Amz-Security-Token') || headerText(raw, 'x-amz-security-token') || undefined,
    query: query.filter(({ name }) => name !== 'X-Amz-Signature'),
    expires: query.find(({ name }) => name === 'X-Amz-Expires')?.value,
  }
}

function headerText(raw: RawRequest, name: string): string {
  const value = raw.headers[name]
  return typeof value === 'string' ? value : ''
}

function withoutSlashes(credential: string): string {
  return credential.endsWith('/') ? credential.replace(/\/+$/, '') : credential
}
