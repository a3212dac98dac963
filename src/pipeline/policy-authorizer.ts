/**
 * May they? What IAM's policies say of the caller, with the policy of the resource itself where there is one. What is
 * worked out is kept with the policies that it came from, and goes with them.
 */
import { conditionContext } from '../contract/global-conditions.ts'
import type { AccessRequest, ConditionValues } from '../contract/operation.ts'
import type { Authorizer, PolicySource, PrincipalPolicies } from '../contract/ports.ts'
import type { EndpointPolicies } from '../contract/private-endpoints.ts'
import type { Principal, RequestContext } from '../contract/request-context.ts'
import { ServiceError } from '../foundation/service-error.ts'
import { accessDeniedMessage } from '../policy/access-denied-message.ts'
import type { Caller } from '../policy/callers.ts'
import { DecisionCache } from '../policy/decision-cache.ts'
import { keysAsked, PolicySet } from '../policy/policy-set.ts'
import { administratorOnly } from './authorize.ts'

/** Of one caller, one for each policy of a resource; more begin anew. */
const resourcePoliciesMax = 256

export function policyAuthorizer(source: PolicySource, endpoints: EndpointPolicies = noEndpoints): Authorizer {
  const decisions = new WeakMap<PrincipalPolicies, Map<string, DecisionCache>>()

  /** Every permission must be given; the first that is not is told. */
  function authorize(requests: readonly AccessRequest[], ctx: RequestContext): void | Promise<void> {
    if (ctx.principal.serviceLinkedRole !== undefined) return administratorOnly.authorize(requests, ctx)
    for (const [at, request] of requests.entries()) {
      const access = accessOf(ctx, request)
      const given = askedConditions(access.cache.set, request)
      if (given instanceof Promise) {
        return given.then((values) => {
          decide(access, request, ctx, values)
          return authorize(requests.slice(at + 1), ctx)
        })
      }
      decide(access, request, ctx, given)
    }
  }

  interface Bearing {
    readonly cache: DecisionCache
    readonly tags: Readonly<Record<string, string>>
    readonly resourceAccount: string
  }

  function accessOf(ctx: RequestContext, { resource, resourcePolicy }: AccessRequest): Bearing {
    const policies = source.policiesOf(ctx.principal)
    const resourceAccount = accountOfArn(resource) ?? ctx.accountId
    let caches = decisions.get(policies)
    if (caches === undefined || caches.size > resourcePoliciesMax) {
      caches = new Map()
      decisions.set(policies, caches)
    }
    const endpointId = ctx.source.privateSource?.endpointId
    const vpcEndpoint = endpointId === undefined ? undefined : endpoints.policyOf(endpointId)
    const key = `${ctx.principal.arn} ${resourceAccount} ${endpointId ?? ''} ${resourcePolicy?.policy.id ?? ''}`
    let cache = caches.get(key)
    const inForce = cache?.set.inForce
    const isCurrent = inForce?.resource.policy === resourcePolicy?.policy && inForce?.vpcEndpoint === vpcEndpoint
    if (cache === undefined || !isCurrent) {
      cache = new DecisionCache(
        new PolicySet({
          caller: callerOf(ctx.principal),
          identity: policies.identity,
          boundary: policies.boundary,
          session: policies.session,
          vpcEndpoint,
          resource: {
            accountId: resourceAccount,
            ...(resourcePolicy && {
              policy: resourcePolicy.policy,
              policyType: resourcePolicy.type,
              mustAllow: resourcePolicy.mustAllow ?? false,
            }),
          },
        }),
      )
      caches.set(key, cache)
    }
    return { cache, tags: policies.tags, resourceAccount }
  }

  function decide(access: Bearing, request: AccessRequest, ctx: RequestContext, given: ConditionValues): void {
    const { action, resource } = request
    const context = conditionContext({
      ctx,
      given,
      principalTags: access.tags,
      region: action.startsWith('iam:') ? 'us-east-1' : ctx.region,
      resourceAccount: access.resourceAccount,
    })
    const decision = access.cache.decide({ action, resource, context })
    if (decision.allowed) return
    const refused = { callerArn: ctx.principal.arn, action, resource, decision }
    throw new ServiceError(
      'AccessDeniedException',
      accessDeniedMessage(refused, { withReason: !decision.crossAccount }),
      { namespace: 'coral', messageMember: 'Message' },
    )
  }

  return { authorize }
}

/** For a house without endpoints: nothing comes through one. */
const noEndpoints: EndpointPolicies = { policyOf: (id) => ({ id, statements: [], statementsFor: () => [] }) }

const noConditions: ConditionValues = {}

/** Computed only when some policy may ask for keys that are the operation's to know. */
function askedConditions(set: PolicySet, { action, resource, conditions }: AccessRequest) {
  if (conditions === undefined) return noConditions
  return keysAsked(set, action, resource).length === 0 ? noConditions : conditions()
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
