/** The rules of a target's tags. */
import { validationError } from '../../foundation/service-error.ts'

/** AWS quota. */
export const tagsMax = 50

export type Tags = Readonly<Record<string, string>>

export function checkTags(tags: Tags): void {
  for (const key of Object.keys(tags)) checkTagKey(key)
  if (Object.keys(tags).length > tagsMax) throw validationError(`The number of tags exceeds the maximum of ${tagsMax}`)
}

/** Names that begin so are AWS's own. */
export function checkTagKey(key: string): void {
  if (/^aws:/i.test(key)) throw validationError(`Tag keys cannot start with aws:, key: ${key}`)
}
