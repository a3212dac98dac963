/** What identifies a scalable target: a table or an index, and which of its capacities. */
import type { CapacityDirection } from '../../engine/capacity/consumption.ts'
import { unsupportedTarget } from './errors.ts'
import type { ScalableDimension, ServiceNamespace } from './shapes.ts'

export type DynamodbDimension = Extract<ScalableDimension, `dynamodb:${string}`>

export interface TargetId {
  /** `table/T` or `table/T/index/I`. */
  readonly resourceId: string
  readonly dimension: DynamodbDimension
}

export interface ScaledResource {
  readonly table: string
  /** Undefined: the table itself. */
  readonly index: string | undefined
  readonly direction: CapacityDirection
}

/** The members of a request that name a target. */
export interface NamedTarget {
  readonly ServiceNamespace: ServiceNamespace
  readonly ResourceId: string
  readonly ScalableDimension: ScalableDimension
}

/** ValidationException unless the three go together and name something that this server can have. */
export function targetIdOf({ ServiceNamespace, ResourceId, ScalableDimension }: NamedTarget): TargetId {
  if (ServiceNamespace !== 'dynamodb' || !isDynamodb(ScalableDimension)) throw unsupportedTarget()
  const id: TargetId = { resourceId: ResourceId, dimension: ScalableDimension }
  if (resourceOf(id) === undefined) throw unsupportedTarget()
  return id
}

/** Undefined when the resource's type is not the dimension's. */
export function resourceOf({ resourceId, dimension }: TargetId): ScaledResource | undefined {
  const [, table, index] = resourcePattern.exec(resourceId) ?? []
  const isIndex = dimension.startsWith('dynamodb:index:')
  if (table === undefined || isIndex !== (index !== undefined)) return undefined
  return { table, index, direction: dimension.endsWith('ReadCapacityUnits') ? 'Read' : 'Write' }
}

const resourcePattern = /^table\/([a-zA-Z0-9_.-]{3,255})(?:\/index\/([a-zA-Z0-9_.-]{3,255}))?$/

/** The record's id; neither part can hold the bar. */
export function targetKey({ resourceId, dimension }: TargetId): string {
  return `${resourceId}|${dimension}`
}

export function isDynamodb(dimension: ScalableDimension): dimension is DynamodbDimension {
  return dimension.startsWith('dynamodb:')
}
