import { operation } from '../../../contract/operation.ts'
import { structure } from '../../../contract/shape.ts'

interface Output {
  readonly Arn: string
  readonly UserId: string
  readonly Account: string
}

/** Needs no permission and cannot be denied: it says no more than the caller's key says. */
export const getCallerIdentity = operation<object, Output>({
  name: 'GetCallerIdentity',
  kind: 'control-read',
  input: structure({}, 'GetCallerIdentityRequest'),
  access: () => [],
  audit: {
    category: 'Management',
    readOnly: true,
    requestParameters: () => null,
    responseElements: () => null,
    resources: () => [],
  },
  run: (_input, { principal }) => ({ Arn: principal.arn, UserId: principal.userId, Account: principal.accountId }),
})
