/**
 * What DynamoDB checks in an expression before it looks at names and values: reserved words, list indexes, and which
 * function stands where. In the order in which the expression is written; the first problem is the answer.
 */
import type { ExpressionNode, PathNode, Section, SectionNode } from './expression-tree.ts'
import { partsOf } from './expression-tree.ts'
import { ExpressionProblem } from './parse-tree.ts'
import { isReservedWord } from './reserved-words.ts'

type FunctionUse = 'condition' | 'operand' | 'update'

/** Operand counts, and where each function may stand. */
const functions: ReadonlyMap<string, { readonly operands: number; readonly use: FunctionUse }> = new Map([
  ['attribute_exists', { operands: 1, use: 'condition' }],
  ['attribute_not_exists', { operands: 1, use: 'condition' }],
  ['attribute_type', { operands: 2, use: 'condition' }],
  ['begins_with', { operands: 2, use: 'condition' }],
  ['contains', { operands: 2, use: 'condition' }],
  ['size', { operands: 1, use: 'operand' }],
  ['if_not_exists', { operands: 2, use: 'update' }],
  ['list_append', { operands: 2, use: 'update' }],
])

const listIndexMax = 2147483647
/** AWS quota. */
const inOperandsMax = 100
const pathLevelsMax = 32

export function checkConditionTree(condition: ExpressionNode): void {
  checkNode(condition, 'condition')
}

export function checkProjectionTree(paths: readonly PathNode[]): void {
  for (const path of paths) checkPath(path)
}

/** Section by section in the order of first appearance; a section that comes twice is refused after its actions. */
export function checkUpdateTree(sections: readonly SectionNode[]): void {
  const kinds = new Set<Section>(sections.map(({ section }) => section))
  for (const kind of kinds) {
    const same = sections.filter(({ section }) => section === kind)
    for (const { actions } of same) {
      for (const action of actions) {
        checkPath(action.path)
        if (action.section === 'SET') checkNode(action.value, 'update')
      }
    }
    if (same.length > 1) {
      throw new ExpressionProblem(`The "${kind}" section can only be used once in an update expression;`)
    }
  }
}

/** The number of operands a call should have; update functions are counted after names are known. */
export function checkOperandCount(name: string, count: number): void {
  if (functions.get(name)?.operands === count) return
  throw new ExpressionProblem(
    `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${count}`,
  )
}

export function checkListLength(count: number): void {
  if (count <= inOperandsMax) return
  throw new ExpressionProblem(`The IN operator is provided with too many operands; number of operands: ${count}`)
}

export function checkPathDepth(path: PathNode): void {
  if (path.steps.length <= pathLevelsMax) return
  throw new ExpressionProblem(`The document path has too many nesting levels; nesting levels: ${path.steps.length}`)
}

/** `place` is what the text around the node wants there. */
function checkNode(node: ExpressionNode, place: FunctionUse): void {
  switch (node.kind) {
    case 'path':
      checkPath(node)
      return
    case 'value':
      return
    case 'call':
      checkPlace(node.name, place)
      if (place !== 'update') checkOperandCount(node.name, node.operands.length)
      for (const operand of node.operands) checkNode(operand, place === 'update' ? 'update' : 'operand')
      return
    case 'group':
      checkNode(node.inner, place)
      return
    case 'and':
    case 'or':
    case 'not':
      for (const part of partsOf(node)) checkNode(part, 'condition')
      return
    case '+':
    case '-':
      for (const part of partsOf(node)) checkNode(part, 'update')
      return
    default:
      for (const part of partsOf(node)) checkNode(part, 'operand')
  }
}

function checkPlace(name: string, place: FunctionUse): void {
  const use = functions.get(name)?.use
  if (use === undefined) throw new ExpressionProblem(`Invalid function name; function: ${name}`)
  if (use === place) return
  if (place === 'update') {
    throw new ExpressionProblem(`The function is not allowed in an update expression; function: ${name}`)
  }
  if (use === 'update') {
    throw new ExpressionProblem(`The function is not allowed in a condition expression; function: ${name}`)
  }
  throw new ExpressionProblem(`The function is not allowed to be used this way in an expression; function: ${name}`)
}

function checkPath(path: PathNode): void {
  for (const step of path.steps) {
    if (typeof step === 'number') {
      if (step > listIndexMax) {
        throw new ExpressionProblem(`List index is not within the allowable range; index: [${step}]`)
      }
    } else if (typeof step === 'string' && isReservedWord(step)) {
      throw new ExpressionProblem(`Attribute name is a reserved keyword; reserved keyword: ${step}`)
    }
  }
}
