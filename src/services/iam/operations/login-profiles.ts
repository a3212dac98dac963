/** CreateLoginProfile, GetLoginProfile, UpdateLoginProfile, DeleteLoginProfile and ChangePassword. */
import type { InputOf } from '../../../contract/shape.ts'
import { ServiceError } from '../../../foundation/service-error.ts'
import { entityTarget, userNamed, userOrCallerTarget } from '../entities.ts'
import { alreadyExists, noSuchEntity, passwordPolicyViolation } from '../errors.ts'
import type { Iam } from '../iam.ts'
import { iamOperation } from '../iam-operation.ts'
import { checkPassword, hashPassword, isPassword } from '../passwords.ts'
import type { LoginProfileRecord, UserRecord } from '../records.ts'
import { boolean, optional, required, string, structure, userName } from '../shapes.ts'

const password = string({ min: 1, max: 128, pattern: '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+' })

const createInput = structure({
  UserName: optional(userName),
  Password: optional(password),
  PasswordResetRequired: optional(boolean),
})

/** Without a password it is the mark that the user may sign in to the console by other means. */
export const createLoginProfile = ({ state, clock, random }: Iam) =>
  iamOperation<InputOf<typeof createInput>, object>({
    name: 'CreateLoginProfile',
    readOnly: false,
    input: createInput,
    target: (input, ctx) => userOrCallerTarget(state, input.UserName, ctx),
    run: async (input, ctx) => {
      const name = input.UserName ?? ctx.principal.userName ?? ''
      userNamed(state, name)
      if (input.Password !== undefined) checkPassword(input.Password, state.account.passwordPolicy)
      const hash = input.Password === undefined ? undefined : await hashPassword(input.Password, random)
      return state.change((changes) => {
        const user = userNamed(state, name)
        if (user.loginProfile !== undefined) throw alreadyExists(`Login Profile for user ${name} already exists.`)
        const nowMs = clock.nowMs()
        const profile: LoginProfileRecord = {
          createdAtMs: nowMs,
          passwordResetRequired: input.PasswordResetRequired ?? false,
          passwordChangedAtMs: nowMs,
          ...(hash !== undefined && { password: hash }),
        }
        changes.put('users', { ...user, loginProfile: profile })
        return { LoginProfile: printedProfile(name, profile) }
      })
    },
  })

function printedProfile(name: string, profile: LoginProfileRecord): object {
  return {
    UserName: name,
    CreateDate: new Date(profile.createdAtMs),
    PasswordResetRequired: profile.passwordResetRequired,
  }
}

const getInput = structure({ UserName: optional(userName) })

export const getLoginProfile = ({ state }: Iam) =>
  iamOperation<InputOf<typeof getInput>, object>({
    name: 'GetLoginProfile',
    readOnly: true,
    input: getInput,
    target: (input, ctx) => userOrCallerTarget(state, input.UserName, ctx),
    run: (input, ctx) => {
      const user = userNamed(state, input.UserName ?? ctx.principal.userName ?? '')
      return { LoginProfile: printedProfile(user.name, profileOf(user)) }
    },
  })

function profileOf(user: UserRecord): LoginProfileRecord {
  if (user.loginProfile === undefined) throw noSuchEntity(`Login Profile for User ${user.name} cannot be found.`)
  return user.loginProfile
}

const updateInput = structure({
  UserName: required(userName),
  Password: optional(password),
  PasswordResetRequired: optional(boolean),
})

export const updateLoginProfile = ({ state, clock, random }: Iam) =>
  iamOperation<InputOf<typeof updateInput>, undefined>({
    name: 'UpdateLoginProfile',
    readOnly: false,
    input: updateInput,
    target: (input) => entityTarget(state, 'user', input.UserName),
    run: async (input) => {
      profileOf(userNamed(state, input.UserName))
      if (input.Password !== undefined) checkPassword(input.Password, state.account.passwordPolicy)
      const hash = input.Password === undefined ? undefined : await hashPassword(input.Password, random)
      return state.change((changes) => {
        const user = userNamed(state, input.UserName)
        const profile = profileOf(user)
        const changed = {
          ...profile,
          passwordResetRequired: input.PasswordResetRequired ?? profile.passwordResetRequired,
          ...(hash !== undefined && { password: hash, passwordChangedAtMs: clock.nowMs() }),
        }
        changes.put('users', { ...user, loginProfile: changed })
        return undefined
      })
    },
  })

export const deleteLoginProfile = ({ state }: Iam) =>
  iamOperation<InputOf<typeof getInput>, undefined>({
    name: 'DeleteLoginProfile',
    readOnly: false,
    input: getInput,
    target: (input, ctx) => userOrCallerTarget(state, input.UserName, ctx),
    run: (input, ctx) =>
      state.change((changes) => {
        const user = userNamed(state, input.UserName ?? ctx.principal.userName ?? '')
        profileOf(user)
        const { loginProfile: _gone, ...rest } = user
        changes.put('users', rest)
        return undefined
      }),
  })

const changeInput = structure({ OldPassword: required(password), NewPassword: required(password) })

/** By the user himself, who knows the old one. */
export const changePassword = ({ state, clock, random }: Iam) =>
  iamOperation<InputOf<typeof changeInput>, undefined>({
    name: 'ChangePassword',
    readOnly: false,
    input: changeInput,
    target: (_input, ctx) => userOrCallerTarget(state, undefined, ctx),
    run: async (input, ctx) => {
      const name = ctx.principal.userName
      if (ctx.principal.type !== 'User' || name === undefined) {
        throw new ServiceError('InvalidUserType', 'Only an IAM user can change a password.')
      }
      const { password: present } = profileOf(userNamed(state, name))
      if (present === undefined || !(await isPassword(input.OldPassword, present))) {
        throw new ServiceError('AccessDenied', 'The old password was incorrect.', { status: 403 })
      }
      if (state.account.passwordPolicy?.allowUsersToChange === false) {
        throw passwordPolicyViolation('Users may not change their passwords.')
      }
      checkPassword(input.NewPassword, state.account.passwordPolicy)
      const hash = await hashPassword(input.NewPassword, random)
      return state.change((changes) => {
        const user = userNamed(state, name)
        const changed = {
          ...profileOf(user),
          password: hash,
          passwordResetRequired: false,
          passwordChangedAtMs: clock.nowMs(),
        }
        changes.put('users', { ...user, loginProfile: changed })
        return undefined
      })
    },
  })
