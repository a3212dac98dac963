/** The whole staircase. It calls; nothing calls back up. Where AWS checks in another order, a line moves here. */
import type { Principal, RequestContext } from '../contract/request-context.ts'
import { checkShape } from '../contract/shape.ts'
import { audited } from './audited.ts'
import { authenticate } from './authenticate.ts'
import type { Call, Route } from './call.ts'
import type { House } from './house.ts'

const nobody: Principal = { type: 'Anonymous', accountId: 'anonymous', arn: '', userId: 'anonymous', accessKeyId: '' }

/** The operation's output; throws or rejects with ServiceError for what the caller did wrong. */
export function handleCall(call: Call, house: House): Promise<unknown> {
  const principal = call.operation.unsigned === true ? nobody : authenticate(call, house)
  return runOperation(call, call, requestContext(call, principal, house), house)
}

/** The staircase below authentication: who calls is known. To read the body may throw, and is recorded too. */
export function runOperation(
  route: Route,
  given: Pick<Call, 'body'>,
  ctx: RequestContext,
  house: House,
): Promise<unknown> {
  const { operation } = route
  return audited(
    house.audit.open(route.service, operation, ctx),
    () => checkShape(operation.input, given.body),
    (input) => {
      const allowed = house.authorizer.authorize(operation.access(input, ctx), ctx)
      return allowed === undefined ? operation.run(input, ctx) : allowed.then(() => operation.run(input, ctx))
    },
  )
}

function requestContext({ raw }: Call, principal: Principal, house: House): RequestContext {
  const { door, secureTransport, tlsVersion, cipherSuite, ipAddress, privateSource } = raw.connection
  return {
    requestId: raw.requestId,
    receivedAtMs: raw.receivedAtMs,
    accountId: house.accountId,
    region: house.region,
    principal,
    source: {
      door,
      secureTransport,
      tlsVersion,
      cipherSuite,
      host: raw.headers.host ?? '',
      ipAddress,
      userAgent: raw.headers['user-agent'] ?? '',
      ...(raw.headers.referer !== undefined && { referer: raw.headers.referer }),
      privateSource,
    },
    engine: house.engine,
  }
}
