/** A stream named by its ARN, and shard iterators, which are `<stream ARN>|1|<token>`. */
import type { RequestContext } from '../../contract/request-context.ts'
import type { Scope } from '../../engine/engine.ts'
import type { StreamName } from '../../engine/streams/streams.ts'
import { ServiceError, validationError } from '../../foundation/service-error.ts'

export interface StreamReference {
  readonly arn: string
  readonly scope: Scope
  readonly name: StreamName
}

/** Of the one partition that is here: another spelling of a stream's ARN would pass by what policies say of the stream. */
const arnForm =
  /^arn:aws:dynamodb:([a-z0-9-]+):(\d{12}):table\/([a-zA-Z0-9_.-]{3,255})\/stream\/(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})$/

export function scopeOf(ctx: RequestContext): Scope {
  return { accountId: ctx.accountId, region: ctx.region }
}

export function arnOfStream({ accountId, region }: Scope, { table, label }: StreamName): string {
  return `arn:aws:dynamodb:${region}:${accountId}:table/${table}/stream/${label}`
}

/**
 * ValidationException for what is no stream's ARN, AccessDeniedException for a stream of another account: streams are
 * shared with no one yet. One of another region is looked for there and not found.
 */
export function streamReference(arn: string, ctx: RequestContext, action: string): StreamReference {
  const [, region, accountId, table, label] = arnForm.exec(arn) ?? []
  if (region === undefined || accountId === undefined || table === undefined || label === undefined) {
    throw validationError('Invalid StreamArn')
  }
  if (accountId !== ctx.accountId) throw accessDenied(ctx.principal.arn, action, arn)
  return { arn, scope: { accountId, region }, name: { table, label } }
}

const version = '|1|'

export function shardIterator({ arn }: StreamReference, token: string): string {
  return `${arn}${version}${token}`
}

/** ValidationException for what does not look like an iterator; whether it is one of ours, the engine says. */
export function iteratorReference(
  iterator: string,
  ctx: RequestContext,
  action: string,
): { readonly stream: StreamReference; readonly token: string } {
  const at = iterator.indexOf(version)
  if (at < 0 || !arnForm.test(iterator.slice(0, at))) throw validationError('Invalid ShardIterator')
  return { stream: streamReference(iterator.slice(0, at), ctx, action), token: iterator.slice(at + version.length) }
}

/** The ARN that an iterator claims to be of, for records of calls that may have been refused. */
export function arnOfIterator(iterator: string): string | undefined {
  const [arn = ''] = iterator.split('|')
  return arnForm.test(arn) ? arn : undefined
}

function accessDenied(caller: string, action: string, resource: string): ServiceError {
  return new ServiceError(
    'AccessDeniedException',
    `User: ${caller} is not authorized to perform: ${action} on resource: ${resource}`,
    { namespace: 'coral', messageMember: 'Message' },
  )
}
