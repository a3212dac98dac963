/** Tags that come with an endpoint. */

import { ServiceError } from '../../foundation/service-error.ts'
import type { Tag } from './endpoint-records.ts'
import { invalidParameterValue } from './errors.ts'

const tagsMax = 50
const keyCharactersMax = 127
const valueCharactersMax = 255

interface Specification {
  readonly ResourceType?: string
  readonly Tag?: readonly { readonly Key?: string; readonly Value?: string }[]
}

export function newTags(specifications: readonly Specification[] | undefined): readonly Tag[] {
  const tags: Tag[] = []
  for (const { ResourceType: type, Tag: given = [] } of specifications ?? []) {
    if (type !== 'vpc-endpoint') {
      throw invalidParameterValue(`'${type ?? ''}' is not a valid taggable resource type for this operation.`)
    }
    for (const { Key: key = '', Value: value = '' } of given) {
      if (key === '' || key.length > keyCharactersMax) {
        throw invalidParameterValue(`Tag key length should be between 1 and ${keyCharactersMax} characters.`)
      }
      if (value.length > valueCharactersMax) {
        throw invalidParameterValue(`Tag value exceeds the maximum length of ${valueCharactersMax} characters`)
      }
      if (key.toLowerCase().startsWith('aws:')) {
        throw invalidParameterValue(`Tag keys starting with 'aws:' are reserved for internal use`)
      }
      if (tags.some((tag) => tag.key === key)) {
        throw invalidParameterValue(`Duplicate tag key '${key}' specified.`)
      }
      tags.push({ key, value })
    }
  }
  if (tags.length > tagsMax) {
    throw new ServiceError('TagLimitExceeded', `The maximum number of Tags for a resource has been reached.`)
  }
  return tags
}
