/** Calls of rooms among each other: by the staircase, but for the signature, which the house need not give itself. */
import type { Dispatch, ServiceCaller } from '../contract/ports.ts'
import type { RequestContext } from '../contract/request-context.ts'
import { assert } from '../foundation/assert.ts'
import { runOperation } from './handle-call.ts'
import type { House } from './house.ts'

/** `nextRequestId` gives the ids that records of these calls bear. */
export function houseDispatch(house: House, nextRequestId: () => string): Dispatch {
  return {
    async call(target, input, by) {
      const route = house.routes.get(target)
      assert(route !== undefined, `there is an operation ${target}`)
      return runOperation(route, { body: input }, contextFor(by, house, nextRequestId()), house)
    },
  }
}

/** As CloudTrail shows a service that acts by its role: an assumed role, and the service in place of an address. */
function contextFor({ roleName, sessionName, role }: ServiceCaller, house: House, requestId: string): RequestContext {
  const { accountId, region } = house
  return {
    requestId,
    receivedAtMs: house.clock.nowMs(),
    accountId,
    region,
    principal: {
      type: 'AssumedRole',
      accountId,
      arn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/${sessionName}`,
      userId: `${roleName}:${sessionName}`,
      accessKeyId: '',
      serviceLinkedRole: role,
    },
    source: {
      door: 'service',
      secureTransport: true,
      tlsVersion: undefined,
      cipherSuite: undefined,
      host: '',
      ipAddress: role.invokedBy,
      userAgent: role.invokedBy,
    },
    engine: house.engine,
  }
}
