import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { test } from 'node:test'
import { put } from '../../engine/collections/collections.ts'
import { openEngine } from '../../engine/open-engine.ts'
import { systemClock } from '../../foundation/clock.ts'
import { memoryPageStore } from '../../storage/memory/memory-page-store.ts'
import { SealedTrees } from '../../storage/sealed-trees/sealed-trees.ts'
import { checkEndpoints } from './endpoint-faults.ts'
import { type EndpointRecord, endpointRecords, fullAccess } from './endpoint-records.ts'

const scope = { accountId: '000000000000', region: 'us-east-1' }
const record = (id: string, host: string): EndpointRecord => ({
  ...{ id, vpcId: 'vpc-12345678', type: 'Interface', serviceName: 'com.amazonaws.us-east-1.dynamodb' },
  ...{ address: { host, port: 443 }, policy: fullAccess.Interface, createdAtMs: 1 },
  ...{ routeTables: [], subnets: [], securityGroups: [], tags: [] },
})

test('what no operation leaves behind is found', async () => {
  const rootKey = createSecretKey(Buffer.alloc(32, 3))
  const trees = await SealedTrees.open({ store: memoryPageStore(), rootKey, cacheBytes: 1 << 20, pageBytes: 8192 })
  const engine = await openEngine({ trees, clock: systemClock, tableTransitionMs: 0 })
  const { collections } = engine
  try {
    await collections.write(scope, [
      put(endpointRecords, 'vpce-1', record('vpce-1', '10.0.0.1')),
      put(endpointRecords, 'vpce-2', record('vpce-2', '10.0.0.2')),
    ])
    assert.deepEqual(await checkEndpoints(collections, scope), { endpoints: 2, faults: [] })
    await collections.write(scope, [
      put(endpointRecords, 'vpce-3', record('vpce-4', '10.0.0.1')),
      put(endpointRecords, 'vpce-5', { ...record('vpce-5', '10.0.0.5'), policy: '{}' }),
    ])
    const { faults } = await checkEndpoints(collections, scope)
    assert.deepEqual(faults, [
      'endpoint vpce-3 calls itself vpce-4',
      "endpoint vpce-3 has the address 10.0.0.1:443, which is another one's too",
      'the policy of endpoint vpce-5 is malformed: Could not parse the policy: Statement is empty!',
    ])
  } finally {
    await engine.close()
    await trees.close()
  }
})
