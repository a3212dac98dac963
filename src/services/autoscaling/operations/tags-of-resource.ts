/** TagResource, UntagResource and ListTagsForResource: a target is named by its ARN. */
import { operation } from '../../../contract/operation.ts'
import type { RequestContext } from '../../../contract/request-context.ts'
import { type InputOf, required, structure } from '../../../contract/shape.ts'
import { requestTags, tagAccess } from '../access.ts'
import { managementEvent } from '../audit.ts'
import { resourceNotFound, tooManyTags } from '../errors.ts'
import { targets } from '../records.ts'
import { tagKeys, tagMap, targetArn } from '../shapes.ts'
import { scopeOf, targetOfArn } from '../stored-targets.ts'
import { checkTagKey, checkTags, type Tags, tagsMax } from '../tags.ts'
import { targetKey } from '../target-id.ts'

const tagInput = structure({ ResourceARN: required(targetArn), Tags: required(tagMap) }, 'TagResourceRequest')

export const tagResource = operation<InputOf<typeof tagInput>, object>({
  name: 'TagResource',
  kind: 'control-write',
  input: tagInput,
  access: (input, ctx) => tagAccess('TagResource', input.ResourceARN, ctx, requestTags(input.Tags)),
  audit: managementEvent(false),
  run: async (input, ctx) => {
    checkTags(input.Tags)
    await changeTags(input.ResourceARN, ctx, (present) => ({ ...present, ...input.Tags }))
    return {}
  },
})

const untagInput = structure({ ResourceARN: required(targetArn), TagKeys: required(tagKeys) }, 'UntagResourceRequest')

export const untagResource = operation<InputOf<typeof untagInput>, object>({
  name: 'UntagResource',
  kind: 'control-write',
  input: untagInput,
  access: (input, ctx) => tagAccess('UntagResource', input.ResourceARN, ctx, { 'aws:TagKeys': input.TagKeys }),
  audit: managementEvent(false),
  run: async (input, ctx) => {
    for (const key of input.TagKeys) checkTagKey(key)
    await changeTags(input.ResourceARN, ctx, (present) =>
      Object.fromEntries(Object.entries(present).filter(([key]) => !input.TagKeys.includes(key))),
    )
    return {}
  },
})

const listInput = structure({ ResourceARN: required(targetArn) }, 'ListTagsForResourceRequest')

export const listTagsForResource = operation<InputOf<typeof listInput>, { readonly Tags: Tags }>({
  name: 'ListTagsForResource',
  kind: 'control-read',
  input: listInput,
  access: (input, ctx) => tagAccess('ListTagsForResource', input.ResourceARN, ctx),
  audit: managementEvent(true),
  run: async (input, ctx) => {
    const target = await targetOfArn(input.ResourceARN, ctx)
    if (target === undefined) throw resourceNotFound(input.ResourceARN)
    return { Tags: target.tags }
  },
})

async function changeTags(arn: string, ctx: RequestContext, change: (present: Tags) => Tags): Promise<void> {
  const target = await targetOfArn(arn, ctx)
  if (target === undefined) throw resourceNotFound(arn)
  await ctx.engine.collections.update(targets, scopeOf(ctx), targetKey(target), (present) => {
    if (present === undefined) throw resourceNotFound(arn)
    const tags = change(present.tags)
    if (Object.keys(tags).length > tagsMax) throw tooManyTags(arn)
    return { ...present, tags }
  })
}
