/** Whatever comes as a token: it is believed only when its issuer signed exactly that. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { Directory } from '../../contract/ports.ts'
import { systemClock } from '../../foundation/clock.ts'
import { ServiceError } from '../../foundation/service-error.ts'
import { KeySets } from './key-sets.ts'
import { WebIdentities } from './web-identities.ts'

const issuer = 'https://login.bank.test'
const folder = await mkdtemp(join(tmpdir(), 'coffer-tokens-'))
after(() => rm(folder, { recursive: true }))
const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
const keys = [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }]
await writeFile(join(folder, 'jwks.json'), JSON.stringify({ keys }))

const arn = 'arn:aws:iam::000000000000:oidc-provider/login.bank.test'
const directory = {
  provider: (name: string) => (name === 'login.bank.test' ? { arn, clientIds: ['app'] } : undefined),
} as unknown as Directory
const keySets = new KeySets([{ issuer, jwksFile: join(folder, 'jwks.json') }], systemClock)
const identities = new WebIdentities({ directory, keySets, clock: systemClock })

const nowSeconds = Math.floor(systemClock.nowMs() / 1000)
const claims = { iss: issuer, aud: 'app', sub: 'trader', iat: nowSeconds, exp: nowSeconds + 600, amr: ['pwd', 'otp'] }
const good = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'k' }).sign(privateKey)

async function isBelieved(token: string): Promise<boolean> {
  try {
    await identities.verify(token, undefined)
    return true
  } catch (error) {
    assert.ok(error instanceof ServiceError, String(error))
    return false
  }
}

test('what the issuer signed is believed', async () => {
  assert.deepEqual(await identities.verify(good, undefined), {
    provider: arn,
    subject: 'trader',
    audience: 'app',
    claims: {
      'login.bank.test:sub': 'trader',
      'login.bank.test:aud': 'app',
      'login.bank.test:amr': ['pwd', 'otp'],
    },
  })
})

test('claims of another type than they must have are not taken, though the issuer signed them', async () => {
  const signed = (more: object) =>
    new SignJWT({ ...claims, ...more }).setProtectedHeader({ alg: 'ES256', kid: 'k' }).sign(privateKey)
  const wrong = [{ sub: ['trader'] }, { sub: 5 }, { sub: { a: 1 } }, { sub: '' }, { aud: 5 }, { aud: [['app']] }]
  for (const more of wrong) assert.equal(await isBelieved(await signed(more)), false, JSON.stringify(more))
  assert.equal(await isBelieved(await signed({ amr: 5 })), true)
})

test('a token changed in any character is not', () =>
  fc.assert(
    fc.asyncProperty(fc.nat(good.length - 1), fc.constantFrom(...'AZaz09-_.'), async (at, character) => {
      const changed = good.slice(0, at) + character + good.slice(at + 1)
      const signed = good.lastIndexOf('.') + 1
      // The last character of a signature has bits that no byte holds; what is signed counts to the character.
      const isSame =
        changed.startsWith(good.slice(0, signed)) &&
        Buffer.from(changed.slice(signed), 'base64url').equals(Buffer.from(good.slice(signed), 'base64url'))
      assert.equal(await isBelieved(changed), isSame)
    }),
    { numRuns: 400 },
  ))

const header = fc.record(
  {
    alg: fc.constantFrom('none', 'HS256', 'HS512', 'ES256', 'RS256', 'PS256', 'EdDSA', '', 'ES256K'),
    kid: fc.constantFrom('k', 'other', ''),
    jwk: fc.constant(keys[0]),
    crit: fc.constantFrom(['b64'], []),
    b64: fc.boolean(),
    typ: fc.string(),
  },
  { requiredKeys: [] },
)
const payload = fc.record(
  {
    iss: fc.constantFrom(issuer, 'x', 7),
    aud: fc.constantFrom('app', ['app'], {}),
    sub: fc.string(),
    exp: fc.anything(),
  },
  { requiredKeys: [] },
)
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value) ?? '').toString('base64url')

test('nothing that the issuer did not sign is believed, and nothing makes it do anything but refuse', () =>
  fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string({ maxLength: 300 }),
        fc.tuple(header, payload, fc.string()).map(([a, b, c]) => `${encoded(a)}.${encoded(b)}.${c}`),
        fc.tuple(header, fc.base64String()).map(([a, c]) => `${encoded(a)}.${encoded(claims)}.${c}`),
      ),
      async (token) => assert.equal(await isBelieved(token), false),
    ),
    { numRuns: 800 },
  ))
