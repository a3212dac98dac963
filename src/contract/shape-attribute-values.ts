/** Shapes of DynamoDB attribute values as they arrive: their JSON types are checked here, their content by the engine. */
import { checkWireTypes } from '../engine/items/wire-types.ts'
import { listed, lowerFirst, type Shape, shapeOf } from './shape.ts'
import { mapSource } from './shape-collections.ts'

/** An attribute value whose JSON types are right; `checkValue` of the engine makes an AttributeValue of it. */
export type RawAttributeValue = unknown
/** Attribute names and raw values; names are the caller's, so read it with `Object.hasOwn` or `Object.keys`. */
export interface RawItem {
  readonly [attribute: string]: RawAttributeValue
}

export const attributeValue: Shape<RawAttributeValue> = shapeOf(
  (raw) => {
    checkWireTypes(raw)
    return raw
  },
  undefined,
  printValue,
)

/** A map of attribute values. It is the parsed JSON itself: most items need no copy. */
export const itemMap: Shape<RawItem> = shapeOf(
  (raw) => {
    const source = mapSource(raw, 'AttributeValue')
    for (const name in source) {
      const value = source[name]
      if (value !== null) checkWireTypes(value)
    }
    return hasNull(source) ? withoutNulls(source) : source
  },
  undefined,
  printItem,
)

/** The order in which the service prints an attribute value's members; some are of no public type and always null. */
const printedMembers = 'S N B INT DECIMAL DOUBLE SS NS BS INTSET DECIMALSET DOUBLESET M L NULL BOOL'.split(' ')
const publicMembers: ReadonlySet<string> = new Set(['S', 'N', 'B', 'SS', 'NS', 'BS', 'M', 'L', 'NULL', 'BOOL'])

function printValue(value: RawAttributeValue): string {
  const members = (value ?? {}) as Readonly<Record<string, unknown>>
  const shown = printedMembers.map(
    (name) => `${lowerFirst(name)}=${printMember(publicMembers.has(name) ? members[name] : undefined)}`,
  )
  return `AttributeValue(${shown.join(', ')})`
}

function printMember(member: unknown): string {
  if (member === undefined || member === null) return 'null'
  if (Array.isArray(member)) return `[${listed(printedElements(member))}]`
  return typeof member === 'object' ? printItem(member as RawItem) : String(member)
}

function* printedElements(elements: readonly unknown[]): Iterable<string> {
  for (const element of elements) yield typeof element === 'object' ? printValue(element) : String(element)
}

function printItem(item: RawItem): string {
  return `{${listed(printedAttributes(item))}}`
}

function* printedAttributes(item: RawItem): Iterable<string> {
  for (const name in item) yield `${name}=${printValue(item[name])}`
}

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
