/**
 * When access keys and roles were last used. A request only notes it in memory; what is new is written about once a
 * minute in one commit, so that a crash forgets a minute of it and no request waits for it.
 */
import { type Collections, collection, put } from '../../engine/collections/collections.ts'
import type { Clock } from '../../foundation/clock.ts'
import type { Log } from '../../foundation/log.ts'
import type { UseRecord } from './records.ts'

const collected = collection<UseRecord>('iam.uses')
const writeEveryMs = 60_000
const recordsPerPage = 500
/** Of one commit. */
const recordsPerWrite = 500

export interface KeyUsesOptions {
  readonly store: Collections
  readonly accountId: string
  readonly clock: Clock
  readonly log: Log
}

interface Use {
  atMs: number
  service: string
  region: string
  dirty: boolean
}

export class KeyUses {
  readonly #options: KeyUsesOptions
  readonly #uses = new Map<string, Use>()
  readonly #stopped = new AbortController()
  #writing: Promise<void> = Promise.resolve()

  private constructor(options: KeyUsesOptions) {
    this.#options = options
  }

  static async open(options: KeyUsesOptions): Promise<KeyUses> {
    const uses = new KeyUses(options)
    await uses.#load()
    uses.#writing = uses.#writeNowAndThen()
    return uses
  }

  note(id: string, service: string, region: string, atMs: number): void {
    const use = this.#uses.get(id)
    if (use === undefined) {
      this.#uses.set(id, { atMs, service, region, dirty: true })
      return
    }
    use.atMs = atMs
    use.service = service
    use.region = region
    use.dirty = true
  }

  of(id: string): { readonly atMs: number; readonly service: string; readonly region: string } | undefined {
    return this.#uses.get(id)
  }

  /** Writes what is new and stops. */
  async close(): Promise<void> {
    this.#stopped.abort()
    await this.#writing
    await this.#write()
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
        this.#uses.set(id, { atMs, service, region, dirty: false })
      }
      after = page.last
    } while (after !== undefined)
  }

  async #writeNowAndThen(): Promise<void> {
    const { clock, log } = this.#options
    for (;;) {
      await clock.sleep(writeEveryMs, this.#stopped.signal)
      if (this.#stopped.signal.aborted) return
      try {
        await this.#write()
      } catch (error) {
        log.error('the last uses of access keys could not be written; they are kept for the next time', { error })
      }
    }
  }

  async #write(): Promise<void> {
    const dirty = [...this.#uses].filter(([, use]) => use.dirty)
    for (let at = 0; at < dirty.length; at += recordsPerWrite) {
      const some = dirty.slice(at, at + recordsPerWrite)
      const writes = some.map(([id, { atMs, service, region }]) =>
        put(collected, id, { id, name: id, atMs, service, region }),
      )
      for (const [, use] of some) use.dirty = false
      try {
        await this.#options.store.write(this.#scope, writes)
      } catch (error) {
        for (const [, use] of some) use.dirty = true
        throw error
      }
    }
  }
}
