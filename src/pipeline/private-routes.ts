/** What a VPC endpoint carries: its service's operations; all else is unknown there, as it is at the service's own address. */
import type { PrivateSource } from '../contract/private-endpoints.ts'
import type { Service } from '../contract/service.ts'
import type { Route } from './call.ts'

type Routes = ReadonlyMap<string, Route>

/** By endpoint, for as long as its listener lives. */
const known = new WeakMap<PrivateSource, Routes>()

export function routesThrough(source: PrivateSource | undefined, all: Routes): Routes {
  if (source === undefined) return all
  let routes = known.get(source)
  if (routes === undefined) {
    routes = new Map([...all].filter(([, { service }]) => carries(source, service)))
    known.set(source, routes)
  }
  return routes
}

function carries({ services }: PrivateSource, service: Service): boolean {
  return services.has(service.name) || ('targetPrefix' in service && services.has(service.targetPrefix))
}
