/** GetAccountPasswordPolicy, UpdateAccountPasswordPolicy and DeleteAccountPasswordPolicy. */
import type { InputOf } from '../../../contract/shape.ts'
import { noSuchEntity } from '../errors.ts'
import type { Iam } from '../iam.ts'
import { iamOperation, wholeAccount } from '../iam-operation.ts'
import { boolean, integer, optional, structure } from '../shapes.ts'

const noInput = structure({})

export const getAccountPasswordPolicy = ({ state }: Iam) =>
  iamOperation<InputOf<typeof noInput>, object>({
    name: 'GetAccountPasswordPolicy',
    readOnly: true,
    input: noInput,
    target: () => wholeAccount,
    run: () => {
      const policy = state.account.passwordPolicy
      if (policy === undefined) throw none(state.accountId)
      return {
        PasswordPolicy: {
          MinimumPasswordLength: policy.minimumLength,
          RequireSymbols: policy.requireSymbols,
          RequireNumbers: policy.requireNumbers,
          RequireUppercaseCharacters: policy.requireUppercase,
          RequireLowercaseCharacters: policy.requireLowercase,
          AllowUsersToChangePassword: policy.allowUsersToChange,
          ExpirePasswords: policy.maxAgeDays !== undefined,
          MaxPasswordAge: policy.maxAgeDays,
          PasswordReusePrevention: policy.reusePrevention,
          HardExpiry: policy.hardExpiry,
        },
      }
    },
  })

function none(accountId: string) {
  return noSuchEntity(`The Password Policy with domain name ${accountId} cannot be found.`)
}

const updateInput = structure({
  MinimumPasswordLength: optional(integer({ min: 6, max: 128 })),
  RequireSymbols: optional(boolean),
  RequireNumbers: optional(boolean),
  RequireUppercaseCharacters: optional(boolean),
  RequireLowercaseCharacters: optional(boolean),
  AllowUsersToChangePassword: optional(boolean),
  MaxPasswordAge: optional(integer({ min: 1, max: 1095 })),
  PasswordReusePrevention: optional(integer({ min: 1, max: 24 })),
  HardExpiry: optional(boolean),
})

export const updateAccountPasswordPolicy = ({ state }: Iam) =>
  iamOperation<InputOf<typeof updateInput>, undefined>({
    name: 'UpdateAccountPasswordPolicy',
    readOnly: false,
    input: updateInput,
    target: () => wholeAccount,
    run: (input) =>
      state.change((changes) => {
        // What is not named goes back to its default.
        const passwordPolicy = {
          minimumLength: input.MinimumPasswordLength ?? 6,
          requireSymbols: input.RequireSymbols ?? false,
          requireNumbers: input.RequireNumbers ?? false,
          requireUppercase: input.RequireUppercaseCharacters ?? false,
          requireLowercase: input.RequireLowercaseCharacters ?? false,
          allowUsersToChange: input.AllowUsersToChangePassword ?? false,
          ...(input.MaxPasswordAge !== undefined && { maxAgeDays: input.MaxPasswordAge }),
          ...(input.PasswordReusePrevention !== undefined && { reusePrevention: input.PasswordReusePrevention }),
          ...(input.HardExpiry !== undefined && { hardExpiry: input.HardExpiry }),
        }
        changes.put('account', { ...state.account, passwordPolicy })
        return undefined
      }),
  })

export const deleteAccountPasswordPolicy = ({ state }: Iam) =>
  iamOperation<InputOf<typeof noInput>, undefined>({
    name: 'DeleteAccountPasswordPolicy',
    readOnly: false,
    input: noInput,
    target: () => wholeAccount,
    run: () =>
      state.change((changes) => {
        const { passwordPolicy: present, ...rest } = state.account
        if (present === undefined) throw none(state.accountId)
        changes.put('account', rest)
        return undefined
      }),
  })
