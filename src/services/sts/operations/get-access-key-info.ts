import type { AnyOperation } from '../../../contract/operation.ts'
import { operation } from '../../../contract/operation.ts'
import { type InputOf, required, structure } from '../../../contract/shape.ts'
import { managementEvent } from '../audit.ts'
import { refusedValue } from '../errors.ts'
import { accessKeyId } from '../shapes.ts'
import type { Sts } from '../sts.ts'
import { refuseUserSession } from '../user-sessions.ts'

const input = structure({ AccessKeyId: required(accessKeyId) })

/** AWS reads the account out of the key's id; here a key is this account's or nobody's. */
export const getAccessKeyInfo = ({ directory }: Sts): AnyOperation =>
  operation<InputOf<typeof input>, object>({
    name: 'GetAccessKeyInfo',
    kind: 'control-read',
    input,
    access: (_input, ctx) => {
      refuseUserSession('GetAccessKeyInfo', ctx)
      return [{ action: 'sts:GetAccessKeyInfo', resource: '*' }]
    },
    audit: managementEvent(),
    run: ({ AccessKeyId }, { principal }) => {
      const account = AccessKeyId === principal.accessKeyId ? principal.accountId : directory.accountOfKey(AccessKeyId)
      if (account === undefined) throw refusedValue('Invalid Access Key')
      return { Account: account }
    },
  })
