/** PutUserPermissionsBoundary, DeleteUserPermissionsBoundary, and the same of roles. */
import type { AnyOperation } from '../../../contract/operation.ts'
import type { Shape } from '../../../contract/shape.ts'
import { checkBoundary } from '../boundaries.ts'
import { entityFacts, entityTarget, ownRoleNamed, userNamed } from '../entities.ts'
import { noSuchEntity } from '../errors.ts'
import type { Iam } from '../iam.ts'
import { iamOperation } from '../iam-operation.ts'
import type { RoleRecord, UserRecord } from '../records.ts'
import { arn, required, structure } from '../shapes.ts'
import type { Changes, IamState } from '../state.ts'

type Bounded = 'user' | 'role'

/** Users' and roles' calls differ in names alone; this reads the member that bears the entity's. */
type Named = Readonly<Record<string, string>>

export const putPermissionsBoundary = ({ state }: Iam, kind: Bounded): AnyOperation => {
  const { title, member, name } = entityFacts[kind]
  return iamOperation<Named, undefined>({
    name: `Put${title}PermissionsBoundary`,
    readOnly: false,
    input: structure({ [member]: required(name), PermissionsBoundary: required(arn) }) as unknown as Shape<Named>,
    target: (input) => ({
      ...entityTarget(state, kind, input[member] ?? ''),
      boundary: input['PermissionsBoundary'],
    }),
    run: (input) =>
      state.change((changes) => {
        const entity = boundedNamed(state, kind, input[member] ?? '')
        const boundary = input['PermissionsBoundary'] ?? ''
        checkBoundary(state, boundary)
        putBounded(changes, kind, { ...entity, boundary })
        return undefined
      }),
  })
}

export const deletePermissionsBoundary = ({ state }: Iam, kind: Bounded): AnyOperation => {
  const { title, member, name } = entityFacts[kind]
  return iamOperation<Named, undefined>({
    name: `Delete${title}PermissionsBoundary`,
    readOnly: false,
    input: structure({ [member]: required(name) }) as unknown as Shape<Named>,
    target: (input) => entityTarget(state, kind, input[member] ?? ''),
    run: (input) =>
      state.change((changes) => {
        const entity = boundedNamed(state, kind, input[member] ?? '')
        if (entity.boundary === undefined) {
          throw noSuchEntity(`The ${kind} with name ${entity.name} has no permissions boundary.`)
        }
        const { boundary: _gone, ...rest } = entity
        putBounded(changes, kind, rest)
        return undefined
      }),
  })
}

function boundedNamed(state: IamState, kind: Bounded, name: string): UserRecord | RoleRecord {
  return kind === 'user' ? userNamed(state, name) : ownRoleNamed(state, name)
}

function putBounded(changes: Changes, kind: Bounded, entity: UserRecord | RoleRecord): void {
  if (kind === 'user') changes.put('users', entity as UserRecord)
  else changes.put('roles', entity as RoleRecord)
}
