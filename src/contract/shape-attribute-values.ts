/** Shapes of DynamoDB attribute values as they arrive: their JSON types are checked here, their content by the engine. */
import { checkWireTypes } from '../engine/items/wire-types.ts'
import { type Shape, shapeOf } from './shape.ts'
import { mapSource } from './shape-collections.ts'

/** An attribute value whose JSON types are right; `checkValue` of the engine makes an AttributeValue of it. */
export type RawAttributeValue = unknown
/** Attribute names and raw values; names are the caller's, so read it with `Object.hasOwn` or `Object.keys`. */
export interface RawItem {
  readonly [attribute: string]: RawAttributeValue
}

export const attributeValue: Shape<RawAttributeValue> = shapeOf((raw) => {
  checkWireTypes(raw)
  return raw
}, undefined)

/** A map of attribute values. It is the parsed JSON itself: most items need no copy. */
export const itemMap: Shape<RawItem> = shapeOf((raw) => {
  const source = mapSource(raw, 'AttributeValue')
  for (const name in source) {
    const value = source[name]
    if (value !== null) checkWireTypes(value)
  }
  return hasNull(source) ? withoutNulls(source) : source
}, undefined)

function hasNull(source: Readonly<Record<string, unknown>>): boolean {
  for (const name in source) if (source[name] === null) return true
  return false
}

/** A null value says nothing of its type, as an empty structure does. */
function withoutNulls(source: Readonly<Record<string, unknown>>): RawItem {
  const result = Object.create(null) as Record<string, unknown>
  for (const name of Object.keys(source)) result[name] = source[name] ?? {}
  return result
}
