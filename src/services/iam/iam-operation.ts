/** How this room declares operations: what is the same for all of them is said here once. */
import { type AnyOperation, type ConditionValues, operation } from '../../contract/operation.ts'
import type { RequestContext } from '../../contract/request-context.ts'
import { lowerFirst, type Shape } from '../../contract/shape.ts'
import { ServiceError } from '../../foundation/service-error.ts'
import type { Tag } from './records.ts'
import { type GivenTag, tagConditions } from './tags.ts'

/** What an operation touches. */
export interface Target {
  readonly arn: string
  readonly tags?: readonly Tag[]
  /** Of the user or role, as it is or as it is to be: iam:PermissionsBoundary. */
  readonly boundary?: string | undefined
}

/** For operations that touch no one entity. */
export const wholeAccount: Target = { arn: '*' }

export interface IamOperation<Input, Output> {
  readonly name: string
  readonly readOnly: boolean
  readonly input: Shape<Input>
  readonly target: (input: Input, ctx: RequestContext) => Target
  /** Condition keys of its own, beside those of tags and boundary. */
  readonly conditions?: (input: Input) => ConditionValues
  /** Undefined where AWS's model has no answer. */
  readonly run: (input: Input, ctx: RequestContext) => Promise<Output> | Output
}

export function iamOperation<Input extends object, Output extends object | undefined>(
  declared: IamOperation<Input, Output>,
): AnyOperation {
  const { name, readOnly, input, target, run } = declared
  return operation<Input, Output>({
    name,
    kind: readOnly ? 'control-read' : 'control-write',
    input,
    access: (given, ctx) => {
      refuseWeakSession(ctx)
      const touched = target(given, ctx)
      return [
        {
          action: `iam:${name}`,
          resource: touched.arn,
          conditions: () => ({ ...targetConditions(touched), ...requestTags(given), ...declared.conditions?.(given) }),
        },
      ]
    },
    audit: {
      category: 'Management',
      readOnly,
      requestParameters: (given) => recorded(given),
      responseElements: (output) => (readOnly || output === undefined ? null : recorded(output)),
      resources: (given, ctx) => {
        const { arn } = target(given, ctx)
        return arn === '*' ? [] : [{ type: resourceType(arn), arn }]
      },
    },
    run,
  })
}

/** Sessions of users may not call IAM without a second factor, and federated users' never; AWS tells it this way. */
function refuseWeakSession({ principal: { type, session } }: RequestContext): void {
  if (session === undefined || type === 'AssumedRole') return
  if (type === 'FederatedUser' || session.mfaAtMs === undefined) {
    throw new ServiceError('InvalidClientTokenId', 'The security token included in the request is invalid', {
      status: 403,
    })
  }
}

function targetConditions({ tags = [], boundary }: Target): ConditionValues {
  return {
    ...tagConditions('aws:ResourceTag', tags),
    ...tagConditions('iam:ResourceTag', tags),
    ...(boundary !== undefined && { 'iam:PermissionsBoundary': boundary }),
  }
}

function requestTags(input: object): ConditionValues {
  const { Tags: given, TagKeys: keys } = input as { Tags?: readonly GivenTag[]; TagKeys?: readonly string[] }
  if (given === undefined) return keys === undefined ? {} : { 'aws:TagKeys': keys }
  const asked = tagConditions(
    'aws:RequestTag',
    given.map(({ Key, Value }) => ({ key: Key, value: Value })),
  )
  return { ...asked, 'aws:TagKeys': given.map(({ Key }) => Key) }
}

function resourceType(arn: string): string {
  const kind = arn.split(':')[5]?.split('/')[0] ?? ''
  return `AWS::IAM::${resourceTypes[kind] ?? 'Entity'}`
}

const resourceTypes: Readonly<Record<string, string>> = {
  user: 'User',
  group: 'Group',
  role: 'Role',
  policy: 'Policy',
  mfa: 'VirtualMFADevice',
  'oidc-provider': 'OIDCProvider',
}

/** No record keeps these, whatever request or answer they are in. */
const neverRecorded: ReadonlySet<string> = new Set([
  'Password',
  'OldPassword',
  'NewPassword',
  'SecretAccessKey',
  'Base32StringSeed',
  'QRCodePNG',
  'AuthenticationCode1',
  'AuthenticationCode2',
  'Content',
])

/** Member names with a lower first letter, all the way down, as CloudTrail writes them. */
function recorded(value: object): Readonly<Record<string, unknown>> {
  const kept = Object.entries(value).filter(([name]) => !neverRecorded.has(name))
  return Object.fromEntries(kept.map(([name, inner]) => [lowerFirst(name), recordedValue(inner)]))
}

function recordedValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(recordedValue)
  if (value instanceof Date || value instanceof Map) return value
  return typeof value === 'object' && value !== null ? recorded(value) : value
}
