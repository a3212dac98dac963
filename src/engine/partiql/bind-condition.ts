/** WHERE clauses to the conditions that every other operation tests. */
import { checkOperandCount } from '../expressions/check-tree.ts'
import {
  betweenCondition,
  calledCondition,
  comparison,
  inCondition,
  sizeOperand,
} from '../expressions/make-condition.ts'
import { ExpressionProblem } from '../expressions/parse-tree.ts'
import type { Condition, Operand } from '../expressions/syntax.ts'
import type { AttributeType } from '../items/attribute-value.ts'
import { pathOf } from './bind-path.ts'
import { type Parameters, termName, termValue } from './literal-values.ts'
import { refusedAt } from './problem.ts'
import type { CallTerm, Term } from './statement-tree.ts'

/** The functions that are conditions by themselves. */
const conditionFunctions: ReadonlySet<string> = new Set([
  'attribute_exists',
  'attribute_not_exists',
  'attribute_type',
  'begins_with',
  'contains',
])

export function bindCondition(term: Term, parameters: Parameters): Condition {
  switch (term.kind) {
    case 'binary':
      return bindBinary(term, parameters)
    case 'unary':
      if (term.operator !== 'not') break
      return { kind: 'not', condition: bindCondition(term.operand, parameters) }
    case 'between':
      return betweenCondition(
        bindOperand(term.operand, parameters),
        bindOperand(term.low, parameters),
        bindOperand(term.high, parameters),
      )
    case 'is':
      return bindIs(bindOperand(term.operand, parameters), term)
    case 'call':
      return bindCall(term, parameters)
  }
  throw refusedAt(`Unsupported token in expression: ${termName(term)}`, term.at)
}

type BinaryTerm = Extract<Term, { readonly kind: 'binary' }>

function bindBinary(term: BinaryTerm, parameters: Parameters): Condition {
  switch (term.operator) {
    case 'and':
      return { kind: 'and', all: joined(term, 'and').map((part) => bindCondition(part, parameters)) }
    case 'or':
      return { kind: 'or', any: joined(term, 'or').map((part) => bindCondition(part, parameters)) }
    case '=':
    case '<>':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return comparison(term.operator, bindOperand(term.left, parameters), bindOperand(term.right, parameters))
    case 'in':
      if (term.right.kind !== 'list' && term.right.kind !== 'bag') {
        throw refusedAt(`Unsupported token in expression: ${termName(term.right)}`, term.right.at)
      }
      return inCondition(
        bindOperand(term.left, parameters),
        term.right.elements.map((element) => bindOperand(element, parameters)),
      )
    default:
      throw refusedAt(`Unsupported operator in Condition Expression. Operator: ${term.operator.toUpperCase()}`, term.at)
  }
}

/** The parts of `a AND b AND c`, which is read as `(a AND b) AND c`. */
function joined(term: BinaryTerm, operator: 'and' | 'or'): readonly Term[] {
  const parts: Term[] = []
  let left: Term = term
  while (left.kind === 'binary' && left.operator === operator) {
    parts.push(left.right)
    left = left.left
  }
  parts.push(left)
  return parts.reverse()
}

/** What IS can tell of a value, beside MISSING. */
const typesByName: Readonly<Record<string, AttributeType | undefined>> = {
  null: 'NULL',
  boolean: 'BOOL',
  bool: 'BOOL',
  blob: 'B',
  string: 'S',
  numeric: 'N',
  struct: 'M',
  tuple: 'M',
  list: 'L',
}

function bindIs(operand: Operand, term: Extract<Term, { readonly kind: 'is' }>): Condition {
  if (term.type === 'missing') return calledCondition('attribute_not_exists', operand, undefined)
  const type = typesByName[term.type]
  if (type !== undefined) return { kind: 'type', operand, type }
  throw refusedAt(
    `Unsupported data type for IS operator: ${term.type.toUpperCase()}. Supported data types are ` +
      '[MISSING, NULL, BOOLEAN, BLOB, STRING, NUMERIC, STRUCT, TUPLE, LIST]',
    term.at,
  )
}

const attributeTypes: readonly string[] = ['N', 'BS', 'L', 'B', 'NULL', 'M', 'S', 'SS', 'NS', 'BOOL']

function bindCall({ name, operands, at }: CallTerm, parameters: Parameters): Condition {
  if (name === 'size') {
    throw new ExpressionProblem('The function is not allowed to be used this way in an expression; function: size')
  }
  if (!conditionFunctions.has(name)) throw unrecognized(name, at)
  checkOperandCount(name, operands.length)
  const [first, second] = operands.map((operand) => bindOperand(operand, parameters))
  if (name === 'attribute_type' && second?.kind === 'value' && 'S' in second.value) {
    const type = second.value.S
    // As in other expressions, but the service lists its types in another order here.
    if (!attributeTypes.includes(type)) {
      throw new ExpressionProblem(
        `Invalid attribute type name found; type: ${type}, valid types: {${attributeTypes.join(',')}}`,
      )
    }
  }
  return calledCondition(name, first as Operand, second)
}

function bindOperand(term: Term, parameters: Parameters): Operand {
  switch (term.kind) {
    case 'path':
      return { kind: 'path', path: pathOf(term) }
    case 'call':
      if (term.name !== 'size') return { kind: 'condition', condition: bindCall(term, parameters) }
      checkOperandCount(term.name, term.operands.length)
      return sizeOperand(bindOperand(term.operands[0] as Term, parameters))
    case 'binary':
    case 'between':
    case 'is':
      return { kind: 'condition', condition: bindCondition(term, parameters) }
    case 'unary':
      if (term.operator === 'not') return { kind: 'condition', condition: bindCondition(term, parameters) }
      break
  }
  const value = termValue(term, parameters)
  if (value === undefined) throw refusedAt(`Unsupported token in expression: ${termName(term)}`, term.at)
  return { kind: 'value', value }
}

export function unrecognized(name: string, at: CallTerm['at']): Error {
  return refusedAt(`Unrecognized function: ${name}`, at)
}
