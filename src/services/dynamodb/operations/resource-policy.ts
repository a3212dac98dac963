/** PutResourcePolicy, GetResourcePolicy and DeleteResourcePolicy. */
import type { AccessRequest, AuditShape } from '../../../contract/operation.ts'
import { operation } from '../../../contract/operation.ts'
import type { RequestContext } from '../../../contract/request-context.ts'
import { type InputOf, optional, required, structure } from '../../../contract/shape.ts'
import { boolean, string } from '../../../contract/shape-scalars.ts'
import type { ResourcePolicyRecord } from '../../../engine/tables/resource-policies.ts'
import type { TableRecord } from '../../../engine/tables/table.ts'
import { ServiceError } from '../../../foundation/service-error.ts'
import { withVersion } from '../../../policy/canonical-policy.ts'
import { compilePolicy } from '../../../policy/compiled-policy.ts'
import { policyOf } from '../../../policy/parse-policy.ts'
import { managementEvent } from '../audit.ts'
import { resourceInUse, tableNotFound } from '../errors.ts'
import { checkedPolicy, isKeepable } from '../policy-documents.ts'
import { type PolicyResource, policyResource } from '../policy-resource.ts'
import { scopeOf } from '../table-reference.ts'

/** AWS: a policy that was just changed stays as it is for so long. */
const pauseMs = 15_000
/** ExpectedRevisionId of who expects none. */
const noPolicy = 'NO_POLICY'

const resourceArn = required(string({ min: 1, max: 1283 }))
const revisionId = optional(string({ min: 1, max: 255 }))

export interface RevisionOutput {
  readonly RevisionId?: string
}

const putInput = structure(
  {
    ResourceArn: resourceArn,
    Policy: required(string()),
    ExpectedRevisionId: revisionId,
    ConfirmRemoveSelfResourceAccess: optional(boolean),
  },
  'PutResourcePolicyInput',
)
type PutInput = InputOf<typeof putInput>

export const putResourcePolicy = operation<PutInput, RevisionOutput>({
  name: 'PutResourcePolicy',
  kind: 'control-write',
  input: putInput,
  access: (input, ctx) => {
    const action = 'dynamodb:PutResourcePolicy'
    const { arn, target } = policyResource(input.ResourceArn, ctx)
    const now: AccessRequest = { action, resource: arn }
    if (input.ConfirmRemoveSelfResourceAccess === true || !isKeepable(input.Policy, target)) return [now]
    // Would they still be allowed to, were the new policy in force?
    const policy = compilePolicy(arn, policyOf(input.Policy, 'resource'))
    const afterwards: AccessRequest = {
      ...now,
      resourcePolicy: { policy, type: 'resource' },
      refusal: 'The new resource policy will not allow you to update the resource policy in the future.',
    }
    return [now, afterwards]
  },
  audit: policyEvent(false),
  run: async (input, ctx) => {
    const resource = policyResource(input.ResourceArn, ctx)
    const document = checkedPolicy(input.Policy, resource.target)
    await checkStream(resource, ctx)
    const { after } = await ctx.engine.policies.change(scopeOf(ctx), resource.table, resource.arn, (table, present) => {
      checkExpected(resource, present, input.ExpectedRevisionId)
      if (present?.document === document) return present
      checkSettled(resource, table, present, ctx)
      return { document, changedAtMs: changeTime(present, ctx) }
    })
    return { RevisionId: String(after?.changedAtMs) }
  },
})

const deleteInput = structure({ ResourceArn: resourceArn, ExpectedRevisionId: revisionId }, 'DeleteResourcePolicyInput')
type DeleteInput = InputOf<typeof deleteInput>

export const deleteResourcePolicy = operation<DeleteInput, RevisionOutput>({
  name: 'DeleteResourcePolicy',
  kind: 'control-write',
  input: deleteInput,
  access: (input, ctx) => [
    { action: 'dynamodb:DeleteResourcePolicy', resource: policyResource(input.ResourceArn, ctx).arn },
  ],
  audit: policyEvent(false),
  run: async (input, ctx) => {
    const resource = policyResource(input.ResourceArn, ctx)
    await checkStream(resource, ctx)
    const { before } = await ctx.engine.policies.change(
      scopeOf(ctx),
      resource.table,
      resource.arn,
      (table, present) => {
        checkExpected(resource, present, input.ExpectedRevisionId)
        if (present?.document === undefined) return present
        checkSettled(resource, table, present, ctx)
        return { changedAtMs: changeTime(present, ctx) }
      },
    )
    // Of the policy that was deleted; of its deletion, when that was earlier; none where there never was one.
    return before === undefined ? {} : { RevisionId: String(before.changedAtMs) }
  },
})

const getInput = structure({ ResourceArn: resourceArn }, 'GetResourcePolicyInput')
type GetInput = InputOf<typeof getInput>

export const getResourcePolicy = operation<GetInput, { readonly Policy: string; readonly RevisionId: string }>({
  name: 'GetResourcePolicy',
  kind: 'control-read',
  input: getInput,
  access: (input, ctx) => [
    { action: 'dynamodb:GetResourcePolicy', resource: policyResource(input.ResourceArn, ctx).arn },
  ],
  audit: policyEvent(true),
  run: async (input, ctx) => {
    const resource = policyResource(input.ResourceArn, ctx)
    const found = await ctx.engine.policies.find(scopeOf(ctx), resource.table, resource.arn)
    // What is left of a stream whose table is gone has no policy, but it is still there.
    if (found === undefined && resource.target === 'table') throw tableNotFound(resource.table)
    await checkStream(resource, ctx)
    if (found?.policy?.document === undefined) throw policyNotFound(resource.arn)
    const { document, changedAtMs } = found.policy
    return { Policy: withVersion(document), RevisionId: String(changedAtMs) }
  },
})

async function checkStream({ table, label }: PolicyResource, ctx: RequestContext): Promise<void> {
  if (label === undefined) return
  try {
    await ctx.engine.streams.describe(scopeOf(ctx), { table, label }, { limit: 1 })
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code !== 'ResourceNotFoundException') throw error
    throw new ServiceError(
      'ResourceNotFoundException',
      `Requested resource not found: Stream: ${label} not found for Table: ${table}`,
    )
  }
}

function checkExpected(
  { table }: PolicyResource,
  present: ResourcePolicyRecord | undefined,
  expected: string | undefined,
): void {
  if (expected === undefined) return
  const revision = present === undefined ? undefined : String(present.changedAtMs)
  if (expected === noPolicy) {
    if (present?.document === undefined) return
    throw policyNotFound(
      `Requested policy update expecting none to be present for table ${table}, but a policy exists with revision id ${revision}.`,
    )
  }
  if (revision === expected && present?.document !== undefined) return
  const asked = `Requested update for policy with revision id ${expected}, but`
  throw policyNotFound(
    revision === undefined
      ? `${asked} table ${table} has no associated policy.`
      : `${asked} the policy associated to target table ${table} has revision id ${revision}.`,
  )
}

function checkSettled(
  { target, table: name, label }: PolicyResource,
  table: TableRecord,
  present: ResourcePolicyRecord | undefined,
  ctx: RequestContext,
): void {
  if (table.status === 'CREATING') throw tableNotFound(name)
  if (table.status === 'DELETING') throw resourceInUse(`Table is being deleted: ${name}`)
  const again = (present?.changedAtMs ?? 0) + pauseMs
  if (present === undefined || ctx.receivedAtMs >= again) return
  const which = target === 'table' ? `table ${name}` : `stream ${label}`
  throw new ServiceError(
    'ThrottlingException',
    `Resource-based policy for ${which} modified within the previous ${pauseMs} milliseconds. ` +
      `Please try again after ${new Date(again).toISOString()}.`,
  )
}

function changeTime(present: ResourcePolicyRecord | undefined, ctx: RequestContext): number {
  return Math.max(ctx.receivedAtMs, (present?.changedAtMs ?? 0) + 1)
}

function policyNotFound(detail: string): ServiceError {
  return new ServiceError(
    'PolicyNotFoundException',
    `Resource-based policy not found for the provided ResourceArn: ${detail}`,
  )
}

function policyEvent<Input extends { readonly ResourceArn: string }>(readOnly: boolean): AuditShape<Input, object> {
  return {
    ...managementEvent<Input, object>({ readOnly }),
    resources: ({ ResourceArn: arn }) => [
      { type: arn.includes('/stream/') ? 'AWS::DynamoDB::Stream' : 'AWS::DynamoDB::Table', arn },
    ],
  }
}
