/** The condition keys of the tags that a request brings: aws:RequestTag and aws:TagKeys, absent when it brings none. */
import type { ConditionValues } from '../../contract/operation.ts'
import type { TagInput } from './table-shapes.ts'

export function requestTags(tags: readonly TagInput[]): ConditionValues {
  const values: Record<string, string | readonly string[]> = {}
  for (const { Key: key, Value: value } of tags) {
    if (key !== undefined && value !== undefined) values[`aws:RequestTag/${key}`] = value
  }
  const keys = tags.flatMap(({ Key: key }) => key ?? [])
  return keys.length === 0 ? values : { ...values, 'aws:TagKeys': keys }
}
