/** What no operation leaves behind: references to what is not there, names twice, keys twice. */
import { MalformedPolicy, type PolicyKind } from '../../policy/document.ts'
import { parsePolicy } from '../../policy/parse-policy.ts'
import { findPolicy } from './policies.ts'
import type { GroupRecord, RoleRecord, UserRecord } from './records.ts'
import type { IamState } from './state.ts'

const faultsMax = 100

export function stateFaults(state: IamState): readonly string[] {
  return [...faultsOf(state)].slice(0, faultsMax)
}

function* faultsOf(state: IamState): Iterable<string> {
  const keys = new Set<string>()
  for (const user of state.users.all()) {
    yield* entityFaults(state, `user ${user.name}`, user)
    for (const id of user.groups) {
      if (state.groups.get(id) === undefined) yield `user ${user.name} is in group ${id}, which is not there`
    }
    for (const { id } of user.keys) {
      if (keys.has(id)) yield `access key ${id} is held twice`
      keys.add(id)
    }
  }
  for (const group of state.groups.all()) yield* entityFaults(state, `group ${group.name}`, group)
  for (const role of state.roles.all()) {
    yield* entityFaults(state, `role ${role.name}`, role)
    yield* documentFaults(`the trust policy of role ${role.name}`, role.trust, 'trust')
  }
  for (const policy of state.policies.all()) {
    if (!policy.versions.some(({ number }) => number === policy.defaultVersion)) {
      yield `policy ${policy.name} has no version v${policy.defaultVersion}, its default`
    }
    for (const { number, document } of policy.versions) {
      yield* documentFaults(`policy ${policy.name} v${number}`, document, 'managed')
    }
  }
  for (const { name, owner } of state.mfaDevices.all()) {
    if (owner !== undefined && state.users.get(owner.userId) === undefined) {
      yield `MFA device ${name} belongs to user ${owner.userId}, who is not there`
    }
  }
  yield* nameFaults('user', state.users.all())
  yield* nameFaults('group', state.groups.all())
  yield* nameFaults('role', state.roles.all())
  yield* nameFaults('policy', state.policies.all())
}

function* entityFaults(state: IamState, what: string, entity: UserRecord | GroupRecord | RoleRecord): Iterable<string> {
  for (const arn of entity.attached) {
    if (findPolicy(state, arn) === undefined) yield `${what} has policy ${arn}, which is not there`
  }
  const { boundary } = entity as Partial<UserRecord | RoleRecord>
  if (boundary !== undefined && findPolicy(state, boundary) === undefined) {
    yield `${what} is bounded by ${boundary}, which is not there`
  }
  for (const { name, document } of entity.inline) yield* documentFaults(`policy ${name} of ${what}`, document, 'inline')
}

function* documentFaults(what: string, text: string, kind: PolicyKind): Iterable<string> {
  const parsed = parsePolicy(text, kind)
  if (parsed instanceof MalformedPolicy) yield `${what} cannot be read: ${parsed.message}`
}

function* nameFaults(kind: string, records: readonly { readonly name: string }[]): Iterable<string> {
  const seen = new Set<string>()
  for (const { name } of records) {
    const same = name.toLowerCase()
    if (seen.has(same)) yield `${kind} ${name} is there twice`
    seen.add(same)
  }
}
