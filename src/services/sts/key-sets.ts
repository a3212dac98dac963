/**
 * Public keys of issuers: from a file, from an address, or from where the issuer's discovery document says
 * (OpenID Connect Discovery 1.0). Kept for an hour; a key id that is not among them is a reason to look again.
 */
import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose'
import type { Clock } from '../../foundation/clock.ts'
import { readIfThere } from '../../foundation/durable-files.ts'
import { type HttpsGetOptions, httpsGet } from '../../foundation/https-get.ts'

/** What the operator says of an issuer. */
export interface TrustedIssuer {
  /** As in tokens' `iss`: `https://login.example.com/realms/trading`. */
  readonly issuer: string
  readonly jwksFile?: string | undefined
  /** https. */
  readonly jwksUri?: string | undefined
  /** PEM text of the authorities behind the issuer's certificate. */
  readonly authority?: string | undefined
  /** A provider of AWS's that its tokens stand for: `www.amazon.com`. */
  readonly standsFor?: string | undefined
  /** Audiences that are taken, where the issuer stands for another. */
  readonly clientIds?: readonly string[] | undefined
}

const documentBytesMax = 256 * 1024
const fetchMsMax = 5000
const keptMs = 3_600_000
/** Between two looks for a key id that is not there. */
const lookAgainMs = 30_000
const issuersMax = 200

interface KeySet {
  readonly keys: Promise<JWTVerifyGetKey>
  readonly fetchedAtMs: number
}

export class KeySets {
  readonly #issuers: ReadonlyMap<string, TrustedIssuer>
  readonly #clock: Clock
  readonly #sets = new Map<string, KeySet>()

  constructor(issuers: readonly TrustedIssuer[], clock: Clock) {
    this.#issuers = new Map(issuers.map((one) => [one.issuer, one]))
    this.#clock = clock
  }

  issuer(issuer: string): TrustedIssuer | undefined {
    return this.#issuers.get(issuer)
  }

  /** Rejects when they cannot be had; that is not kept. */
  keysOf(issuer: string): Promise<JWTVerifyGetKey> {
    const known = this.#sets.get(issuer)
    if (known !== undefined && this.#clock.nowMs() - known.fetchedAtMs < keptMs) return known.keys
    return this.#fetch(issuer)
  }

  /** For a key id that is not among those known; undefined when it was looked for a moment ago. */
  freshKeysOf(issuer: string): Promise<JWTVerifyGetKey> | undefined {
    const known = this.#sets.get(issuer)
    if (known !== undefined && this.#clock.nowMs() - known.fetchedAtMs < lookAgainMs) return undefined
    return this.#fetch(issuer)
  }

  #fetch(issuer: string): Promise<JWTVerifyGetKey> {
    if (this.#sets.size >= issuersMax) this.#sets.clear()
    const keys = this.#read(issuer).then(keySet)
    const entry = { keys, fetchedAtMs: this.#clock.nowMs() }
    this.#sets.set(issuer, entry)
    keys.catch(() => {
      if (this.#sets.get(issuer) === entry) this.#sets.delete(issuer)
    })
    return keys
  }

  async #read(issuer: string): Promise<JSONWebKeySet> {
    const trusted = this.#issuers.get(issuer)
    if (trusted?.jwksFile !== undefined) return parsed((await readIfThere(trusted.jwksFile)) ?? '')
    // An issuer that only IAM knows must not make the server look around in its own network.
    const options: HttpsGetOptions = {
      bytesMax: documentBytesMax,
      timeoutMs: fetchMsMax,
      authority: trusted?.authority,
      mayBePrivate: trusted !== undefined,
    }
    const uri = trusted?.jwksUri ?? (await discover(issuer, options))
    return parsed((await httpsGet(uri, options)).toString('utf8'))
  }
}

async function keySet(set: JSONWebKeySet): Promise<JWTVerifyGetKey> {
  // Loaded only where tokens of providers come in: it takes a good part of the time to start.
  const { createLocalJWKSet } = await import('jose')
  return createLocalJWKSet(set)
}

async function discover(issuer: string, options: HttpsGetOptions): Promise<string> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const document = parsed<{ issuer?: unknown; jwks_uri?: unknown }>((await httpsGet(address, options)).toString('utf8'))
  if (document.issuer !== issuer || typeof document.jwks_uri !== 'string') {
    throw new TypeError(`${address} does not describe ${issuer}`)
  }
  return document.jwks_uri
}

function parsed<T = JSONWebKeySet>(text: string): T {
  const value: unknown = JSON.parse(text)
  if (typeof value !== 'object' || value === null) throw new TypeError('not a JSON object')
  return value as T
}
