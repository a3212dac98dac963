/**
 * Tokens of identity providers (OpenID Connect): is it what it says, was it made for us, is it in force? Nothing in a
 * token is believed before its signature stands.
 */
import type { JWTPayload, JWTVerifyGetKey } from 'jose'
import type { Directory } from '../../contract/ports.ts'
import type { Clock } from '../../foundation/clock.ts'
import { expiredToken, invalidIdentityToken, refusedValue } from './errors.ts'
import type { KeySets } from './key-sets.ts'

export interface WebIdentity {
  /** What trust policies call the provider: its ARN in IAM, or `www.amazon.com`. */
  readonly provider: string
  readonly subject: string
  readonly audience: string
  /** By condition key: `<issuer>:sub`, `www.amazon.com:user_id` … */
  readonly claims: Readonly<Record<string, string | readonly string[]>>
}

export interface WebIdentityRooms {
  readonly directory: Directory
  readonly keySets: KeySets
  readonly clock: Clock
}

/** Those that AWS takes: never `none`, and never a secret that both sides share. */
const algorithms = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512']
/** Ours: how far the issuer's clock may be ahead or behind. */
const clockToleranceSeconds = 60

const notValidated =
  'The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.'
const noKey =
  "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements"

export class WebIdentities {
  readonly #rooms: WebIdentityRooms

  constructor(rooms: WebIdentityRooms) {
    this.#rooms = rooms
  }

  /** InvalidIdentityToken, ExpiredTokenException or ValidationError for what is not to be believed. */
  async verify(token: string, providerId: string | undefined): Promise<WebIdentity> {
    const issuer = await issuerOf(token)
    const { provider, clientIds } = this.#providerOf(issuer, providerId)
    const payload = await this.#verified(token, issuer)
    // The library passes on whatever the issuer signed; policies compare texts.
    const subject = textOf(payload.sub)
    const audiences = listOf(payload.aud)
    const party = textOf(payload['azp'])
    if (subject === undefined || subject === '' || !hasWholeTimes(payload, this.#nowSeconds())) {
      throw invalidIdentityToken(notValidated)
    }
    // A token for several is for the party that it was made out to.
    const audience = party ?? (audiences.length === 1 ? audiences[0] : audiences.find((one) => clientIds.includes(one)))
    if (audience === undefined || !clientIds.includes(audience)) throw invalidIdentityToken('Incorrect token audience')
    const claims =
      providerId === undefined
        ? claimsOf(withoutScheme(issuer), payload, subject, audience)
        : { [`${providerId}:user_id`]: textOf(payload['user_id']) ?? subject, [`${providerId}:app_id`]: audience }
    const shown = providerId === undefined ? subject : (textOf(payload['user_id']) ?? subject)
    return { provider, subject: shown, audience, claims }
  }

  #nowSeconds(): number {
    return this.#rooms.clock.nowMs() / 1000
  }

  #providerOf(issuer: string, providerId: string | undefined) {
    const { directory, keySets } = this.#rooms
    if (providerId !== undefined) {
      const stand = keySets.issuer(issuer)
      if (stand?.standsFor !== providerId) throw refusedValue(`No identity provider here stands for ${providerId}.`)
      return { provider: providerId, clientIds: stand.clientIds ?? [] }
    }
    const found = issuer.startsWith('https://') ? directory.provider(withoutScheme(issuer)) : undefined
    if (found === undefined) throw invalidIdentityToken(`No OpenIDConnect provider found in your account for ${issuer}`)
    return { provider: found.arn, clientIds: found.clientIds }
  }

  async #verified(token: string, issuer: string): Promise<JWTPayload> {
    const { keySets } = this.#rooms
    const { errors } = await import('jose')
    try {
      return await this.#check(token, issuer, await keysFrom(keySets.keysOf(issuer)))
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
    }
    // The issuer may have changed its keys since we looked.
    const fresh = keySets.freshKeysOf(issuer)
    if (fresh === undefined) throw invalidIdentityToken(noKey)
    try {
      return await this.#check(token, issuer, await keysFrom(fresh))
    } catch (error) {
      throw error instanceof errors.JWKSNoMatchingKey ? invalidIdentityToken(noKey) : error
    }
  }

  async #check(token: string, issuer: string, keys: JWTVerifyGetKey): Promise<JWTPayload> {
    // Loaded only where tokens of providers come in: it takes a good part of the time to start.
    const { errors, jwtVerify } = await import('jose')
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms,
        issuer,
        requiredClaims: ['sub', 'aud', 'exp', 'iat'],
        clockTolerance: clockToleranceSeconds,
        currentDate: new Date(this.#rooms.clock.nowMs()),
      })
      return payload
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) throw error
      if (error instanceof errors.JWTExpired) {
        throw expiredToken(
          `Token expired: current date/time ${Math.floor(this.#nowSeconds())} must be before the expiration date/time ${error.payload.exp}`,
        )
      }
      throw invalidIdentityToken(notValidated)
    }
  }
}

async function keysFrom(keys: Promise<JWTVerifyGetKey>): Promise<JWTVerifyGetKey> {
  try {
    return await keys
  } catch {
    throw invalidIdentityToken(noKey)
  }
}

/** As claimed: it only says whose keys to ask. */
async function issuerOf(token: string): Promise<string> {
  const { decodeJwt } = await import('jose')
  try {
    const { iss } = decodeJwt(token)
    if (typeof iss === 'string' && iss !== '' && token.split('.').length === 3) return iss
  } catch {
    // Not a JWT at all.
  }
  throw invalidIdentityToken(
    'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
  )
}

function hasWholeTimes({ exp, iat }: JWTPayload, nowSeconds: number): boolean {
  return Number.isSafeInteger(exp) && Number.isSafeInteger(iat) && (iat as number) <= nowSeconds + clockToleranceSeconds
}

function claimsOf(name: string, payload: JWTPayload, subject: string, audience: string) {
  const methods = listOf(payload['amr'])
  const party = textOf(payload['azp'])
  return {
    [`${name}:sub`]: subject,
    [`${name}:aud`]: audience,
    ...(party !== undefined && { [`${name}:azp`]: party, [`${name}:oaud`]: listOf(payload.aud) }),
    ...(methods.length > 0 && { [`${name}:amr`]: methods }),
  }
}

function withoutScheme(issuer: string): string {
  return issuer.replace(/^https:\/\//, '').replace(/\/$/, '')
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function listOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string')
}
