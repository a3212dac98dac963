/** Keys that signatures are made with, derived from secrets and kept: deriving one costs ten times a signature check. */
import { createHmac } from 'node:crypto'
import { BoundedCache } from '../foundation/bounded-cache.ts'
import { type HmacKey, hmacKey } from './hmac-sha256.ts'

/** A client uses one key a day, region and service. */
const signingKeysMax = 2000

interface CachedKey {
  readonly secret: string
  readonly key: HmacKey
}

export class SigningKeys {
  readonly #keys = new BoundedCache<string, CachedKey>(signingKeysMax)

  /** `credential`: `keyid/yyyymmdd/region/service/aws4_request`, of a key id that exists. */
  keyFor(credential: string, secret: string): HmacKey {
    const cached = this.#keys.get(credential)
    if (cached !== undefined && cached.secret === secret) return cached.key
    const key = deriveKey(credential.split('/').slice(1), secret)
    this.#keys.set(credential, { secret, key })
    return key
  }
}

function deriveKey(scope: readonly string[], secret: string): HmacKey {
  let key = Buffer.from(`AWS4${secret}`)
  for (const part of scope) key = createHmac('sha256', key).update(part).digest()
  return hmacKey(key)
}
