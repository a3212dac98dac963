/** TagResource, UntagResource and ListTagsOfResource. */
import type { AccessRequest, AuditShape, ConditionValues } from '../../../contract/operation.ts'
import { operation } from '../../../contract/operation.ts'
import type { RequestContext } from '../../../contract/request-context.ts'
import { type InputOf, optional, required, structure } from '../../../contract/shape.ts'
import { list } from '../../../contract/shape-collections.ts'
import { string } from '../../../contract/shape-scalars.ts'
import type { TableRecord } from '../../../engine/tables/table.ts'
import { ServiceError, validationError } from '../../../foundation/service-error.ts'
import { managementEvent } from '../audit.ts'
import { resourceArnNotFound, resourceInUse } from '../errors.ts'
import { requestTags } from '../request-tags.ts'
import { scopeOf } from '../table-reference.ts'
import { tags } from '../table-shapes.ts'
import { taggedTable } from '../tagged-resource.ts'
import { checkedTags, checkTagCount, checkTagKey, mergedTags, type Tag, withoutTags } from '../tags.ts'

const tagInput = structure({ ResourceArn: optional(string()), Tags: required(tags) }, 'TagResourceInput')

export const tagResource = operation<InputOf<typeof tagInput>, object>({
  name: 'TagResource',
  kind: 'control-write',
  input: tagInput,
  access: (input) => accessTo('dynamodb:TagResource', input.ResourceArn, requestTags(input.Tags)),
  audit: tagEvent(false),
  run: async (input, ctx) => {
    const table = taggedTable(input.ResourceArn, 'dynamodb:TagResource', ctx)
    if (input.Tags.length === 0) throw validationError('Atleast one Tag needs to be provided as Input.')
    const given = checkedTags(input.Tags)
    await changeTags(table, input.ResourceArn ?? '', ctx, (present) => mergedTags(present, given))
    return {}
  },
})

const untagInput = structure(
  { ResourceArn: optional(string()), TagKeys: required(list(string())) },
  'UntagResourceInput',
)

export const untagResource = operation<InputOf<typeof untagInput>, object>({
  name: 'UntagResource',
  kind: 'control-write',
  input: untagInput,
  access: (input) => accessTo('dynamodb:UntagResource', input.ResourceArn, { 'aws:TagKeys': input.TagKeys }),
  audit: tagEvent(false),
  run: async (input, ctx) => {
    const table = taggedTable(input.ResourceArn, 'dynamodb:UntagResource', ctx)
    if (input.TagKeys.length === 0) throw validationError('Atleast one Tag Key needs to be provided as Input.')
    for (const key of input.TagKeys) checkTagKey(key)
    checkTagCount(input.TagKeys.length)
    await changeTags(table, input.ResourceArn ?? '', ctx, (present) => withoutTags(present, input.TagKeys))
    return {}
  },
})

const listInput = structure(
  { ResourceArn: optional(string()), NextToken: optional(string()) },
  'ListTagsOfResourceInput',
)

export interface ListTagsOutput {
  readonly Tags: readonly { readonly Key: string; readonly Value: string }[]
  readonly NextToken?: string
}

/** Tags of one answer; NextToken is the last key shown, in base64. */
const tagsPerPage = 10

export const listTagsOfResource = operation<InputOf<typeof listInput>, ListTagsOutput>({
  name: 'ListTagsOfResource',
  kind: 'control-read',
  input: listInput,
  access: (input) => accessTo('dynamodb:ListTagsOfResource', input.ResourceArn),
  audit: tagEvent(true),
  run: async (input, ctx) => {
    const table = taggedTable(input.ResourceArn, 'dynamodb:ListTagsOfResource', ctx)
    const found = await ctx.engine.tables.find(scopeOf(ctx), table)
    if (found === undefined) throw resourceArnNotFound(input.ResourceArn ?? '')
    const all = found.record.tags
    const start = startOfPage(all, input.NextToken)
    const page = all.slice(start, start + tagsPerPage)
    const last = page.at(-1)
    const hasMore = start + tagsPerPage < all.length
    return {
      Tags: page.map(({ key, value }) => ({ Key: key, Value: value })),
      ...(hasMore && last !== undefined && { NextToken: Buffer.from(last.key, 'utf8').toString('base64') }),
    }
  },
})

function startOfPage(tags: readonly Tag[], token: string | undefined): number {
  if (token === undefined) return 0
  const last = Buffer.from(token, 'base64').toString('utf8')
  const position = tags.findIndex((tag) => tag.key === last)
  if (position < 0) throw validationError('Invalid NextToken')
  return position + 1
}

async function changeTags(
  table: string,
  arn: string,
  ctx: RequestContext,
  change: (present: readonly Tag[]) => readonly Tag[],
): Promise<void> {
  try {
    await ctx.engine.tables.update(scopeOf(ctx), table, (present) => {
      refuseUnsettled(present)
      return { ...present, tags: change(present.tags) }
    })
  } catch (error) {
    // These calls name the resource by its ARN.
    if (error instanceof ServiceError && error.code === 'ResourceNotFoundException') throw resourceArnNotFound(arn)
    throw error
  }
}

function refuseUnsettled(present: TableRecord): void {
  if (present.status === 'CREATING') throw resourceInUse(`Table is being created: ${present.name}`)
  if (present.status === 'DELETING') throw resourceInUse(`Table is being deleted: ${present.name}`)
}

function accessTo(action: string, arn: string | undefined, asked?: ConditionValues): readonly AccessRequest[] {
  return [
    {
      action,
      resource: arn ?? '*',
      ...(asked !== undefined && { conditions: () => asked }),
    },
  ]
}

function tagEvent<Input extends { readonly ResourceArn?: string }>(readOnly: boolean): AuditShape<Input, object> {
  return {
    ...managementEvent<Input, object>({ readOnly }),
    responseElements: () => null,
    resources: (input) =>
      input.ResourceArn === undefined ? [] : [{ type: 'AWS::DynamoDB::Table', arn: input.ResourceArn }],
  }
}
