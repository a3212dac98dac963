/** A whole server in this process, on free loopback ports and a data folder of its own, and a client of it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../../src/foundation/clock.ts'
import { startCoffer } from '../../src/main.ts'
import { readSettings } from '../../src/settings.ts'
import { type Client, type Credentials, connect, type Endpoint, type ServiceSpoken } from './client.ts'

export interface ConformanceServer {
  readonly client: Client
  /** For further clients. */
  readonly endpoint: Endpoint
  /** A client of another service of the same server; it is closed with the server. */
  clientOf(service: ServiceSpoken): Client
  /** Ends the server and starts another on the same data; its clients are new ones. */
  restart(): Promise<ConformanceServer>
  stop(): Promise<void>
}

export interface ServerOptions {
  /** The server's and the client's; the machine's unless told. */
  readonly clock?: Clock
  /** How long tables stay CREATING, UPDATING and DELETING; no longer than their work takes unless told. */
  readonly tableTransitionMs?: number
  /** Further flags of `coffer serve`. */
  readonly args?: readonly string[]
}

export async function startServer(options: ServerOptions = {}): Promise<ConformanceServer> {
  return startOn(await mkdtemp(join(tmpdir(), 'coffer-conformance-')), options)
}

async function startOn(folder: string, options: ServerOptions): Promise<ConformanceServer> {
  const { clock, tableTransitionMs = 0, args = [] } = options
  const settings = await readSettings({
    arguments: [
      ...['--data', join(folder, 'data'), '--http-port', '0', '--https-port', '0', '--log-level', 'error'],
      ...['--table-transition-delay', String(tableTransitionMs), ...args],
    ],
    environment: {},
  })
  const coffer = await startCoffer(settings, clock === undefined ? {} : { clock })
  const credentials = await readCredentials(coffer.credentialsFile)
  const endpoint: Endpoint = {
    port: coffer.httpPort ?? 0,
    region: settings.region,
    credentials,
    now: () => new Date(clock?.nowMs() ?? Date.now()),
  }
  const clients = [connect(endpoint)]
  const close = async () => {
    for (const client of clients) client.close()
    await coffer.close()
  }
  return {
    client: clients[0] as Client,
    endpoint,
    clientOf(service) {
      const client = connect({ ...endpoint, service })
      clients.push(client)
      return client
    },
    async restart() {
      await close()
      return startOn(folder, options)
    },
    async stop() {
      await close()
      await rm(folder, { recursive: true })
    },
  }
}

async function readCredentials(file: string): Promise<Credentials> {
  const text = await readFile(file, 'utf8')
  const value = (name: string): string => new RegExp(`^${name}\\s*=\\s*(\\S+)`, 'm').exec(text)?.[1] ?? ''
  return { accessKeyId: value('aws_access_key_id'), secretAccessKey: value('aws_secret_access_key') }
}
