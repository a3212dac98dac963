/** What sessions of users may not ask of STS: more sessions, and what others hold. */
import type { RequestContext } from '../../contract/request-context.ts'
import { accessDenied } from './errors.ts'

/** A federated user's may ask who it is and nothing more; a user's may assume roles besides. AccessDenied for the rest. */
export function refuseUserSession(operation: string, { principal: { type, session } }: RequestContext): void {
  if (session === undefined || type === 'AssumedRole') return
  if (operation === 'AssumeRole' && type !== 'FederatedUser') return
  throw accessDenied(`Cannot call ${operation} with session credentials`)
}
