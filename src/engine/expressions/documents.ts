/** Walking into items by document paths. */
import { type AttributeValue, attributeOf, type Item } from '../items/attribute-value.ts'
import type { Path } from './syntax.ts'

/** The value at a path; undefined when anything on the way is missing or of another type. */
export function valueAt(item: Item, path: Path): AttributeValue | undefined {
  let value = attributeOf(item, path[0] as string)
  for (let position = 1; value !== undefined && position < path.length; position += 1) {
    value = childOf(value, path[position] as string | number)
  }
  return value
}

/** The element of a list or the member of a map. */
export function childOf(value: AttributeValue, step: string | number): AttributeValue | undefined {
  if (typeof step === 'number') return 'L' in value ? value.L[step] : undefined
  return 'M' in value ? attributeOf(value.M, step) : undefined
}
