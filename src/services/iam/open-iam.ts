/** Opens the room: reads its records, and gives what the staircase and other rooms need of it. */
import type { Directory, Identity, Organization, PolicySource } from '../../contract/ports.ts'
import type { QueryService } from '../../contract/service.ts'
import type { Collections } from '../../engine/collections/collections.ts'
import type { Clock } from '../../foundation/clock.ts'
import type { Log } from '../../foundation/log.ts'
import type { Random } from '../../foundation/random.ts'
import { iamDirectory } from './directory.ts'
import { KeyUses } from './key-uses.ts'
import { IamPolicySource } from './principal-policies.ts'
import { iamService } from './service.ts'
import { openState } from './state.ts'
import { UserKeys } from './user-keys.ts'

export interface OpenIamOptions {
  readonly store: Collections
  readonly accountId: string
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly rootAccessKeyId: string
  readonly organization?: Organization | undefined
}

export interface IamRoom {
  readonly service: QueryService
  readonly policies: PolicySource
  readonly directory: Directory
  /** Who holds a lasting key of a user; undefined for inactive keys and unknown ones. */
  findKey(accessKeyId: string): Identity | undefined
  /** Of a key or a role, for GetAccessKeyLastUsed and RoleLastUsed. */
  noteUse(id: string, service: string, region: string, atMs: number): void
  /** Writes what is only in memory. */
  close(): Promise<void>
}

export async function openIam(options: OpenIamOptions): Promise<IamRoom> {
  const { store, accountId, clock, random, log, rootAccessKeyId, organization } = options
  const state = await openState(store, accountId)
  if (state.account.createdAtMs === 0) {
    await state.change((changes) => changes.put('account', { ...state.account, createdAtMs: clock.nowMs() }))
  }
  const uses = await KeyUses.open({ store, accountId, log })
  const since = new Date(state.account.createdAtMs)
  const keys = new UserKeys(state)
  const policies = new IamPolicySource(state)
  return {
    service: iamService({
      ...{ state, uses, clock, random, rootAccessKeyId, organization, since },
      report: { latest: undefined },
    }),
    policies,
    directory: iamDirectory({ state, clock, rootAccessKeyId, compileTrust: (role) => policies.trustOf(role) }),
    findKey: (id) => keys.find(id),
    noteUse: (id, service, region, atMs) => uses.note(id, service, region, atMs),
    close: () => uses.close(),
  }
}
