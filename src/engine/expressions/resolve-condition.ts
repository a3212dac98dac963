/** Condition trees to conditions: placeholders put in, operands checked in the order in which they are written. */
import { AssertionFailure, assert } from '../../foundation/assert.ts'
import { type CallNode, type ExpressionNode, ungrouped } from './expression-tree.ts'
import { betweenCondition, calledCondition, comparison, inCondition, sizeOperand } from './make-condition.ts'
import type { Placeholders } from './placeholders.ts'
import { resolvePath } from './resolve-paths.ts'
import type { Condition, Operand } from './syntax.ts'

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
    case 'compare':
      return comparison(
        node.comparator,
        resolveOperand(node.left, placeholders),
        resolveOperand(node.right, placeholders),
      )
    case 'between':
      return betweenCondition(
        resolveOperand(node.operand, placeholders),
        resolveOperand(node.low, placeholders),
        resolveOperand(node.high, placeholders),
      )
    case 'in':
      return inCondition(
        resolveOperand(node.operand, placeholders),
        node.list.map((element) => resolveOperand(element, placeholders)),
      )
    case 'call':
      return resolveCall(node, placeholders)
    default:
      throw new AssertionFailure('the parser leaves no bare operand where a condition stands')
  }
}

function resolveCall({ name, operands }: CallNode, placeholders: Placeholders): Condition {
  const [first, second] = operands.map((operand) => resolveOperand(operand, placeholders))
  assert(first !== undefined, 'a call has operands')
  return calledCondition(name, first, second)
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
      return sizeOperand(resolveOperand(sized, placeholders))
    }
    default:
      throw new AssertionFailure('the parser leaves no condition where an operand stands')
  }
}
