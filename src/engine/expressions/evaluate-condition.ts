/** Conditions against items. A condition never fails: what is missing or of another type makes comparisons false. */
import { type AttributeValue, type Item, typeOf } from '../items/attribute-value.ts'
import { compareScalars, valuesEqual } from '../items/compare-values.ts'
import { binaryLength } from '../items/item-size.ts'
import { valueAt } from './documents.ts'
import type { Comparator, Condition, Operand } from './syntax.ts'

/** Whether the condition holds; an item that does not exist has no attributes. */
export function evaluateCondition(condition: Condition, item: Item | undefined): boolean {
  return holds(condition, item ?? noItem)
}

const noItem: Item = {}

function holds(condition: Condition, item: Item): boolean {
  switch (condition.kind) {
    case 'and':
      for (const part of condition.all) if (!holds(part, item)) return false
      return true
    case 'or':
      for (const part of condition.any) if (holds(part, item)) return true
      return false
    case 'not':
      return !holds(condition.condition, item)
    case 'compare':
      return compares(condition.comparator, operandValue(condition.left, item), operandValue(condition.right, item))
    case 'between': {
      const value = operandValue(condition.operand, item)
      return (
        compares('>=', value, operandValue(condition.low, item)) &&
        compares('<=', value, operandValue(condition.high, item))
      )
    }
    case 'in': {
      const value = operandValue(condition.operand, item)
      for (const element of condition.list) if (compares('=', value, operandValue(element, item))) return true
      return false
    }
    case 'exists':
      return valueAt(item, condition.path) !== undefined
    case 'not-exists':
      return valueAt(item, condition.path) === undefined
    case 'type': {
      const value = operandValue(condition.operand, item)
      return value !== undefined && typeOf(value) === condition.type
    }
    case 'begins-with':
      return beginsWith(operandValue(condition.operand, item), operandValue(condition.prefix, item))
    case 'contains':
      return contains(operandValue(condition.operand, item), operandValue(condition.value, item))
  }
}

function operandValue(operand: Operand, item: Item): AttributeValue | undefined {
  switch (operand.kind) {
    case 'path':
      return valueAt(item, operand.path)
    case 'value':
      return operand.value
    case 'size': {
      const size = sizeOf(operandValue(operand.of, item))
      return size === undefined ? undefined : { N: String(size) }
    }
    case 'condition':
      return { BOOL: holds(operand.condition, item) }
  }
}

/** Two values differ when one is missing or their types do; they compare in no other way. */
function compares(
  comparator: Comparator,
  left: AttributeValue | undefined,
  right: AttributeValue | undefined,
): boolean {
  if (left === undefined || right === undefined) return comparator === '<>'
  if (comparator === '=') return valuesEqual(left, right)
  if (comparator === '<>') return !valuesEqual(left, right)
  const order = compareScalars(left, right)
  if (order === undefined) return false
  switch (comparator) {
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
  }
}

/** What size() counts: UTF-16 units of a text, as the service does, bytes of a binary, elements of the rest. */
function sizeOf(value: AttributeValue | undefined): number | undefined {
  if (value === undefined) return undefined
  if ('S' in value) return value.S.length
  if ('B' in value) return binaryLength(value.B)
  if ('SS' in value) return value.SS.length
  if ('NS' in value) return value.NS.length
  if ('BS' in value) return value.BS.length
  if ('L' in value) return value.L.length
  if ('M' in value) return Object.keys(value.M).length
  return undefined
}

function beginsWith(value: AttributeValue | undefined, prefix: AttributeValue | undefined): boolean {
  if (value === undefined || prefix === undefined) return false
  if ('S' in value) return 'S' in prefix && value.S.startsWith(prefix.S)
  if ('B' in value && 'B' in prefix) {
    const bytes = Buffer.from(prefix.B, 'base64')
    return Buffer.from(value.B, 'base64').subarray(0, bytes.length).equals(bytes)
  }
  return false
}

function contains(value: AttributeValue | undefined, sought: AttributeValue | undefined): boolean {
  if (value === undefined || sought === undefined) return false
  if ('S' in value) return 'S' in sought && value.S.includes(sought.S)
  if ('B' in value) return 'B' in sought && Buffer.from(value.B, 'base64').includes(Buffer.from(sought.B, 'base64'))
  if ('SS' in value) return 'S' in sought && value.SS.includes(sought.S)
  if ('NS' in value) return 'N' in sought && value.NS.includes(sought.N)
  if ('BS' in value) return 'B' in sought && value.BS.includes(sought.B)
  if ('L' in value) return value.L.some((element) => valuesEqual(element, sought))
  return false
}
