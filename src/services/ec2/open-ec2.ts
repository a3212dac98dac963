/** Opens the room: reads its endpoints and has their listeners opened. */
import type { EndpointPolicies, Network, PrivateDoors } from '../../contract/private-endpoints.ts'
import type { QueryService } from '../../contract/service.ts'
import type { Collections } from '../../engine/collections/collections.ts'
import type { Scope } from '../../engine/scope.ts'
import type { Clock } from '../../foundation/clock.ts'
import type { Log } from '../../foundation/log.ts'
import type { Random } from '../../foundation/random.ts'
import { carriedServices } from './carried-services.ts'
import { Endpoints } from './endpoints.ts'
import { ec2Service } from './service.ts'

export interface OpenEc2Options {
  readonly store: Collections
  readonly scope: Scope
  readonly networks: readonly Network[]
  readonly doors: PrivateDoors
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

export interface Ec2Room {
  readonly service: QueryService
  readonly policies: EndpointPolicies
  /** Waits for changes under way. */
  close(): Promise<void>
}

export async function openEc2(options: OpenEc2Options): Promise<Ec2Room> {
  const { clock, random, scope } = options
  const endpoints = await Endpoints.open({ ...options, services: carriedServices(scope.region) })
  return {
    service: ec2Service({ endpoints, clock, random }),
    policies: endpoints,
    close: () => endpoints.close(),
  }
}
