/**
 * The endpoints that there are: their records, their listeners, and their policies for who decides. One change is made
 * at a time. A change counts from when it is durable: before it is told, and for every request that is decided after.
 */
import { isIPv6 } from 'node:net'
import type { EndpointPolicies, ListenerAddress, Network, PrivateDoors } from '../../contract/private-endpoints.ts'
import { type Collections, put, remove } from '../../engine/collections/collections.ts'
import type { Scope } from '../../engine/scope.ts'
import type { Log } from '../../foundation/log.ts'
import { OperatorError } from '../../foundation/operator-error.ts'
import { type CompiledPolicy, compilePolicy, emptyPolicy } from '../../policy/compiled-policy.ts'
import { MalformedPolicy } from '../../policy/document.ts'
import { parsePolicy } from '../../policy/parse-policy.ts'
import type { CarriedService } from './carried-services.ts'
import { type EndpointRecord, endpointRecords } from './endpoint-records.ts'
import { noFreeAddress, noSuchEndpoint } from './errors.ts'

export interface EndpointsOptions {
  readonly store: Collections
  readonly scope: Scope
  readonly networks: readonly Network[]
  readonly services: readonly CarriedService[]
  readonly doors: PrivateDoors
  readonly log: Log
}

export interface Endpoint {
  readonly record: EndpointRecord
  readonly policy: CompiledPolicy
  /** Why it does not listen: its address is taken, or the operator's file does not name it any more. */
  readonly failure?: string
}

/** An address of IPv4 or IPv6; undefined: any. */
export type AddressFamily = 'ipv4' | 'ipv6' | undefined

const recordsPerRead = 1000

export class Endpoints implements EndpointPolicies {
  readonly #options: EndpointsOptions
  readonly #known = new Map<string, Endpoint>()
  /** Settles when the changes so far have been made. */
  #changes: Promise<unknown> = Promise.resolve()
  readonly #deletions = new Set<Promise<void>>()

  constructor(options: EndpointsOptions) {
    this.#options = options
  }

  /** Opens the listeners of all that are kept. */
  static async open(options: EndpointsOptions): Promise<Endpoints> {
    const endpoints = new Endpoints(options)
    let after: string | undefined
    do {
      const page = await options.store.list(endpointRecords, options.scope, {
        limit: recordsPerRead,
        ...(after !== undefined && { after }),
      })
      for (const { value } of page.records) await endpoints.#resume(value)
      after = page.last
    } while (after !== undefined)
    return endpoints
  }

  get networks(): readonly Network[] {
    return this.#options.networks
  }

  get services(): readonly CarriedService[] {
    return this.#options.services
  }

  /** In the order of their making. */
  all(): readonly Endpoint[] {
    return [...this.#known.values()].sort(
      ({ record: a }, { record: b }) => a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : 1),
    )
  }

  get(id: string): Endpoint | undefined {
    return this.#known.get(id)
  }

  network(vpcId: string): Network | undefined {
    return this.#options.networks.find((network) => network.vpcId === vpcId)
  }

  policyOf(endpointId: string): CompiledPolicy {
    return this.#known.get(endpointId)?.policy ?? gone
  }

  /** `make` looks at the endpoints as they then are, and throws or gives what there is already, or what is to be. */
  create(
    make: () => Endpoint | { readonly record: Omit<EndpointRecord, 'address'>; readonly family: AddressFamily },
  ): Promise<Endpoint> {
    return this.#oneByOne(async () => {
      const made = make()
      if ('policy' in made) return made
      const { record, family } = made
      const network = this.network(record.vpcId)
      const taken = new Set([...this.#known.values()].map(({ record: { address } }) => textOf(address)))
      for (const address of network?.listeners ?? []) {
        if (taken.has(textOf(address)) || (family !== undefined && familyOf(address) !== family)) continue
        const endpoint = { record: { ...record, address }, policy: compiled(record) }
        this.#known.set(record.id, endpoint)
        const failure = await this.#listen(endpoint.record)
        if (failure !== undefined) {
          this.#known.delete(record.id)
          continue
        }
        try {
          await this.#write(endpoint.record)
        } catch (error) {
          this.#known.delete(record.id)
          await this.#options.doors.close(record.id)
          throw error
        }
        return endpoint
      }
      throw noFreeAddress(record.vpcId)
    })
  }

  /** `change` makes the new record of the present one, or throws. */
  modify(id: string, change: (record: EndpointRecord) => EndpointRecord): Promise<void> {
    return this.#oneByOne(async () => {
      const present = this.#known.get(id)
      if (present === undefined) throw noSuchEndpoint(id)
      const record = change(present.record)
      await this.#write(record)
      const policy = record.policy === present.record.policy ? present.policy : compiled(record)
      this.#known.set(id, { ...present, record, policy })
    })
  }

  /** Nothing is let in or allowed from when this settles; the endpoint is gone when its calls have ended. */
  delete(id: string): Promise<void> {
    return this.#oneByOne(async () => {
      const present = this.#known.get(id)
      if (present === undefined || present.record.deleting === true) throw noSuchEndpoint(id)
      const record: EndpointRecord = { ...present.record, deleting: true }
      await this.#write(record)
      this.#known.set(id, { record, policy: gone })
      const deletion = this.#finish(id).finally(() => this.#deletions.delete(deletion))
      this.#deletions.add(deletion)
    })
  }

  /** Waits for what is under way; the listeners are closed by whoever opened them. */
  async close(): Promise<void> {
    await this.#changes
    await Promise.all(this.#deletions)
  }

  async #finish(id: string): Promise<void> {
    const { doors, store, scope, log } = this.#options
    try {
      await doors.close(id)
      await store.write(scope, [remove(endpointRecords, id)])
      this.#known.delete(id)
    } catch (error) {
      log.error('a deleted endpoint could not be removed from the store; the next start tries again', {
        endpointId: id,
        error,
      })
    }
  }

  async #resume(record: EndpointRecord): Promise<void> {
    if (record.deleting === true) {
      await this.#options.store.write(this.#options.scope, [remove(endpointRecords, record.id)])
      return
    }
    const network = this.network(record.vpcId)
    const named = network?.listeners.some((address) => textOf(address) === textOf(record.address)) ?? false
    const endpoint = { record, policy: compiled(record) }
    this.#known.set(record.id, endpoint)
    const failure = named
      ? await this.#listen(record)
      : `the file of networks does not name ${textOf(record.address)} in ${record.vpcId}`
    if (failure === undefined) return
    this.#known.set(record.id, { ...endpoint, failure })
    this.#options.log.error('an endpoint does not listen', { endpointId: record.id, reason: failure })
  }

  /** Why not, if it cannot. */
  async #listen({ id, vpcId, serviceName, address }: EndpointRecord): Promise<string | undefined> {
    const { doors, services, log } = this.#options
    const service = services.find(({ name }) => name === serviceName)
    const network = this.network(vpcId)
    if (service === undefined || network === undefined) return `there is no service ${serviceName} here`
    try {
      await doors.open({
        source: { endpointId: id, vpcId, services: service.services },
        address,
        cidrs: network.cidrs,
      })
      return undefined
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error
      log.warn('an address of an endpoint cannot be had', { endpointId: id, error })
      return error.message
    }
  }

  #write(record: EndpointRecord): Promise<void> {
    return this.#options.store.write(this.#options.scope, [put(endpointRecords, record.id, record)])
  }

  #oneByOne<T>(change: () => Promise<T>): Promise<T> {
    const made = this.#changes.then(change)
    this.#changes = made.catch(() => undefined)
    return made
  }
}

export function textOf({ host, port }: ListenerAddress): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`
}

export function familyOf({ host }: ListenerAddress): 'ipv4' | 'ipv6' {
  return isIPv6(host) ? 'ipv6' : 'ipv4'
}

/** Allows nothing. */
const gone = emptyPolicy('no-endpoint')

function compiled({ id, policy }: Pick<EndpointRecord, 'id' | 'policy'>): CompiledPolicy {
  const document = parsePolicy(policy, 'vpc-endpoint')
  // It was looked at when it was written; should rules have become stricter since, it allows nothing.
  return document instanceof MalformedPolicy ? gone : compilePolicy(id, document)
}
