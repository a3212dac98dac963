import { conditionContext } from '../../../contract/global-conditions.ts'
import type { AnyOperation } from '../../../contract/operation.ts'
import { operation } from '../../../contract/operation.ts'
import type { AssumableRole, Organization } from '../../../contract/ports.ts'
import type { RequestContext } from '../../../contract/request-context.ts'
import { type InputOf, optional, required, structure } from '../../../contract/shape.ts'
import { string } from '../../../contract/shape-scalars.ts'
import { decide } from '../../../policy/decide.ts'
import { PolicySet } from '../../../policy/policy-set.ts'
import { managementEvent } from '../audit.ts'
import { notAuthorizedByWebIdentity, refusedValue } from '../errors.ts'
import { packedPolicySize, passedWith } from '../session-policies.ts'
import { assumedRoleArn } from '../sessions.ts'
import { arn, policyArns, roleSeconds, roleSessionName, sessionPolicy } from '../shapes.ts'
import type { Sts } from '../sts.ts'
import type { WebIdentity } from '../web-identities.ts'

const input = structure({
  RoleArn: required(arn),
  RoleSessionName: required(roleSessionName),
  WebIdentityToken: required(string({ min: 4, max: 20_000 }), { hidesValue: true }),
  ProviderId: optional(string({ min: 4, max: 2048 })),
  PolicyArns: optional(policyArns),
  Policy: optional(sessionPolicy),
  DurationSeconds: optional(roleSeconds),
})
type Input = InputOf<typeof input>

const action = 'sts:AssumeRoleWithWebIdentity'
const secondsDefault = 3600

/** The caller has no key yet: the token proves who it is, and the role's trust policy decides alone. */
export const assumeRoleWithWebIdentity = ({ directory, sessions, webIdentities, organization }: Sts): AnyOperation =>
  operation<Input, object>({
    name: 'AssumeRoleWithWebIdentity',
    kind: 'control-read',
    input,
    unsigned: true,
    access: () => [],
    audit: managementEvent((given) => [{ type: 'AWS::IAM::Role', arn: given.RoleArn }]),
    run: async (given, ctx) => {
      const passed = passedWith(given, directory)
      const packed = packedPolicySize(passed)
      const identity = await webIdentities.verify(given.WebIdentityToken, given.ProviderId)
      const role = directory.role(given.RoleArn)
      if (role === undefined || !isTrusted({ role, identity, given, organization }, ctx))
        throw notAuthorizedByWebIdentity()
      const seconds = given.DurationSeconds ?? secondsDefault
      if (seconds > role.maxSessionSeconds) {
        throw refusedValue('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.')
      }
      const credentials = sessions.begin(
        {
          ...passed,
          type: 'AssumedRole',
          issuer: { type: 'Role', id: role.id, arn: role.arn },
          name: given.RoleSessionName,
          provider: identity.provider,
          claims: identity.claims,
        },
        seconds,
      )
      return {
        Credentials: credentials,
        SubjectFromWebIdentityToken: identity.subject,
        AssumedRoleUser: {
          AssumedRoleId: `${role.id}:${given.RoleSessionName}`,
          Arn: assumedRoleArn(directory.accountId, role.name, given.RoleSessionName),
        },
        PackedPolicySize: packed,
        Provider: identity.provider,
        Audience: identity.audience,
      }
    },
  })

interface Asked {
  readonly role: AssumableRole
  readonly identity: WebIdentity
  readonly given: Input
  readonly organization: Organization | undefined
}

function isTrusted({ role, identity, given, organization }: Asked, ctx: RequestContext): boolean {
  const set = new PolicySet({
    caller: { type: 'WebIdentity', provider: identity.provider },
    identity: [],
    resource: {
      ...{ accountId: ctx.accountId, policy: role.trust, policyType: 'role-trust', mustAllow: true },
      ...(organization && { resourceControl: organization.resourceControl }),
    },
  })
  const context = conditionContext({
    ctx,
    given: {
      ...identity.claims,
      ...Object.fromEntries(Object.entries(role.tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value])),
      'aws:FederatedProvider': identity.provider,
      'sts:RoleSessionName': given.RoleSessionName,
    },
    principalTags: {},
    region: ctx.region,
    resourceAccount: ctx.accountId,
    organization,
  })
  return decide({ action, resource: role.arn, context }, set).allowed
}
