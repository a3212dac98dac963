/** Shapes that STS's operations share. */
import { optional, required, type Shape, structure } from '../../contract/shape.ts'
import { list } from '../../contract/shape-collections.ts'
import { integer, string } from '../../contract/shape-scalars.ts'
import { refusedValue } from './errors.ts'

/** As STS prints it; the class of characters itself is written for JavaScript beside it. */
const arnPattern = '[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+'
const arnRule = `Member must satisfy regular expression pattern: ${arnPattern}`
// Recorded: the last range names no character beyond the first plane, so those break the rule.
const outsideArn = /^$|[^\t\n\r\u0020-\u007e\u0085\u00a0-\ud7ff\ue000-\ufffd]/u

export const arn = string({
  broken: (value) => [
    ...(outsideArn.test(value) ? [arnRule] : []),
    ...([...value].length < 20 ? ['Member must have length greater than or equal to 20'] : []),
    ...([...value].length > 2048 ? ['Member must have length less than or equal to 2048'] : []),
  ],
})

export const roleSessionName = string({ min: 2, max: 64, pattern: '[\\w+=,.@-]*' })
export const federatedName = string({ min: 2, max: 32, pattern: '[\\w+=,.@-]*' })
export const sourceIdentity = string({ min: 2, max: 64, pattern: '[\\w+=,.@-]*' })
export const externalId = string({ min: 2, max: 1224, pattern: '[\\w+=,.@:\\/-]*' })
export const serialNumber = string({ min: 9, max: 256, pattern: '[\\w+=/:,.@-]*' })
export const tokenCode = string({ min: 6, max: 6, pattern: '[\\d]*' })
export const accessKeyId = string({ min: 16, max: 128, pattern: '[\\w]*' })
export const roleSeconds = integer({ min: 900, max: 43_200 })
export const userSeconds = integer({ min: 900, max: 129_600 })

export const sessionPolicy = string({ min: 1, max: 2048, pattern: '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+' })
export const policyArns = list(structure({ arn: optional(arn) }, 'PolicyDescriptorType'), { max: 10 })

export const tagKey = string({ min: 1, max: 128, pattern: '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+' })
const tagValue = string({ max: 256, pattern: '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*' })
export const tags = list(structure({ Key: required(tagKey), Value: required(tagValue) }, 'Tag'), { max: 50 })
export const transitiveTagKeys = list(tagKey, { max: 50 })

const providedContext = structure(
  { ProviderArn: optional(string()), ContextAssertion: optional(string()) },
  'ProvidedContext',
)
/** Identities propagated by IAM Identity Center, which is not here: refused, never passed over. */
export const providedContexts: Shape<readonly unknown[]> = {
  ...list(providedContext),
  refused: true,
  collect() {
    throw refusedValue('ProvidedContexts is not supported by this server')
  },
}
