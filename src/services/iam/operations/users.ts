/** CreateUser, GetUser, ListUsers, UpdateUser and DeleteUser. */
import type { RequestContext } from '../../../contract/request-context.ts'
import type { InputOf } from '../../../contract/shape.ts'
import { iamArn, rootArn } from '../arns.ts'
import { checkBoundary } from '../boundaries.ts'
import { entityTarget, userNamed, userOrCaller, userOrCallerTarget } from '../entities.ts'
import { deleteConflict, nameTaken, quotaExceeded } from '../errors.ts'
import type { Iam } from '../iam.ts'
import { iamOperation } from '../iam-operation.ts'
import { entityId } from '../ids.ts'
import { page } from '../pages.ts'
import { printedUser } from '../printed.ts'
import { quotas } from '../quotas.ts'
import type { UserRecord } from '../records.ts'
import { arn, newUserName, optional, paged, path, pathPrefix, required, structure, tags, userName } from '../shapes.ts'
import { newTags } from '../tags.ts'

const createInput = structure({
  Path: optional(path),
  UserName: required(newUserName),
  PermissionsBoundary: optional(arn),
  Tags: optional(tags),
})

export const createUser = ({ state, clock, random }: Iam) =>
  iamOperation<InputOf<typeof createInput>, object>({
    name: 'CreateUser',
    readOnly: false,
    input: createInput,
    target: (input) => ({
      arn: iamArn(state.accountId, 'user', input.Path ?? '/', input.UserName),
      boundary: input.PermissionsBoundary,
    }),
    run: (input) =>
      state.change((changes) => {
        if (state.users.isTaken(input.UserName)) throw nameTaken('User', input.UserName)
        if (state.users.size >= quotas.usersPerAccount) {
          throw quotaExceeded('UsersPerAccount', quotas.usersPerAccount)
        }
        if (input.PermissionsBoundary !== undefined) checkBoundary(state, input.PermissionsBoundary)
        const user: UserRecord = {
          id: entityId('AIDA', random),
          name: input.UserName,
          path: input.Path ?? '/',
          createdAtMs: clock.nowMs(),
          inline: [],
          attached: [],
          tags: newTags(input.Tags),
          groups: [],
          keys: [],
          ...(input.PermissionsBoundary !== undefined && { boundary: input.PermissionsBoundary }),
        }
        changes.put('users', user)
        return { User: printedUser(state, user, 'whole') }
      }),
  })

const getInput = structure({ UserName: optional(userName) })

export const getUser = ({ state, since }: Iam) =>
  iamOperation<InputOf<typeof getInput>, object>({
    name: 'GetUser',
    readOnly: true,
    input: getInput,
    target: (input, ctx) => userOrCallerTarget(state, input.UserName, ctx),
    run: (input, ctx) => {
      const user = userOrCaller(state, input.UserName, ctx)
      return { User: user === undefined ? root(ctx, since) : printedUser(state, user, 'whole') }
    },
  })

function root({ accountId }: RequestContext, since: Date): object {
  return { UserId: accountId, Arn: rootArn(accountId), CreateDate: since }
}

const listInput = structure({ PathPrefix: optional(pathPrefix), ...paged })

export const listUsers = ({ state }: Iam) =>
  iamOperation<InputOf<typeof listInput>, object>({
    name: 'ListUsers',
    readOnly: true,
    input: listInput,
    target: (input) => ({ arn: `arn:aws:iam::${state.accountId}:user${input.PathPrefix ?? '/'}` }),
    run: (input) => {
      const all = state.users.all().filter((user) => user.path.startsWith(input.PathPrefix ?? '/'))
      const { items, end } = page(all, input, (user) => user.name)
      return { Users: items.map((user) => printedUser(state, user, 'listed')), ...end }
    },
  })

const updateInput = structure({
  UserName: required(userName),
  NewPath: optional(path),
  NewUserName: optional(newUserName),
})

export const updateUser = ({ state }: Iam) =>
  iamOperation<InputOf<typeof updateInput>, undefined>({
    name: 'UpdateUser',
    readOnly: false,
    input: updateInput,
    target: (input) => entityTarget(state, 'user', input.UserName),
    run: (input) =>
      state.change((changes) => {
        const user = userNamed(state, input.UserName)
        const name = input.NewUserName ?? user.name
        const onlyCase = name.toLowerCase() === user.name.toLowerCase()
        if (!onlyCase && state.users.isTaken(name)) throw nameTaken('User', name)
        changes.put('users', { ...user, name, path: input.NewPath ?? user.path })
        return undefined
      }),
  })

const deleteInput = structure({ UserName: required(userName) })

export const deleteUser = ({ state }: Iam) =>
  iamOperation<InputOf<typeof deleteInput>, undefined>({
    name: 'DeleteUser',
    readOnly: false,
    input: deleteInput,
    target: (input) => entityTarget(state, 'user', input.UserName),
    run: (input) =>
      state.change((changes) => {
        const user = userNamed(state, input.UserName)
        const first = whatMustGoFirst(
          user,
          state.mfaDevices.all().some(({ owner }) => owner?.userId === user.id),
        )
        if (first !== undefined) throw deleteConflict(`Cannot delete entity, must ${first} first.`)
        changes.remove('users', user.id)
        return undefined
      }),
  })

/** In the order in which AWS looks. */
function whatMustGoFirst(user: UserRecord, hasDevice: boolean): string | undefined {
  if (user.inline.length > 0) return 'delete policies'
  if (user.attached.length > 0) return 'detach all policies'
  if (user.keys.length > 0) return 'delete access keys'
  if (user.groups.length > 0) return 'remove users from group'
  if (user.loginProfile !== undefined) return 'delete login profile'
  return hasDevice ? 'delete MFA device' : undefined
}
