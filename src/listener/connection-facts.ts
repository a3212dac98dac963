/** What is known of a connection for as long as it lives. */
import type { Socket } from 'node:net'
import { type CipherNameAndProtocol, TLSSocket } from 'node:tls'
import type { PrivateSource } from '../contract/private-endpoints.ts'
import type { Connection } from '../pipeline/call.ts'
import { clientCertificate, type TlsPolicy } from './tls-policy.ts'

const known = new WeakMap<Socket, Connection>()

export function connectionFacts(
  socket: Socket,
  door: string,
  { clients }: TlsPolicy,
  privateSource: PrivateSource | undefined,
): Connection {
  const facts = known.get(socket)
  if (facts !== undefined) return facts
  const tls = socket instanceof TLSSocket ? socket : undefined
  const made = {
    door,
    secureTransport: tls !== undefined,
    tlsVersion: tls?.getProtocol() ?? undefined,
    // A client that has left already leaves no cipher behind, whatever the types say.
    cipherSuite: (tls?.getCipher() as CipherNameAndProtocol | null | undefined)?.standardName,
    ipAddress: plainAddress(socket.remoteAddress ?? ''),
    privateSource,
    clientCertificate: tls && clients && clientCertificate(tls, clients),
  }
  known.set(socket, made)
  return made
}

/** An IPv4 client of an IPv6 listener is an IPv4 client. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address
}
