/** Users, groups and roles: where they are found, and what operations that touch one ask permission for. */
import type { RequestContext } from '../../contract/request-context.ts'
import type { Shape } from '../../contract/shape.ts'
import { iamArn, rootArn } from './arns.ts'
import { type EntityKind, noSuch, refusedValue, unmodifiable } from './errors.ts'
import type { Target } from './iam-operation.ts'
import type { RecordTable } from './record-table.ts'
import type { GroupRecord, RoleRecord, UserRecord } from './records.ts'
import { groupName, roleName, userName } from './shapes.ts'
import type { Changes, IamState } from './state.ts'

export type EntityRecord = UserRecord | GroupRecord | RoleRecord

export interface EntityFacts {
  readonly kind: EntityKind
  /** As in the names of operations and quotas. */
  readonly title: 'User' | 'Group' | 'Role'
  readonly member: 'UserName' | 'GroupName' | 'RoleName'
  readonly name: Shape<string>
  readonly records: 'users' | 'groups' | 'roles'
}

export const entityFacts: { readonly [K in EntityKind]: EntityFacts } = {
  user: { kind: 'user', title: 'User', member: 'UserName', name: userName, records: 'users' },
  group: { kind: 'group', title: 'Group', member: 'GroupName', name: groupName, records: 'groups' },
  role: { kind: 'role', title: 'Role', member: 'RoleName', name: roleName, records: 'roles' },
}
export const entityKinds = Object.keys(entityFacts) as readonly EntityKind[]

export function userNamed(state: IamState, name: string): UserRecord {
  return entityNamed(state, 'user', name) as UserRecord
}

export function groupNamed(state: IamState, name: string): GroupRecord {
  return entityNamed(state, 'group', name)
}

export function roleNamed(state: IamState, name: string): RoleRecord {
  return entityNamed(state, 'role', name) as RoleRecord
}

/** Roles that services keep for themselves are not to be changed. */
export function ownRoleNamed(state: IamState, name: string): RoleRecord {
  const role = roleNamed(state, name)
  if (role.linkedTo !== undefined) throw unmodifiable(name)
  return role
}

/** NoSuchEntity when there is none. */
export function entityNamed(state: IamState, kind: EntityKind, name: string): EntityRecord {
  const found = (state[entityFacts[kind].records] as RecordTable<EntityRecord>).named(name)
  if (found === undefined) throw noSuch(kind, name)
  return found
}

export function arnOf(state: IamState, kind: EntityKind, { path, name }: EntityRecord): string {
  return iamArn(state.accountId, kind, path, name)
}

/** What permission is asked for: the entity with its path, or its name in the root path when there is none. */
export function entityTarget(state: IamState, kind: EntityKind, name: string): Target {
  const found = (state[entityFacts[kind].records] as RecordTable<EntityRecord>).named(name)
  if (found === undefined) return { arn: iamArn(state.accountId, kind, '/', name) }
  const { tags, boundary } = found as Partial<UserRecord>
  return { arn: arnOf(state, kind, found), ...(tags && { tags }), boundary }
}

/** For operations that mean their caller when they name nobody. */
export function userOrCallerTarget(state: IamState, name: string | undefined, ctx: RequestContext): Target {
  if (name !== undefined) return entityTarget(state, 'user', name)
  const own = ctx.principal.userName
  return own === undefined ? { arn: rootArn(state.accountId) } : entityTarget(state, 'user', own)
}

/** The user named, or else the user who calls; undefined when that is the root. */
export function userOrCaller(state: IamState, name: string | undefined, ctx: RequestContext): UserRecord | undefined {
  if (name !== undefined) return userNamed(state, name)
  const { principal } = ctx
  if (principal.type === 'Root') return undefined
  if (principal.type !== 'User' || principal.userName === undefined) throw unnamed()
  return userNamed(state, principal.userName)
}

export function namedOrCaller(state: IamState, name: string | undefined, ctx: RequestContext): UserRecord {
  const user = userOrCaller(state, name, ctx)
  if (user === undefined) throw unnamed()
  return user
}

function unnamed() {
  return refusedValue('Must specify userName when calling with non-User credentials')
}

/** To be changed: roles that services keep for themselves are refused. */
export function changedEntityNamed(state: IamState, kind: EntityKind, name: string): EntityRecord {
  return kind === 'role' ? ownRoleNamed(state, name) : entityNamed(state, kind, name)
}

export function putEntity(changes: Changes, kind: EntityKind, record: EntityRecord): void {
  if (kind === 'user') changes.put('users', record as UserRecord)
  else if (kind === 'group') changes.put('groups', record)
  else changes.put('roles', record as RoleRecord)
}
