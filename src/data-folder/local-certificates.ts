/** The local authority and the server certificate that it signs, for who brings none: `tls/` in the data folder. */
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { join } from 'node:path'
import type { Clock } from '../foundation/clock.ts'
import {
  makeSecretFolder,
  publicFileMode,
  readIfThere,
  readSecret,
  secretFileMode,
  writeDurably,
} from '../foundation/durable-files.ts'
import type { Log } from '../foundation/log.ts'
import type { Random } from '../foundation/random.ts'
import { makeCertificate } from './certificate.ts'

export interface LocalCertificatesOptions {
  /** The data folder. */
  readonly folder: string
  /** Where the server listens; its certificate names this beside localhost. */
  readonly host: string
  /** Further addresses that it names. */
  readonly furtherHosts?: readonly string[]
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

/** PEM texts, and the file that clients should trust. */
export interface ServerCertificate {
  readonly certificate: string
  readonly key: string
  readonly authorityFile: string | undefined
}

const dayMs = 86_400_000
const authorityName = 'Coffer local authority'
const authorityDays = 3650
const serverDays = 365
const renewedBeforeDays = 30
/** So that a client whose clock is behind does not find a certificate from the future. */
const backdatedMs = dayMs

interface KeptCertificate {
  readonly certificate: string
  readonly key: string
}

/** Reads the certificates; makes what is missing, ends soon, or does not name the host. */
export async function localCertificates(options: LocalCertificatesOptions): Promise<ServerCertificate> {
  const folder = join(options.folder, 'tls')
  await makeSecretFolder(folder)
  const authority = await keptOrMade(options, folder, 'ca', isGoodAuthority, makeAuthority)
  const hosts = certificateHosts(options.host, options.furtherHosts)
  const server = await keptOrMade(
    options,
    folder,
    'server',
    (kept, clock) => isGoodServer(kept, clock, authority, hosts),
    (made) => makeServer(made, authority, hosts),
  )
  return { ...server, authorityFile: join(folder, 'ca.pem') }
}

async function keptOrMade(
  options: LocalCertificatesOptions,
  folder: string,
  name: 'ca' | 'server',
  isGood: (kept: KeptCertificate, clock: Clock) => boolean,
  make: (options: LocalCertificatesOptions) => KeptCertificate,
): Promise<KeptCertificate> {
  const certificateFile = join(folder, `${name}.pem`)
  const keyFile = join(folder, `${name}.key`)
  const certificate = await readIfThere(certificateFile)
  const key = await readSecret(keyFile)
  if (certificate !== undefined && key !== undefined && isGood({ certificate, key }, options.clock)) {
    return { certificate, key }
  }
  const made = make(options)
  if (certificate !== undefined) options.log.warn('a certificate was made anew', { file: certificateFile })
  await writeDurably(keyFile, made.key, secretFileMode)
  await writeDurably(certificateFile, made.certificate, publicFileMode)
  return made
}

/** A pair that belongs together and does not end soon; false also for what is no certificate or no key. */
function isGoodPair({ certificate, key }: KeptCertificate, clock: Clock): boolean {
  try {
    const parsed = new X509Certificate(certificate)
    const endsMs = Date.parse(parsed.validTo)
    return parsed.checkPrivateKey(createPrivateKey(key)) && endsMs - clock.nowMs() > renewedBeforeDays * dayMs
  } catch {
    // Text that does not parse: whoever wrote it, a fresh pair takes its place.
    return false
  }
}

function isGoodAuthority(kept: KeptCertificate, clock: Clock): boolean {
  return isGoodPair(kept, clock) && new X509Certificate(kept.certificate).ca
}

function isGoodServer(
  kept: KeptCertificate,
  clock: Clock,
  authority: KeptCertificate,
  hosts: readonly string[],
): boolean {
  if (!isGoodPair(kept, clock)) return false
  const server = new X509Certificate(kept.certificate)
  const issuer = new X509Certificate(authority.certificate)
  const names = (host: string) => (isIP(host) === 0 ? server.checkHost(host) : server.checkIP(host))
  return server.verify(issuer.publicKey) && hosts.every((host) => names(host) !== undefined)
}

function certificateHosts(host: string, further: readonly string[] = []): readonly string[] {
  const everywhere = host === '0.0.0.0' || host === '::'
  return [...new Set(['localhost', '127.0.0.1', '::1', ...(everywhere ? [] : [host]), ...further])]
}

function makeAuthority({ clock, random }: LocalCertificatesOptions): KeptCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const certificate = makeCertificate({
    subject: authorityName,
    publicKey,
    issuer: authorityName,
    issuerKey: privateKey,
    serial: random.bytes(16),
    notBeforeMs: clock.nowMs() - backdatedMs,
    notAfterMs: clock.nowMs() + authorityDays * dayMs,
    use: { kind: 'authority' },
  })
  return { certificate, key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString() }
}

function makeServer(
  { clock, random }: LocalCertificatesOptions,
  authority: KeptCertificate,
  hosts: readonly string[],
): KeptCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const authorityEndsMs = Date.parse(new X509Certificate(authority.certificate).validTo)
  const certificate = makeCertificate({
    subject: 'Coffer',
    publicKey,
    issuer: authorityName,
    issuerKey: createPrivateKey(authority.key),
    serial: random.bytes(16),
    notBeforeMs: clock.nowMs() - backdatedMs,
    notAfterMs: Math.min(clock.nowMs() + serverDays * dayMs, authorityEndsMs),
    use: { kind: 'server', hosts },
  })
  return { certificate, key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString() }
}
