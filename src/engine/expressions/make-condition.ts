/** Conditions from their operands, with the checks of operands that DynamoDB makes, in its order. */
import { AssertionFailure } from '../../foundation/assert.ts'
import { type AttributeType, type AttributeValue, typeOf } from '../items/attribute-value.ts'
import { compareScalars } from '../items/compare-values.ts'
import { checkListLength } from './check-tree.ts'
import { ExpressionProblem } from './parse-tree.ts'
import { isSamePath, pathText } from './resolve-paths.ts'
import type { Comparator, Condition, Operand, Path } from './syntax.ts'

export function comparison(comparator: Comparator, left: Operand, right: Operand): Condition {
  checkDistinct(comparator, left, [right])
  if (comparator !== '=' && comparator !== '<>') checkTypes(comparator, [left, right], orderedTypes)
  return { kind: 'compare', comparator, left, right }
}

export function betweenCondition(operand: Operand, low: Operand, high: Operand): Condition {
  checkDistinct('BETWEEN', operand, [low, high])
  checkTypes('BETWEEN', [operand, low, high], orderedTypes)
  checkBounds(low, high)
  return { kind: 'between', operand, low, high }
}

export function inCondition(operand: Operand, list: readonly Operand[]): Condition {
  checkListLength(list.length)
  checkDistinct('IN', operand, list)
  return { kind: 'in', operand, list }
}

/** The functions that are conditions; `second` is absent only for those with one operand, which were counted. */
export function calledCondition(name: string, first: Operand, second: Operand | undefined): Condition {
  if (name === 'attribute_exists') return { kind: 'exists', path: pathFor(name, first) }
  if (name === 'attribute_not_exists') return { kind: 'not-exists', path: pathFor(name, first) }
  if (second === undefined) throw new AssertionFailure('operands were counted')
  if (name === 'attribute_type') {
    pathFor(name, first)
    checkDistinct(name, first, [second])
    return { kind: 'type', operand: first, type: typeNamed(second) }
  }
  checkDistinct(name, first, [second])
  if (name === 'begins_with') {
    checkTypes(name, [first, second], prefixTypes)
    return { kind: 'begins-with', operand: first, prefix: second }
  }
  return { kind: 'contains', operand: first, value: second }
}

export function sizeOperand(of: Operand): Operand {
  checkTypes('size', [of], sizedTypes)
  return { kind: 'size', of }
}

const orderedTypes: ReadonlySet<AttributeType> = new Set(['S', 'N', 'B'])
const prefixTypes: ReadonlySet<AttributeType> = new Set(['S', 'B'])
const sizedTypes: ReadonlySet<AttributeType> = new Set(['S', 'B', 'SS', 'NS', 'BS', 'L', 'M'])

/** A path's type depends on the item, so it passes. */
function checkTypes(operator: string, operands: readonly Operand[], allowed: ReadonlySet<AttributeType>): void {
  for (const operand of operands) {
    const type = knownType(operand)
    if (type !== undefined && !allowed.has(type)) throw incorrectType(operator, type)
  }
}

function knownType(operand: Operand): AttributeType | undefined {
  switch (operand.kind) {
    case 'path':
      return undefined
    case 'value':
      return typeOf(operand.value)
    case 'size':
      return 'N'
    case 'condition':
      return 'BOOL'
  }
}

export function incorrectType(operator: string, type: string): ExpressionProblem {
  return new ExpressionProblem(
    `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${type}`,
  )
}

function checkDistinct(operator: string, first: Operand, others: readonly Operand[]): void {
  if (first.kind !== 'path') return
  for (const other of others) if (other.kind === 'path') checkDistinctPaths(operator, first.path, other.path)
}

export function checkDistinctPaths(operator: string, first: Path, other: Path): void {
  if (!isSamePath(first, other)) return
  throw new ExpressionProblem(
    'The first operand must be distinct from the remaining operands for this operator or function; ' +
      `operator: ${operator}, first operand: ${pathText(first)}`,
  )
}

function pathFor(name: string, operand: Operand): Path {
  if (operand.kind === 'path') return operand.path
  throw needsPath(name)
}

export function needsPath(name: string): ExpressionProblem {
  return new ExpressionProblem(`Operator or function requires a document path; operator or function: ${name}`)
}

/** The names of the service's own types, most of which no caller can make; printed when the type is not a value. */
const everyType = '{S,SS,N,NS,B,BS,BOOL,NULL,L,M,HD,DOUBLE,FLOAT,HDS,FS,DOUBLESET,DICT,DECIMAL,INT,DECIMALSET,INTSET}'
const typeNames: readonly string[] = ['S', 'SS', 'N', 'NS', 'B', 'BS', 'BOOL', 'NULL', 'L', 'M']

function typeNamed(operand: Operand): AttributeType {
  if (operand.kind !== 'value') throw incorrectType('attribute_type', knownType(operand) ?? everyType)
  if (!('S' in operand.value)) throw incorrectType('attribute_type', typeOf(operand.value))
  const name = operand.value.S
  if (!typeNames.includes(name)) {
    throw new ExpressionProblem(
      `Invalid attribute type name found; type: ${name}, valid types: {${typeNames.join(',')}}`,
    )
  }
  return name as AttributeType
}

function checkBounds(low: Operand, high: Operand): void {
  if (low.kind !== 'value' || high.kind !== 'value') return
  const order = compareScalars(low.value, high.value)
  const bounds = `lower bound operand: ${valueText(low.value)}, upper bound operand: ${valueText(high.value)}`
  if (order === undefined) {
    throw new ExpressionProblem(`The BETWEEN operator requires same data type for lower and upper bounds; ${bounds}`)
  }
  if (order > 0) {
    throw new ExpressionProblem(
      `The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ${bounds}`,
    )
  }
}

function valueText(value: AttributeValue): string {
  const type = typeOf(value)
  return `AttributeValue: {${type}:${(value as unknown as Readonly<Record<string, unknown>>)[type]}}`
}
