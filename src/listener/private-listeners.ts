/** The listeners of VPC endpoints: opened and closed while the server runs, each known by its endpoint's id. */
import type { PrivateDoor, PrivateDoors } from '../contract/private-endpoints.ts'
import { assert } from '../foundation/assert.ts'
import { parseRange } from '../policy/ip-ranges.ts'
import { type Listener, type ListenerOptions, openListener, type TlsIdentity } from './listener.ts'

/** What all of them have in common. */
export type SharedOptions = Omit<ListenerOptions, 'door' | 'host' | 'port' | 'tls' | 'private' | 'trustedProxies'>

export class PrivateListeners implements PrivateDoors {
  readonly #shared: SharedOptions
  readonly #open = new Map<string, Listener>()
  #certificate: TlsIdentity
  /** Said once the server ends: what opens after that closes at once. */
  #closed = false

  constructor(shared: SharedOptions, certificate: TlsIdentity) {
    this.#shared = shared
    this.#certificate = certificate
  }

  async open({ source, address, cidrs }: PrivateDoor): Promise<void> {
    const { endpointId } = source
    assert(!this.#open.has(endpointId), 'an endpoint has one listener')
    const clients = cidrs.map(parseRange).filter((range) => range !== undefined)
    assert(clients.length === cidrs.length, 'the ranges of a network were checked')
    const certificate = this.#certificate
    const listener = await openListener({
      ...this.#shared,
      ...address,
      door: endpointId,
      tls: certificate,
      private: { source, clients },
    })
    this.#open.set(endpointId, listener)
    if (certificate !== this.#certificate) listener.useCertificate(this.#certificate)
    if (this.#closed) await this.close(endpointId)
  }

  async close(endpointId: string): Promise<void> {
    const listener = this.#open.get(endpointId)
    this.#open.delete(endpointId)
    await listener?.close()
  }

  /** For connections made from now on, at those that are open and those to come. */
  useCertificate(tls: TlsIdentity): void {
    this.#certificate = tls
    for (const listener of this.#open.values()) listener.useCertificate(tls)
  }

  get count(): number {
    return this.#open.size
  }

  async closeAll(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#open.keys()].map((endpointId) => this.close(endpointId)))
  }
}
