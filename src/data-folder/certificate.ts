/** X.509 v3 certificates over ECDSA P-256 with SHA-256 (RFC 5280): a local authority's, and a server's that it signs. */
import { createHash, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { isIP } from 'node:net'
import {
  bitString,
  boolean,
  explicit,
  implicit,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  time,
  utf8String,
} from './der.ts'

export interface CertificateRequest {
  /** The common name. */
  readonly subject: string
  readonly publicKey: KeyObject
  /** The signer's common name; for an authority its own. */
  readonly issuer: string
  readonly issuerKey: KeyObject
  /** Unpredictable; 16 bytes. */
  readonly serial: Buffer
  readonly notBeforeMs: number
  readonly notAfterMs: number
  readonly use: { readonly kind: 'authority' } | { readonly kind: 'server'; readonly hosts: readonly string[] }
}

/** The certificate in PEM. */
export function makeCertificate(request: CertificateRequest): string {
  const algorithm = sequence(objectIdentifier('1.2.840.10045.4.3.2'))
  const version3 = explicit(0, integer(Buffer.from([2])))
  const toSign = sequence(
    version3,
    integer(request.serial),
    algorithm,
    commonName(request.issuer),
    sequence(time(request.notBeforeMs), time(request.notAfterMs)),
    commonName(request.subject),
    publicKeyInfo(request.publicKey),
    explicit(3, sequence(...extensions(request))),
  )
  const signature = sign('sha256', toSign, { key: request.issuerKey, dsaEncoding: 'der' })
  return pem(sequence(toSign, algorithm, bitString(signature)))
}

function extensions({ use, publicKey, issuerKey }: CertificateRequest): readonly Buffer[] {
  const identifiers = [
    extension('2.5.29.14', false, octetString(keyIdentifier(publicKey))),
    extension('2.5.29.35', false, sequence(implicit(0, keyIdentifier(createPublicKey(issuerKey))))),
  ]
  switch (use.kind) {
    case 'authority': {
      const noFurtherAuthorities = integer(Buffer.from([0]))
      return [
        extension('2.5.29.19', true, sequence(boolean(true), noFurtherAuthorities)),
        extension('2.5.29.15', true, bitString(Buffer.from([keyCertSign | crlSign]), 1)),
        ...identifiers,
      ]
    }
    case 'server':
      return [
        extension('2.5.29.19', true, sequence()),
        extension('2.5.29.15', true, bitString(Buffer.from([digitalSignature]), 7)),
        extension('2.5.29.37', false, sequence(objectIdentifier('1.3.6.1.5.5.7.3.1'))),
        extension('2.5.29.17', false, sequence(...use.hosts.map(alternativeName))),
        ...identifiers,
      ]
  }
}

/** Bits of keyUsage, counted from the top of the byte. */
const digitalSignature = 0x80
const keyCertSign = 0x04
const crlSign = 0x02

function extension(identifier: string, critical: boolean, value: Buffer): Buffer {
  const flag = critical ? [boolean(true)] : []
  return sequence(objectIdentifier(identifier), ...flag, octetString(value))
}

function alternativeName(host: string): Buffer {
  return isIP(host) === 0 ? implicit(2, Buffer.from(host, 'latin1')) : implicit(7, addressBytes(host))
}

/** 4 or 16 bytes. */
function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number))
  // The URL parser writes every form of an address in one way: groups in hexadecimal, the longest run of zeros as `::`.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [before = '', after] = canonical.split('::')
  const groupsOf = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)))
  const head = groupsOf(before)
  const tail = groupsOf(after ?? '')
  const zeros = new Array<number>(8 - head.length - tail.length).fill(0)
  return Buffer.from([...head, ...zeros, ...tail].flatMap((group) => [group >> 8, group & 0xff]))
}

function commonName(name: string): Buffer {
  return sequence(setOf(sequence(objectIdentifier('2.5.4.3'), utf8String(name))))
}

function publicKeyInfo(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' })
}

/** RFC 5280, 4.2.1.2: the SHA-1 of the key's bits, which for P-256 are the last 65 bytes of its encoding. */
function keyIdentifier(key: KeyObject): Buffer {
  return createHash('sha1').update(publicKeyInfo(key).subarray(-65)).digest()
}

function pem(encoded: Buffer): string {
  const lines = encoded.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
