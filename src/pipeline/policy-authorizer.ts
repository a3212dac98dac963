/**
 * May they? What IAM's policies say of the caller, with the policy of the resource itself where there is one. What is
 * worked out is kept with the policies that it came from, and goes with them.
 */
import { conditionContext, isOfEveryRequest } from '../contract/global-conditions.ts'
import type { AccessRequest, ConditionValues } from '../contract/operation.ts'
import type { Authorizer, PolicySource, PrincipalPolicies } from '../contract/ports.ts'
import type { Principal, RequestContext } from '../contract/request-context.ts'
import { BoundedCache } from '../foundation/bounded-cache.ts'
import { ServiceError } from '../foundation/service-error.ts'
import { accessDeniedMessage } from '../policy/access-denied-message.ts'
import type { Caller } from '../policy/callers.ts'
import type { CompiledPolicy } from '../policy/compiled-policy.ts'
import { DecisionCache, type RememberedDecisions } from '../policy/decision-cache.ts'
import { PolicySet } from '../policy/policy-set.ts'
import { administratorOnly } from './authorize.ts'

/** Remembered of one caller: resources, and in each of these actions. More begin anew. */
const resourcesMax = 512
/** Callers with the very same policies: those who have none at all. */
const callersMax = 64

export function policyAuthorizer(source: PolicySource): Authorizer {
  /** By what IAM says of the caller: a change there is a new value, and what was remembered goes with the old one. */
  const known = new WeakMap<PrincipalPolicies, BoundedCache<string, CallerDecisions>>()

  /** Every permission must be given; the first that is not is told. */
  function authorize(requests: readonly AccessRequest[], ctx: RequestContext): void | Promise<void> {
    if (ctx.principal.serviceLinkedRole !== undefined) return administratorOnly.authorize(requests, ctx)
    return authorizeFrom(0, requests, ctx)
  }

  function authorizeFrom(first: number, requests: readonly AccessRequest[], ctx: RequestContext): void | Promise<void> {
    for (let at = first; at < requests.length; at++) {
      const request = requests[at] as AccessRequest
      const access = accessOf(ctx, request)
      const given = access.asksOperation ? request.conditions?.() : undefined
      if (given instanceof Promise) {
        // While it waited a policy may have changed, so what bears on the request is looked up again.
        return given.then((values) => {
          decide(accessOf(ctx, request), request, ctx, values)
          return authorizeFrom(at + 1, requests, ctx)
        })
      }
      decide(access, request, ctx, given)
    }
  }

  function accessOf(ctx: RequestContext, request: AccessRequest): ActionAccess {
    const policies = source.policiesOf(ctx.principal)
    const { arn } = ctx.principal
    let callers = known.get(policies)
    if (callers === undefined) {
      callers = new BoundedCache(callersMax)
      known.set(policies, callers)
    }
    let decisions = callers.get(arn)
    if (decisions === undefined) {
      decisions = new CallerDecisions(ctx.principal, policies)
      callers.set(arn, decisions)
    }
    return decisions.about(request, ctx)
  }

  return { authorize }
}

/** Decisions about one action of one caller on one resource. */
interface ActionAccess {
  readonly remembered: RememberedDecisions
  /** Whether a policy asks for keys that are the operation's to know. */
  readonly asksOperation: boolean
  readonly tags: Readonly<Record<string, string>>
  readonly resourceAccount: string
}

interface ResourceAccess {
  readonly policy: CompiledPolicy | undefined
  readonly resourceAccount: string
  readonly cache: DecisionCache
  readonly byAction: Map<string, ActionAccess>
}

class CallerDecisions {
  readonly #caller: Caller
  readonly #policies: PrincipalPolicies
  readonly #byResource = new BoundedCache<string, ResourceAccess>(resourcesMax)
  /** Of each account and resource policy; equal policies have one set of their own. */
  readonly #caches = new BoundedCache<string, DecisionCache>(resourcesMax)

  constructor(principal: Principal, policies: PrincipalPolicies) {
    this.#caller = callerOf(principal)
    this.#policies = policies
  }

  about(request: AccessRequest, ctx: RequestContext): ActionAccess {
    const { action, resource, resourcePolicy } = request
    let ofResource = this.#byResource.get(resource)
    if (ofResource === undefined || ofResource.policy !== resourcePolicy?.policy) {
      ofResource = this.#resourceAccess(request, ctx)
      this.#byResource.set(resource, ofResource)
    }
    let ofAction = ofResource.byAction.get(action)
    if (ofAction === undefined) {
      const remembered = ofResource.cache.about(action, resource)
      ofAction = {
        remembered,
        asksOperation: !remembered.keys.every(isOfEveryRequest),
        tags: this.#policies.tags,
        resourceAccount: ofResource.resourceAccount,
      }
      ofResource.byAction.set(action, ofAction)
    }
    return ofAction
  }

  #resourceAccess({ resource, resourcePolicy }: AccessRequest, ctx: RequestContext): ResourceAccess {
    const resourceAccount = accountOfArn(resource) ?? ctx.accountId
    const id = `${resourceAccount} ${resourcePolicy?.policy.id ?? ''}`
    let cache = this.#caches.get(id)
    if (cache === undefined || cache.set.inForce.resource.policy !== resourcePolicy?.policy) {
      cache = this.#cacheFor(resourceAccount, resourcePolicy)
      this.#caches.set(id, cache)
    }
    return { policy: resourcePolicy?.policy, resourceAccount, cache, byAction: new Map() }
  }

  #cacheFor(accountId: string, resourcePolicy: AccessRequest['resourcePolicy']): DecisionCache {
    const { identity, boundary, session } = this.#policies
    const set = new PolicySet({
      caller: this.#caller,
      identity,
      boundary,
      session,
      resource: {
        accountId,
        ...(resourcePolicy && {
          policy: resourcePolicy.policy,
          policyType: resourcePolicy.type,
          mustAllow: resourcePolicy.mustAllow ?? false,
        }),
      },
    })
    return new DecisionCache(set)
  }
}

function decide(
  access: ActionAccess,
  { action, resource }: AccessRequest,
  ctx: RequestContext,
  given: ConditionValues | undefined,
): void {
  const context = conditionContext({
    ctx,
    ...(given && { given }),
    principalTags: access.tags,
    region: action.startsWith('iam:') ? 'us-east-1' : ctx.region,
    resourceAccount: access.resourceAccount,
  })
  const decision = access.remembered.decide(context)
  if (decision.allowed) return
  const refused = { callerArn: ctx.principal.arn, action, resource, decision }
  throw new ServiceError(
    'AccessDeniedException',
    accessDeniedMessage(refused, { withReason: !decision.crossAccount }),
    { namespace: 'coral', messageMember: 'Message' },
  )
}

/** The fifth part; undefined where it is empty or there is no ARN. */
function accountOfArn(resource: string): string | undefined {
  return /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(resource)?.[1]
}

export function callerOf({ type, accountId, arn, userId, session }: Principal): Caller {
  switch (type) {
    case 'Root':
      return { type, accountId }
    case 'User':
      return { type, accountId, arn, uniqueId: userId }
    case 'AssumedRole':
      return {
        type,
        accountId,
        arn,
        roleArn: session?.issuer.arn ?? arn,
        ...(session && { uniqueId: session.issuer.id }),
      }
    case 'FederatedUser':
      return { type, accountId, arn, ...(session && { userArn: session.issuer.arn }) }
    case 'Anonymous':
      return { type }
  }
}
