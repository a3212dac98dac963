/**
 * Shapes that IAM's operations share. IAM's messages repeat no values, and what a name or a path may hold is refused in
 * words of its own and alone.
 */
import {
  type Member,
  optional as optionalMember,
  required as requiredMember,
  type Shape,
  shapeOf,
  structure,
} from '../../contract/shape.ts'
import { list } from '../../contract/shape-collections.ts'
import { boolean, integer, string } from '../../contract/shape-scalars.ts'
import { missingParameter, refusedValue } from './errors.ts'
import { quotas } from './quotas.ts'

export { boolean, integer, list, string, structure }

const quiet = { hidesValue: true, hidesNull: true }

export function required<T>(shape: Shape<T>): Member<T, true> {
  return requiredMember(shape, quiet)
}

export function optional<T>(shape: Shape<T>): Member<T, false> {
  return optionalMember(shape, quiet)
}

/** A string within bounds whose characters are looked at only when the bounds are kept. */
function lettered(bounds: { min: number; max: number }, allowed: RegExp, refusal: string): Shape<string> {
  const sized = string(bounds)
  return shapeOf(sized.convert, (value, place, found) => {
    const before = found.length
    sized.collect?.(value, place, found)
    if (found.length === before && !allowed.test(value)) {
      throw refusedValue(`The specified value for ${place.path} is invalid. ${refusal}`)
    }
  })
}

function nameOf(max: number): Shape<string> {
  return lettered(
    { min: 1, max },
    /^[\w+=,.@-]+$/,
    'It must contain only alphanumeric characters and/or the following: +=,.@_-',
  )
}

export const newUserName = nameOf(64)
/** Of users that exist: old names may be longer than new ones. */
export const userName = nameOf(128)
export const roleName = nameOf(64)
export const groupName = nameOf(128)
export const policyName = nameOf(128)
export const deviceName = nameOf(226)

export const path = lettered(
  { min: 1, max: 512 },
  /^(\/|\/[\u0021-\u007e]+\/)$/,
  'It must begin and end with / and contain only alphanumeric characters and/or / characters.',
)
export const policyPath = lettered(
  { min: 1, max: 512 },
  /^\/([A-Za-z0-9.,+@=_-]+\/)*$/,
  'It must begin and end with / and contain only alphanumeric characters and/or / characters.',
)
export const pathPrefix = lettered(
  { min: 1, max: 512 },
  /^\/[\u0021-\u007f]*$/,
  'It must begin with the / character and contain only alphanumeric characters and/or / characters.',
)
export const document = lettered(
  { min: 1, max: 131_072 },
  /^[\t\n\r\u0020-\u00ff]+$/,
  'It must contain only printable ASCII characters.',
)

export const arn = string({ min: 20, max: 2048 })
export const versionId = string({ pattern: 'v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?' })
export const accessKeyIdShape = string({ min: 16, max: 128, pattern: '[\\w]+' })
export const roleDescription = string({ max: 1000, pattern: '[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*' })
export const policyDescription = string({ max: 1000 })
export const sessionSeconds = integer({ min: 3600, max: 43_200 })
export const serialNumber = string({ min: 9, max: 256, pattern: '[\\w+=/:,.@-]+' })
export const authenticationCode = string({ min: 6, max: 6, pattern: '[\\d]+' })

export const tagKey = string({ min: 1, max: 128, pattern: '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+' })
const tagValue = string({ max: 256, pattern: '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*' })

const wholeTag = structure({ Key: required(tagKey), Value: required(tagValue) }, 'Tag')
/** Both parts must be there, and IAM has a word of its own for it when one is not. */
const tag: typeof wholeTag = {
  ...wholeTag,
  collect(value, place, found) {
    for (const part of ['Key', 'Value'] as const) {
      if (value[part] !== undefined) continue
      throw missingParameter(`Tags.member.${place.path.split('.')[1] ?? ''}.${part}`)
    }
    wholeTag.collect?.(value, place, found)
  },
}
export const tags = list(tag, { max: quotas.tagsMax })
export const tagKeys = list(tagKey, { max: quotas.tagsMax })

/** Members of every paged list. AWS's markers have 320 characters at most; ours hold the last key shown. */
export const paged = {
  Marker: optional(string({ min: 1, max: 2048, pattern: '[\\u0020-\\u00FF]+' })),
  MaxItems: optional(integer({ min: 1, max: 1000 })),
}
