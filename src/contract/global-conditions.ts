/** The global condition keys (`aws:…`) of a request, looked up one by one as policies ask for them. */
import type { ConditionContext } from '../policy/templates.ts'
import type { ConditionValues } from './operation.ts'
import type { Organization } from './ports.ts'
import type { Principal, RequestContext } from './request-context.ts'

export interface GlobalConditions {
  readonly ctx: RequestContext
  /** Of the user or role and of the session; names of tags in whatever case. */
  readonly principalTags: Readonly<Record<string, string>>
  /** What the operation says of its request; it counts more than what is known of every request. */
  readonly given?: ConditionValues
  /** us-east-1 for global services. */
  readonly region: string
  readonly resourceAccount: string
  /** Of this server's account. */
  readonly organization?: Pick<Organization, 'id' | 'path'> | undefined
}

export function conditionContext(facts: GlobalConditions): ConditionContext {
  return { value: (key) => valueAmong(facts.given, key) ?? globalValue(key, facts) }
}

/** A look at each name, and no map made for a request that is asked for three of them. One value is a list of one. */
function valueAmong(values: ConditionValues | undefined, key: string): readonly string[] | undefined {
  for (const name in values) {
    if (name.length !== key.length || (name !== key && name.toLowerCase() !== key)) continue
    const value = values[name]
    return typeof value === 'string' ? [value] : value
  }
  return undefined
}

const tagPrefix = 'aws:principaltag/'

/** Keys that the facts of every request answer, so that no operation need be asked for its own. */
const ofEveryRequest: ReadonlySet<string> = new Set([
  'aws:principalarn',
  'aws:principalaccount',
  'aws:principaltype',
  'aws:userid',
  'aws:username',
  'aws:principalisawsservice',
  'aws:viaawsservice',
  'aws:sourceip',
  'aws:securetransport',
  'aws:useragent',
  'aws:currenttime',
  'aws:epochtime',
  'aws:requestedregion',
  'aws:resourceaccount',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:resourceorgid',
  'aws:resourceorgpaths',
  'aws:referer',
  'aws:tokenissuetime',
  'aws:sourceidentity',
])

/**
 * Whether a key, in lower case, is one of a request as such and not of what it asks. A second factor and a provider are
 * not: calls that take a code or a provider's token speak of these themselves.
 */
export function isOfEveryRequest(key: string): boolean {
  return ofEveryRequest.has(key) || key.startsWith(tagPrefix)
}

function globalValue(key: string, facts: GlobalConditions): readonly string[] | undefined {
  if (key.startsWith(tagPrefix)) return tagged(facts.principalTags, key.slice(tagPrefix.length))
  const value = singleValue(key, facts)
  if (value !== undefined) return [value]
  return valueAmong(facts.ctx.principal.session?.claims, key)
}

/** Keys of tags are the same in every case. */
function tagged(tags: Readonly<Record<string, string>>, name: string): readonly string[] | undefined {
  for (const key in tags) if (key.toLowerCase() === name) return [tags[key] ?? '']
  return undefined
}

function singleValue(key: string, facts: GlobalConditions): string | undefined {
  const { ctx, region, resourceAccount } = facts
  const { principal, source, receivedAtMs } = ctx
  switch (key) {
    case 'aws:principalarn':
      return principal.type === 'Anonymous' ? undefined : principalArn(principal)
    case 'aws:principalaccount':
      return principal.accountId
    case 'aws:principaltype':
      return principal.type === 'Root' ? 'Account' : principal.type
    case 'aws:userid':
      return principal.userId
    case 'aws:username':
      return principal.userName
    // A role of a service's is a role: neither the service itself nor a caller passed on (IAM user guide).
    case 'aws:principalisawsservice':
    case 'aws:viaawsservice':
      return 'false'
    case 'aws:principalorgid':
    case 'aws:principalorgpaths':
      return principal.accountId === ctx.accountId ? organizationValue(key, facts) : undefined
    case 'aws:resourceorgid':
    case 'aws:resourceorgpaths':
      return resourceAccount === ctx.accountId ? organizationValue(key, facts) : undefined
    case 'aws:sourceip':
      return source.privateSource === undefined ? source.ipAddress : undefined
    case 'aws:vpcsourceip':
      return source.privateSource && source.ipAddress
    case 'aws:sourcevpce':
      return source.privateSource?.endpointId
    case 'aws:sourcevpc':
      return source.privateSource?.vpcId
    case 'aws:securetransport':
      return String(source.secureTransport)
    case 'aws:useragent':
      return source.userAgent
    case 'aws:referer':
      return source.referer
    case 'aws:currenttime':
      return `${new Date(receivedAtMs).toISOString().slice(0, 19)}Z`
    case 'aws:epochtime':
      return String(Math.floor(receivedAtMs / 1000))
    case 'aws:requestedregion':
      return region
    case 'aws:resourceaccount':
      return resourceAccount
    default:
      return sessionValue(key, principal, receivedAtMs)
  }
}

/** Present for temporary credentials only. */
function sessionValue(key: string, { session }: Principal, atMs: number): string | undefined {
  if (session === undefined) return undefined
  switch (key) {
    case 'aws:tokenissuetime':
      return `${new Date(session.issuedAtMs).toISOString().slice(0, 19)}Z`
    case 'aws:multifactorauthpresent':
      return String(session.mfaAtMs !== undefined)
    case 'aws:multifactorauthage':
      return session.mfaAtMs === undefined ? undefined : String(Math.floor((atMs - session.mfaAtMs) / 1000))
    case 'aws:sourceidentity':
      return session.sourceIdentity
    case 'aws:federatedprovider':
      return session.provider
    default:
      return undefined
  }
}

function organizationValue(key: string, { organization }: GlobalConditions): string | undefined {
  return key.endsWith('orgid') ? organization?.id : organization?.path
}

/** A role's, not its session's. */
export function principalArn({ type, accountId, arn, session, serviceLinkedRole }: Principal): string {
  if (type !== 'AssumedRole') return arn
  if (session !== undefined) return session.issuer.arn
  const [, role = ''] = arn.split('/')
  return `arn:aws:iam::${accountId}:role/aws-service-role/${serviceLinkedRole?.invokedBy ?? ''}/${role}`
}
