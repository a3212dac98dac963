/** What the staircase needs from the rooms around it; `main.ts` puts it together. */
import type { AuditTrail, Authorizer, Identities } from '../contract/ports.ts'
import type { Service } from '../contract/service.ts'
import type { Engine } from '../engine/engine.ts'
import { assert } from '../foundation/assert.ts'
import type { Clock } from '../foundation/clock.ts'
import type { Log } from '../foundation/log.ts'
import type { Route } from './call.ts'
import type { SigningKeys } from './signing-keys.ts'

export interface House {
  readonly accountId: string
  readonly region: string
  readonly clock: Clock
  readonly log: Log
  readonly engine: Engine
  readonly routes: ReadonlyMap<string, Route>
  readonly identities: Identities
  readonly signingKeys: SigningKeys
  readonly authorizer: Authorizer
  readonly audit: AuditTrail
}

/**
 * Every operation by what a request calls it: X-Amz-Target in JSON, `DynamoDB_20120810.GetItem`; Version and Action in
 * the Query protocols, `2011-06-15 GetCallerIdentity`.
 */
export function routesOf(services: readonly Service[]): ReadonlyMap<string, Route> {
  const routes = new Map<string, Route>()
  for (const service of services) {
    for (const operation of service.operations) {
      const target =
        'targetPrefix' in service
          ? `${service.targetPrefix}.${operation.name}`
          : queryTarget(service.apiVersion, operation.name)
      assert(!routes.has(target), `one operation answers ${target}`)
      routes.set(target, { service, operation })
    }
  }
  return routes
}

export function queryTarget(version: string, action: string): string {
  return `${version} ${action}`
}
