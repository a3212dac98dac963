/**
 * What goes on behind a table: bringing statuses to ACTIVE, filling new indexes, dropping trees that nothing names any
 * more. Everything is noted in the trees, so it goes on after a crash where it stopped.
 */
import type { Clock } from '../../foundation/clock.ts'
import type { Log } from '../../foundation/log.ts'
import { StoreUnavailable, type TreeId, type Trees, type TreeWriter } from '../../storage/trees.ts'
import { afterKey } from '../encoding/keys.ts'
import type { Scope } from '../engine.ts'
import { queuedTimeToLive } from '../expiry/expiry-queue.ts'
import { fillQueue } from '../expiry/fill-queue.ts'
import { indexEntry } from '../indexes/index-entries.ts'
import { parseStored, storedSize } from '../items/stored-item.ts'
import type { Foreground } from '../pace/foreground.ts'
import { bytesPerCommit, Pace } from '../pace/pace.ts'
import { addFigures, type Catalog, clearDrop, noteDrop, treesToDrop } from './catalog.ts'
import type { CompiledIndex, CompiledTable } from './compiled-table.ts'
import { type PolicyMemory, removePolicies } from './engine-resource-policies.ts'
import type { IndexRecord, TableRecord } from './table.ts'
import { isUnsettled, settled } from './table-statuses.ts'

const backfillItemsPerCommit = 200
const retryMs = 1000
/** How long a duty is left alone that cannot be done, since a page that it needs is damaged. */
const setAsideMs = 60_000

export interface TableDutiesHouse {
  readonly trees: Trees
  readonly catalog: Catalog
  readonly clock: Clock
  readonly transitionMs: number
  readonly foreground: Pick<Foreground, 'calls'>
  readonly policies: PolicyMemory
  readonly log: Log | undefined
}

export class TableDuties {
  readonly #trees: Trees
  readonly #catalog: Catalog
  readonly #clock: Clock
  readonly #transitionMs: number
  readonly #log: Log | undefined
  readonly #foreground: Pick<Foreground, 'calls'>
  readonly #policies: PolicyMemory
  readonly #stopping = new AbortController()
  readonly #running = new Map<string, Promise<void>>()

  constructor(house: TableDutiesHouse) {
    this.#trees = house.trees
    this.#catalog = house.catalog
    this.#clock = house.clock
    this.#transitionMs = house.transitionMs
    this.#foreground = house.foreground
    this.#policies = house.policies
    this.#log = house.log
  }

  /** Takes up what a stop or a crash left. */
  async resume(): Promise<void> {
    const { records, drops } = await this.#trees.view((trees) => ({
      records: this.#catalog.all(trees),
      drops: treesToDrop(trees),
    }))
    for (const record of records) if (isUnsettled(record)) this.settle(record)
    if (drops.length > 0) this.drop()
  }

  /** Brings a table's statuses on, in the background. */
  settle(record: TableRecord): void {
    this.#start(`settle ${record.accountId}/${record.region}/${record.name}`, () => this.#settle(record, record.name))
  }

  /** Drops the trees that are noted, in the background. */
  drop(): void {
    this.#start('drop', () => this.#drop())
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await Promise.all(this.#running.values())
  }

  /** One run at a time of each duty; asked for again meanwhile, it runs again. */
  #start(name: string, work: () => Promise<void>): void {
    const before = this.#running.get(name) ?? Promise.resolve()
    const run = before
      .then(() => this.#persist(name, work))
      .finally(() => {
        if (this.#running.get(name) === run) this.#running.delete(name)
      })
    this.#running.set(name, run)
  }

  /** A full disk or a lost store ends only this try; what else goes wrong is told of, and tried again much later. */
  async #persist(name: string, work: () => Promise<void>): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        return await work()
      } catch (error) {
        const isPassing = error instanceof StoreUnavailable
        if (!isPassing) this.#log?.error('work on a table cannot go on', { duty: name, error })
        await this.#clock.sleep(isPassing ? retryMs : setAsideMs, this.#stopping.signal)
      }
    }
  }

  async #settle(scope: Scope, name: string): Promise<void> {
    if (this.#transitionMs > 0) await this.#clock.sleep(this.#transitionMs, this.#stopping.signal)
    const pace = new Pace(this.#foreground, this.#clock)
    for (;;) {
      if (this.#stopping.signal.aborted) return
      const more = await this.#trees.atomically((trees) => {
        const table = this.#catalog.find(trees, scope, name)
        return table !== undefined && this.#step(trees, table, pace.piecesPerCommit)
      })
      if (more === 'drop') {
        await this.#policies.refresh(this.#trees, { ...scope, name })
        this.drop()
      }
      if (!more) return
      await pace.giveWay(this.#stopping.signal)
    }
  }

  /** One commit's worth of work; false when there is none left. */
  #step(trees: TreeWriter, table: CompiledTable, itemsMax: number): boolean | 'drop' {
    const { record } = table
    if (record.status === 'DELETING') {
      removeTable(trees, this.#catalog, record)
      return 'drop'
    }
    const dying = record.indexes.find((index) => index.status === 'DELETING')
    if (dying !== undefined) {
      noteDrop(trees, dying.tree)
      this.#catalog.put(trees, { ...record, indexes: record.indexes.filter((index) => index !== dying) })
      return 'drop'
    }
    const filling = table.indexes.find((index) => index.record.backfilling)
    if (filling !== undefined) {
      this.#catalog.put(trees, replaceIndex(record, backfill(trees, table, filling)))
      return true
    }
    if (!isUnsettled(record)) return false
    const next = fillQueue(trees, settled(record), itemsMax)
    this.#catalog.put(trees, next)
    return next.timeToLive?.status === 'ENABLING'
  }

  async #drop(): Promise<void> {
    // Newest first: a table's own tree, whose key seals the others, goes last.
    const noted = await this.#trees.view((trees) => treesToDrop(trees))
    for (const tree of noted.sort((a, b) => b - a)) {
      if (this.#stopping.signal.aborted) return
      await this.#dropOne(tree)
    }
  }

  async #dropOne(tree: TreeId): Promise<void> {
    await this.#trees.dropTree(tree)
    await this.#trees.atomically((trees) => clearDrop(trees, tree))
  }
}

/** Takes a table out of the catalog and notes its trees for dropping. */
export function removeTable(trees: TreeWriter, catalog: Catalog, record: TableRecord): void {
  catalog.remove(trees, record)
  removePolicies(trees, record)
  for (const index of record.indexes) noteDrop(trees, index.tree)
  if (record.collectionTree !== undefined) noteDrop(trees, record.collectionTree)
  const timeToLive = queuedTimeToLive(record)
  if (timeToLive !== undefined) noteDrop(trees, timeToLive.queue)
  noteDrop(trees, record.tree)
}

/** Adds the next items to a new index; answers its record with how far it is. */
function backfill(trees: TreeWriter, table: CompiledTable, index: CompiledIndex): IndexRecord {
  const { tree, backfillAfter, ...rest } = index.record
  const from = backfillAfter === undefined ? undefined : afterKey(Buffer.from(backfillAfter, 'base64'))
  let last: Buffer | undefined
  let visited = 0
  let bytes = 0
  const isEnough = () => visited >= backfillItemsPerCommit || bytes >= bytesPerCommit
  trees.scan(table.record.tree, from === undefined ? {} : { from }, false, (entry) => {
    const key = Buffer.from(entry.keyBytes.subarray(entry.keyStart, entry.keyEnd))
    const whole = Buffer.from(entry.valueBytes.subarray(entry.valueStart, entry.valueEnd))
    last = key
    visited++
    bytes += whole.length
    const made = indexEntryOf(index, whole, key)
    if (made !== undefined && trees.get(tree, made.key) === undefined) {
      trees.set(tree, made.key, made.value)
      addFigures(trees, tree, 1, storedSize(made.value))
    }
    return !isEnough()
  })
  if (!isEnough() || last === undefined) return { ...rest, tree, status: 'ACTIVE', backfilling: false }
  return { ...rest, tree, backfillAfter: last.toString('base64') }
}

/** Items whose attributes have other types than the index's keys stay out of it, as in AWS. */
function indexEntryOf(index: CompiledIndex, whole: Buffer, key: Buffer) {
  return indexEntry(index, parseStored(whole), key, whole)
}

function replaceIndex(record: TableRecord, changed: IndexRecord): TableRecord {
  return { ...record, indexes: record.indexes.map((index) => (index.name === changed.name ? changed : index)) }
}
