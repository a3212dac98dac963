import type { AnyOperation } from '../../../contract/operation.ts'
import { operation } from '../../../contract/operation.ts'
import type { AssumableRole, Directory } from '../../../contract/ports.ts'
import type { RequestContext } from '../../../contract/request-context.ts'
import { type InputOf, optional, required, structure } from '../../../contract/shape.ts'
import { ServiceError } from '../../../foundation/service-error.ts'
import { managementEvent } from '../audit.ts'
import { accessDenied, refusedValue } from '../errors.ts'
import { checkSecondFactor, takeSecondFactor } from '../second-factor.ts'
import { packedPolicySize, passedWith, tagRequestConditions } from '../session-policies.ts'
import { assumedRoleArn } from '../sessions.ts'
import {
  arn,
  externalId,
  policyArns,
  providedContexts,
  roleSeconds,
  roleSessionName,
  serialNumber,
  sessionPolicy,
  sourceIdentity,
  tags,
  tokenCode,
  transitiveTagKeys,
} from '../shapes.ts'
import type { Sts } from '../sts.ts'
import { refuseUserSession } from '../user-sessions.ts'

const input = structure({
  RoleArn: required(arn),
  RoleSessionName: required(roleSessionName),
  PolicyArns: optional(policyArns),
  Policy: optional(sessionPolicy),
  DurationSeconds: optional(roleSeconds),
  Tags: optional(tags),
  TransitiveTagKeys: optional(transitiveTagKeys),
  ExternalId: optional(externalId),
  SerialNumber: optional(serialNumber),
  TokenCode: optional(tokenCode),
  SourceIdentity: optional(sourceIdentity),
  ProvidedContexts: optional(providedContexts),
})
type Input = InputOf<typeof input>

const secondsDefault = 3600
/** Of a role assumed by a role's session. */
const chainedSecondsMax = 3600

export const assumeRole = ({ directory, sessions, clock }: Sts): AnyOperation =>
  operation<Input, object>({
    name: 'AssumeRole',
    kind: 'control-read',
    input,
    access: (given, ctx) => {
      refuseUserSession('AssumeRole', ctx)
      const role = roleFor(given, directory, ctx)
      if (ctx.principal.type === 'Root') throw accessDenied('Roles may not be assumed by root accounts.')
      const hasFactor = checkSecondFactor(given, directory, ctx)
      const requestTags = tagRequestConditions(passedTags(given))
      const request = (action: string) => ({
        action,
        resource: role.arn,
        resourcePolicy: { policy: role.trust, type: 'role-trust' as const, mustAllow: true },
        conditions: () => ({
          'sts:RoleSessionName': given.RoleSessionName,
          ...(given.ExternalId !== undefined && { 'sts:ExternalId': given.ExternalId }),
          ...(given.SourceIdentity !== undefined && { 'sts:SourceIdentity': given.SourceIdentity }),
          ...(given.TransitiveTagKeys !== undefined && { 'sts:TransitiveTagKeys': given.TransitiveTagKeys }),
          ...(hasFactor && { 'aws:MultiFactorAuthPresent': 'true', 'aws:MultiFactorAuthAge': '0' }),
          ...Object.fromEntries(Object.entries(role.tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value])),
          ...requestTags,
        }),
      })
      return [
        request('sts:AssumeRole'),
        ...((given.Tags?.length ?? 0) > 0 ? [request('sts:TagSession')] : []),
        ...(given.SourceIdentity !== undefined ? [request('sts:SetSourceIdentity')] : []),
      ]
    },
    audit: managementEvent((given) => [{ type: 'AWS::IAM::Role', arn: given.RoleArn }]),
    run: async (given, ctx) => {
      const role = roleFor(given, directory, ctx)
      const { principal } = ctx
      const seconds = given.DurationSeconds ?? secondsDefault
      if (seconds > role.maxSessionSeconds) {
        throw refusedValue('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.')
      }
      if (principal.type === 'AssumedRole' && seconds > chainedSecondsMax) {
        throw refusedValue(
          'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
        )
      }
      const passed = passedWith(given, directory)
      const inherited = inheritedTags(given, ctx)
      const tags = { ...passed.tags, ...inherited }
      // What is handed on counts as well: a chain of roles has no end, but a token has.
      const packed = packedPolicySize({ ...passed, ...(Object.keys(tags).length > 0 && { tags }) })
      const source = sourceIdentityOf(given, ctx)
      const transitive = [...Object.keys(inherited), ...transitiveKeys(given)]
      // A role's own second factor does not go along to the next role.
      const earlier = principal.type === 'User' ? principal.session?.mfaAtMs : undefined
      const factorAtMs = (await takeSecondFactor(given, directory, ctx)) ? clock.nowMs() : earlier
      const credentials = sessions.begin(
        {
          ...passed,
          type: 'AssumedRole',
          issuer: { type: 'Role', id: role.id, arn: role.arn },
          name: given.RoleSessionName,
          tags,
          ...(transitive.length > 0 && { transitiveTagKeys: transitive }),
          ...(source !== undefined && { sourceIdentity: source }),
          ...(factorAtMs !== undefined && { mfaAtMs: factorAtMs }),
        },
        seconds,
      )
      return {
        SourceIdentity: source,
        AssumedRoleUser: {
          AssumedRoleId: `${role.id}:${given.RoleSessionName}`,
          Arn: assumedRoleArn(directory.accountId, role.name, given.RoleSessionName),
        },
        Credentials: credentials,
        PackedPolicySize: packed,
      }
    },
  })

/** What is told of a role that is not there is what is told of one that the caller may not assume. */
function roleFor(given: Input, directory: Directory, ctx: RequestContext): AssumableRole {
  if (!given.RoleArn.startsWith('arn:') || given.RoleArn.split(':').length < 6) {
    throw refusedValue(`${given.RoleArn} is invalid`)
  }
  const role = directory.role(given.RoleArn)
  if (role !== undefined) return role
  throw accessDenied(
    `User: ${ctx.principal.arn} is not authorized to perform: sts:AssumeRole on resource: ${given.RoleArn}`,
  )
}

function passedTags(given: Input): Readonly<Record<string, string>> {
  return Object.fromEntries((given.Tags ?? []).map(({ Key, Value }) => [Key, Value]))
}

/** Tags that the caller's own session hands on. */
function inheritedTags(given: Input, { principal }: RequestContext): Readonly<Record<string, string>> {
  const { tags: own = {}, transitiveTagKeys: keys = [] } = principal.session ?? {}
  const inherited = Object.fromEntries(keys.flatMap((key) => (own[key] === undefined ? [] : [[key, own[key]]])))
  const held = new Set(keys.map((key) => key.toLowerCase()))
  if ((given.Tags ?? []).some(({ Key }) => held.has(Key.toLowerCase()))) {
    throw new ServiceError(
      'InvalidParameter',
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    )
  }
  return inherited
}

function transitiveKeys({ Tags = [], TransitiveTagKeys = [] }: Input): readonly string[] {
  for (const key of TransitiveTagKeys) {
    if (!Tags.some(({ Key }) => Key === key)) {
      throw new ServiceError(
        'InvalidParameterValue',
        'The specified transitive tag key must be included in the requested tags.',
      )
    }
  }
  return TransitiveTagKeys
}

/** Once set, it goes along from role to role and does not change. */
function sourceIdentityOf(given: Input, { principal }: RequestContext): string | undefined {
  const present = principal.session?.sourceIdentity
  if (present !== undefined && given.SourceIdentity !== undefined && given.SourceIdentity !== present) {
    throw accessDenied(
      `User: ${principal.arn} is not authorized to perform: sts:SetSourceIdentity on resource: ${given.RoleArn}`,
    )
  }
  return present ?? given.SourceIdentity
}
