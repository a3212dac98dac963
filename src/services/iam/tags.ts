/** Tags of IAM's entities: keys that differ in case alone are one key. */
import { invalidInput, limitExceeded } from './errors.ts'
import { quotas } from './quotas.ts'
import type { Tag } from './records.ts'

export interface GivenTag {
  readonly Key: string
  readonly Value: string
}

export function newTags(given: readonly GivenTag[] = []): readonly Tag[] {
  const keys = new Set(given.map(({ Key }) => Key.toLowerCase()))
  if (keys.size !== given.length) {
    throw invalidInput('Duplicate tag keys found. Please note that Tag keys are case insensitive.')
  }
  return given.map(({ Key, Value }) => ({ key: Key, value: Value }))
}

/** A key that is there already gets the new value. */
export function withTags(present: readonly Tag[], given: readonly GivenTag[]): readonly Tag[] {
  const added = newTags(given)
  const replaced = new Set(added.map(({ key }) => key.toLowerCase()))
  const merged = [...present.filter(({ key }) => !replaced.has(key.toLowerCase())), ...added]
  if (merged.length > quotas.tagsMax) throw limitExceeded(`The number of tags has reached the maximum limit.`)
  return merged
}

export function withoutTags(present: readonly Tag[], keys: readonly string[]): readonly Tag[] {
  const gone = new Set(keys.map((key) => key.toLowerCase()))
  return present.filter(({ key }) => !gone.has(key.toLowerCase()))
}

export function printedTags(tags: readonly Tag[]): readonly GivenTag[] {
  return tags.map(({ key, value }) => ({ Key: key, Value: value }))
}

/** `prefix/Team` → `Finance`, for condition keys such as aws:ResourceTag. */
export function tagConditions(prefix: string, tags: readonly Tag[]): Record<string, string> {
  return Object.fromEntries(tags.map(({ key, value }) => [`${prefix}/${key}`, value]))
}
