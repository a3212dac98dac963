/** The servers that are measured, each started as a process of its own on loopback HTTP. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort, runCoffer } from '../test/run-coffer.ts'
import type { Target } from './signed-requests.ts'

export interface Peer {
  readonly name: 'coffer' | 'dynalite' | 'bare'
  readonly target: Target
  /** The folder that holds its data; none for the bare server. */
  readonly folder: string | undefined
  readonly readyAfterMs: number
  pid(): number
  stop(): Promise<void>
}

/** Coffer as a user starts it: durable, sealed, signatures verified. `nodeArgs` are for profiles. */
export async function startCofferPeer(nodeArgs: readonly string[] = []): Promise<Peer> {
  const coffer = await runCoffer({ nodeArgs })
  return {
    name: 'coffer',
    target: { host: '127.0.0.1', port: coffer.httpPort, region: coffer.region, ...coffer.credentials },
    folder: coffer.folder,
    readyAfterMs: coffer.readyAfterMs(),
    pid: () => coffer.pid(),
    stop: () => coffer.stop(),
  }
}

/** dynalite on disk, as its own command starts it. It checks no signature and does not wait for the disk. */
export async function startDynalitePeer(): Promise<Peer> {
  const folder = await mkdtemp(join(tmpdir(), 'dynalite-'))
  const port = await freePort()
  const cli = createRequire(import.meta.url).resolve('dynalite/cli.js')
  const args = ['--host', '127.0.0.1', '--port', String(port), '--path', join(folder, 'data'), '--createTableMs', '0']
  const startedAt = performance.now()
  const child = spawn(process.execPath, [cli, ...args], { stdio: 'ignore' })
  const endpoint = `http://127.0.0.1:${port}/`
  for (let attempt = 0; ; attempt += 1) {
    try {
      await (await fetch(endpoint)).arrayBuffer()
      break
    } catch (error) {
      if (attempt >= 1000 || child.exitCode !== null) throw error
      await sleep(5)
    }
  }
  return {
    name: 'dynalite',
    target: { host: '127.0.0.1', port, region: 'us-east-1', accessKeyId: 'bench', secretAccessKey: 'bench' },
    folder,
    readyAfterMs: performance.now() - startedAt,
    pid: () => child.pid ?? 0,
    async stop() {
      await end(child)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The bare server, answering the given recorded answer (a whole HTTP answer, base64). */
export async function startBarePeer(answerBase64: string): Promise<Peer> {
  const folder = await mkdtemp(join(tmpdir(), 'bare-'))
  const file = join(folder, 'answer.json')
  await writeFile(file, JSON.stringify(splitAnswer(Buffer.from(answerBase64, 'base64'))))
  const startedAt = performance.now()
  const child = spawn(process.execPath, [fileURLToPath(new URL('bare-server.ts', import.meta.url)), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return {
    name: 'bare',
    target: {
      host: '127.0.0.1',
      port: Number(line.toString().trim()),
      region: 'us-east-1',
      accessKeyId: 'bench',
      secretAccessKey: 'bench',
    },
    folder: undefined,
    readyAfterMs: performance.now() - startedAt,
    pid: () => child.pid ?? 0,
    async stop() {
      await end(child)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function splitAnswer(answer: Buffer): { status: number; headers: string[]; body: string } {
  const headEnd = answer.indexOf('\r\n\r\n')
  const [statusLine = '', ...headerLines] = answer.subarray(0, headEnd).toString('latin1').split('\r\n')
  const headers: string[] = []
  for (const line of headerLines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon)
    if (!['date', 'connection', 'keep-alive'].includes(name.toLowerCase())) headers.push(name, line.slice(colon + 2))
  }
  return {
    status: Number(statusLine.slice(9, 12)),
    headers,
    body: answer.subarray(headEnd + 4).toString('base64'),
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 5_000)
  await gone
  clearTimeout(timer)
}
