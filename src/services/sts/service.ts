/** The door of the STS room: temporary credentials. Nothing is kept of a session but what its sealed token holds. */
import type { AnyOperation } from '../../contract/operation.ts'
import type { QueryService } from '../../contract/service.ts'
import { assumeRole } from './operations/assume-role.ts'
import { assumeRoleWithWebIdentity } from './operations/assume-role-with-web-identity.ts'
import { decodeAuthorizationMessage } from './operations/decode-authorization-message.ts'
import { getAccessKeyInfo } from './operations/get-access-key-info.ts'
import { getCallerIdentity } from './operations/get-caller-identity.ts'
import { getFederationToken } from './operations/get-federation-token.ts'
import { getSessionToken } from './operations/get-session-token.ts'
import type { Sts } from './sts.ts'

const operations: readonly ((sts: Sts) => AnyOperation)[] = [
  assumeRole,
  assumeRoleWithWebIdentity,
  decodeAuthorizationMessage,
  getAccessKeyInfo,
  () => getCallerIdentity,
  getFederationToken,
  getSessionToken,
]

export function stsService(sts: Sts): QueryService {
  return {
    name: 'sts',
    signingName: 'sts',
    global: true,
    protocol: 'query',
    xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    apiVersion: '2011-06-15',
    operations: operations.map((make) => make(sts)),
  }
}
