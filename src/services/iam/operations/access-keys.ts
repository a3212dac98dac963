/** CreateAccessKey, ListAccessKeys, UpdateAccessKey, DeleteAccessKey and GetAccessKeyLastUsed. */
import type { InputOf } from '../../../contract/shape.ts'
import { entityTarget, namedOrCaller, userOrCaller, userOrCallerTarget } from '../entities.ts'
import { noSuchAccessKey, quotaExceeded } from '../errors.ts'
import type { Iam } from '../iam.ts'
import { iamOperation, type Target, wholeAccount } from '../iam-operation.ts'
import { accessKeyId, secretAccessKey } from '../ids.ts'
import { page, sortedBy } from '../pages.ts'
import { quotas } from '../quotas.ts'
import type { AccessKeyRecord, UserRecord } from '../records.ts'
import { accessKeyIdShape, optional, paged, required, string, structure, userName } from '../shapes.ts'
import type { IamState } from '../state.ts'

const createInput = structure({ UserName: optional(userName) })

export const createAccessKey = ({ state, clock, random }: Iam) =>
  iamOperation<InputOf<typeof createInput>, object>({
    name: 'CreateAccessKey',
    readOnly: false,
    input: createInput,
    target: (input, ctx) => userOrCallerTarget(state, input.UserName, ctx),
    run: (input, ctx) =>
      state.change((changes) => {
        const user = namedOrCaller(state, input.UserName, ctx)
        if (user.keys.length >= quotas.accessKeysPerUser) {
          throw quotaExceeded('AccessKeysPerUser', quotas.accessKeysPerUser)
        }
        const key: AccessKeyRecord = {
          id: accessKeyId('AKIA', random),
          secret: secretAccessKey(random),
          active: true,
          createdAtMs: clock.nowMs(),
        }
        changes.put('users', { ...user, keys: [...user.keys, key] })
        const { UserName, AccessKeyId, Status, CreateDate } = printedKey(user.name, key)
        return { AccessKey: { UserName, AccessKeyId, Status, SecretAccessKey: key.secret, CreateDate } }
      }),
  })

function printedKey(user: string, key: AccessKeyRecord) {
  return {
    UserName: user,
    AccessKeyId: key.id,
    Status: key.active ? 'Active' : 'Inactive',
    CreateDate: new Date(key.createdAtMs),
  }
}

const listInput = structure({ UserName: optional(userName), ...paged })

export const listAccessKeys = ({ state, rootAccessKeyId, since }: Iam) =>
  iamOperation<InputOf<typeof listInput>, object>({
    name: 'ListAccessKeys',
    readOnly: true,
    input: listInput,
    target: (input, ctx) => userOrCallerTarget(state, input.UserName, ctx),
    run: (input, ctx) => {
      const user = userOrCaller(state, input.UserName, ctx)
      if (user === undefined) {
        const own = { AccessKeyId: rootAccessKeyId, Status: 'Active', CreateDate: since }
        return { AccessKeyMetadata: [own], IsTruncated: false }
      }
      const { items, end } = page(
        sortedBy(user.keys, (key) => key.id),
        input,
        (key) => key.id,
      )
      return { AccessKeyMetadata: items.map((key) => printedKey(user.name, key)), ...end }
    },
  })

const updateInput = structure({
  UserName: optional(userName),
  AccessKeyId: required(accessKeyIdShape),
  Status: required(string({ oneOf: ['Active', 'Inactive'] })),
})

export const updateAccessKey = ({ state }: Iam) =>
  iamOperation<InputOf<typeof updateInput>, undefined>({
    name: 'UpdateAccessKey',
    readOnly: false,
    input: updateInput,
    target: (input, ctx) => userOrCallerTarget(state, input.UserName, ctx),
    run: (input, ctx) =>
      state.change((changes) => {
        const user = namedOrCaller(state, input.UserName, ctx)
        const present = keyOf(user, input.AccessKeyId)
        const changed = { ...present, active: input.Status === 'Active' }
        changes.put('users', { ...user, keys: user.keys.map((key) => (key === present ? changed : key)) })
        return undefined
      }),
  })

const deleteInput = structure({ UserName: optional(userName), AccessKeyId: required(accessKeyIdShape) })

export const deleteAccessKey = ({ state }: Iam) =>
  iamOperation<InputOf<typeof deleteInput>, undefined>({
    name: 'DeleteAccessKey',
    readOnly: false,
    input: deleteInput,
    target: (input, ctx) => userOrCallerTarget(state, input.UserName, ctx),
    run: (input, ctx) =>
      state.change((changes) => {
        const user = namedOrCaller(state, input.UserName, ctx)
        const present = keyOf(user, input.AccessKeyId)
        changes.put('users', { ...user, keys: user.keys.filter((key) => key !== present) })
        return undefined
      }),
  })

function keyOf(user: UserRecord, id: string): AccessKeyRecord {
  const found = user.keys.find((key) => key.id === id)
  if (found === undefined) throw noSuchAccessKey(id)
  return found
}

const usedInput = structure({ AccessKeyId: required(accessKeyIdShape) })

export const getAccessKeyLastUsed = ({ state, uses }: Iam) =>
  iamOperation<InputOf<typeof usedInput>, object>({
    name: 'GetAccessKeyLastUsed',
    readOnly: true,
    input: usedInput,
    target: (input) => holderTarget(state, input.AccessKeyId),
    run: (input) => {
      const holder = holderOf(state, input.AccessKeyId)
      if (holder === undefined) throw noSuchAccessKey(input.AccessKeyId)
      const use = uses.of(input.AccessKeyId)
      return {
        UserName: holder.name,
        AccessKeyLastUsed: {
          ...(use !== undefined && { LastUsedDate: new Date(use.atMs) }),
          ServiceName: use?.service ?? 'N/A',
          Region: use?.region ?? 'N/A',
        },
      }
    },
  })

function holderTarget(state: IamState, id: string): Target {
  const holder = holderOf(state, id)
  return holder === undefined ? wholeAccount : entityTarget(state, 'user', holder.name)
}

function holderOf(state: IamState, id: string): UserRecord | undefined {
  return state.users.all().find((user) => user.keys.some((key) => key.id === id))
}
