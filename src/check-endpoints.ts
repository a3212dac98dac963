/** `coffer check` of private endpoints, wherever there are any. */
import { engineCollections } from './engine/collections/engine-collections.ts'
import type { Scope } from './engine/scope.ts'
import { collectionsTree } from './engine/storage-map.ts'
import { checkEndpoints } from './services/ec2/endpoint-faults.ts'
import { endpointRecords } from './services/ec2/endpoint-records.ts'
import type { Trees } from './storage/trees.ts'

export interface PrivateEndpointsCheck {
  readonly subject: string
  readonly summary: string
  readonly faults: readonly string[]
}

export async function* checkPrivateEndpoints(trees: Trees): AsyncGenerator<PrivateEndpointsCheck> {
  for (const scope of await scopesWithEndpoints(trees)) {
    const { endpoints, faults } = await checkEndpoints(engineCollections(trees), scope)
    const subject = `private endpoints of ${scope.accountId} in ${scope.region}`
    yield { subject, summary: `${endpoints} endpoints`, faults }
  }
}

/** `ec2.vpc-endpoints · account · region · id`. */
function scopesWithEndpoints(trees: Trees): Promise<readonly Scope[]> {
  return trees.view((reader) => {
    const scopes = new Map<string, Scope>()
    if (!reader.hasTree(collectionsTree)) return []
    const { name } = endpointRecords
    const range = { from: Buffer.from(`${name}\0`), to: Buffer.from(`${name}\x01`) }
    reader.scan(collectionsTree, range, false, (entry) => {
      const [, accountId = '', region = ''] = entry.keyBytes.toString('utf8', entry.keyStart, entry.keyEnd).split('\0')
      scopes.set(`${accountId} ${region}`, { accountId, region })
      return true
    })
    return [...scopes.values()]
  })
}
