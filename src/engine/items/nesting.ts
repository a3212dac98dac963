/** How deep documents may go. */
import { validationError } from '../../foundation/service-error.ts'
import type { AttributeValue, Item } from './attribute-value.ts'

/** AWS quota: an attribute is level 1, an element of its list or map level 2, and so on. */
export const nestingLevelsMax = 32

export function nestingTooDeep(): Error {
  return validationError(
    'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit',
  )
}

/** The depth of what an update leaves behind: its values were checked alone, not where they were put. */
export function checkNesting(item: Item): void {
  for (const name in item) checkLevel(item[name] as AttributeValue, 1)
}

function checkLevel(value: AttributeValue, level: number): void {
  if (level > nestingLevelsMax) throw nestingTooDeep()
  if ('M' in value) for (const name in value.M) checkLevel(value.M[name] as AttributeValue, level + 1)
  else if ('L' in value) for (const element of value.L) checkLevel(element, level + 1)
}
