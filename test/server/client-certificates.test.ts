/** Client certificates: who is let in at the TLS door, and whose requests a certificate's connection carries. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type ConnectionOptions, connect } from 'node:tls'
import { systemClock } from '../../src/foundation/clock.ts'
import { type RunningCoffer, startCoffer } from '../../src/main.ts'
import { settingsOf } from '../../src/settings.ts'
import { signedRequest } from './signed-request.ts'

const folder = mkdtempSync(join(tmpdir(), 'coffer-mtls-'))
const at = (name: string) => join(folder, name)
const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
const root = 'arn:aws:iam::000000000000:root'

/** A certificate that the authority of `by` signed; `more` are lines of OpenSSL's extension file. */
function issue(name: string, by: string, subject: string, more = ''): ConnectionOptions {
  writeFileSync(at(`${name}.ext`), `extendedKeyUsage = clientAuth\n${more}`)
  openssl(
    'req',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-subj',
    subject,
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.csr`,
  )
  openssl(
    'x509',
    '-req',
    '-in',
    `${name}.csr`,
    '-CA',
    `${by}.pem`,
    '-CAkey',
    `${by}.key`,
    '-days',
    '2',
    '-extfile',
    `${name}.ext`,
    '-out',
    `${name}.pem`,
  )
  return { cert: readFileSync(at(`${name}.pem`)), key: readFileSync(at(`${name}.key`)) }
}

function authority(name: string): void {
  openssl(
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
    '-subj',
    `/CN=${name}`,
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.pem`,
  )
}

/** Debian's package openssl; without it there is nobody to make certificates. */
const skip = hasOpenssl() ? false : 'openssl is not installed: apt-get install openssl'

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'pipe' })
    return true
  } catch {
    return false
  }
}

const silence = { debug() {}, info() {}, warn() {}, error() {} }

function start(data: string, more: Readonly<Record<string, string>>): Promise<RunningCoffer> {
  const texts = { data, 'https-port': '0', 'no-http': 'true', 'tls-client-ca': at('clients.pem'), ...more }
  const settings = settingsOf(Object.entries(texts).map(([name, text]) => ({ name, text, where: 'test' })))
  return startCoffer(settings, { log: silence, clock: systemClock })
}

/** The answer to a signed ListTables; rejects when the door stays shut. */
async function listTables(coffer: RunningCoffer, data: string, client: ConnectionOptions): Promise<string> {
  const [, accessKeyId = '', secretAccessKey = ''] =
    /aws_access_key_id = (\S+)\naws_secret_access_key = (\S+)/.exec(readFileSync(coffer.credentialsFile, 'utf8')) ?? []
  const ca = readFileSync(join(data, 'tls', 'ca.pem'))
  const socket = connect({ host: 'localhost', port: coffer.httpsPort, ca, ...client })
  try {
    const failed = once(socket, 'close').then(() => Promise.reject(new Error('the door stayed shut')))
    const answered = once(socket, 'data')
    const request = {
      operation: 'ListTables',
      body: '{}',
      targetPrefix: 'DynamoDB_20120810',
      accessKeyId,
      secretAccessKey,
    }
    socket.write(signedRequest(request))
    const [answer] = (await Promise.race([answered, failed])) as [Buffer]
    return answer.toString('latin1')
  } finally {
    socket.destroy()
  }
}

let known: ConnectionOptions
let stranger: ConnectionOptions
let ofRoot: ConnectionOptions
let ofAlice: ConnectionOptions
let ofCards: ConnectionOptions
let required: RunningCoffer
let optional: RunningCoffer
before(async () => {
  if (skip !== false) return
  authority('clients')
  authority('others')
  known = issue('known', 'clients', '/O=Bank/CN=payments')
  stranger = issue('stranger', 'others', '/O=Bank/CN=payments')
  ofRoot = issue('of-root', 'clients', '/CN=operator', `subjectAltName = URI:${root}`)
  ofAlice = issue('of-alice', 'clients', '/CN=alice', 'subjectAltName = URI:arn:aws:iam::000000000000:user/alice')
  ofCards = issue('of-cards', 'clients', '/O=Bank/CN=Cards, "Retail"; more')
  writeFileSync(
    at('principals.yaml'),
    [
      'payments: arn:aws:iam::000000000000:user/payments',
      `'Cards, "Retail"; more': arn:aws:iam::000000000000:user/cards`,
    ].join('\n'),
  )
  required = await start(at('required'), {})
  optional = await start(at('optional'), {
    'tls-client-certificates': 'optional',
    'tls-client-principals': at('principals.yaml'),
    'tls-min-version': '1.3',
  })
})
after(() => Promise.all([required?.close(), optional?.close()]))

test('where a certificate is required only one of the authority opens the door', { skip }, async () => {
  const ask = (client: ConnectionOptions) => listTables(required, at('required'), client)
  assert.match(await ask(known), /^HTTP\/1\.1 200 /)
  await assert.rejects(ask({}))
  await assert.rejects(ask(stranger))
})

test('where it is optional one may come without, but not with a bad one', { skip }, async () => {
  const ask = (client: ConnectionOptions) => listTables(optional, at('optional'), client)
  assert.match(await ask({}), /^HTTP\/1\.1 200 /)
  await assert.rejects(ask(stranger))
})

test('a certificate that names a principal carries the requests of nobody else', { skip }, async () => {
  const ask = (client: ConnectionOptions) => listTables(optional, at('optional'), client)
  assert.match(await ask(ofRoot), /^HTTP\/1\.1 200 /)
  const refused = await ask(ofAlice)
  assert.match(refused, /^HTTP\/1\.1 400 /)
  assert.match(refused, /AccessDeniedException.*root is not authorized to use this connection.*user\/alice/)
  assert.match(await ask(known), /is not authorized to use this connection.*user\/payments/)
})

test('a common name means its principal whatever characters are in it', { skip }, async () => {
  const refused = await listTables(optional, at('optional'), ofCards)
  assert.match(refused, /is not authorized to use this connection.*user\/cards/)
})

test('the oldest version is what the setting says', { skip }, async () => {
  await assert.rejects(listTables(optional, at('optional'), { maxVersion: 'TLSv1.2' }))
  assert.match(await listTables(required, at('required'), { ...known, maxVersion: 'TLSv1.2' }), /^HTTP\/1\.1 200 /)
})

test('files and lists that make no sense stop the start and say why', { skip }, async () => {
  const refused = (more: Readonly<Record<string, string>>, message: RegExp) =>
    assert.rejects(start(join(folder, `refused-${Object.keys(more)[0]}`), more), message)
  writeFileSync(at('wrong.yaml'), 'ok: arn:aws:iam::000000000000:user/ok\npayments: alice\n')
  await refused({ 'tls-client-principals': at('wrong.yaml') }, /wrong\.yaml:2: "alice" is no principal's ARN/)
  await refused({ 'tls-client-ca': at('known.pem') }, /known\.pem must hold PEM certificates of authorities/)
  await refused({ 'tls-client-ca': at('nowhere.pem') }, /there is no file .*nowhere\.pem/)
  await refused({ 'tls-ciphers': 'NO-SUCH-CIPHER' }, /--tls-ciphers NO-SUCH-CIPHER/)
})

test('only the ciphers that the setting lists are spoken', { skip }, async () => {
  const data = at('ciphers')
  const coffer = await start(data, { 'tls-ciphers': 'TLS_AES_256_GCM_SHA384:ECDHE-ECDSA-AES256-GCM-SHA384' })
  try {
    assert.match(await listTables(coffer, data, known), /^HTTP\/1\.1 200 /)
    await assert.rejects(listTables(coffer, data, { ...known, ciphers: 'TLS_CHACHA20_POLY1305_SHA256' }))
  } finally {
    await coffer.close()
  }
})
