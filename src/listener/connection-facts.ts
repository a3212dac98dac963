/** What is known of a connection for as long as it lives. */
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Connection } from '../pipeline/call.ts'

const known = new WeakMap<Socket, Connection>()

export function connectionFacts(socket: Socket, door: string): Connection {
  const facts = known.get(socket)
  if (facts !== undefined) return facts
  const tls = socket instanceof TLSSocket ? socket : undefined
  const made = {
    door,
    secureTransport: tls !== undefined,
    tlsVersion: tls?.getProtocol() ?? undefined,
    cipherSuite: tls?.getCipher().standardName,
    ipAddress: plainAddress(socket.remoteAddress ?? ''),
  }
  known.set(socket, made)
  return made
}

/** An IPv4 client of an IPv6 listener is an IPv4 client. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address
}
