/** The HTTPS door: versions, certificates, what a request learns of it. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { connect } from 'node:tls'
import { type RunningCoffer, startCoffer } from '../../src/main.ts'
import { settingsOf } from '../../src/settings.ts'

const silence = { debug() {}, info() {}, warn() {}, error() {} }

function start(folder: string, more: Readonly<Record<string, string>> = {}): Promise<RunningCoffer> {
  const texts = { data: folder, 'https-port': '0', 'http-port': '0', ...more }
  const settings = settingsOf(Object.entries(texts).map(([name, text]) => ({ name, text, where: 'test' })))
  return startCoffer(settings, { log: silence })
}

const temporary = () => join(mkdtempSync(join(tmpdir(), 'coffer-https-')), 'data')

async function statusOf(port: number, ca: string): Promise<number | undefined> {
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
