/**
 * May they? What IAM's policies say of the caller, with the policy of the resource itself where there is one, within the
 * guardrails of the organisation. What is worked out is kept with the policies that it came from, and goes with them.
 */
import { conditionContext, principalArn } from '../contract/global-conditions.ts'
import type { AccessRequest, ConditionValues } from '../contract/operation.ts'
import type { Authorizer, Organization, PolicySource, PrincipalPolicies } from '../contract/ports.ts'
import type { Principal, RequestContext } from '../contract/request-context.ts'
import { ServiceError } from '../foundation/service-error.ts'
import { accessDeniedMessage } from '../policy/access-denied-message.ts'
import type { Caller } from '../policy/callers.ts'
import { DecisionCache } from '../policy/decision-cache.ts'
import { keysAsked, PolicySet } from '../policy/policy-set.ts'
import { attachedPolicy } from './attached-policies.ts'
import { asksForTags, resourceTags } from './resource-tags.ts'
import { policiesOfServiceLinkedRole } from './service-linked-roles.ts'

/** Of one caller, one for each policy of a resource; more begin anew. */
const resourcePoliciesMax = 256

/** Services whose resources resource control policies guard, of those that are here (AWS Organizations user guide). */
const resourceControlled = /^(dynamodb|dax|kms|sts|s3|secretsmanager|sqs|logs):/

export function policyAuthorizer(source: PolicySource, organization?: Organization): Authorizer {
  const decisions = new WeakMap<PrincipalPolicies, Map<string, DecisionCache>>()

  /** Every permission must be given; the first that is not is told. */
  function authorize(requests: readonly AccessRequest[], ctx: RequestContext): void | Promise<void> {
    for (const [at, request] of requests.entries()) {
      const access = accessOf(ctx, request)
      const given = askedConditions(access.cache.set, request, ctx)
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

  function accessOf(ctx: RequestContext, request: AccessRequest): Bearing {
    const { action, resource, resourcePolicy = attachedPolicy(resource, ctx) } = request
    const { serviceLinkedRole } = ctx.principal
    const policies =
      serviceLinkedRole === undefined
        ? source.policiesOf(ctx.principal)
        : policiesOfServiceLinkedRole(serviceLinkedRole)
    const resourceAccount = accountOfArn(resource) ?? ctx.accountId
    const guarded = organization !== undefined && resourceAccount === ctx.accountId && resourceControlled.test(action)
    let caches = decisions.get(policies)
    if (caches === undefined || caches.size > resourcePoliciesMax) {
      caches = new Map()
      decisions.set(policies, caches)
    }
    const key = `${ctx.principal.arn} ${resourceAccount} ${guarded ? 'guarded ' : ''}${resourcePolicy?.policy.id ?? ''}`
    let cache = caches.get(key)
    if (cache === undefined || cache.set.inForce.resource.policy !== resourcePolicy?.policy) {
      cache = new DecisionCache(
        new PolicySet({
          caller: callerOf(ctx.principal),
          identity: policies.identity,
          boundary: policies.boundary,
          session: policies.session,
          ...(organization && { serviceControl: organization.serviceControl }),
          resource: {
            accountId: resourceAccount,
            ...(guarded && { resourceControl: organization.resourceControl }),
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
      organization,
    })
    const decision = access.cache.decide({ action, resource, context })
    if (decision.allowed) return
    const refused = { callerArn: ctx.principal.arn, action, resource, decision }
    const error = new ServiceError(
      'AccessDeniedException',
      request.refusal ?? accessDeniedMessage(refused, { withReason: !decision.crossAccount }),
      { namespace: 'coral', messageMember: 'Message' },
    )
    if (request.onRefused === undefined) throw error
    request.onRefused(error)
  }

  return { authorize }
}

const noConditions: ConditionValues = {}

/** Computed only when some policy may ask for keys that are the operation's, or the resource's, to know. */
function askedConditions(
  set: PolicySet,
  { action, resource, conditions }: AccessRequest,
  ctx: RequestContext,
): ConditionValues | Promise<ConditionValues> {
  const keys = keysAsked(set, action, resource)
  if (keys.length === 0) return noConditions
  const given = conditions?.() ?? noConditions
  return asksForTags(keys, resource) ? withTags(given, resource, ctx) : given
}

async function withTags(
  given: ConditionValues | Promise<ConditionValues>,
  resource: string,
  ctx: RequestContext,
): Promise<ConditionValues> {
  return { ...(await resourceTags(resource, ctx)), ...(await given) }
}

/** The fifth part; undefined where it is empty or there is no ARN. */
function accountOfArn(resource: string): string | undefined {
  return /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(resource)?.[1]
}

export function callerOf(principal: Principal): Caller {
  const { type, accountId, arn, userId, session, serviceLinkedRole } = principal
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
        roleArn: principalArn(principal),
        ...(session && { uniqueId: session.issuer.id }),
        ...(serviceLinkedRole && { serviceLinked: true }),
      }
    case 'FederatedUser':
      return { type, accountId, arn, ...(session && { userArn: session.issuer.arn }) }
    case 'Anonymous':
      return { type }
  }
}
