/** ResourceArn of the tag calls: the ARN of a table of this account and Region. */
import type { RequestContext } from '../../contract/request-context.ts'
import { validationError } from '../../foundation/service-error.ts'
import { accessDenied, invalidParameter } from './errors.ts'

/** The table's name. `action` is what an ARN of another account is refused for. */
export function taggedTable(arn: string | undefined, action: string, ctx: RequestContext): string {
  if (arn === undefined) throw validationError('Invalid TableArn')
  if (!arn.startsWith('arn:')) throw invalidParameter(`ARNs must start with 'arn:': ${arn}`)
  const [, partition, service, region, accountId, ...rest] = arn.split(':')
  const [type, name, ...further] = rest.join(':').split('/')
  // Another partition's ARN is no name of a table here: policies on this one's would not see it.
  if (partition !== 'aws' || service !== 'dynamodb' || type === undefined) {
    throw invalidParameter(`Provided Arn is not a DynamoDB resource arn: ${arn}`)
  }
  if (accountId !== ctx.accountId) throw accessDenied(ctx.principal.arn, action, arn)
  if (region !== ctx.region) throw validationError(`Invalid TableArn: Invalid ResourceArn provided as input ${arn}`)
  if (type !== 'table' || further.length > 0) {
    throw invalidParameter(
      `Invalid resource arn provided, only table or stream is accepted. Provided resource arn: ${arn}`,
    )
  }
  if (name === undefined || !/^[a-zA-Z0-9_.-]{3,255}$/.test(name)) {
    throw validationError(`Invalid TableArn: Invalid ResourceArn provided as input ${arn}`)
  }
  return name
}
