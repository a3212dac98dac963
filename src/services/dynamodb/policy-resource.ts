/** ResourceArn of the calls about resource-based policies: a table or stream of this account and Region. */
import type { RequestContext } from '../../contract/request-context.ts'
import { validationError } from '../../foundation/service-error.ts'
import { invalidParameter } from './errors.ts'
import type { PolicyTarget } from './policy-documents.ts'

export interface PolicyResource {
  readonly arn: string
  readonly table: string
  readonly target: PolicyTarget
  /** Of a stream. */
  readonly label: string | undefined
}

/** ValidationException for everything else, in the words recorded 2026-10. */
export function policyResource(arn: string, ctx: RequestContext): PolicyResource {
  if (!arn.startsWith('arn:')) throw invalidParameter(`ARNs must start with 'arn:': ${arn}`)
  const [, partition, service, region, accountId, ...rest] = arn.split(':')
  const [type, table = '', ...further] = rest.join(':').split('/')
  const [part, label, ...more] = further
  if (service !== 'dynamodb' || type !== 'table' || (part !== undefined && part !== 'index' && part !== 'stream')) {
    throw invalidParameter(`Provided Arn is not a DynamoDB resource arn: ${arn}`)
  }
  if (part === 'index') {
    throw invalidParameter(
      `Invalid resource arn provided, only table or stream is accepted. Provided resource arn: ${arn}`,
    )
  }
  const wellFormed = /^[a-zA-Z0-9_.-]{3,255}$/.test(table) && (part === undefined || label) && more.length === 0
  if (partition !== 'aws' || region !== ctx.region || !wellFormed)
    throw invalidParameter(`Invalid resource Arn: ${arn}`)
  if (accountId !== ctx.accountId) {
    throw validationError('This action is only supported by accounts that match the resource owner’s account.')
  }
  return { arn, table, target: part === undefined ? 'table' : 'stream', label }
}
