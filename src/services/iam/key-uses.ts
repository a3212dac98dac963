/**
 * When access keys and roles were last used. A request notes it in memory and waits for nothing; the store is told
 * beside the requests, of each key about once a minute while it is in use. A crash forgets less than a minute of it.
 */
import { type Collections, collection, put } from '../../engine/collections/collections.ts'
import type { Log } from '../../foundation/log.ts'
import type { UseRecord } from './records.ts'

const collected = collection<UseRecord>('iam.uses')
/** Between two writes of one key's use, and after a write that failed. */
const writeEveryMs = 60_000
const recordsPerPage = 500
/** Of one commit. */
const recordsPerWrite = 500

export interface KeyUsesOptions {
  readonly store: Collections
  readonly accountId: string
  readonly log: Log
}

interface Use {
  atMs: number
  service: string
  region: string
  /** The `atMs` that the store was last told. */
  toldMs: number
}

export class KeyUses {
  readonly #options: KeyUsesOptions
  readonly #uses = new Map<string, Use>()
  readonly #due = new Set<string>()
  #writing: Promise<void> | undefined
  #pausedUntilMs = 0

  private constructor(options: KeyUsesOptions) {
    this.#options = options
  }

  static async open(options: KeyUsesOptions): Promise<KeyUses> {
    const uses = new KeyUses(options)
    await uses.#load()
    return uses
  }

  note(id: string, service: string, region: string, atMs: number): void {
    let use = this.#uses.get(id)
    if (use === undefined) {
      use = { atMs, service, region, toldMs: 0 }
      this.#uses.set(id, use)
    }
    use.atMs = atMs
    use.service = service
    use.region = region
    if (atMs - use.toldMs < writeEveryMs || atMs < this.#pausedUntilMs) return
    this.#due.add(id)
    this.#writing ??= this.#write(atMs)
  }

  of(id: string): { readonly atMs: number; readonly service: string; readonly region: string } | undefined {
    return this.#uses.get(id)
  }

  /** Tells the store what it has not been told. */
  async close(): Promise<void> {
    await this.#writing
    for (const [id, use] of this.#uses) if (use.atMs > use.toldMs) this.#due.add(id)
    await this.#write(0)
  }

  get #scope() {
    return { accountId: this.#options.accountId, region: 'aws-global' }
  }

  async #load(): Promise<void> {
    let after: string | undefined
    do {
      const query = { limit: recordsPerPage, ...(after !== undefined && { after }) }
      const page = await this.#options.store.list(collected, this.#scope, query)
      for (const { value } of page.records) {
        const { id, atMs, service, region } = value
        this.#uses.set(id, { atMs, service, region, toldMs: atMs })
      }
      after = page.last
    } while (after !== undefined)
  }

  /** Never rejects: a use that could not be written is written with a later one. */
  async #write(nowMs: number): Promise<void> {
    const { store, log } = this.#options
    let told: readonly Use[] = []
    try {
      while (this.#due.size > 0) {
        const ids = [...this.#due].slice(0, recordsPerWrite)
        const records = ids.flatMap((id) => {
          this.#due.delete(id)
          const use = this.#uses.get(id)
          return use === undefined ? [] : [{ use, record: recordOf(id, use) }]
        })
        told = records.map(({ use }) => use)
        for (const use of told) use.toldMs = use.atMs
        await store.write(
          this.#scope,
          records.map(({ record }) => put(collected, record.id, record)),
        )
      }
    } catch (error) {
      for (const use of told) use.toldMs = 0
      this.#pausedUntilMs = nowMs + writeEveryMs
      log.warn('the last uses of some access keys could not be written', { error })
    } finally {
      this.#writing = undefined
    }
  }
}

function recordOf(id: string, { atMs, service, region }: Use): UseRecord {
  return { id, name: id, atMs, service, region }
}
