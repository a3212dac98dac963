/** Update trees to updates, with the checks that need names and values. */
import { AssertionFailure, assert } from '../../foundation/assert.ts'
import { type AttributeType, type AttributeValue, typeOf } from '../items/attribute-value.ts'
import { checkOperandCount } from './check-tree.ts'
import { type ActionNode, type ExpressionNode, partsOf, type SectionNode, ungrouped } from './expression-tree.ts'
import { ExpressionProblem } from './parse-tree.ts'
import type { Placeholders } from './placeholders.ts'
import { checkDistinctPaths, incorrectType, needsPath } from './resolve-condition.ts'
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
    case '-': {
      const left = resolveValue(inner.left, placeholders)
      const right = resolveValue(inner.right, placeholders)
      checkTypes(inner.kind, [left, right], 'N')
      return { kind: inner.kind === '+' ? 'plus' : 'minus', left, right }
    }
    case 'call': {
      checkOperandCount(inner.name, inner.operands.length)
      const [first, second] = inner.operands.map((operand) => resolveValue(operand, placeholders))
      assert(first !== undefined && second !== undefined, 'operands were counted')
      if (inner.name === 'list_append') {
        checkTypes(inner.name, [first, second], 'L')
        return { kind: 'list-append', first, second }
      }
      if (first.kind !== 'path') throw needsPath(inner.name)
      if (second.kind === 'path') checkDistinctPaths(inner.name, first.path, second.path)
      return { kind: 'if-not-exists', path: first.path, otherwise: second }
    }
    default:
      throw new AssertionFailure('the parser leaves no condition where a value stands')
  }
}

/** Only values written in the request have a type that is known here. */
function checkTypes(operator: string, operands: readonly UpdateValue[], allowed: AttributeType): void {
  for (const operand of operands) {
    if (operand.kind === 'value' && typeOf(operand.value) !== allowed) {
      throw incorrectType(operator, typeOf(operand.value))
    }
  }
}
