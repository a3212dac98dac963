/**
 * Signature Version 4, checked in the order and refused in the words of AWS's JSON services. Nothing is believed before
 * the signature stands: who calls is what `authenticate` makes of the key id afterwards.
 */
import { hash, timingSafeEqual } from 'node:crypto'
import { BoundedCache } from '../foundation/bounded-cache.ts'
import { incompleteSignature, invalidSignature, signatureMismatch } from './authentication-errors.ts'
import type { RawRequest } from './call.ts'
import { type HmacKey, hmacHex } from './hmac-sha256.ts'
import { canonicalQuery } from './query-string.ts'
import type { SignatureClaim } from './signature-claim.ts'

/** What a credential must be scoped to. */
export interface Scope {
  readonly region: string
  /** The service's signing name. */
  readonly service: string
}

const algorithm = 'AWS4-HMAC-SHA256'
const terminator = 'aws4_request'
const minuteMs = 60_000
/** AWS's window for DynamoDB, to both sides. */
const skewMinutes = 15
/** AWS's bound for presigned requests: a week. */
const expiresSecondsMax = 604_800

/** Every check that needs no secret; answers the access key id. Throws AWS's error for the first that fails. */
export function checkClaim(claim: SignatureClaim, raw: RawRequest, scope: Scope, nowMs: number): string {
  checkDate(claim, nowMs)
  checkSignedHeaders(claim, raw)
  if (claim.algorithm !== algorithm) {
    throw incompleteSignature(`Unsupported AWS 'algorithm': '${claim.algorithm}' (only ${algorithm} for now). `)
  }
  return checkCredential(claim, scope)
}

function checkDate({ date, expires }: SignatureClaim, nowMs: number): void {
  const signedAtMs = parseBasicDate(date)
  if (signedAtMs === undefined) {
    throw incompleteSignature(
      `Date must be in ISO-8601 'basic format'. Got '${date}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    )
  }
  const minutes = expires === undefined ? skewMinutes : expiresSeconds(expires) / 60
  const oldestMs = nowMs - minutes * minuteMs
  if (signedAtMs < Math.floor(oldestMs / 1000) * 1000) {
    throw invalidSignature(
      `Signature expired: ${date} is now earlier than ${basicDate(oldestMs)} (${basicDate(nowMs)} - ${minutes} min.)`,
    )
  }
  const newestMs = nowMs + skewMinutes * minuteMs
  if (signedAtMs > newestMs) {
    throw invalidSignature(
      `Signature not yet current: ${date} is still later than ${basicDate(newestMs)} (${basicDate(nowMs)} + ${skewMinutes} min.)`,
    )
  }
}

function expiresSeconds(expires: string): number {
  const seconds = /^\d{1,6}$/.test(expires) ? Number(expires) : Number.NaN
  if (seconds >= 1 && seconds <= expiresSecondsMax) return seconds
  throw incompleteSignature(`X-Amz-Expires must be a number of seconds from 1 to ${expiresSecondsMax}`)
}

/** The requests of one second bear one date. */
const dates = new BoundedCache<string, number>(500)

/** `20260131T235959Z` in milliseconds; undefined for anything else. */
function parseBasicDate(date: string): number | undefined {
  const known = dates.get(date)
  if (known !== undefined) return known
  if (!/^\d{8}T\d{6}Z$/.test(date)) return undefined
  const iso = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 11)}:${date.slice(11, 13)}:${date.slice(13)}`
  const atMs = Date.parse(iso)
  if (Number.isNaN(atMs)) return undefined
  dates.set(date, atMs)
  return atMs
}

function basicDate(atMs: number): string {
  return `${new Date(atMs).toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`
}

/** Clients name the same few headers in every request. */
const signedHeaderLists = new BoundedCache<string, readonly string[]>(500)

function signedHeaderList(signedHeaders: string): readonly string[] {
  const known = signedHeaderLists.get(signedHeaders)
  if (known !== undefined) return known
  const names = signedHeaders.toLowerCase().split(';')
  signedHeaderLists.set(signedHeaders, names)
  return names
}

function checkSignedHeaders({ signedHeaders }: SignatureClaim, raw: RawRequest): void {
  const names = signedHeaderList(signedHeaders)
  if (!names.includes('host')) throw invalidSignature("'Host' must be a 'SignedHeader' in the AWS Authorization.")
  // What the request does must be signed too, or whoever listens on plain HTTP, or was handed a presigned request, could
  // turn a read into a deletion.
  if (raw.headers['x-amz-target'] !== undefined && !names.includes('x-amz-target')) {
    throw invalidSignature("'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.")
  }
}

function checkCredential({ credential, date }: SignatureClaim, scope: Scope): string {
  const day = date.slice(0, 8)
  const end = `/${day}/${scope.region}/${scope.service}/${terminator}`
  if (credential.endsWith(end)) {
    const accessKeyId = credential.slice(0, -end.length)
    if (!accessKeyId.includes('/')) return accessKeyId
  }
  throw wrongCredential(credential, date, scope)
}

function wrongCredential(credential: string, date: string, scope: Scope): Error {
  const parts = credential.split('/')
  const [, day, region, service, end] = parts
  if (parts.length !== 5) {
    return incompleteSignature(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`,
    )
  }
  let message = ''
  if (region !== scope.region) message += `Credential should be scoped to a valid region, not '${region}'. `
  if (service !== scope.service) message += `Credential should be scoped to correct service: '${scope.service}'. `
  if (end !== terminator) {
    message += `Credential should be scoped with a valid terminator: '${terminator}', not '${end}'. `
  }
  if (day !== date.slice(0, 8)) {
    message += `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${day}' != '${date.slice(0, 8)}', from '${date}'.`
  }
  return invalidSignature(message)
}

/** Throws AWS's InvalidSignatureException unless the signature is the one that `key` makes over this request. */
export function checkSignature(claim: SignatureClaim, raw: RawRequest, key: HmacKey): void {
  const scope = claim.credential.slice(claim.credential.indexOf('/') + 1)
  // Node hands headers over byte by character; so the bytes that were signed come back.
  const canonicalHash = hash('sha256', Buffer.from(canonicalRequest(claim, raw), 'latin1'))
  const toSign = `${algorithm}\n${claim.date}\n${scope}\n${canonicalHash}`
  // Latin-1 keeps a byte to each character, so that unequal texts are unequal bytes.
  const expected = Buffer.from(hmacHex(key, toSign), 'latin1')
  const given = Buffer.from(claim.signature, 'latin1')
  if (given.length !== expected.length || !timingSafeEqual(expected, given)) throw signatureMismatch()
}

function canonicalRequest({ query, signedHeaders }: SignatureClaim, raw: RawRequest): string {
  let headers = ''
  for (const name of signedHeaderList(signedHeaders)) headers += `${name}:${canonicalValue(raw.rawHeaders, name)}\n`
  const queryText = query.length === 0 ? '' : canonicalQuery(query)
  return `${raw.method}\n${canonicalPath(raw.path)}\n${queryText}\n${headers}\n${signedHeaders}\n${hash('sha256', raw.body)}`
}

/** Encoded once more than on the wire, as every service but S3 has it. */
function canonicalPath(path: string): string {
  if (path === '/') return path
  return path
    .split('/')
    .map((segment) => encodeURIComponent(segment))
    .join('/')
}

/** Repeated headers are joined by commas; blanks are trimmed, and runs of them are one. */
function canonicalValue(rawHeaders: readonly string[], name: string): string {
  let joined: string | undefined
  for (let position = 0; position < rawHeaders.length; position += 2) {
    const header = rawHeaders[position] ?? ''
    if (header.length !== name.length || header.toLowerCase() !== name) continue
    const value = collapsed(rawHeaders[position + 1] ?? '')
    joined = joined === undefined ? value : `${joined},${value}`
  }
  return joined ?? ''
}

function collapsed(value: string): string {
  const trimmed = value.trim()
  return trimmed.includes('  ') ? trimmed.replace(/ {2,}/g, ' ') : trimmed
}
