/** May they? For now the account's root may do all, and nobody else anything; policies will decide here. */
import type { AccessRequest } from '../contract/operation.ts'
import type { Authorizer } from '../contract/ports.ts'
import type { RequestContext } from '../contract/request-context.ts'
import { ServiceError } from '../foundation/service-error.ts'

export const administratorOnly: Authorizer = {
  authorize(requests, ctx) {
    const { serviceLinkedRole } = ctx.principal
    if (serviceLinkedRole !== undefined) {
      const refused = requests.find(({ action }) => !serviceLinkedRole.actions.includes(action))
      if (requests.length > 0 && refused === undefined) return
      throw accessDenied(refused, ctx)
    }
    // Nothing to ask permission for: sts:GetCallerIdentity, and calls that prove themselves otherwise.
    if (requests.length === 0) return
    if (ctx.principal.type === 'Root' && ctx.principal.accountId === ctx.accountId) return
    throw accessDenied(requests[0], ctx)
  },
}

/** The wording is AWS's for a request that no identity-based policy allows. */
function accessDenied(refused: AccessRequest | undefined, ctx: RequestContext): ServiceError {
  const action = refused?.action ?? ''
  const message = `User: ${ctx.principal.arn} is not authorized to perform: ${action} on resource: ${refused?.resource} because no identity-based policy allows the ${action} action`
  return new ServiceError('AccessDeniedException', message, { namespace: 'coral', messageMember: 'Message' })
}
