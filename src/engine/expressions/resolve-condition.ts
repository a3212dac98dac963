/** Condition trees to conditions: placeholders put in, operands checked in the order in which they are written. */
import { AssertionFailure, assert } from '../../foundation/assert.ts'
import { type AttributeType, type AttributeValue, typeOf } from '../items/attribute-value.ts'
import { compareScalars } from '../items/compare-values.ts'
import { checkListLength } from './check-tree.ts'
import { type CallNode, type ExpressionNode, ungrouped } from './expression-tree.ts'
import { ExpressionProblem } from './parse-tree.ts'
import type { Placeholders } from './placeholders.ts'
import { isSamePath, pathText, resolvePath } from './resolve-paths.ts'
import type { Condition, Operand, Path } from './syntax.ts'

export function resolveCondition(node: ExpressionNode, placeholders: Placeholders): Condition {
  switch (node.kind) {
    case 'group':
      return resolveCondition(node.inner, placeholders)
    case 'and':
      return { kind: 'and', all: node.parts.map((part) => resolveCondition(part, placeholders)) }
    case 'or':
      return { kind: 'or', any: node.parts.map((part) => resolveCondition(part, placeholders)) }
    case 'not':
      return { kind: 'not', condition: resolveCondition(node.inner, placeholders) }
    case 'compare': {
      const { comparator } = node
      const left = resolveOperand(node.left, placeholders)
      const right = resolveOperand(node.right, placeholders)
      checkDistinct(comparator, left, [right])
      if (comparator !== '=' && comparator !== '<>') checkTypes(comparator, [left, right], orderedTypes)
      return { kind: 'compare', comparator, left, right }
    }
    case 'between': {
      const operand = resolveOperand(node.operand, placeholders)
      const low = resolveOperand(node.low, placeholders)
      const high = resolveOperand(node.high, placeholders)
      checkDistinct('BETWEEN', operand, [low, high])
      checkTypes('BETWEEN', [operand, low, high], orderedTypes)
      checkBounds(low, high)
      return { kind: 'between', operand, low, high }
    }
    case 'in': {
      const operand = resolveOperand(node.operand, placeholders)
      const list = node.list.map((element) => resolveOperand(element, placeholders))
      checkListLength(list.length)
      checkDistinct('IN', operand, list)
      return { kind: 'in', operand, list }
    }
    case 'call':
      return resolveCall(node, placeholders)
    default:
      throw new AssertionFailure('the parser leaves no bare operand where a condition stands')
  }
}

function resolveCall({ name, operands }: CallNode, placeholders: Placeholders): Condition {
  const [first, second] = operands.map((operand) => resolveOperand(operand, placeholders))
  assert(first !== undefined, 'a call has operands')
  if (name === 'attribute_exists') return { kind: 'exists', path: pathFor(name, first) }
  if (name === 'attribute_not_exists') return { kind: 'not-exists', path: pathFor(name, first) }
  assert(second !== undefined, 'operands were counted')
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

function resolveOperand(node: ExpressionNode, placeholders: Placeholders): Operand {
  const inner = ungrouped(node)
  switch (inner.kind) {
    case 'path':
      return { kind: 'path', path: resolvePath(inner, placeholders) }
    case 'value':
      return { kind: 'value', value: placeholders.valueOf(inner.placeholder) }
    case 'call': {
      const [sized] = inner.operands
      assert(sized !== undefined, 'a call has operands')
      const of = resolveOperand(sized, placeholders)
      checkTypes('size', [of], sizedTypes)
      return { kind: 'size', of }
    }
    default:
      throw new AssertionFailure('the parser leaves no condition where an operand stands')
  }
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
