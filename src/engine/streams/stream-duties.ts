/**
 * What goes on behind streams: records older than a day are trimmed, shards are rolled over, and a disabled stream goes
 * when its last day is over. Everything is decided from what is stored, so it goes on after a crash where it stopped.
 */
import type { Clock } from '../../foundation/clock.ts'
import type { Log } from '../../foundation/log.ts'
import { StoreUnavailable, type TreeId, type Trees, type TreeWriter } from '../../storage/trees.ts'
import type { Foreground } from '../pace/foreground.ts'
import { Pace } from '../pace/pace.ts'
import { type Catalog, noteDrop } from '../tables/catalog.ts'
import type { TableDuties } from '../tables/table-duties.ts'
import { createdAtMs, newestSequence, recordKey, sequenceAt } from './change-record.ts'
import { replaceShards } from './change-stream.ts'
import {
  eachShard,
  eachStream,
  type NamedStream,
  putShard,
  readShard,
  readStream,
  removeShard,
  removeStream,
  type StoredShard,
} from './stored-stream.ts'
import { streamArn } from './stream-errors.ts'

/** AWS keeps records for 24 hours. */
export const retentionMs = 24 * 3_600_000
/** AWS closes a shard after about four hours and goes on in a child. */
export const shardAgeMsMax = 4 * 3_600_000
const sweepMs = 60_000
const retryMs = 1000
/** Trimming is cheap beside other background work: a piece of it is so many records. */
const recordsPerPiece = 4
const shardsPerCommit = 100
const streamsPerView = 200
/** How long a stream is left alone that cannot be tended, since a page of it is damaged. */
const setAsideMs = 3_600_000

export interface StreamDutiesHouse {
  readonly trees: Trees
  readonly catalog: Catalog
  readonly duties: TableDuties
  readonly clock: Clock
  readonly log: Log | undefined
  readonly foreground: Pick<Foreground, 'calls'>
}

export class StreamDuties {
  readonly #trees: Trees
  readonly #catalog: Catalog
  readonly #duties: TableDuties
  readonly #clock: Clock
  readonly #log: Log | undefined
  readonly #pace: Pace
  readonly #stopping = new AbortController()
  /** When a stream has next something to be done; a stream that is not here is looked at. */
  readonly #dueAtMs = new Map<TreeId, number>()
  /** Asked to run since the last sweep began. */
  #woken = false
  #running: Promise<void> | undefined

  constructor({ trees, catalog, duties, clock, log, foreground }: StreamDutiesHouse) {
    this.#trees = trees
    this.#catalog = catalog
    this.#duties = duties
    this.#clock = clock
    this.#log = log
    this.#pace = new Pace(foreground, clock)
  }

  /** Runs for as long as there are streams. Called at the start and when a stream begins; calling it again is nothing. */
  wake(): void {
    if (this.#stopping.signal.aborted) return
    this.#woken = true
    this.#running ??= this.#run()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      let waitMs = sweepMs
      this.#woken = false
      try {
        if ((await this.sweep()) === 0 && !this.#woken) {
          // At once: whoever wakes it from now on starts it anew.
          this.#running = undefined
          return
        }
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) this.#log?.error('streams cannot be looked at', { error })
        waitMs = error instanceof StoreUnavailable ? retryMs : setAsideMs
      }
      await this.#clock.sleep(waitMs, this.#stopping.signal)
    }
  }

  /** Does all that is due now; answers how many streams there are. */
  async sweep(): Promise<number> {
    let after: NamedStream | undefined
    let count = 0
    for (;;) {
      const page = await this.#page(after)
      count += page.length
      for (const each of page) {
        if (this.#stopping.signal.aborted) return count
        await this.#tendIfDue(each)
      }
      after = page[page.length - 1]
      if (page.length < streamsPerView) return count
    }
  }

  #page(after: NamedStream | undefined): Promise<NamedStream[]> {
    return this.#trees.view((reader) => {
      const page: NamedStream[] = []
      eachStream(reader, {}, after, (stream) => page.push(stream) < streamsPerView)
      return page
    })
  }

  async #tendIfDue(named: NamedStream): Promise<void> {
    const { scope, name, stream } = named
    if ((this.#dueAtMs.get(stream.tree) ?? 0) > this.#clock.nowMs()) return
    try {
      await this.#tend(named)
      await this.#pace.giveWay(this.#stopping.signal)
    } catch (error) {
      // A full disk may have room again at the next look; whatever else it is will not have mended so soon.
      if (error instanceof StoreUnavailable) throw error
      this.#log?.error('a stream cannot be trimmed', { stream: streamArn(scope, name), error })
      this.#dueAtMs.set(stream.tree, this.#clock.nowMs() + setAsideMs)
    }
  }

  async #tend(named: NamedStream): Promise<void> {
    const { tree, disabledAtMs } = named.stream
    if (disabledAtMs !== undefined && disabledAtMs + retentionMs <= this.#clock.nowMs()) {
      this.#dueAtMs.delete(tree)
      return this.#end(named)
    }
    const shards = await this.#trees.view((reader) => {
      const found: { number: number; shard: StoredShard }[] = []
      eachShard(reader, tree, 0, (number, shard) => found.push({ number, shard }) > 0)
      return found
    })
    let dueAtMs = (disabledAtMs ?? Number.MAX_SAFE_INTEGER) + (disabledAtMs === undefined ? 0 : retentionMs)
    for (const { number, shard } of shards) dueAtMs = Math.min(dueAtMs, await this.#trim(tree, number, shard))
    if (disabledAtMs === undefined) dueAtMs = Math.min(dueAtMs, await this.#rollOver(named))
    this.#dueAtMs.set(tree, dueAtMs)
  }

  /** Removes what is too old; answers when there is next something to be trimmed. */
  async #trim(tree: TreeId, number: number, shard: StoredShard): Promise<number> {
    for (;;) {
      const nowMs = this.#clock.nowMs()
      const recordsMax = this.#pace.piecesPerCommit * recordsPerPiece
      const horizonMs = nowMs - retentionMs
      const step = await this.#trees.atomically((writer) => trimStep(writer, tree, number, horizonMs, recordsMax))
      if (step.oldestMs !== undefined) return step.oldestMs + retentionMs
      if (!step.more) {
        if (shard.closed === undefined) return nowMs + retentionMs
        const goesAtMs = shard.closed.atMs + retentionMs
        if (goesAtMs <= nowMs) await this.#trees.atomically((writer) => removeShard(writer, tree, number))
        return goesAtMs <= nowMs ? Number.MAX_SAFE_INTEGER : goesAtMs
      }
      if (this.#stopping.signal.aborted) return 0
      await this.#pace.giveWay(this.#stopping.signal)
    }
  }

  /** Closes shards that are old and not empty; answers when to look again. */
  #rollOver({ scope, name, stream }: NamedStream): Promise<number> {
    const nowMs = this.#clock.nowMs()
    return this.#trees.atomically((writer) => {
      const table = this.#catalog.find(writer, scope, name.table)
      if (table?.stream?.tree !== stream.tree) return nowMs
      let lookAtMs = nowMs + shardAgeMsMax
      const old: Buffer[] = []
      for (const { number, from } of table.stream.shards) {
        const openedAtMs = readShard(writer, stream.tree, number)?.openedAtMs ?? nowMs
        if (openedAtMs + shardAgeMsMax > nowMs) lookAtMs = Math.min(lookAtMs, openedAtMs + shardAgeMsMax)
        else if (newestSequence(writer, stream.tree, number) !== undefined) old.push(from)
      }
      const now = old.slice(0, shardsPerCommit)
      if (now.length === 0) return lookAtMs
      replaceShards(
        writer,
        table,
        now.map((from) => ({ closed: from, opened: [from] })),
        nowMs,
      )
      const { record } = table
      const shardVersion = (record.stream?.shardVersion ?? 0) + 1
      if (record.stream) this.#catalog.put(writer, { ...record, stream: { ...record.stream, shardVersion } })
      return now.length < old.length ? nowMs : lookAtMs
    })
  }

  /** A disabled stream's day is over: shards first, some a commit, then the stream, and its tree in the background. */
  async #end({ scope, name }: NamedStream): Promise<void> {
    for (;;) {
      const left = await this.#trees.atomically((writer) => {
        const stream = readStream(writer, scope, name)
        if (stream?.disabledAtMs === undefined) return false
        let removed = 0
        eachShard(writer, stream.tree, 0, (number) => {
          removeShard(writer, stream.tree, number)
          removed += 1
          return removed < shardsPerCommit
        })
        if (removed === shardsPerCommit) return true
        removeStream(writer, scope, name)
        noteDrop(writer, stream.tree)
        return false
      })
      if (!left) break
      await this.#pace.giveWay(this.#stopping.signal)
    }
    this.#duties.drop()
  }
}

interface TrimStep {
  /** True when there may be more to trim. */
  readonly more: boolean
  /** When the oldest record that stays was made; undefined when none is known to stay. */
  readonly oldestMs: number | undefined
}

function trimStep(writer: TreeWriter, tree: TreeId, number: number, horizonMs: number, recordsMax: number): TrimStep {
  let trimmedThrough: number | undefined
  let removed = 0
  let oldestMs: number | undefined
  writer.scan(tree, { from: recordKey(number, 0), to: recordKey(number + 1, 0) }, false, (entry) => {
    const madeAtMs = createdAtMs(entry)
    if (madeAtMs > horizonMs) {
      oldestMs = madeAtMs
      return false
    }
    trimmedThrough = sequenceAt(entry)
    writer.remove(tree, recordKey(number, trimmedThrough))
    removed += 1
    return removed < recordsMax
  })
  const shard = readShard(writer, tree, number)
  if (trimmedThrough !== undefined && shard !== undefined) putShard(writer, tree, number, { ...shard, trimmedThrough })
  return { more: removed === recordsMax, oldestMs }
}
