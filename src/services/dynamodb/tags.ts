/** The rules of tags: all or nothing, each with its own message (recorded 2026-10). */
import { validationError } from '../../foundation/service-error.ts'
import type { TagInput } from './table-shapes.ts'

export interface Tag {
  readonly key: string
  readonly value: string
}

/** AWS quota. */
export const tagsMax = 50
const keyCharactersMax = 128
const valueCharactersMax = 256
/** Letters, digits and blanks of any script, and a few signs. */
const allowedText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u

export function checkedTags(given: readonly TagInput[]): readonly Tag[] {
  const seen = new Set<string>()
  const tags = given.map(({ Key: key, Value: value }) => {
    checkTagKey(key)
    if (value === undefined || value.length > valueCharactersMax || !allowedText.test(value)) {
      throw validationError(`The Tag Value provided is invalid, Value: ${value ?? 'null'}`)
    }
    if (seen.has(key)) {
      throw validationError(`Duplicate Tag Keys provided as input: Duplicate Tag Key found ${key}`)
    }
    seen.add(key)
    return { key, value }
  })
  checkTagCount(tags.length)
  return tags
}

export function checkTagKey(key: string | undefined): asserts key is string {
  if (key === undefined || key === '' || key.length > keyCharactersMax || !allowedText.test(key)) {
    throw validationError(`The Tag Key provided is invalid, Key: ${key ?? 'null'}`)
  }
  if (key.startsWith('aws:')) throw validationError(`Tag Key cannot be prefixed with aws:, Key: ${key}`)
}

export function checkTagCount(count: number): void {
  if (count > tagsMax) {
    throw validationError('Number of Tags exceed the current limit for the provided ResourceArn')
  }
}

/** The tags after a TagResource: new values for known keys in place, new keys at the end. */
export function mergedTags(present: readonly Tag[], given: readonly Tag[]): readonly Tag[] {
  const merged = new Map(present.map(({ key, value }) => [key, value]))
  for (const { key, value } of given) merged.set(key, value)
  checkTagCount(merged.size)
  return [...merged].map(([key, value]) => ({ key, value }))
}

export function withoutTags(present: readonly Tag[], keys: readonly string[]): readonly Tag[] {
  return present.filter(({ key }) => !keys.includes(key))
}
