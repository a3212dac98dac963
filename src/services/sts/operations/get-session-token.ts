import type { AnyOperation } from '../../../contract/operation.ts'
import { operation } from '../../../contract/operation.ts'
import { type InputOf, optional, structure } from '../../../contract/shape.ts'
import { managementEvent } from '../audit.ts'
import { accessDenied, refusedValue } from '../errors.ts'
import { takeSecondFactor } from '../second-factor.ts'
import { serialNumber, tokenCode, userSeconds } from '../shapes.ts'
import type { Sts } from '../sts.ts'

const input = structure({
  DurationSeconds: optional(userSeconds),
  SerialNumber: optional(serialNumber),
  TokenCode: optional(tokenCode),
})

const secondsDefault = 43_200
const rootSecondsMax = 3600

/** Needs no permission: the session can do no more than its user. */
export const getSessionToken = ({ directory, sessions, clock }: Sts): AnyOperation =>
  operation<InputOf<typeof input>, object>({
    name: 'GetSessionToken',
    kind: 'control-read',
    input,
    access: () => [],
    audit: managementEvent(),
    run: async (given, ctx) => {
      const { type, session, userId, arn } = ctx.principal
      if (session !== undefined || (type !== 'User' && type !== 'Root')) {
        throw accessDenied('Cannot call GetSessionToken with session credentials')
      }
      const seconds = given.DurationSeconds ?? (type === 'Root' ? rootSecondsMax : secondsDefault)
      if (type === 'Root' && seconds > rootSecondsMax) {
        throw refusedValue(
          `The requested DurationSeconds exceeds the maximum of ${rootSecondsMax} seconds for the root of an account.`,
        )
      }
      const hasFactor = await takeSecondFactor(given, directory, ctx)
      return {
        Credentials: sessions.begin(
          { type, issuer: { type, id: userId, arn }, ...(hasFactor && { mfaAtMs: clock.nowMs() }) },
          seconds,
        ),
      }
    },
  })
