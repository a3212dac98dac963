import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { connect, createServer } from 'node:tls'
import { type Clock, systemClock } from '../foundation/clock.ts'
import { systemRandom as random } from '../foundation/random.ts'
import { localCertificates } from './local-certificates.ts'

const dayMs = 86_400_000
const temporary = () => mkdtempSync(join(tmpdir(), 'coffer-tls-'))
const silence = { debug() {}, info() {}, warn() {}, error() {} }
const clockAt = (ms: number): Clock => ({ ...systemClock, nowMs: () => ms })
const later = (days: number) => clockAt(Date.now() + days * dayMs)

function certificates(folder: string, { clock = systemClock, host = '127.0.0.1' } = {}) {
  return localCertificates({ folder, host, clock, random, log: silence })
}

const serial = (pem: string) => new X509Certificate(pem).serialNumber

test('a client that trusts the authority reaches the server by each of its names', async () => {
  const folder = temporary()
  const { certificate, key, authorityFile } = await certificates(folder, { host: 'db.example' })
  const ca = readFileSync(authorityFile ?? '')
  const server = createServer({ cert: certificate, key, minVersion: 'TLSv1.2' }, (socket) => socket.end())
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const reach = async (servername: string, trusted: readonly Buffer[]) => {
    const checked = { host: '127.0.0.1', port, ca: [...trusted] }
    const socket = connect(
      /^[\d.:]+$/.test(servername)
        ? { ...checked, host: servername === '::1' ? '127.0.0.1' : servername }
        : { ...checked, servername },
    )
    try {
      await once(socket, 'secureConnect')
    } finally {
      socket.destroy()
    }
  }
  try {
    for (const name of ['localhost', 'db.example', '127.0.0.1']) await reach(name, [ca])
    await assert.rejects(reach('other.example', [ca]), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
    await assert.rejects(reach('localhost', []), { code: /SELF_SIGNED|UNABLE_TO/ })
  } finally {
    server.close()
  }
})

test('what the certificates say', async () => {
  const folder = temporary()
  const { certificate, authorityFile } = await certificates(folder, { host: 'fe80::1' })
  const server = new X509Certificate(certificate)
  const authority = new X509Certificate(readFileSync(authorityFile ?? ''))
  assert.deepEqual([server.ca, authority.ca], [false, true])
  assert.ok(server.checkIssued(authority) && server.verify(authority.publicKey))
  assert.ok(authority.checkIssued(authority) && authority.verify(authority.publicKey))
  assert.equal(
    server.subjectAltName,
    'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, IP Address:FE80:0:0:0:0:0:0:1',
  )
  assert.deepEqual(server.keyUsage, ['1.3.6.1.5.5.7.3.1'])
  const days = (one: X509Certificate) => Math.round((Date.parse(one.validTo) - Date.now()) / dayMs)
  assert.deepEqual([days(server), days(authority)], [365, 3650])
  assert.ok(server.checkHost('localhost') && server.checkIP('::1') && server.checkIP('fe80::1'))
})

test('keys are for the owner alone, and are read again as they are', async () => {
  const folder = temporary()
  const first = await certificates(folder)
  for (const name of ['ca.key', 'server.key']) assert.equal(statSync(join(folder, 'tls', name)).mode & 0o777, 0o600)
  assert.deepEqual(await certificates(folder), first)
  chmodSync(join(folder, 'tls', 'server.key'), 0o644)
  await assert.rejects(certificates(folder), /server\.key is open to others/)
})

test('a certificate that ends soon is made anew by the same authority', async () => {
  const folder = temporary()
  const first = await certificates(folder)
  const authority = readFileSync(first.authorityFile ?? '', 'utf8')
  assert.equal(serial((await certificates(folder, { clock: later(334) })).certificate), serial(first.certificate))
  const renewed = await certificates(folder, { clock: later(336) })
  assert.notEqual(serial(renewed.certificate), serial(first.certificate))
  assert.equal(readFileSync(first.authorityFile ?? '', 'utf8'), authority)
  assert.ok(new X509Certificate(renewed.certificate).verify(new X509Certificate(authority).publicKey))
})

test('an authority that ends soon is made anew, and the server with it', async () => {
  const folder = temporary()
  const first = await certificates(folder)
  const authority = readFileSync(first.authorityFile ?? '', 'utf8')
  const renewed = await certificates(folder, { clock: later(3625) })
  const fresh = new X509Certificate(readFileSync(first.authorityFile ?? ''))
  assert.notEqual(fresh.serialNumber, serial(authority))
  assert.ok(new X509Certificate(renewed.certificate).verify(fresh.publicKey))
})

test('a server certificate never outlives its authority', async () => {
  const folder = temporary()
  const { authorityFile } = await certificates(folder)
  const { certificate } = await certificates(folder, { clock: later(3600) })
  assert.equal(new X509Certificate(certificate).validTo, new X509Certificate(readFileSync(authorityFile ?? '')).validTo)
})

test('another host, a broken file, a key of another pair: made anew', async () => {
  const folder = temporary()
  const first = await certificates(folder)
  const hosted = await certificates(folder, { host: '10.1.2.3' })
  assert.ok(new X509Certificate(hosted.certificate).checkIP('10.1.2.3'))
  assert.notEqual(serial(hosted.certificate), serial(first.certificate))
  writeFileSync(join(folder, 'tls', 'server.pem'), 'torn')
  const mended = await certificates(folder, { host: '10.1.2.3' })
  assert.notEqual(serial(mended.certificate), serial(hosted.certificate))
  writeFileSync(join(folder, 'tls', 'server.key'), first.key)
  assert.notEqual(serial((await certificates(folder, { host: '10.1.2.3' })).certificate), serial(mended.certificate))
})
