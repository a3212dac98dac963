/** A whole server in this process, on free loopback ports and a data folder of its own, and a client of it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../../src/foundation/clock.ts'
import { startCoffer } from '../../src/main.ts'
import { readSettings } from '../../src/settings.ts'
import { type Client, type Credentials, connect } from './client.ts'

export interface ConformanceServer {
  readonly client: Client
  readonly port: number
  readonly credentials: Credentials
  stop(): Promise<void>
}

export interface ServerOptions {
  /** The server's and the client's; the machine's unless told. */
  readonly clock?: Clock
  /** How long tables stay CREATING, UPDATING and DELETING; no longer than their work takes unless told. */
  readonly tableTransitionMs?: number
}

export async function startServer({ clock, tableTransitionMs = 0 }: ServerOptions = {}): Promise<ConformanceServer> {
  const folder = await mkdtemp(join(tmpdir(), 'coffer-conformance-'))
  const settings = await readSettings({
    arguments: [
      ...['--data', join(folder, 'data'), '--http-port', '0', '--https-port', '0', '--log-level', 'error'],
      ...['--table-transition-delay', String(tableTransitionMs)],
    ],
    environment: {},
  })
  const coffer = await startCoffer(settings, clock === undefined ? {} : { clock })
  const credentials = await readCredentials(coffer.credentialsFile)
  const client = connect({
    port: coffer.httpPort ?? 0,
    region: settings.region,
    credentials,
    now: () => new Date(clock?.nowMs() ?? Date.now()),
  })
  return {
    client,
    port: coffer.httpPort ?? 0,
    credentials,
    async stop() {
      client.close()
      await coffer.close()
      await rm(folder, { recursive: true })
    },
  }
}

async function readCredentials(file: string): Promise<Credentials> {
  const text = await readFile(file, 'utf8')
  const value = (name: string): string => new RegExp(`^${name}\\s*=\\s*(\\S+)`, 'm').exec(text)?.[1] ?? ''
  return { accessKeyId: value('aws_access_key_id'), secretAccessKey: value('aws_secret_access_key') }
}
