/** A server in this process around operations that a test declares, on an engine in memory. */
import { createSecretKey } from 'node:crypto'
import type { AnyOperation } from '../../src/contract/operation.ts'
import type { AuditTrail, Authorizer } from '../../src/contract/ports.ts'
import type { Service } from '../../src/contract/service.ts'
import { openEngine } from '../../src/engine/open-engine.ts'
import { systemClock } from '../../src/foundation/clock.ts'
import { jsonLog } from '../../src/foundation/log.ts'
import { systemRandom } from '../../src/foundation/random.ts'
import { Budget } from '../../src/listener/budget.ts'
import { openListener, type TlsIdentity } from '../../src/listener/listener.ts'
import { Outbox } from '../../src/listener/outbox.ts'
import { defaultTlsPolicy } from '../../src/listener/tls-policy.ts'
import { Turns } from '../../src/listener/turns.ts'
import { administratorIdentities } from '../../src/pipeline/administrator.ts'
import { unrecorded } from '../../src/pipeline/audited.ts'
import { type House, routesOf } from '../../src/pipeline/house.ts'
import { policyAuthorizer } from '../../src/pipeline/policy-authorizer.ts'
import { SigningKeys } from '../../src/pipeline/signing-keys.ts'
import type { Site } from '../../src/protocol/answer.ts'
import { requestIds } from '../../src/protocol/request-id.ts'
import { memoryPageStore } from '../../src/storage/memory/memory-page-store.ts'
import { SealedTrees } from '../../src/storage/sealed-trees/sealed-trees.ts'

export const key = { accessKeyId: 'AKIATESTTESTTESTTEST', secretAccessKey: 'secret+of/the+test' }

/** Of everybody: the root needs none. */
const noPolicies = { identity: [], tags: {} }

export interface SmallHouseOptions {
  readonly operations: readonly AnyOperation[]
  /** Beside two of JSON that have those operations. */
  readonly services?: readonly Service[]
  readonly audit?: AuditTrail
  readonly authorizer?: Authorizer
  readonly corsOrigins?: readonly string[]
  readonly connectionsMax?: number
  readonly bodyBytesMax?: number
  /** Makes the door an HTTPS one. */
  readonly tls?: TlsIdentity
  /** As while the store is being opened. */
  readonly notOpen?: boolean
}

export interface SmallHouse {
  readonly port: number
  /** Parsed lines of the server's log. */
  readonly logged: readonly Readonly<Record<string, unknown>>[]
  drain(): void
  close(): Promise<void>
}

export async function smallHouse(options: SmallHouseOptions): Promise<SmallHouse> {
  const logged: Record<string, unknown>[] = []
  const log = jsonLog({ level: 'debug', clock: systemClock, write: (line) => logged.push(JSON.parse(line)) })
  const trees = await SealedTrees.open({
    store: memoryPageStore(),
    rootKey: createSecretKey(systemRandom.bytes(32)),
    cacheBytes: 2 ** 24,
    pageBytes: 4096,
  })
  const engine = await openEngine({ trees, clock: systemClock, tableTransitionMs: 0 })
  const named = { apiVersion: '2012-08-10', operations: options.operations }
  const house: House = {
    accountId: '000000000000',
    region: 'us-east-1',
    clock: systemClock,
    log,
    engine,
    routes: routesOf([
      {
        ...named,
        name: 'dynamodb',
        signingName: 'dynamodb',
        protocol: 'json-1.0',
        targetPrefix: 'DynamoDB_20120810',
        errorNamespace: 'com.amazonaws.dynamodb.v20120810',
      },
      {
        ...named,
        name: 'other',
        signingName: 'dynamodb',
        protocol: 'json-1.1',
        targetPrefix: 'Other',
        errorNamespace: 'com.amazonaws.other',
      },
      ...(options.services ?? []),
    ]),
    identities: administratorIdentities({ accountId: '000000000000', ...key }),
    signingKeys: new SigningKeys(),
    authorizer: options.authorizer ?? policyAuthorizer({ version: 1, policiesOf: () => noPolicies }),
    audit: options.audit ?? unrecorded,
  }
  let site: Site = {
    region: 'us-east-1',
    log,
    corsOrigins: options.corsOrigins ?? [],
    house: options.notOpen === true ? undefined : house,
    draining: false,
  }
  const listener = await openListener({
    door: options.tls === undefined ? 'http' : 'https',
    host: '127.0.0.1',
    port: 0,
    tls: options.tls,
    tlsPolicy: defaultTlsPolicy,
    site: () => site,
    nextRequestId: requestIds(systemRandom),
    clock: systemClock,
    log,
    connections: new Budget(options.connectionsMax ?? 100),
    bodyBytes: new Budget(options.bodyBytesMax ?? 2 ** 30),
    turns: new Turns(systemClock),
    outbox: new Outbox(),
  })
  return {
    port: listener.port,
    logged,
    drain() {
      site = { ...site, draining: true }
    },
    async close() {
      await listener.close()
      await engine.close()
      await trees.close()
    },
  }
}
