/** Until there are users: one identity, the account's root, holding the key that the server made for itself. */
import type { Identities } from '../contract/ports.ts'

export interface AdministratorOptions {
  readonly accountId: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

export function administratorIdentities(options: AdministratorOptions): Identities {
  const { accountId, accessKeyId, secretAccessKey } = options
  const administrator = {
    principal: {
      type: 'Root',
      accountId,
      arn: `arn:aws:iam::${accountId}:root`,
      userId: accountId,
      accessKeyId,
    },
    secretAccessKey,
  } as const
  return { find: (id) => (id === accessKeyId ? administrator : undefined), noteUse() {} }
}
