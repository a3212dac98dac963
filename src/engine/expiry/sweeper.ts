/**
 * Deletes items shortly after they have expired. Each commit takes a few of one table, looked at again in the same body;
 * while callers are at work the commits are small and far between, else they follow each other. It keeps nothing that a
 * crash could lose: what is due is what lies in the queues.
 */
import type { Log } from '../../foundation/log.ts'
import { StoreUnavailable, type Trees, type TreeWriter } from '../../storage/trees.ts'
import { parseStored } from '../items/stored-item.ts'
import { type WriteHouse, writeItem } from '../items/write-item.ts'
import type { Foreground } from '../pace/foreground.ts'
import { bytesPerCommit, nextTurn, Pace } from '../pace/pace.ts'
import type { Scope } from '../scope.ts'
import type { Catalog } from '../tables/catalog.ts'
import type { TableRecord } from '../tables/table.ts'
import { dueKeys, expiryKey, itemKeyIn, queuedTimeToLive } from './expiry-queue.ts'

export interface SweeperHouse {
  readonly trees: Trees
  readonly catalog: Catalog
  readonly write: WriteHouse
  /** Where a table that cannot be swept is told of. */
  readonly log: Log | undefined
  readonly foreground: Pick<Foreground, 'calls'>
}

/** Between looks at the queues when nothing is due. */
const restMs = 1_000
/** With so many tables a look at all of them takes longer than a turn should, so looks are rarer. */
const restPerTableMs = 2
/** Looks at queues in which nothing is due end without waiting for anything, so callers are let in between. */
const looksPerTurn = 16
/** How long a table that cannot be swept is left alone. */
const setAsideMs = 60_000

interface Watched {
  readonly scope: Scope
  readonly name: string
  /** On the monotonic clock. */
  setAsideUntilMs: number
}

export class Sweeper {
  readonly #house: SweeperHouse
  readonly #pace: Pace
  readonly #stopping = new AbortController()
  /** Tables that had time to live when last heard of. */
  readonly #watched = new Map<string, Watched>()
  #running: Promise<void> | undefined

  constructor(house: SweeperHouse) {
    this.#house = house
    this.#pace = new Pace(house.foreground, house.write.clock)
  }

  /** Takes up the tables of the store. */
  async resume(): Promise<void> {
    const { trees, catalog } = this.#house
    for (const record of await trees.view((reader) => catalog.all(reader))) this.watch(record)
  }

  /** To be told of every table that gets time to live. */
  watch(record: TableRecord): void {
    if (queuedTimeToLive(record) === undefined) return
    const { accountId, region, name } = record
    this.#watched.set(`${accountId}/${region}/${name}`, { scope: { accountId, region }, name, setAsideUntilMs: 0 })
    this.#running ??= this.#run()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { clock } = this.#house.write
    while (!this.#stopping.signal.aborted && this.#watched.size > 0) {
      const deleted = await this.#sweepAll()
      if (deleted > 0) continue
      await clock.sleep(restMs + this.#watched.size * restPerTableMs, this.#stopping.signal)
      await nextTurn()
    }
    this.#running = undefined
  }

  /** One commit for each table in turn, so that one with much to delete does not keep others waiting. */
  async #sweepAll(): Promise<number> {
    let deleted = 0
    for (const [position, [id, watched]] of [...this.#watched].entries()) {
      if (this.#stopping.signal.aborted) break
      if (position % looksPerTurn === looksPerTurn - 1) await nextTurn()
      const outcome = await this.#sweep(watched)
      // Told of again meanwhile, the table has time to live again.
      if (outcome === 'none' && this.#watched.get(id) === watched) this.#watched.delete(id)
      if (outcome === 'none' || outcome === 0) continue
      deleted += outcome
      await this.#pace.giveWay(this.#stopping.signal)
    }
    return deleted
  }

  /** How many items went; `none` when there is no such table with time to live. */
  async #sweep(watched: Watched): Promise<number | 'none'> {
    const { trees, write, log } = this.#house
    const nowMs = write.clock.nowMs()
    if (write.clock.monotonicMs() < watched.setAsideUntilMs) return 0
    const limit = this.#pace.piecesPerCommit
    try {
      return await trees.atomically((writer) => this.#deleteDue(writer, watched, nowMs, limit))
    } catch (error) {
      // A full disk may have room again at the next look; whatever else it is will not have mended so soon.
      if (error instanceof StoreUnavailable) return 0
      log?.error('expired items of a table cannot be deleted', { table: watched.name, error })
      watched.setAsideUntilMs = write.clock.monotonicMs() + setAsideMs
      return 0
    }
  }

  #deleteDue(trees: TreeWriter, { scope, name }: Watched, nowMs: number, limit: number): number | 'none' {
    const { catalog, write } = this.#house
    const table = catalog.find(trees, scope, name)
    const timeToLive = table && queuedTimeToLive(table.record)
    if (table === undefined || timeToLive === undefined) return 'none'
    if (timeToLive.status !== 'ENABLED' || table.record.status === 'DELETING') return 0
    const due = dueKeys(trees, timeToLive.queue, nowMs, limit)
    let done = 0
    let bytes = 0
    for (const queueKey of due) {
      const key = itemKeyIn(queueKey)
      const before = trees.get(table.record.tree, key)
      const item = before && parseStored(before)
      // An entry that no item stands behind would be met again for ever; `coffer check` would have told of it.
      if (item === undefined || !expiryKey(timeToLive.attributeName, item, key)?.equals(queueKey))
        trees.remove(timeToLive.queue, queueKey)
      else writeItem(trees, write, table, { key, before, beforeItem: item, after: undefined, by: 'time-to-live' })
      done++
      bytes += before?.length ?? 0
      if (bytes >= bytesPerCommit) break
    }
    return done
  }
}
