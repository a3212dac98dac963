/**
 * Starts the real server, `cli/coffer.ts serve`, as a child process on free loopback ports, so that a test or the
 * benchmark meets it as a user does: over sockets, with the credentials and the certificate that it wrote itself.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export interface RunCofferOptions {
  /** The data folder; a fresh temporary one unless told, which `stop` removes. */
  readonly folder?: string
  /** Further flags of `coffer serve`. */
  readonly args?: readonly string[]
  /** Flags of Node itself, such as `--cpu-prof`. */
  readonly nodeArgs?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** A command to start the server through, such as `['prlimit', '--fsize=1000000', '--']`. */
  readonly through?: readonly string[]
  readonly uid?: number
  readonly gid?: number
  /** How long /ready may take; 20 s unless told. */
  readonly readyWithinMs?: number
}

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

export interface RunningCoffer {
  readonly folder: string
  readonly region: 'us-east-1'
  readonly httpPort: number
  readonly httpsPort: number
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string
  /** `https://localhost:<port>` */
  readonly httpsEndpoint: string
  readonly credentials: Credentials
  readonly credentialsFile: string
  readonly caFile: string
  /** Process id of the server that runs now. */
  pid(): number
  /** From spawn to the first 200 of /ready, of the latest start. */
  readyAfterMs(): number
  /** All that the server wrote to stdout and stderr since the first start. */
  output(): string
  /** Sends the signal and resolves when the process is gone. */
  kill(signal: NodeJS.Signals): Promise<void>
  /** Starts the server again on the same folder and ports. */
  restart(options?: Pick<RunCofferOptions, 'through'>): Promise<void>
  /** SIGTERM, then the temporary folder goes. */
  stop(): Promise<void>
}

/** The server ended before it was ready, or did not become ready in time. */
export class CofferDidNotStart extends Error {
  readonly exitCode: number | null
  readonly output: string

  constructor(exitCode: number | null, output: string) {
    super(`coffer serve did not become ready (exit code ${exitCode}):\n${output}`)
    this.name = 'CofferDidNotStart'
    this.exitCode = exitCode
    this.output = output
  }
}

const cliPath = fileURLToPath(new URL('../cli/coffer.ts', import.meta.url))
/** As `npm start` and the installed command have them: see docs/decisions/0007-memory.md. */
const nodeFlags = ['--max-semi-space-size=8']
const outputCharactersMax = 1_000_000

export async function runCoffer(options: RunCofferOptions = {}): Promise<RunningCoffer> {
  const temporary = options.folder === undefined ? await mkdtemp(join(tmpdir(), 'coffer-')) : undefined
  if (temporary !== undefined && options.uid !== undefined) await chmod(temporary, 0o777)
  const folder = options.folder ?? join(temporary ?? '', 'coffer-data')
  const [httpPort, httpsPort] = await Promise.all([freePort(), freePort()])
  const endpoint = `http://127.0.0.1:${httpPort}`
  let output = ''
  let readyAfterMs = 0
  let child: ChildProcess | undefined

  async function start(through: readonly string[]): Promise<void> {
    const [command = process.execPath, ...rest] = [
      ...through,
      ...[process.execPath, ...nodeFlags, ...(options.nodeArgs ?? []), cliPath, 'serve'],
      ...['--data', folder, '--http-port', String(httpPort), '--https-port', String(httpsPort)],
      ...(options.args ?? []),
    ]
    const startedAt = performance.now()
    const started = spawn(command, rest, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.environment },
      ...(options.uid === undefined ? {} : { uid: options.uid }),
      ...(options.gid === undefined ? {} : { gid: options.gid }),
    })
    child = started
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-outputCharactersMax)
    }
    started.stdout?.on('data', keep)
    started.stderr?.on('data', keep)
    try {
      await untilReady(started, endpoint, options.readyWithinMs ?? 20_000)
    } catch {
      if (started.exitCode === null && started.signalCode === null) {
        started.kill('SIGKILL')
        await once(started, 'exit')
      }
      await sleep(20)
      throw new CofferDidNotStart(started.exitCode, output)
    }
    readyAfterMs = performance.now() - startedAt
  }

  async function kill(signal: NodeJS.Signals): Promise<void> {
    const running = child
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return
    const gone = once(running, 'exit')
    running.kill(signal)
    await gone
  }

  try {
    await start(options.through ?? [])
  } catch (error) {
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true })
    throw error
  }
  const credentialsFile = join(folder, 'credentials')
  return {
    folder,
    region: 'us-east-1',
    httpPort,
    httpsPort,
    endpoint,
    httpsEndpoint: `https://localhost:${httpsPort}`,
    credentials: await readCredentials(credentialsFile),
    credentialsFile,
    caFile: join(folder, 'tls', 'ca.pem'),
    pid: () => child?.pid ?? 0,
    readyAfterMs: () => readyAfterMs,
    output: () => output,
    kill,
    restart: (again) => start(again?.through ?? options.through ?? []),
    async stop() {
      await kill('SIGTERM')
      if (temporary !== undefined) await rm(temporary, { recursive: true, force: true })
    },
  }
}

/** Runs another command of the CLI, such as `['check', '--data', folder]`, to its end. */
export async function runCofferCommand(args: readonly string[]): Promise<{ exitCode: number; output: string }> {
  const child = spawn(process.execPath, [cliPath, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  await once(child, 'close')
  return { exitCode: child.exitCode ?? -1, output }
}

/** A port that was free a moment ago, on 127.0.0.1. */
export async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  server.close()
  await once(server, 'close')
  return port
}

async function untilReady(child: ChildProcess, endpoint: string, withinMs: number): Promise<void> {
  let spawnError: Error | undefined
  child.once('error', (error) => {
    spawnError = error
  })
  const deadline = performance.now() + withinMs
  while (performance.now() < deadline) {
    if (spawnError !== undefined) throw spawnError
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('the server ended')
    try {
      const answer = await fetch(`${endpoint}/ready`)
      await answer.arrayBuffer()
      if (answer.status === 200) return
    } catch {
      // Nothing listens yet: the loop asks again.
    }
    await sleep(5)
  }
  throw new Error('the server was not ready in time')
}

async function readCredentials(file: string): Promise<Credentials> {
  const text = await readFile(file, 'utf8')
  const value = (name: string) => new RegExp(`^${name}\\s*=\\s*(\\S+)\\s*$`, 'm').exec(text)?.[1] ?? ''
  return { accessKeyId: value('aws_access_key_id'), secretAccessKey: value('aws_secret_access_key') }
}
