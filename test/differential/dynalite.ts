/** dynalite in this process, in memory. */
import { once } from 'node:events'
import type { Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { type Client, connect } from '../conformance/client.ts'

type Dynalite = (options: Readonly<Record<string, number>>) => Server

export interface RunningDynalite {
  readonly client: Client
  /** `work`, unless dynalite falls over in it: it then never answers, and keeps its locks. */
  unlessItFalls<T>(work: Promise<T>): Promise<T>
  stop(): void
}

const answerWithinMs = 3_000

export class DynaliteFell extends Error {}

export async function startDynalite(): Promise<RunningDynalite> {
  let fell: (error: Error) => void = () => {}
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', (error) => {
    // Connections to a server that fell are cut.
    if ('code' in error && error.code === 'ECONNRESET') return
    if (!error.stack?.includes('node_modules/dynalite/')) throw error
    fell(new DynaliteFell(error.message))
  })
  const dynalite = createRequire(import.meta.url)('dynalite') as Dynalite
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect({
    port: (server.address() as AddressInfo).port,
    region: 'us-east-1',
    credentials: { accessKeyId: 'differential', secretAccessKey: 'differential' },
    now: () => new Date(),
  })
  return {
    client,
    unlessItFalls: (work) =>
      Promise.race([
        work,
        new Promise<never>((_, reject) => {
          fell = reject
          setTimeout(() => reject(new DynaliteFell('no answer')), answerWithinMs).unref()
        }),
      ]),
    stop() {
      client.close()
      server.closeAllConnections()
      server.close()
    },
  }
}
