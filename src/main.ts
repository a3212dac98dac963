/** Wires the house together; the only file that knows every room. */
import { pid } from 'node:process'
import { createSecureContext } from 'node:tls'
import { clientAuthorities } from './client-authorities.ts'
import type { JsonService } from './contract/service.ts'
import { administratorKey, credentialsFile } from './data-folder/administrator-key.ts'
import { type DataFolder, openDataFolder } from './data-folder/data-folder.ts'
import { localCertificates, type ServerCertificate } from './data-folder/local-certificates.ts'
import { ownCertificate } from './data-folder/own-certificate.ts'
import type { Engine } from './engine/engine.ts'
import { openEngine } from './engine/open-engine.ts'
import { type Clock, systemClock } from './foundation/clock.ts'
import { useFipsProvider } from './foundation/fips.ts'
import { jsonLog, type Log } from './foundation/log.ts'
import { OperatorError } from './foundation/operator-error.ts'
import { type Random, systemRandom } from './foundation/random.ts'
import { readGuardrails } from './guardrails.ts'
import { Budget } from './listener/budget.ts'
import { bodyBytesInFlightMax } from './listener/limits.ts'
import { type Listener, type ListenerOptions, openListener } from './listener/listener.ts'
import { Outbox } from './listener/outbox.ts'
import { PrivateListeners } from './listener/private-listeners.ts'
import { secureOptions, type TlsPolicy } from './listener/tls-policy.ts'
import { Turns } from './listener/turns.ts'
import { openStore } from './open-store.ts'
import { administratorIdentities } from './pipeline/administrator.ts'
import { unrecorded } from './pipeline/audited.ts'
import { houseDispatch } from './pipeline/dispatch.ts'
import { type House, routesOf } from './pipeline/house.ts'
import { allIdentities } from './pipeline/identities.ts'
import { policyAuthorizer } from './pipeline/policy-authorizer.ts'
import { SigningKeys } from './pipeline/signing-keys.ts'
import { parseRange } from './policy/ip-ranges.ts'
import type { Site } from './protocol/answer.ts'
import { requestIds } from './protocol/request-id.ts'
import { type AutoscalingRoom, autoscalingRoom } from './services/autoscaling/service.ts'
import { cloudwatchService } from './services/cloudwatch/service.ts'
import { dynamodbService } from './services/dynamodb/service.ts'
import { type Ec2Room, openEc2 } from './services/ec2/open-ec2.ts'
import { type IamRoom, openIam } from './services/iam/open-iam.ts'
import { streamsService } from './services/streams/service.ts'
import { openSts } from './services/sts/open-sts.ts'
import { readIdentityProviders } from './settings/identity-providers.ts'
import { type ConfiguredNetwork, readNetworks } from './settings/networks.ts'
import type { Settings } from './settings.ts'
import type { SealedTrees } from './storage/sealed-trees/sealed-trees.ts'

/** Every room's service that speaks JSON; a room with work of its own brings its service along. */
export function servicesWith(autoscaling: AutoscalingRoom): readonly JsonService[] {
  return [dynamodbService, streamsService, autoscaling.service, cloudwatchService]
}

/** The local certificate is renewed weeks before it ends. */
const renewalCheckMs = 86_400_000
/** Whoever puts another certificate in its place need not restart the server. */
const ownCertificateCheckMs = 10_000

/** What a test may own instead of the machine's. */
export interface World {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

export interface RunningCoffer {
  /** Undefined when the public listener is closed. */
  readonly httpsPort: number | undefined
  /** Undefined when plain HTTP is off. */
  readonly httpPort: number | undefined
  /** In the form of AWS's credentials files. */
  readonly credentialsFile: string
  /** What clients should trust; undefined when the operator brought a certificate. */
  readonly authorityFile: string | undefined
  /** False while the server drains. */
  readonly ready: boolean
  /** Ends calls under way, then closes the store and gives up the folder. Calling it again waits for the same end. */
  close(): Promise<void>
}

/** What has been opened so far, to be closed from the top down. */
interface Parts {
  folder?: DataFolder
  listeners: Listener[]
  privateListeners?: PrivateListeners
  ec2?: Ec2Room
  trees?: SealedTrees
  engine?: Engine
  iam?: IamRoom
  scaling?: { stop(): Promise<void> }
}

/**
 * Settles when the store is open and calls are answered; health checks are answered earlier. OperatorError for what the
 * operator can put right, StoreCorrupt or StoreUnavailable from the store; then nothing stays open.
 */
export async function startCoffer(settings: Settings, given: Partial<World> = {}): Promise<RunningCoffer> {
  const clock = given.clock ?? systemClock
  const log = given.log ?? jsonLog({ level: settings.logLevel, clock })
  const world = { clock, log, random: given.random ?? systemRandom }
  const parts: Parts = { listeners: [] }
  try {
    return await start(settings, world, parts)
  } catch (error) {
    await close(parts)
    throw error
  }
}

async function start(settings: Settings, world: World, parts: Parts): Promise<RunningCoffer> {
  const { dataFolder, accountId, region, corsOrigins, cacheBytes, tableTransitionMs, partitionLimits } = settings
  const { clock, log, random } = world
  if (settings.fips) useFipsProvider()
  const { organizationFile } = settings
  const organization = organizationFile === undefined ? undefined : await readGuardrails(organizationFile, accountId)
  const folder = await openDataFolder({ path: dataFolder, random, processId: pid })
  parts.folder = folder
  const administrator = await administratorKey(dataFolder, random)
  const networks = settings.networksFile === undefined ? [] : await readNetworks(settings.networksFile)
  const certificate = await serverCertificate(settings, world, networks)
  const tlsPolicy = await tlsPolicyOf(settings, certificate)

  let site: Site = { region, log, corsOrigins, house: undefined, draining: false }
  const { https, http, privateListeners } = await openListeners(
    settings,
    world,
    { certificate, tlsPolicy },
    () => site,
    parts,
  )
  const trees = await openStore(folder, cacheBytes)
  parts.trees = trees
  const engine = await openEngine({ trees, clock, tableTransitionMs, partitionLimits, log })
  parts.engine = engine
  const iam = await openIam({
    ...{ store: engine.collections, accountId, clock, random, log },
    rootAccessKeyId: administrator.accessKeyId,
    organization,
  })
  parts.iam = iam
  const sts = await openSts({
    ...{ store: engine.collections, directory: iam.directory, clock, random, organization },
    issuers:
      settings.identityProvidersFile === undefined ? [] : await readIdentityProviders(settings.identityProvidersFile),
  })
  const ec2 = await openEc2({
    ...{ store: engine.collections, scope: { accountId, region }, networks, clock, random, log },
    doors: privateListeners,
  })
  parts.ec2 = ec2
  refuseWithoutDoor(settings, privateListeners)
  const autoscaling = autoscalingRoom()
  const house: House = {
    accountId,
    region,
    clock,
    log,
    engine,
    routes: routesOf([...servicesWith(autoscaling), iam.service, sts.service, ec2.service]),
    identities: allIdentities({
      administrator: administratorIdentities({ accountId, ...administrator }),
      region,
      findKey: iam.findKey,
      findSession: sts.findSession,
      noteUse: iam.noteUse,
    }),
    signingKeys: new SigningKeys(),
    authorizer: policyAuthorizer(iam.policies, { organization, endpoints: ec2.policies }),
    audit: unrecorded,
  }
  const dispatch = houseDispatch(house, requestIds(random))
  parts.scaling = autoscaling.start({ engine, clock, scope: { accountId, region }, dispatch }, log)
  site = { ...site, house }
  const stopRenewing = watchCertificate(settings, world, certificate, networks, (found) => {
    https?.useCertificate(found)
    privateListeners.useCertificate(found)
  })
  log.info('ready', { httpsPort: https?.port, httpPort: http?.port, privateEndpoints: privateListeners.count })

  let closing: Promise<void> | undefined
  return {
    httpsPort: https?.port,
    httpPort: http?.port,
    credentialsFile: credentialsFile(dataFolder),
    authorityFile: certificate.authorityFile,
    get ready() {
      return !site.draining
    },
    close() {
      site = { ...site, draining: true }
      stopRenewing.abort()
      closing ??= close(parts)
      return closing
    },
  }
}

interface OpenListeners {
  readonly https: Listener | undefined
  readonly http: Listener | undefined
  readonly privateListeners: PrivateListeners
}

async function openListeners(
  settings: Settings,
  { clock, log, random }: World,
  { certificate, tlsPolicy }: { readonly certificate: ServerCertificate; readonly tlsPolicy: TlsPolicy },
  site: () => Site,
  parts: Parts,
): Promise<OpenListeners> {
  const shared = {
    site,
    nextRequestId: requestIds(random),
    clock,
    log,
    connections: new Budget(settings.connectionsMax),
    bodyBytes: new Budget(bodyBytesInFlightMax),
    turns: new Turns(clock),
    outbox: new Outbox(),
    tlsPolicy,
  }
  const trustedProxies = settings.trustedProxies.map(parseRange).filter((range) => range !== undefined)
  const privateListeners = new PrivateListeners(shared, certificate)
  parts.privateListeners = privateListeners
  const open = async (options: Pick<ListenerOptions, 'door' | 'host' | 'port' | 'tls'>) => {
    const listener = await openListener({ ...shared, ...options, trustedProxies })
    parts.listeners.push(listener)
    return listener
  }
  const https = settings.public
    ? await open({ door: 'https', host: settings.host, port: settings.httpsPort, tls: certificate })
    : undefined
  const http = settings.http && (await open({ door: 'http', ...settings.http, tls: undefined }))
  return { https, http, privateListeners }
}

/** A server that nobody can reach, not even to make its first endpoint, is a mistake. */
function refuseWithoutDoor(settings: Settings, { count }: PrivateListeners): void {
  if (settings.public || settings.http !== undefined || count > 0) return
  throw new OperatorError(
    'nothing listens: the public listener and plain HTTP are off, and no private endpoint listens; make one first with plain HTTP on',
  )
}

/** The local authority's certificate names the addresses of private endpoints too. */
function serverCertificate(
  { tls, dataFolder, host }: Settings,
  world: World,
  networks: readonly ConfiguredNetwork[],
): Promise<ServerCertificate> {
  if (tls !== undefined) return ownCertificate(tls.certificateFile, tls.keyFile)
  const furtherHosts = networks.flatMap(({ listeners }) => listeners.map((listener) => listener.host))
  return localCertificates({ folder: dataFolder, host, furtherHosts, ...world })
}

/** OperatorError for ciphers that OpenSSL does not know or that do not go with the version. */
async function tlsPolicyOf(settings: Settings, { certificate, key }: ServerCertificate): Promise<TlsPolicy> {
  const { tlsMinVersion: minVersion, tlsCiphers: ciphers, tlsClients } = settings
  const clients = tlsClients && (await clientAuthorities(tlsClients))
  const policy: TlsPolicy = { minVersion, ciphers, clients }
  try {
    createSecureContext({ ...secureOptions(policy), cert: certificate, key })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new OperatorError(`TLS cannot be set up as told (--tls-ciphers ${ciphers ?? ''}): ${reason}`, {
      cause: error,
    })
  }
  return policy
}

/** Serves a changed certificate from the next connection on; a server that runs for a year does not end with its own. */
function watchCertificate(
  settings: Settings,
  world: World,
  first: ServerCertificate,
  networks: readonly ConfiguredNetwork[],
  use: (found: ServerCertificate) => void,
): AbortController {
  const stop = new AbortController()
  const intervalMs = settings.tls === undefined ? renewalCheckMs : ownCertificateCheckMs
  const watch = async () => {
    let served = first
    for (;;) {
      await world.clock.sleep(intervalMs, stop.signal)
      if (stop.signal.aborted) return
      try {
        const found = await serverCertificate(settings, world, networks)
        if (found.certificate === served.certificate && found.key === served.key) continue
        use(found)
        served = found
        world.log.info('another certificate is served from now on')
      } catch (error) {
        world.log.error('the certificate could not be read or renewed; the old one stays in use', { error })
      }
    }
  }
  void watch()
  return stop
}

async function close(parts: Parts): Promise<void> {
  const { listeners, privateListeners, scaling, ec2, iam, engine, trees, folder } = parts
  await Promise.all([...listeners.map((listener) => listener.close()), privateListeners?.closeAll()])
  await scaling?.stop()
  await ec2?.close()
  await iam?.close()
  await engine?.close()
  await trees?.close()
  await folder?.release()
}
