/** Which targets a Describe call is about, and paging through what hangs on them. */
import type { RequestContext } from '../../contract/request-context.ts'
import { validationError } from '../../foundation/service-error.ts'
import { unsupportedTarget } from './errors.ts'
import type { ScalableTarget } from './records.ts'
import type { Placed } from './result-pages.ts'
import type { ScalableDimension, ServiceNamespace } from './shapes.ts'
import { scopeOf, storedTargets } from './stored-targets.ts'
import { isDynamodb, resourceOf, targetKey } from './target-id.ts'

export interface TargetFilter {
  readonly ServiceNamespace: ServiceNamespace
  readonly ResourceId?: string
  readonly ScalableDimension?: ScalableDimension
}

/** ValidationException for a dimension that is not the namespace's or not the resource's, or that stands alone. */
export function checkFilter({ ServiceNamespace, ResourceId, ScalableDimension }: TargetFilter): void {
  if (ScalableDimension === undefined) return
  if (!ScalableDimension.startsWith(`${ServiceNamespace}:`)) throw unsupportedTarget()
  if (ResourceId === undefined) {
    throw validationError('Resource ID must be specified when scalable dimension is specified')
  }
  if (!isDynamodb(ScalableDimension)) return
  if (resourceOf({ resourceId: ResourceId, dimension: ScalableDimension }) === undefined) throw unsupportedTarget()
}

/** This server scales nothing but DynamoDB's tables and indexes. */
export function matches(target: Pick<ScalableTarget, 'resourceId' | 'dimension'>, filter: TargetFilter): boolean {
  return (
    filter.ServiceNamespace === 'dynamodb' &&
    (filter.ResourceId === undefined || filter.ResourceId === target.resourceId) &&
    (filter.ScalableDimension === undefined || filter.ScalableDimension === target.dimension)
  )
}

/** Parts of the targets that match, by target and name, behind a place that an earlier page ended at. */
export async function* namedParts<T extends { readonly name: string }, Shown>(
  filter: TargetFilter,
  ctx: RequestContext,
  after: string | undefined,
  partsOf: (target: ScalableTarget) => readonly T[],
  show: (part: T, target: ScalableTarget) => Shown,
): AsyncGenerator<Placed<Shown>> {
  const [resource, dimension, ...name] = after?.split('|') ?? []
  const from = after === undefined ? undefined : `${resource}|${dimension}`
  const wanted = { prefix: prefixOf(filter), ...(from !== undefined && { from }) }
  for await (const { value: target } of storedTargets(ctx.engine.collections, scopeOf(ctx), wanted)) {
    if (!matches(target, filter)) continue
    const key = targetKey(target)
    const left = key === from ? partsOf(target).filter((part) => part.name > name.join('|')) : partsOf(target)
    for (const part of [...left].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      yield { place: `${key}|${part.name}`, shown: show(part, target) }
    }
  }
}

function prefixOf({ ResourceId }: TargetFilter): string {
  return ResourceId === undefined ? '' : `${ResourceId}|`
}
