import type { AnyOperation } from '../../../contract/operation.ts'
import { operation } from '../../../contract/operation.ts'
import { type InputOf, optional, required, structure } from '../../../contract/shape.ts'
import { managementEvent } from '../audit.ts'
import { accessDenied } from '../errors.ts'
import { packedPolicySize, passedWith, tagRequestConditions } from '../session-policies.ts'
import { federatedName, policyArns, sessionPolicy, tags, userSeconds } from '../shapes.ts'
import type { Sts } from '../sts.ts'

const input = structure({
  Name: required(federatedName),
  Policy: optional(sessionPolicy),
  PolicyArns: optional(policyArns),
  DurationSeconds: optional(userSeconds),
  Tags: optional(tags),
})

const secondsDefault = 43_200
const rootSecondsMax = 3600

export const getFederationToken = ({ directory, sessions }: Sts): AnyOperation =>
  operation<InputOf<typeof input>, object>({
    name: 'GetFederationToken',
    kind: 'control-read',
    input,
    access: (given) => {
      const requestTags = Object.fromEntries((given.Tags ?? []).map(({ Key, Value }) => [Key, Value]))
      const request = (action: string) => ({
        action,
        resource: federatedArn(directory.accountId, given.Name),
        conditions: () => tagRequestConditions(requestTags),
      })
      return [request('sts:GetFederationToken'), ...((given.Tags?.length ?? 0) > 0 ? [request('sts:TagSession')] : [])]
    },
    audit: managementEvent(),
    run: (given, ctx) => {
      const { type, session, userId, arn } = ctx.principal
      if (session !== undefined || (type !== 'User' && type !== 'Root')) {
        throw accessDenied('Cannot call GetFederationToken with session credentials')
      }
      const passed = passedWith(given, directory)
      const packed = packedPolicySize(passed)
      const wanted = given.DurationSeconds ?? secondsDefault
      // The root's sessions end after an hour, however long one asks for.
      const seconds = type === 'Root' ? Math.min(wanted, rootSecondsMax) : wanted
      return {
        Credentials: sessions.begin(
          { ...passed, type: 'FederatedUser', issuer: { type, id: userId, arn }, name: given.Name },
          seconds,
        ),
        FederatedUser: {
          FederatedUserId: `${directory.accountId}:${given.Name}`,
          Arn: federatedArn(directory.accountId, given.Name),
        },
        PackedPolicySize: packed,
      }
    },
  })

function federatedArn(accountId: string, name: string): string {
  return `arn:aws:sts::${accountId}:federated-user/${name}`
}
