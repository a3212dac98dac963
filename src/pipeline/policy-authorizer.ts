/**
 * May they? What IAM's policies say of the caller, with the policy of the resource itself where there is one, within the
 * guardrails of the organisation. What is worked out is kept with the policies that it came from, and goes with them.
 */
import { conditionContext, isOfEveryRequest, principalArn } from '../contract/global-conditions.ts'
import type { AccessRequest, ConditionValues } from '../contract/operation.ts'
import type { Authorizer, Organization, PolicySource, PrincipalPolicies } from '../contract/ports.ts'
import type { EndpointPolicies } from '../contract/private-endpoints.ts'
import type { Principal, RequestContext } from '../contract/request-context.ts'
import { BoundedCache } from '../foundation/bounded-cache.ts'
import { ServiceError } from '../foundation/service-error.ts'
import { accessDeniedMessage } from '../policy/access-denied-message.ts'
import type { Caller } from '../policy/callers.ts'
import { type CompiledPolicy, emptyPolicy } from '../policy/compiled-policy.ts'
import { DecisionCache, type RememberedDecisions } from '../policy/decision-cache.ts'
import { PolicySet } from '../policy/policy-set.ts'
import { attachedPolicy } from './attached-policies.ts'
import { asksForTags, resourceTags } from './resource-tags.ts'
import { policiesOfServiceLinkedRole } from './service-linked-roles.ts'

/** Remembered of one caller: resources, and in each of these actions. More begin anew. */
const resourcesMax = 512
/** Callers with the very same policies: those who have none at all. */
const callersMax = 64

/** Services whose resources resource control policies guard, of those that are here (AWS Organizations user guide). */
const resourceControlled = /^(dynamodb|dax|kms|sts|s3|secretsmanager|sqs|logs):/

/** What bears on calls beside the caller's own policies. */
export interface Guardrails {
  readonly organization?: Organization | undefined
  /** Absent in a house without private endpoints. */
  readonly endpoints?: EndpointPolicies
}

export function policyAuthorizer(source: PolicySource, { organization, endpoints }: Guardrails = {}): Authorizer {
  /** By what IAM says of the caller: a change there is a new value, and what was remembered goes with the old one. */
  const known = new WeakMap<PrincipalPolicies, BoundedCache<string, CallerDecisions>>()

  /** Every permission must be given; the first that is not is told. */
  function authorize(requests: readonly AccessRequest[], ctx: RequestContext): void | Promise<void> {
    return authorizeFrom(0, requests, ctx)
  }

  function authorizeFrom(first: number, requests: readonly AccessRequest[], ctx: RequestContext): void | Promise<void> {
    for (let at = first; at < requests.length; at++) {
      const request = requests[at] as AccessRequest
      const access = accessOf(ctx, request)
      const given = access.asksOperation ? askedConditions(access, request, ctx) : undefined
      if (given instanceof Promise) {
        // While it waited a policy may have changed, so what bears on the request is looked up again.
        return given.then((values) => {
          const now = accessOf(ctx, request)
          if (!now.remembered.keys.every((key) => access.remembered.keys.includes(key))) {
            return authorizeFrom(at, requests, ctx)
          }
          decide(now, request, ctx, values, organization)
          return authorizeFrom(at + 1, requests, ctx)
        })
      }
      decide(access, request, ctx, given, organization)
    }
  }

  function accessOf(ctx: RequestContext, request: AccessRequest): ActionAccess {
    const { arn, serviceLinkedRole } = ctx.principal
    const policies =
      serviceLinkedRole === undefined
        ? source.policiesOf(ctx.principal)
        : policiesOfServiceLinkedRole(serviceLinkedRole)
    let callers = known.get(policies)
    if (callers === undefined) {
      callers = new BoundedCache(callersMax)
      known.set(policies, callers)
    }
    let decisions = callers.get(arn)
    if (decisions === undefined) {
      decisions = new CallerDecisions(ctx.principal, policies, organization)
      callers.set(arn, decisions)
    }
    return decisions.about(request, ctx, endpointOf(ctx))
  }

  /** The endpoint that the call came through, with its policy as it is now. */
  function endpointOf({ source: { privateSource } }: RequestContext): EndpointPassed | undefined {
    if (privateSource === undefined) return undefined
    const id = privateSource.endpointId
    // A house that does not know the endpoint lets nothing through it.
    return { id, policy: endpoints?.policyOf(id) ?? emptyPolicy(id) }
  }

  return { authorize }
}

interface EndpointPassed {
  readonly id: string
  readonly policy: CompiledPolicy
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
  readonly endpointPolicy: CompiledPolicy | undefined
  readonly resourceAccount: string
  readonly byAction: Map<string, ActionAccess>
}

class CallerDecisions {
  readonly #caller: Caller
  readonly #policies: PrincipalPolicies
  readonly #byResource = new BoundedCache<string, ResourceAccess>(resourcesMax)
  readonly #organization: Organization | undefined
  /** Of each account and resource policy, guarded or not; equal policies have one set of their own. */
  readonly #caches = new BoundedCache<string, DecisionCache>(resourcesMax)

  constructor(principal: Principal, policies: PrincipalPolicies, organization: Organization | undefined) {
    this.#caller = callerOf(principal)
    this.#policies = policies
    this.#organization = organization
  }

  about(request: AccessRequest, ctx: RequestContext, endpoint: EndpointPassed | undefined): ActionAccess {
    const { action, resource, resourcePolicy = attachedPolicy(resource, ctx) } = request
    const place = endpoint === undefined ? resource : `${endpoint.id} ${resource}`
    let ofResource = this.#byResource.get(place)
    const isCurrent = ofResource?.policy === resourcePolicy?.policy && ofResource?.endpointPolicy === endpoint?.policy
    if (ofResource === undefined || !isCurrent) {
      const resourceAccount = accountOfArn(resource) ?? ctx.accountId
      ofResource = {
        policy: resourcePolicy?.policy,
        endpointPolicy: endpoint?.policy,
        resourceAccount,
        byAction: new Map(),
      }
      this.#byResource.set(place, ofResource)
    }
    let ofAction = ofResource.byAction.get(action)
    if (ofAction === undefined) {
      const { resourceAccount } = ofResource
      const isGuarded = resourceAccount === ctx.accountId && resourceControlled.test(action)
      const remembered = this.#cache(resourceAccount, resourcePolicy, isGuarded, endpoint).about(action, resource)
      ofAction = {
        remembered,
        asksOperation: !remembered.keys.every(isOfEveryRequest),
        tags: this.#policies.tags,
        resourceAccount,
      }
      ofResource.byAction.set(action, ofAction)
    }
    return ofAction
  }

  #cache(
    accountId: string,
    resourcePolicy: AccessRequest['resourcePolicy'],
    isGuarded: boolean,
    endpoint: EndpointPassed | undefined,
  ): DecisionCache {
    const id = `${accountId} ${isGuarded} ${endpoint?.id ?? ''} ${resourcePolicy?.policy.id ?? ''}`
    const known = this.#caches.get(id)
    const inForce = known?.set.inForce
    const isCurrent = inForce?.resource.policy === resourcePolicy?.policy && inForce?.vpcEndpoint === endpoint?.policy
    if (known !== undefined && isCurrent) return known
    const { identity, boundary, session } = this.#policies
    const set = new PolicySet({
      caller: this.#caller,
      identity,
      boundary,
      session,
      vpcEndpoint: endpoint?.policy,
      serviceControl: this.#organization?.serviceControl ?? [],
      resource: {
        accountId,
        resourceControl: isGuarded ? (this.#organization?.resourceControl ?? []) : [],
        ...(resourcePolicy && {
          policy: resourcePolicy.policy,
          policyType: resourcePolicy.type,
          mustAllow: resourcePolicy.mustAllow ?? false,
        }),
      },
    })
    const made = new DecisionCache(set)
    this.#caches.set(id, made)
    return made
  }
}

/** The keys that are the operation's to know, and the resource's tags where a policy asks for them. */
function askedConditions(
  { remembered: { keys } }: ActionAccess,
  { resource, conditions }: AccessRequest,
  ctx: RequestContext,
): ConditionValues | undefined | Promise<ConditionValues> {
  const given = conditions?.()
  return asksForTags(keys, resource) ? withTags(given, resource, ctx) : given
}

async function withTags(
  given: ConditionValues | undefined | Promise<ConditionValues>,
  resource: string,
  ctx: RequestContext,
): Promise<ConditionValues> {
  return { ...(await resourceTags(resource, ctx)), ...(await given) }
}

function decide(
  access: ActionAccess,
  { action, resource, refusal, onRefused }: AccessRequest,
  ctx: RequestContext,
  given: ConditionValues | undefined,
  organization: Organization | undefined,
): void {
  const context = conditionContext({
    ctx,
    ...(given && { given }),
    principalTags: access.tags,
    region: action.startsWith('iam:') ? 'us-east-1' : ctx.region,
    resourceAccount: access.resourceAccount,
    organization,
  })
  const decision = access.remembered.decide(context)
  if (decision.allowed) return
  const refused = { callerArn: ctx.principal.arn, action, resource, decision }
  const error = new ServiceError(
    'AccessDeniedException',
    refusal ?? accessDeniedMessage(refused, { withReason: !decision.crossAccount }),
    { namespace: 'coral', messageMember: 'Message' },
  )
  if (onRefused === undefined) throw error
  onRefused(error)
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
