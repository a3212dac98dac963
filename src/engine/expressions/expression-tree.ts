/** Expressions as written: placeholders unresolved, parentheses kept. A tree depends on its text alone. */
import type { Comparator, Path } from './syntax.ts'

/** A name as written, a list index, or a `#name`. */
export type PathStep = string | number | { readonly placeholder: string }

export interface PathNode {
  readonly kind: 'path'
  readonly steps: readonly PathStep[]
  /** The path itself when no step is a placeholder. */
  readonly fixed: Path | undefined
}
export interface ValueNode {
  readonly kind: 'value'
  readonly placeholder: string
}
export interface CallNode {
  readonly kind: 'call'
  readonly name: string
  readonly operands: readonly ExpressionNode[]
}
export interface GroupNode {
  readonly kind: 'group'
  readonly inner: ExpressionNode
}

/** Everything a condition or the value of a SET action is built from. */
export type ExpressionNode =
  | PathNode
  | ValueNode
  | CallNode
  | GroupNode
  | { readonly kind: 'and' | 'or'; readonly parts: readonly ExpressionNode[] }
  | { readonly kind: 'not'; readonly inner: ExpressionNode }
  | {
      readonly kind: 'compare'
      readonly comparator: Comparator
      readonly left: ExpressionNode
      readonly right: ExpressionNode
    }
  | {
      readonly kind: 'between'
      readonly operand: ExpressionNode
      readonly low: ExpressionNode
      readonly high: ExpressionNode
    }
  | { readonly kind: 'in'; readonly operand: ExpressionNode; readonly list: readonly ExpressionNode[] }
  | { readonly kind: '+' | '-'; readonly left: ExpressionNode; readonly right: ExpressionNode }

export type Section = 'SET' | 'REMOVE' | 'ADD' | 'DELETE'

export type ActionNode =
  | { readonly section: 'SET'; readonly path: PathNode; readonly value: ExpressionNode }
  | { readonly section: 'REMOVE'; readonly path: PathNode }
  | { readonly section: 'ADD' | 'DELETE'; readonly path: PathNode; readonly value: ValueNode }

export interface SectionNode {
  readonly section: Section
  readonly actions: readonly ActionNode[]
}

/** What is inside any parentheses. */
export function ungrouped(node: ExpressionNode): ExpressionNode {
  let inner = node
  while (inner.kind === 'group') inner = inner.inner
  return inner
}

/** The parts of a node in the order they are written. */
export function partsOf(node: ExpressionNode): readonly ExpressionNode[] {
  switch (node.kind) {
    case 'path':
    case 'value':
      return []
    case 'call':
      return node.operands
    case 'group':
    case 'not':
      return [node.inner]
    case 'and':
    case 'or':
      return node.parts
    case 'compare':
    case '+':
    case '-':
      return [node.left, node.right]
    case 'between':
      return [node.operand, node.low, node.high]
    case 'in':
      return [node.operand, ...node.list]
  }
}
