/** TableName may be a name or a table's ARN; ARNs of tables, indexes and streams are made here. */
import type { RequestContext } from '../../contract/request-context.ts'
import type { Scope } from '../../engine/engine.ts'
import { validationError } from '../../foundation/service-error.ts'
import { accessDenied } from './errors.ts'

export interface TableReference {
  readonly name: string
  readonly arn: string
  /** The request's own words, which ConsumedCapacity and the Unprocessed maps repeat. */
  readonly asGiven: string
}

/** Of this partition alone: a table has one ARN, so that no policy on it can be gone round by another. */
export const tableArnPattern = /^arn:aws:dynamodb:([a-z0-9-]+):(\d{12}):table\/([a-zA-Z0-9_.-]{3,255})$/

export function scopeOf(ctx: RequestContext): Scope {
  return { accountId: ctx.accountId, region: ctx.region }
}

/**
 * The table that a request names. ValidationException for an ARN of another region, AccessDeniedException for one of
 * another account: tables are shared with no one yet. `action` is what that caller may not do.
 */
export function tableReference(asGiven: string, ctx: RequestContext, action: string): TableReference {
  if (!asGiven.startsWith('arn:')) return { name: asGiven, arn: tableArn(asGiven, ctx), asGiven }
  const [, region, accountId, name] = tableArnPattern.exec(asGiven) ?? []
  if (name === undefined) throw validationError(`1 validation error detected: Invalid resource type in '${asGiven}'`)
  if (region !== ctx.region) throw validationError(`1 validation error detected: Invalid AWS region in '${asGiven}'`)
  if (accountId !== ctx.accountId) throw accessDenied(ctx.principal.arn, action, asGiven)
  return { name, arn: asGiven, asGiven }
}

/** How a request that names tables more than once first names each of them. */
export function tableNamesAsGiven(given: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const one of given) {
    const name = tableArnPattern.exec(one)?.[3] ?? one
    if (!names.has(name)) names.set(name, one)
  }
  return names
}

/** The ARN of a table named either way, wherever it may be. */
export function arnOfTable(asGiven: string, scope: Scope): string {
  return asGiven.startsWith('arn:') ? asGiven : tableArn(asGiven, scope)
}

export function tableArn(name: string, scope: Scope): string {
  return `arn:aws:dynamodb:${scope.region}:${scope.accountId}:table/${name}`
}

export function indexArn(table: string, index: string): string {
  return `${table}/index/${index}`
}

export function streamArn(table: string, label: string): string {
  return `${table}/stream/${label}`
}
