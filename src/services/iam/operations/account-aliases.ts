/** CreateAccountAlias, ListAccountAliases and DeleteAccountAlias. An account has one alias. */
import type { InputOf } from '../../../contract/shape.ts'
import { noSuchEntity } from '../errors.ts'
import type { Iam } from '../iam.ts'
import { iamOperation, wholeAccount } from '../iam-operation.ts'
import { paged, required, string, structure } from '../shapes.ts'

const alias = string({ min: 3, max: 63, pattern: '^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$' })
const aliasInput = structure({ AccountAlias: required(alias) })

export const createAccountAlias = ({ state }: Iam) =>
  iamOperation<InputOf<typeof aliasInput>, undefined>({
    name: 'CreateAccountAlias',
    readOnly: false,
    input: aliasInput,
    target: () => wholeAccount,
    run: (input) =>
      state.change((changes) => {
        // A new one takes the place of the old one.
        changes.put('account', { ...state.account, alias: input.AccountAlias })
        return undefined
      }),
  })

const listInput = structure(paged)

export const listAccountAliases = ({ state }: Iam) =>
  iamOperation<InputOf<typeof listInput>, object>({
    name: 'ListAccountAliases',
    readOnly: true,
    input: listInput,
    target: () => wholeAccount,
    run: () => ({
      AccountAliases: state.account.alias === undefined ? [] : [state.account.alias],
      IsTruncated: false,
    }),
  })

export const deleteAccountAlias = ({ state }: Iam) =>
  iamOperation<InputOf<typeof aliasInput>, undefined>({
    name: 'DeleteAccountAlias',
    readOnly: false,
    input: aliasInput,
    target: () => wholeAccount,
    run: (input) =>
      state.change((changes) => {
        const { alias: present, ...rest } = state.account
        if (present !== input.AccountAlias) {
          throw noSuchEntity(`The account alias ${input.AccountAlias} cannot be found.`)
        }
        changes.put('account', rest)
        return undefined
      }),
  })
