/**
 * Calls to a server that is killed and started again meanwhile: what is known of each call's outcome, and a gate at which
 * clients wait while the server is down.
 */
import { type Body, type Client, connect } from '../conformance/client.ts'
import type { RunningCoffer } from '../run-coffer.ts'

/** `refused`: it certainly did nothing. `unknown`: it was sent, and no answer came or one that does not say. */
export type Reply =
  | { readonly kind: 'done'; readonly body: Body }
  | { readonly kind: 'refused'; readonly code: string; readonly body: Body }
  | { readonly kind: 'unknown' }

/** Refusals after which nothing was done. */
const refusals: ReadonlySet<string> = new Set(['TransactionCanceledException', 'ConditionalCheckFailedException'])

export class Wire {
  readonly #client: Client
  #up: Promise<void> = Promise.resolve()
  /** Answers that no client should ever see, such as a ValidationException of a sound request. */
  readonly surprises: string[] = []

  constructor(server: RunningCoffer, clients: number) {
    const { httpPort: port, region, credentials } = server
    this.#client = connect({ port, region, credentials, now: () => new Date(), socketsMax: clients })
  }

  /** Waits until the server is there, then asks once. */
  async call(operation: string, input: unknown): Promise<Reply> {
    await this.#up
    try {
      const { status, code = '', body } = await this.#client.call(operation, input)
      if (status === 200) return { kind: 'done', body }
      if (status >= 500) return { kind: 'unknown' }
      if (!refusals.has(code)) this.surprises.push(`${operation}: ${JSON.stringify(body)}`)
      return { kind: 'refused', code, body }
    } catch {
      return { kind: 'unknown' }
    }
  }

  /** Kills the server at once and starts it again; calls that are under way end without an answer. */
  killed(server: RunningCoffer): Promise<void> {
    this.#up = server.kill('SIGKILL').then(() => server.restart())
    return this.#up
  }

  close(): void {
    this.#client.close()
  }
}

/** The same numbers for the same seed: uniform integers from 0 to below `bound`. */
export function seededPicks(seed: number): (bound: number) => number {
  let state = seed >>> 0
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
}

/** Runs so many clients, each until `work` answers false. */
export async function runClients(clients: number, work: () => Promise<boolean>): Promise<void> {
  const client = async (): Promise<void> => {
    while (await work());
  }
  await Promise.all(Array.from({ length: clients }, client))
}
