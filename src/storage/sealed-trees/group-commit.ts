/**
 * Group commit: all changes of an event-loop turn, and all that come while a commit is under way, become the next
 * durable transaction. One commit is under way at a time.
 */
import { type PageStore, type PageWrite, pageIdOf } from '../page-store.ts'
import { StoreUnavailable } from '../trees.ts'
import type { KeyRing } from './key-ring.ts'
import type { PagePool } from './page-pool.ts'
import { sealInto, sealOverheadBytes } from './seal.ts'

interface Batch {
  readonly settled: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export const ringPageId = pageIdOf(0, 0)

/** So many changed pages are worth a commit of their own when none is under way. */
const eagerPages = 16

export class GroupCommit {
  readonly #store: PageStore
  readonly #pool: PagePool
  readonly #ring: KeyRing
  readonly #open = new Map<number, Batch>()
  #ringVersion: number
  #underWay = false
  #abandoned = false
  /** Where a page is packed before it is sealed. */
  #scratch: Buffer = Buffer.alloc(0)
  /** Where the sealed pages of a commit lie until the store has taken them; used again for the next. */
  #sealed: Buffer = Buffer.alloc(0)
  #scheduled = false

  constructor(store: PageStore, pool: PagePool, ring: KeyRing, ringVersion: number) {
    this.#store = store
    this.#pool = pool
    this.#ring = ring
    this.#ringVersion = ringVersion
  }

  /** Settles when batch `number` and all before it are durable; undefined when they are already. */
  durable(number: number): Promise<void> | undefined {
    if (number <= this.#pool.durableBatch) return undefined
    const batch = this.#batch(number)
    this.#schedule()
    return batch.settled
  }

  /** Settles when everything changed so far is durable; what changes meanwhile is not waited for. */
  async drained(): Promise<void> {
    const { dirty, discarded, openBatch } = this.#pool
    await this.durable(dirty.size > 0 || discarded.size > 0 ? openBatch : openBatch - 1)
  }

  #batch(number: number): Batch {
    let batch = this.#open.get(number)
    if (batch === undefined) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      promise.catch(() => undefined)
      batch = { settled: promise, resolve, reject }
      this.#open.set(number, batch)
    }
    return batch
  }

  /** At the end of the turn; at once when there is enough to keep the store busy while this thread goes on. */
  #schedule(): void {
    if (this.#underWay) return
    if (this.#pool.dirty.size >= eagerPages) {
      void this.#flush()
      return
    }
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      void this.#flush()
    })
  }

  async #flush(): Promise<void> {
    const pool = this.#pool
    if (this.#underWay || (pool.dirty.size === 0 && pool.discarded.size === 0)) return
    this.#underWay = true
    const number = pool.openBatch
    this.#batch(number)
    pool.openBatch = number + 1
    const withRing = this.#ring.isToBeStored
    try {
      await this.#store.commit([], this.#seal(withRing))
    } catch (error) {
      this.#underWay = false
      if (this.#abandoned) this.#forgetAll()
      this.#fail(error)
      return
    }
    if (withRing) {
      this.#ringVersion++
      this.#ring.stored()
    }
    if (this.#abandoned) {
      this.#underWay = false
      this.#forgetAll()
      this.#fail(new StoreUnavailable('a change stopped half-way'))
      return
    }
    pool.durableBatch = number
    this.#underWay = false
    const batch = this.#open.get(number)
    this.#open.delete(number)
    if (pool.dirty.size > 0 || pool.discarded.size > 0) this.#schedule()
    batch?.resolve()
  }

  #seal(withRing: boolean): PageWrite[] {
    const pool = this.#pool
    const ring = this.#ring
    const writes: PageWrite[] = []
    if (withRing) writes.push(this.#ringWrite())
    let total = 0
    let largest = 0
    for (const page of pool.dirty) {
      const size = page.usedBytes()
      total += size + sealOverheadBytes
      if (size > largest) largest = size
    }
    if (this.#scratch.length < largest) this.#scratch = Buffer.allocUnsafeSlow(largest)
    if (this.#sealed.length < total) this.#sealed = Buffer.allocUnsafeSlow(total * 2)
    const sealed = this.#sealed
    let at = 0
    for (const page of pool.dirty) {
      page.dirty = false
      page.version++
      const plain = this.#scratch.subarray(0, page.packInto(this.#scratch))
      const target = sealed.subarray(at)
      const key = ring.dataKey(page.tree, ring.epoch)
      const length = sealInto(target, plain, page.id, page.version, ring.epoch, key, ring.nextNonce())
      writes.push({ id: page.id, version: page.version, bytes: target.subarray(0, length) })
      at += length
    }
    pool.dirty.clear()
    for (const [id, version] of pool.discarded) writes.push({ id, version: version + 1, bytes: undefined })
    pool.discarded.clear()
    return writes
  }

  /** The ring's page; it is sealed under its own key with a random nonce. */
  #ringWrite(): PageWrite {
    const version = this.#ringVersion + 1
    const bytes = this.#ring.sealRing(this.#pool.pageBytes, ringPageId, version)
    return { id: ringPageId, version, bytes }
  }

  /** After a change stopped half-way: everything that is not durable yet is given up, as if its commit had failed. */
  abandon(error: unknown): void {
    this.#abandoned = this.#underWay
    this.#fail(error)
  }

  /** A commit was under way when everything was given up: pages read since then may be older than what it stored. */
  #forgetAll(): void {
    this.#abandoned = false
    this.#pool.forgetAll()
  }

  /** Nothing that is not durable stays in memory, and nobody is told that it happened. */
  #fail(error: unknown): void {
    const pool = this.#pool
    pool.rollBack()
    const waiting = [...this.#open.values()]
    this.#open.clear()
    pool.durableBatch = pool.openBatch
    pool.openBatch++
    const told =
      error instanceof StoreUnavailable
        ? error
        : new StoreUnavailable('the store did not take a commit', { cause: error })
    for (const batch of waiting) batch.reject(told)
  }
}
