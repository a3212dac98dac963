/**
 * Small typed collections: where rooms keep state of their own (scaling targets, users, keys, trails). Records are
 * plain JSON data, kept under an account, a region and an id. Everything is atomic and durable when it settles.
 */
import type { Scope } from '../scope.ts'

declare const recordType: unique symbol

/** Names a collection and the type of its records; made once by the room that owns it. */
export interface Collection<T> {
  readonly name: string
  /** For the compiler only. */
  readonly [recordType]?: T
}

/** `name` is on disk for ever: the room's name and what is kept, such as `autoscaling.targets`. */
export function collection<T>(name: string): Collection<T> {
  return { name }
}

/** A record as it was read. */
export interface Kept<T> {
  readonly id: string
  readonly value: T
  /** Changes with every write of the record, and is never used again. */
  readonly revision: number
}

/** One write of many that go together. */
export interface RecordWrite {
  readonly collection: string
  readonly id: string
  /** Undefined removes the record. */
  readonly value: unknown
  /** Holds the write to what was read: a revision, `absent`, or undefined when anything may have happened since. */
  readonly seen: number | 'absent' | undefined
}

export interface ListQuery {
  /** Ids that begin with this; all when empty. */
  readonly prefix?: string
  /** Exclusive: ids behind this one, in byte order. */
  readonly after?: string
  readonly limit: number
}

export interface RecordPage<T> {
  readonly records: readonly Kept<T>[]
  /** Set when there are more: the id to go on after. */
  readonly last: string | undefined
}

/**
 * Makes the new record of the present one, undefined when there is none, or throws to refuse; pure, since it may run
 * again. Undefined as the result leaves no record.
 */
export type RecordChange<T> = (present: T | undefined) => T | undefined

/** Something that a write was held to has changed since it was read; nothing was written. Read again, and try again. */
export class RecordsChanged extends Error {
  override readonly name = 'RecordsChanged'
}

export interface Collections {
  /** Undefined when there is none. */
  get<T>(of: Collection<T>, scope: Scope, id: string): Promise<Kept<T> | undefined>
  /** In byte order of the ids. */
  list<T>(of: Collection<T>, scope: Scope, query: ListQuery): Promise<RecordPage<T>>
  count<T>(of: Collection<T>, scope: Scope): Promise<number>
  /** What stands afterwards. */
  update<T>(of: Collection<T>, scope: Scope, id: string, change: RecordChange<T>): Promise<T | undefined>
  /** All of it or, with RecordsChanged, nothing. */
  write(scope: Scope, writes: readonly RecordWrite[]): Promise<void>
}

/** A write that stores a record. */
export function put<T>(of: Collection<T>, id: string, value: T, seen?: number | 'absent'): RecordWrite {
  return { collection: of.name, id, value, seen }
}

/** A write that removes a record, if there is one. */
export function remove<T>(of: Collection<T>, id: string, seen?: number): RecordWrite {
  return { collection: of.name, id, value: undefined, seen }
}
