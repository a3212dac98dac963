/** Keys of issuers from where they publish them: an HTTPS server of the test's own. */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { exportJWK, generateKeyPair } from 'jose'
import { localCertificates } from '../../data-folder/local-certificates.ts'
import { systemClock } from '../../foundation/clock.ts'
import { HttpsGetFailed, httpsGet, isPrivate } from '../../foundation/https-get.ts'
import { jsonLog } from '../../foundation/log.ts'
import { systemRandom } from '../../foundation/random.ts'
import { KeySets } from './key-sets.ts'

let folder: string
let server: Server
let origin: string
let authority: string
let documents: Readonly<Record<string, string>> = {}
const asked: string[] = []

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coffer-keys-'))
  const log = jsonLog({ level: 'error', clock: systemClock })
  const made = await localCertificates({ folder, host: '127.0.0.1', clock: systemClock, random: systemRandom, log })
  authority = await readFile(made.authorityFile ?? '', 'utf8')
  server = createServer({ cert: made.certificate, key: made.key }, (request, response) => {
    asked.push(request.url ?? '')
    const found = documents[request.url ?? '']
    if (found === undefined) response.writeHead(302, { location: '/elsewhere' }).end()
    else response.end(found)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `https://localhost:${(server.address() as AddressInfo).port}`
})
after(async () => {
  await new Promise((resolve) => server.close(resolve))
  await rm(folder, { recursive: true })
})

/** Only its header counts for which key is meant. */
const token = { payload: '', signature: '' }

async function publish(kid: string): Promise<void> {
  const { publicKey } = await generateKeyPair('ES256', { extractable: true })
  const keys = [{ ...(await exportJWK(publicKey)), kid, alg: 'ES256' }]
  documents = {
    '/.well-known/openid-configuration': JSON.stringify({ issuer: origin, jwks_uri: `${origin}/keys` }),
    '/keys': JSON.stringify({ keys }),
  }
}

test('keys are found by the discovery document, kept, and looked for again when a key id is unknown', async () => {
  let nowMs = 1_000_000
  const clock = { ...systemClock, nowMs: () => nowMs }
  const sets = new KeySets([{ issuer: origin, authority }], clock)
  await publish('one')
  const header = { alg: 'ES256', kid: 'one' }
  assert.ok(await (await sets.keysOf(origin))(header, token))
  await publish('two')
  const before = asked.length
  await assert.rejects(async () => (await sets.keysOf(origin))({ alg: 'ES256', kid: 'two' }, token), {
    code: 'ERR_JWKS_NO_MATCHING_KEY',
  })
  assert.equal(asked.length, before)
  assert.equal(sets.freshKeysOf(origin), undefined, 'not again at once')
  nowMs += 31_000
  const fresh = await sets.freshKeysOf(origin)
  assert.ok(await fresh?.({ alg: 'ES256', kid: 'two' }, token))
})

test('what is no key set is not kept', async () => {
  const sets = new KeySets([{ issuer: origin, authority }], systemClock)
  documents = {}
  await assert.rejects(sets.keysOf(origin), HttpsGetFailed)
  documents = { '/.well-known/openid-configuration': JSON.stringify({ issuer: 'https://else.test', jwks_uri: origin }) }
  await assert.rejects(sets.keysOf(origin), TypeError)
  await publish('one')
  await sets.keysOf(origin)
})

test('documents are bounded, redirects are not followed, and private networks are out of reach unless named', async () => {
  documents = { '/big': 'x'.repeat(5000), '/small': 'x' }
  const options = { bytesMax: 1000, timeoutMs: 5000, authority, mayBePrivate: true }
  assert.equal((await httpsGet(`${origin}/small`, options)).toString(), 'x')
  await assert.rejects(httpsGet(`${origin}/big`, options), HttpsGetFailed)
  await assert.rejects(httpsGet(`${origin}/moved`, options), /answered 302/)
  await assert.rejects(httpsGet(`${origin}/small`, { ...options, authority: undefined }), HttpsGetFailed)
  const closed = { ...options, mayBePrivate: false }
  const before = asked.length
  await assert.rejects(httpsGet(`${origin}/small`, closed), HttpsGetFailed)
  await assert.rejects(httpsGet(origin.replace('localhost', '127.0.0.1'), closed), HttpsGetFailed)
  await assert.rejects(httpsGet(origin.replace('localhost', '[::1]'), closed), HttpsGetFailed)
  await assert.rejects(httpsGet('http://example.com/', options), HttpsGetFailed)
  assert.equal(asked.length, before)
  const outOfReach = ['10.1.2.3', '192.168.0.1', '169.254.169.254', '::1', 'fd00::1', '::ffff:127.0.0.1', '0.0.0.0']
  assert.deepEqual(outOfReach.filter(isPrivate), outOfReach)
  const disguised = ['::7f00:1', '64:ff9b::a00:1', '64:ff9b:1::a00:1', '2002:7f00:1::1', 'fec0::1', '198.18.0.1']
  assert.deepEqual(disguised.filter(isPrivate), disguised)
  assert.deepEqual(['1.1.1.1', '2606:4700::1111', '172.32.0.1'].filter(isPrivate), [])
})
