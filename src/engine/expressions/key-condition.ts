/** Key conditions: a condition over key attributes turned into what a query binds, by the key schema found. */

import { unreachable } from '../../foundation/assert.ts'
import { type ServiceError, validationError } from '../../foundation/service-error.ts'
import { type AttributeValue, typeOf } from '../items/attribute-value.ts'
import type { KeyAttribute } from '../tables/table.ts'
import type { Comparator, Condition, KeyCondition, Operand, RangeBound } from './syntax.ts'

/** The rules of KeyConditionExpression that need no schema; their messages have no prefix and no envelope. */
export function checkKeyConditionShape(condition: Condition): void {
  const seen = new Set<string>()
  for (const part of conjuncts(condition)) {
    const { attribute } = shapeOf(part)
    if (seen.has(attribute)) {
      throw validationError('KeyConditionExpressions must only contain one condition per key')
    }
    seen.add(attribute)
  }
}

/**
 * The condition as bounds of the key attributes, in schema order. Every hash attribute needs an equality, and so does
 * every range attribute before the last one that has a condition. `indexName` is for AWS's message about empty values.
 */
export function keyConditionOf(
  condition: Condition,
  hash: readonly KeyAttribute[],
  range: readonly KeyAttribute[],
  indexName?: string,
): KeyCondition {
  const bounds = new Map<string, RangeBound | undefined>()
  for (const part of conjuncts(condition)) {
    const { attribute, bound } = shapeOf(part, notIndexable)
    bounds.set(attribute, bound)
  }
  if (range.length === 0 && bounds.size > hash.length) throw notSupported()
  const hashValues = hash.map((key) => {
    const bound = boundOf(key, bounds, indexName)
    if (bound === undefined) throw missed(key)
    if (bound.kind !== 'compare' || bound.comparator !== '=') throw notSupported()
    return bound.value
  })
  const rangeBounds = range.map((key) => boundOf(key, bounds, indexName))
  const stray = [...bounds.keys()].some((name) => ![...hash, ...range].some((key) => key.name === name))
  if (stray) {
    const unbound = range.find((_, position) => rangeBounds[position] === undefined)
    throw unbound === undefined ? notSupported() : missed(unbound)
  }
  return { hash: hashValues, range: leading(range, rangeBounds) }
}

/** The conditions that all must hold. */
function conjuncts(condition: Condition): readonly Condition[] {
  return condition.kind === 'and' ? condition.all.flatMap(conjuncts) : [condition]
}

interface Shape {
  readonly attribute: string
  readonly bound: RangeBound | undefined
}

/** One condition on one attribute; `refuse` makes the error for operators that no key knows. */
function shapeOf(part: Condition, refuse: (operator: string) => ServiceError = invalidOperator): Shape {
  switch (part.kind) {
    case 'and':
    case 'or':
    case 'not':
    case 'in':
      throw refuse(part.kind.toUpperCase())
    case 'exists':
      throw refuse('attribute_exists')
    case 'not-exists':
      throw refuse('attribute_not_exists')
    case 'type':
      throw refuse('attribute_type')
    case 'contains':
      throw refuse('contains')
    case 'compare': {
      if (part.comparator === '<>') throw refuse('<>')
      const attribute = onlyAttribute([part.left, part.right])
      const isFlipped = part.left.kind !== 'path'
      const comparator = isFlipped ? flipped[part.comparator] : part.comparator
      return {
        attribute,
        bound: { kind: 'compare', comparator, value: boundValue(isFlipped ? part.left : part.right) },
      }
    }
    case 'between': {
      checkKeyFirst('BETWEEN', part.operand)
      const attribute = onlyAttribute([part.operand, part.low, part.high])
      return { attribute, bound: { kind: 'between', low: boundValue(part.low), high: boundValue(part.high) } }
    }
    case 'begins-with': {
      checkKeyFirst('begins_with', part.operand)
      const attribute = onlyAttribute([part.operand, part.prefix])
      return { attribute, bound: { kind: 'begins-with', prefix: boundValue(part.prefix) } }
    }
    default:
      return unreachable(part)
  }
}

const flipped: Readonly<Record<Exclude<Comparator, '<>'>, '=' | '<' | '<=' | '>' | '>='>> = {
  '=': '=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
}

function checkKeyFirst(operator: string, operand: Operand): void {
  if (operand.kind === 'path') return
  if (operand.kind !== 'value') throw nested()
  throw validationError(
    `Invalid condition in KeyConditionExpression: ${operator} operator must have the key attribute as its first operand`,
  )
}

function onlyAttribute(operands: readonly Operand[]): string {
  let attribute: string | undefined
  for (const operand of operands) {
    if (operand.kind === 'value') continue
    if (operand.kind !== 'path') throw nested()
    if (attribute !== undefined) {
      throw validationError(
        'Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition',
      )
    }
    if (operand.path.length > 1) {
      throw validationError('KeyConditionExpressions cannot have conditions on nested attributes')
    }
    attribute = String(operand.path[0])
  }
  if (attribute === undefined) {
    throw validationError('Invalid condition in KeyConditionExpression: No key attribute specified')
  }
  return attribute
}

function boundValue(operand: Operand): AttributeValue {
  if (operand.kind === 'value') return operand.value
  throw nested()
}

/** The bound of one key attribute with the attribute's type and a value that a key may have. */
function boundOf(
  key: KeyAttribute,
  bounds: ReadonlyMap<string, RangeBound | undefined>,
  indexName: string | undefined,
): RangeBound | undefined {
  const bound = bounds.get(key.name)
  if (bound === undefined) return undefined
  for (const value of valuesOf(bound)) {
    if (typeOf(value) !== key.type) {
      throw validationError(
        'One or more parameter values were invalid: Condition parameter type does not match schema type',
      )
    }
    checkNotEmpty(key, value, indexName)
  }
  return bound
}

function valuesOf(bound: RangeBound): readonly AttributeValue[] {
  switch (bound.kind) {
    case 'compare':
      return [bound.value]
    case 'between':
      return [bound.low, bound.high]
    case 'begins-with':
      return [bound.prefix]
  }
}

export function checkNotEmpty(key: KeyAttribute, value: AttributeValue, indexName: string | undefined): void {
  const kind = 'S' in value && value.S === '' ? 'string' : 'B' in value && value.B === '' ? 'binary' : undefined
  if (kind === undefined) return
  const cannot = `The AttributeValue for a key attribute cannot contain an empty ${kind} value.`
  throw validationError(
    indexName === undefined
      ? `One or more parameter values are not valid. ${cannot} Key: ${key.name}`
      : 'One or more parameter values are not valid. A value specified for a secondary index key is not supported. ' +
          `${cannot} IndexName: ${indexName}, IndexKey: ${key.name}`,
  )
}

/** The bounds up to the last attribute that has one; all before it must be equalities. */
function leading(range: readonly KeyAttribute[], bounds: readonly (RangeBound | undefined)[]): readonly RangeBound[] {
  const last = bounds.findLastIndex((bound) => bound !== undefined)
  const loose = range.slice(0, Math.max(last, 0)).filter((_, position) => !isEquality(bounds[position]))
  if (loose.length > 0) {
    throw validationError(
      `RANGE key attributes ${loose.map(({ name }) => name).join(', ')} must have equality conditions specified ` +
        `in the query because a condition is present on key attribute ${range[last]?.name}`,
    )
  }
  return bounds.slice(0, last + 1).filter((bound) => bound !== undefined)
}

function isEquality(bound: RangeBound | undefined): boolean {
  return bound?.kind === 'compare' && bound.comparator === '='
}

function missed(key: KeyAttribute): ServiceError {
  return validationError(`Query condition missed key schema element: ${key.name}`)
}

function notSupported(): ServiceError {
  return validationError('Query key condition not supported')
}

function invalidOperator(operator: string): ServiceError {
  return validationError(`Invalid operator used in KeyConditionExpression: ${operator}`)
}

/** Expressions were refused by `checkKeyConditionShape`; what comes here was a legacy KeyConditions operator. */
function notIndexable(): ServiceError {
  return validationError('Attempted conditional constraint is not an indexable operation')
}

function nested(): ServiceError {
  return validationError('KeyConditionExpressions cannot contain nested operations')
}
