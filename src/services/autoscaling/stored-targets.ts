/** Reading and changing the targets that are kept. */
import type { RequestContext } from '../../contract/request-context.ts'
import type { Collections, Kept } from '../../engine/collections/collections.ts'
import type { Scope } from '../../engine/engine.ts'
import { targetArn } from './arns.ts'
import { targetNotRegistered } from './errors.ts'
import { type ScalableTarget, targets } from './records.ts'
import { type TargetId, targetKey } from './target-id.ts'

const targetsPerRead = 100

export function scopeOf(ctx: RequestContext): Scope {
  return { accountId: ctx.accountId, region: ctx.region }
}

export interface TargetsWanted {
  /** Keys that begin with this. */
  readonly prefix?: string
  /** Inclusive: from this key on. */
  readonly from?: string
}

/** Targets in the order of their keys, read a few at a time. */
export async function* storedTargets(
  collections: Collections,
  scope: Scope,
  { prefix = '', from }: TargetsWanted = {},
): AsyncGenerator<Kept<ScalableTarget>> {
  let after = from
  if (from?.startsWith(prefix)) {
    const first = await collections.get(targets, scope, from)
    if (first !== undefined) yield first
  }
  do {
    const query = { prefix, limit: targetsPerRead, ...(after !== undefined && { after }) }
    const page = await collections.list(targets, scope, query)
    yield* page.records
    after = page.last
  } while (after !== undefined)
}

/** Changes a target that must be registered: ObjectNotFoundException when it is not. */
export async function changeTarget(
  id: TargetId,
  ctx: RequestContext,
  change: (present: ScalableTarget) => ScalableTarget | undefined,
): Promise<ScalableTarget | undefined> {
  return ctx.engine.collections.update(targets, scopeOf(ctx), targetKey(id), (present) => {
    if (present === undefined) throw targetNotRegistered(id)
    return change(present)
  })
}

/** Undefined when no target has the ARN. */
export async function targetOfArn(arn: string, ctx: RequestContext): Promise<ScalableTarget | undefined> {
  const scope = scopeOf(ctx)
  for await (const { value } of storedTargets(ctx.engine.collections, scope)) {
    if (targetArn(value, scope) === arn) return value
  }
  return undefined
}
