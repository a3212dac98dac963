/** The HTTPS door: versions, certificates, what a request learns of it. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from 'node:tls'
import { operation } from '../../src/contract/operation.ts'
import type { RequestSource } from '../../src/contract/request-context.ts'
import { structure } from '../../src/contract/shape.ts'
import { localCertificates } from '../../src/data-folder/local-certificates.ts'
import { type Clock, systemClock } from '../../src/foundation/clock.ts'
import { systemRandom } from '../../src/foundation/random.ts'
import { type RunningCoffer, startCoffer } from '../../src/main.ts'
import { settingsOf } from '../../src/settings.ts'
import { signedRequest } from './signed-request.ts'
import { key, smallHouse } from './small-house.ts'

const silence = { debug() {}, info() {}, warn() {}, error() {} }

function start(
  folder: string,
  more: Readonly<Record<string, string>> = {},
  clock: Clock = systemClock,
): Promise<RunningCoffer> {
  const texts = { data: folder, 'https-port': '0', 'http-port': '0', ...more }
  const settings = settingsOf(Object.entries(texts).map(([name, text]) => ({ name, text, where: 'test' })))
  return startCoffer(settings, { log: silence, clock })
}

const temporary = () => join(mkdtempSync(join(tmpdir(), 'coffer-https-')), 'data')

async function statusOf(port: number | undefined, ca: string): Promise<number | undefined> {
  const asked = request({ host: 'localhost', port, path: '/ready', ca, agent: false })
  asked.end()
  const [answer] = (await once(asked, 'response')) as [import('node:http').IncomingMessage]
  answer.resume()
  return answer.statusCode
}

let coffer: RunningCoffer
let ca: string
before(async () => {
  coffer = await start(temporary())
  ca = readFileSync(coffer.authorityFile ?? '', 'utf8')
})
after(() => coffer.close())

test('a client that trusts the authority is answered, one that does not refuses', async () => {
  assert.equal(await statusOf(coffer.httpsPort, ca), 200)
  await assert.rejects(statusOf(coffer.httpsPort, ''), { code: /SELF_SIGNED|UNABLE_TO/ })
})

test('TLS 1.2 and 1.3 are spoken, nothing older', async () => {
  const version = async (only: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') => {
    const options = { host: 'localhost', port: coffer.httpsPort, ca, minVersion: only, maxVersion: only } as const
    const socket = connect({ ...options, ciphers: 'DEFAULT@SECLEVEL=0' })
    try {
      await once(socket, 'secureConnect')
      return socket.getProtocol()
    } finally {
      socket.destroy()
    }
  }
  assert.equal(await version('TLSv1.2'), 'TLSv1.2')
  assert.equal(await version('TLSv1.3'), 'TLSv1.3')
  await assert.rejects(version('TLSv1.1'), /ECONNRESET|protocol version|socket disconnected/i)
})

test('an operation learns the version and the cipher of its connection', async () => {
  const seen: RequestSource[] = []
  const look = operation({
    name: 'Look',
    kind: 'data-read',
    input: structure({}),
    access: () => [],
    audit: { category: 'Data', readOnly: true, requestParameters: () => null, resources: () => [] },
    run: (_, { source }) => {
      seen.push(source)
      return {}
    },
  })
  const folder = temporary()
  const made = await localCertificates({
    folder,
    host: '127.0.0.1',
    clock: systemClock,
    random: systemRandom,
    log: silence,
  })
  const house = await smallHouse({ operations: [look], tls: made })
  try {
    const socket = connect({ host: 'localhost', port: house.port, ca: readFileSync(made.authorityFile ?? '') })
    socket.write(signedRequest({ operation: 'Look', body: '{}', ...key }))
    const [answer] = (await once(socket, 'data')) as [Buffer]
    assert.match(answer.toString('latin1'), /^HTTP\/1\.1 200 /)
    socket.destroy()
    const [source] = seen
    assert.deepEqual([source?.door, source?.secureTransport, source?.tlsVersion], ['https', true, 'TLSv1.3'])
    assert.match(source?.cipherSuite ?? '', /^TLS_(AES|CHACHA20)/)
    assert.match(source?.ipAddress ?? '', /^127\.0\.0\.1$|^::1$/)
  } finally {
    await house.close()
  }
})

test('a server that runs for a year gets a new certificate and goes on', async () => {
  let nowMs = Date.now()
  let nextDay = () => {}
  const clock: Clock = {
    ...systemClock,
    nowMs: () => nowMs,
    sleep: (ms, signal) => {
      if (ms < 3_600_000) return systemClock.sleep(ms, signal)
      return new Promise((resolve) => {
        nextDay = resolve
        signal?.addEventListener('abort', () => resolve())
      })
    },
  }
  const folder = temporary()
  const server = await start(folder, {}, clock)
  try {
    const serial = async () => {
      // The client's clock stays behind, so to it the second certificate comes from the future.
      const socket = connect({ host: 'localhost', port: server.httpsPort, rejectUnauthorized: false })
      await once(socket, 'secureConnect')
      const { serialNumber } = socket.getPeerCertificate()
      socket.destroy()
      return serialNumber
    }
    const first = await serial()
    nextDay()
    await sleep(100)
    assert.equal(await serial(), first)
    nowMs += 340 * 86_400_000
    nextDay()
    await sleep(200)
    assert.notEqual(await serial(), first)
  } finally {
    await server.close()
  }
})

test("another certificate in the files of the operator's own is served without a restart", async () => {
  let nextCheck = () => {}
  const clock: Clock = {
    ...systemClock,
    sleep: (ms, signal) => {
      if (ms !== 10_000) return systemClock.sleep(ms, signal)
      return new Promise((resolve) => {
        nextCheck = resolve
        signal?.addEventListener('abort', () => resolve())
      })
    },
  }
  const own = mkdtempSync(join(tmpdir(), 'coffer-own-'))
  const pair = { 'tls-cert': join(own, 'a.pem'), 'tls-key': join(own, 'a.key') }
  const put = async () => {
    const folder = temporary()
    await localCertificates({ folder, host: '127.0.0.1', clock: systemClock, random: systemRandom, log: silence })
    copyFileSync(join(folder, 'tls', 'server.pem'), pair['tls-cert'])
    copyFileSync(join(folder, 'tls', 'server.key'), pair['tls-key'])
    return readFileSync(join(folder, 'tls', 'ca.pem'), 'utf8')
  }
  const first = await put()
  const server = await start(temporary(), pair, clock)
  try {
    assert.equal(await statusOf(server.httpsPort, first), 200)
    const second = await put()
    writeFileSync(pair['tls-cert'], 'half a file')
    nextCheck()
    await sleep(100)
    assert.equal(await statusOf(server.httpsPort, first), 200)
    const third = await put()
    nextCheck()
    await sleep(200)
    await assert.rejects(statusOf(server.httpsPort, first))
    await assert.rejects(statusOf(server.httpsPort, second))
    assert.equal(await statusOf(server.httpsPort, third), 200)
  } finally {
    await server.close()
  }
})

test('plain HTTP at the HTTPS door is no way in', async () => {
  await assert.rejects(fetch(`http://127.0.0.1:${coffer.httpsPort}/ready`))
})

test("the operator's own certificate is served, and one without its key is refused", async () => {
  const other = mkdtempSync(join(tmpdir(), 'coffer-own-'))
  const made = temporary()
  const first = await start(made)
  await first.close()
  const pair = { 'tls-cert': join(other, 'a.pem'), 'tls-key': join(other, 'a.key') }
  copyFileSync(join(made, 'tls', 'server.pem'), pair['tls-cert'])
  copyFileSync(join(made, 'tls', 'server.key'), pair['tls-key'])
  const served = await start(temporary(), pair)
  try {
    assert.equal(served.authorityFile, undefined)
    assert.equal(await statusOf(served.httpsPort, readFileSync(join(made, 'tls', 'ca.pem'), 'utf8')), 200)
  } finally {
    await served.close()
  }
  writeFileSync(pair['tls-cert'], ca)
  const folder = temporary()
  await assert.rejects(start(folder, pair), /are not a PEM certificate and its unencrypted PEM key/)
  // The refused start gave the folder up.
  await (await start(folder)).close()
})

test('the folder is free again after closing, and closing twice is closing once', async () => {
  const folder = temporary()
  const first = await start(folder)
  await assert.rejects(start(folder), /another Coffer/)
  await Promise.all([first.close(), first.close()])
  assert.equal(first.ready, false)
  await (await start(folder)).close()
})
