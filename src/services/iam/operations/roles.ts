/** CreateRole, GetRole, ListRoles, UpdateRole, UpdateRoleDescription, UpdateAssumeRolePolicy and DeleteRole. */
import type { InputOf } from '../../../contract/shape.ts'
import { iamArn } from '../arns.ts'
import { checkBoundary } from '../boundaries.ts'
import { entityTarget, ownRoleNamed, roleNamed } from '../entities.ts'
import { deleteConflict, nameTaken, quotaExceeded } from '../errors.ts'
import type { Iam } from '../iam.ts'
import { iamOperation } from '../iam-operation.ts'
import { entityId } from '../ids.ts'
import { page } from '../pages.ts'
import { checkDocument, documentSize } from '../policy-documents.ts'
import { printedRole } from '../printed.ts'
import { quotas } from '../quotas.ts'
import type { RoleRecord } from '../records.ts'
import {
  arn,
  document,
  optional,
  paged,
  path,
  pathPrefix,
  required,
  roleDescription,
  roleName,
  sessionSeconds,
  structure,
  tags,
} from '../shapes.ts'
import { newTags } from '../tags.ts'
import { trustedIds } from '../trusted-principals.ts'

const sessionSecondsDefault = 3600

const createInput = structure({
  Path: optional(path),
  RoleName: required(roleName),
  AssumeRolePolicyDocument: required(document),
  Description: optional(roleDescription),
  MaxSessionDuration: optional(sessionSeconds),
  PermissionsBoundary: optional(arn),
  Tags: optional(tags),
})

export const createRole = (iam: Iam) =>
  iamOperation<InputOf<typeof createInput>, object>({
    name: 'CreateRole',
    readOnly: false,
    input: createInput,
    target: (input) => ({
      arn: iamArn(iam.state.accountId, 'role', input.Path ?? '/', input.RoleName),
      boundary: input.PermissionsBoundary,
    }),
    run: (input) => {
      const { state, clock, random } = iam
      const given = newTags(input.Tags)
      checkTrust(input.AssumeRolePolicyDocument)
      return state.change((changes) => {
        if (state.roles.isTaken(input.RoleName)) throw nameTaken('Role', input.RoleName)
        if (state.roles.size >= quotas.rolesPerAccount) {
          throw quotaExceeded('RolesPerAccount', quotas.rolesPerAccount)
        }
        if (input.PermissionsBoundary !== undefined) checkBoundary(state, input.PermissionsBoundary)
        const role: RoleRecord = {
          id: entityId('AROA', random),
          name: input.RoleName,
          path: input.Path ?? '/',
          createdAtMs: clock.nowMs(),
          inline: [],
          attached: [],
          tags: given,
          trust: input.AssumeRolePolicyDocument,
          trustedIds: trustedIds(state, input.AssumeRolePolicyDocument),
          maxSessionSeconds: input.MaxSessionDuration ?? sessionSecondsDefault,
          ...(input.Description !== undefined && { description: input.Description }),
          ...(input.PermissionsBoundary !== undefined && { boundary: input.PermissionsBoundary }),
        }
        changes.put('roles', role)
        return { Role: printedRole(iam, role, 'whole') }
      })
    },
  })

function checkTrust(text: string): void {
  checkDocument(text, 'trust')
  if (documentSize(text) > quotas.trustCharactersMax) throw quotaExceeded('ACLSizePerRole', quotas.trustCharactersMax)
}

const nameInput = structure({ RoleName: required(roleName) })

export const getRole = (iam: Iam) =>
  iamOperation<InputOf<typeof nameInput>, object>({
    name: 'GetRole',
    readOnly: true,
    input: nameInput,
    target: (input) => entityTarget(iam.state, 'role', input.RoleName),
    run: (input) => ({ Role: printedRole(iam, roleNamed(iam.state, input.RoleName), 'whole') }),
  })

const listInput = structure({ PathPrefix: optional(pathPrefix), ...paged })

export const listRoles = (iam: Iam) =>
  iamOperation<InputOf<typeof listInput>, object>({
    name: 'ListRoles',
    readOnly: true,
    input: listInput,
    target: (input) => ({ arn: `arn:aws:iam::${iam.state.accountId}:role${input.PathPrefix ?? '/'}` }),
    run: (input) => {
      const all = iam.state.roles.all().filter((role) => role.path.startsWith(input.PathPrefix ?? '/'))
      const { items, end } = page(all, input, (role) => role.name)
      return { Roles: items.map((role) => printedRole(iam, role, 'listed')), ...end }
    },
  })

const updateInput = structure({
  RoleName: required(roleName),
  Description: optional(roleDescription),
  MaxSessionDuration: optional(sessionSeconds),
})

export const updateRole = ({ state }: Iam) =>
  iamOperation<InputOf<typeof updateInput>, object>({
    name: 'UpdateRole',
    readOnly: false,
    input: updateInput,
    target: (input) => entityTarget(state, 'role', input.RoleName),
    run: (input) =>
      state.change((changes) => {
        const role = ownRoleNamed(state, input.RoleName)
        // What is not named goes back to its default.
        const { description: _gone, ...rest } = role
        changes.put('roles', {
          ...rest,
          maxSessionSeconds: input.MaxSessionDuration ?? sessionSecondsDefault,
          ...(input.Description !== undefined && { description: input.Description }),
        })
        return {}
      }),
  })

const descriptionInput = structure({ RoleName: required(roleName), Description: required(roleDescription) })

export const updateRoleDescription = (iam: Iam) =>
  iamOperation<InputOf<typeof descriptionInput>, object>({
    name: 'UpdateRoleDescription',
    readOnly: false,
    input: descriptionInput,
    target: (input) => entityTarget(iam.state, 'role', input.RoleName),
    run: (input) =>
      iam.state.change((changes) => {
        const role = { ...ownRoleNamed(iam.state, input.RoleName), description: input.Description }
        changes.put('roles', role)
        return { Role: printedRole(iam, role, 'whole') }
      }),
  })

const trustInput = structure({ RoleName: required(roleName), PolicyDocument: required(document) })

export const updateAssumeRolePolicy = ({ state }: Iam) =>
  iamOperation<InputOf<typeof trustInput>, undefined>({
    name: 'UpdateAssumeRolePolicy',
    readOnly: false,
    input: trustInput,
    target: (input) => entityTarget(state, 'role', input.RoleName),
    run: (input) =>
      state.change((changes) => {
        const role = ownRoleNamed(state, input.RoleName)
        checkTrust(input.PolicyDocument)
        const { PolicyDocument: trust } = input
        changes.put('roles', { ...role, trust, trustedIds: trustedIds(state, trust) })
        return undefined
      }),
  })

export const deleteRole = ({ state }: Iam) =>
  iamOperation<InputOf<typeof nameInput>, undefined>({
    name: 'DeleteRole',
    readOnly: false,
    input: nameInput,
    target: (input) => entityTarget(state, 'role', input.RoleName),
    run: (input) =>
      state.change((changes) => {
        const role = ownRoleNamed(state, input.RoleName)
        if (role.attached.length > 0) throw deleteConflict('Cannot delete entity, must detach all policies first.')
        if (role.inline.length > 0) throw deleteConflict('Cannot delete entity, must delete policies first.')
        changes.remove('roles', role.id)
        return undefined
      }),
  })
