/**
 * All of IAM in memory, and its one way to change. Every request's signature and permissions are looked up here, so
 * nothing waits for the store: records are read once when the server starts, and a change shows as soon as its commit
 * is durable, never before.
 */
import {
  type Collection,
  type Collections,
  collection,
  put,
  type RecordWrite,
  remove,
} from '../../engine/collections/collections.ts'
import { RecordTable } from './record-table.ts'
import type {
  AccountRecord,
  GroupRecord,
  MfaDeviceRecord,
  PolicyRecord,
  ProviderRecord,
  RoleRecord,
  UserRecord,
} from './records.ts'

interface Kinds {
  readonly users: UserRecord
  readonly groups: GroupRecord
  readonly roles: RoleRecord
  readonly policies: PolicyRecord
  readonly providers: ProviderRecord
  readonly mfaDevices: MfaDeviceRecord
  readonly account: AccountRecord
}
type Kind = keyof Kinds

const collections: { readonly [K in Kind]: Collection<Kinds[K]> } = {
  users: collection('iam.users'),
  groups: collection('iam.groups'),
  roles: collection('iam.roles'),
  policies: collection('iam.policies'),
  providers: collection('iam.providers'),
  mfaDevices: collection('iam.mfa-devices'),
  account: collection('iam.account'),
}
const kinds = Object.keys(collections) as Kind[]

/** IAM knows no regions. */
const region = 'aws-global'
const recordsPerPage = 500

/** What a change writes. Reads in the same change go to the state and see nothing of it. */
export interface Changes {
  put<K extends Kind>(kind: K, record: Kinds[K]): void
  remove(kind: Kind, id: string): void
}

/** Told of every record that changed, with what stood before and after, at once after the commit. */
export type ChangeListener = (kind: Kind, before: Kinds[Kind] | undefined, after: Kinds[Kind] | undefined) => void

export interface IamState {
  readonly accountId: string
  readonly users: RecordTable<UserRecord>
  readonly groups: RecordTable<GroupRecord>
  readonly roles: RecordTable<RoleRecord>
  /** Customers' own. */
  readonly policies: RecordTable<PolicyRecord>
  readonly providers: RecordTable<ProviderRecord>
  readonly mfaDevices: RecordTable<MfaDeviceRecord>
  readonly account: AccountRecord
  /** Grows with every change; what was worked out of an older version is void. */
  readonly version: number
  /**
   * One change at a time, each on the outcome of the one before: `body` looks at the state, throws to refuse, and names
   * what is to be written. Settles when that is durable and shows.
   */
  change<T>(body: (changes: Changes) => T): Promise<T>
  onChange(listener: ChangeListener): void
}

export async function openState(store: Collections, accountId: string): Promise<IamState> {
  const state = new MemoryState(store, accountId)
  for (const kind of kinds) await state.load(kind)
  return state
}

interface Write {
  readonly kind: Kind
  readonly id: string
  readonly record: Kinds[Kind] | undefined
}

class MemoryState implements IamState {
  readonly accountId: string
  readonly #store: Collections
  readonly #tables: { readonly [K in Kind]: RecordTable<Kinds[K]> } = {
    users: new RecordTable(),
    groups: new RecordTable(),
    roles: new RecordTable(),
    policies: new RecordTable(),
    providers: new RecordTable(),
    mfaDevices: new RecordTable(),
    account: new RecordTable(),
  }
  readonly #listeners: ChangeListener[] = []
  #version = 0
  #last: Promise<unknown> = Promise.resolve()

  constructor(store: Collections, accountId: string) {
    this.#store = store
    this.accountId = accountId
  }

  get users() {
    return this.#tables.users
  }
  get groups() {
    return this.#tables.groups
  }
  get roles() {
    return this.#tables.roles
  }
  get policies() {
    return this.#tables.policies
  }
  get providers() {
    return this.#tables.providers
  }
  get mfaDevices() {
    return this.#tables.mfaDevices
  }
  get account(): AccountRecord {
    return this.#tables.account.get('account') ?? { id: 'account', name: 'account', createdAtMs: 0 }
  }
  get version() {
    return this.#version
  }

  onChange(listener: ChangeListener): void {
    this.#listeners.push(listener)
  }

  async load(kind: Kind): Promise<void> {
    let after: string | undefined
    do {
      const page = await this.#store.list(collections[kind] as Collection<Kinds[Kind]>, this.#scope, {
        limit: recordsPerPage,
        ...(after !== undefined && { after }),
      })
      for (const { value } of page.records) this.#show({ kind, id: value.id, record: value })
      after = page.last
    } while (after !== undefined)
  }

  change<T>(body: (changes: Changes) => T): Promise<T> {
    const turn = this.#last.then(() => this.#changeNow(body))
    this.#last = turn.catch(() => undefined)
    return turn
  }

  get #scope() {
    return { accountId: this.accountId, region }
  }

  async #changeNow<T>(body: (changes: Changes) => T): Promise<T> {
    const writes: Write[] = []
    const result = body({
      put: (kind, record) => writes.push({ kind, id: record.id, record }),
      remove: (kind, id) => writes.push({ kind, id, record: undefined }),
    })
    if (writes.length === 0) return result
    await this.#store.write(this.#scope, writes.map(recordWrite))
    for (const write of writes) this.#show(write)
    return result
  }

  #show({ kind, id, record }: Write): void {
    const table = this.#tables[kind] as RecordTable<Kinds[Kind]>
    const before = table.get(id)
    if (record === undefined) table.remove(id)
    else table.put(record)
    this.#version++
    for (const listener of this.#listeners) listener(kind, before, record)
  }
}

function recordWrite({ kind, id, record }: Write): RecordWrite {
  const of = collections[kind] as Collection<Kinds[Kind]>
  return record === undefined ? remove(of, id) : put(of, id, record)
}
