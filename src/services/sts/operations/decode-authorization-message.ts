import type { AnyOperation } from '../../../contract/operation.ts'
import { operation } from '../../../contract/operation.ts'
import { type InputOf, required, structure } from '../../../contract/shape.ts'
import { string } from '../../../contract/shape-scalars.ts'
import { ServiceError } from '../../../foundation/service-error.ts'
import { managementEvent } from '../audit.ts'
import type { Sts } from '../sts.ts'
import { refuseUserSession } from '../user-sessions.ts'

const input = structure({ EncodedMessage: required(string({ min: 1, max: 10_240 })) })

/** What a refusal's reader may not see without this permission: which policy decided, and on what facts. */
export const decodeAuthorizationMessage = ({ tokens }: Sts): AnyOperation =>
  operation<InputOf<typeof input>, object>({
    name: 'DecodeAuthorizationMessage',
    kind: 'control-read',
    input,
    access: (_input, ctx) => {
      refuseUserSession('DecodeAuthorizationMessage', ctx)
      return [{ action: 'sts:DecodeAuthorizationMessage', resource: '*' }]
    },
    audit: managementEvent(),
    run: ({ EncodedMessage }) => {
      const message = tokens.open('authorization-message', EncodedMessage)
      if (message === undefined) {
        throw new ServiceError('InvalidAuthorizationMessageException', 'The authorization message is not valid')
      }
      return { DecodedMessage: JSON.stringify(message) }
    },
  })
