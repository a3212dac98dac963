/** Update trees to updates, with the checks that need names and values. */
import { AssertionFailure, assert } from '../../foundation/assert.ts'
import { type AttributeType, type AttributeValue, typeOf } from '../items/attribute-value.ts'
import { checkOperandCount } from './check-tree.ts'
import { type ActionNode, type ExpressionNode, partsOf, type SectionNode, ungrouped } from './expression-tree.ts'
import { checkDistinctPaths, incorrectType, needsPath } from './make-condition.ts'
import { ExpressionProblem } from './parse-tree.ts'
import type { Placeholders } from './placeholders.ts'
import { checkPathsApart, resolvePath } from './resolve-paths.ts'
import type { Update, UpdateAction, UpdateValue } from './syntax.ts'

/**
 * In DynamoDB's order: the paths that actions write must not meet; then, from the last action to the first, every
 * name must be known; then, again from the last, every value must be known and of a fitting type.
 */
export function resolveUpdate(sections: readonly SectionNode[], placeholders: Placeholders): Update {
  const nodes = sections.flatMap(({ actions }) => actions)
  checkPathsApart(nodes.map(({ path }) => resolvePath(path, placeholders)))
  for (const node of nodes.toReversed()) if (node.section === 'SET') checkNames(node.value, placeholders)
  const actions = nodes.toReversed().map((node) => resolveAction(node, placeholders))
  return { actions: actions.reverse() }
}

function checkNames(node: ExpressionNode, placeholders: Placeholders): void {
  if (node.kind === 'path') resolvePath(node, placeholders)
  else for (const part of partsOf(node)) checkNames(part, placeholders)
}

function resolveAction(node: ActionNode, placeholders: Placeholders): UpdateAction {
  const path = resolvePath(node.path, placeholders)
  switch (node.section) {
    case 'SET':
      return { kind: 'set', path, value: resolveValue(node.value, placeholders) }
    case 'REMOVE':
      return { kind: 'remove', path }
    case 'ADD':
      return { kind: 'add', path, value: operandOf(node.section, placeholders.valueOf(node.value.placeholder)) }
    case 'DELETE':
      return { kind: 'delete', path, value: operandOf(node.section, placeholders.valueOf(node.value.placeholder)) }
  }
}

const longTypeNames: Readonly<Record<AttributeType, string>> = {
  S: 'STRING',
  N: 'NUMBER',
  B: 'BINARY',
  BOOL: 'BOOLEAN',
  NULL: 'NULL',
  L: 'LIST',
  M: 'MAP',
  SS: 'STRING_SET',
  NS: 'NUMBER_SET',
  BS: 'BINARY_SET',
}

/** ADD takes numbers and sets, DELETE takes sets. */
function operandOf(section: 'ADD' | 'DELETE', value: AttributeValue): AttributeValue {
  const type = typeOf(value)
  if (type === 'SS' || type === 'NS' || type === 'BS' || (section === 'ADD' && type === 'N')) return value
  throw new ExpressionProblem(
    `Incorrect operand type for operator or function; operator: ${section}, ` +
      `operand type: ${longTypeNames[type]}, typeSet: ALLOWED_FOR_${section}_OPERAND`,
  )
}

function resolveValue(node: ExpressionNode, placeholders: Placeholders): UpdateValue {
  const inner = ungrouped(node)
  switch (inner.kind) {
    case 'path':
      return { kind: 'path', path: resolvePath(inner, placeholders) }
    case 'value':
      return { kind: 'value', value: placeholders.valueOf(inner.placeholder) }
    case '+':
    case '-':
      return sumValue(inner.kind, resolveValue(inner.left, placeholders), resolveValue(inner.right, placeholders))
    case 'call':
      checkOperandCount(inner.name, inner.operands.length)
      return calledValue(
        inner.name,
        inner.operands.map((operand) => resolveValue(operand, placeholders)),
      )
    default:
      throw new AssertionFailure('the parser leaves no condition where a value stands')
  }
}

export function sumValue(sign: '+' | '-', left: UpdateValue, right: UpdateValue): UpdateValue {
  checkTypes(sign, [left, right], 'N')
  return { kind: sign === '+' ? 'plus' : 'minus', left, right }
}

/** list_append and if_not_exists; their operands were counted. */
export function calledValue(name: string, operands: readonly UpdateValue[]): UpdateValue {
  const [first, second] = operands
  assert(first !== undefined && second !== undefined, 'operands were counted')
  if (name === 'list_append') {
    checkTypes(name, [first, second], 'L')
    return { kind: 'list-append', first, second }
  }
  if (first.kind !== 'path') throw needsPath(name)
  if (second.kind === 'path') checkDistinctPaths(name, first.path, second.path)
  return { kind: 'if-not-exists', path: first.path, otherwise: second }
}

/** Only values written in the request have a type that is known here. */
function checkTypes(operator: string, operands: readonly UpdateValue[], allowed: AttributeType): void {
  for (const operand of operands) {
    if (operand.kind === 'value' && typeOf(operand.value) !== allowed) {
      throw incorrectType(operator, typeOf(operand.value))
    }
  }
}
