/** Texts to trees, by recursive descent. Errors carry AWS's messages without `Invalid <X>Expression: `. */
import type {
  ActionNode,
  CallNode,
  ExpressionNode,
  GroupNode,
  PathNode,
  PathStep,
  SectionNode,
  ValueNode,
} from './expression-tree.ts'
import { ungrouped } from './expression-tree.ts'
import type { Comparator, Path } from './syntax.ts'
import { type Token, type TokenKind, tokenize } from './tokens.ts'

/** An expression that DynamoDB refuses, whatever the item; the message lacks the kind of expression. */
export class ExpressionProblem extends Error {}

export function parseCondition(text: string): ExpressionNode {
  const parser = new Parser(text)
  const condition = parser.condition()
  parser.end()
  return condition
}

export function parseUpdate(text: string): readonly SectionNode[] {
  return new Parser(text).sections()
}

export function parseProjection(text: string): readonly PathNode[] {
  const parser = new Parser(text)
  const paths = parser.listOf(() => parser.path())
  parser.end()
  return paths
}

/** AWS quota; reading stops at the next one, which is the count that AWS reports. */
const operatorsMax = 300
/** Ours: deeper than any tree that so few operators can justify, shallow enough for the stack. */
const depthMax = 400

class Parser {
  readonly #text: string
  readonly #tokens: readonly Token[]
  #position = 0
  #operators = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
    this.#tokens = tokenize(text)
  }

  condition(): ExpressionNode {
    const condition = this.#or()
    if (isBareOperand(condition)) throw this.#unexpected()
    return condition
  }

  end(): void {
    this.#expect('end')
    if (this.#operators > operatorsMax) throw tooManyOperators()
  }

  sections(): readonly SectionNode[] {
    const sections: SectionNode[] = []
    do sections.push(this.#section())
    while (this.#kind() !== 'end')
    this.end()
    return sections
  }

  path(): PathNode {
    const steps: PathStep[] = [this.#step()]
    for (;;) {
      if (this.#takes('.')) steps.push(this.#step())
      else if (this.#takes('[')) {
        steps.push(Number(this.#expect('number').text))
        this.#expect(']')
      } else break
    }
    const isFixed = steps.every((step) => typeof step !== 'object')
    return { kind: 'path', steps, fixed: isFixed ? (steps as Path) : undefined }
  }

  listOf<T>(element: () => T): readonly T[] {
    const elements = [element()]
    while (this.#takes(',')) elements.push(element())
    return elements
  }

  // Conditions, loosest binding first. A group may hold a condition or an operand, which only shows at its end, so
  // these may return a bare operand; what cannot use one refuses the token that follows.

  #or(): ExpressionNode {
    return this.#joined('OR', 'or', () => this.#and())
  }

  #and(): ExpressionNode {
    return this.#joined('AND', 'and', () => this.#not())
  }

  #joined(keyword: 'AND' | 'OR', kind: 'and' | 'or', next: () => ExpressionNode): ExpressionNode {
    const first = next()
    if (this.#kind() !== keyword) return first
    const parts = [first]
    for (;;) {
      if (isBareOperand(parts.at(-1))) throw this.#unexpected()
      if (!this.#takes(keyword)) return { kind, parts }
      this.#operators += 1
      parts.push(next())
    }
  }

  #not(): ExpressionNode {
    if (!this.#takes('NOT')) return this.#comparison()
    this.#operators += 1
    const inner = this.#not()
    if (isBareOperand(inner)) throw this.#unexpected()
    return { kind: 'not', inner }
  }

  #comparison(): ExpressionNode {
    const left = this.#kind() === '(' ? this.#group(() => this.#or()) : this.#operand()
    if (!isOperand(left)) return left
    const kind = this.#kind()
    switch (kind) {
      case '=':
      case '<>':
      case '<':
      case '<=':
      case '>':
      case '>=':
        this.#operator()
        return { kind: 'compare', comparator: kind satisfies Comparator, left, right: this.#operand() }
      case 'BETWEEN': {
        this.#operator()
        const low = this.#operand()
        this.#expect('AND')
        return { kind: 'between', operand: left, low, high: this.#operand() }
      }
      case 'IN': {
        this.#operator()
        this.#expect('(')
        const list = this.listOf(() => this.#operand())
        this.#expect(')')
        return { kind: 'in', operand: left, list }
      }
      default:
        return left
    }
  }

  #operand(): ExpressionNode {
    switch (this.#kind()) {
      case 'value':
        return this.#value()
      case '(':
        return this.#group(() => this.#operand())
      case 'identifier':
        return this.#tokens[this.#position + 1]?.kind === '(' ? this.#call(() => this.#operand()) : this.path()
      default:
        return this.path()
    }
  }

  // Updates.

  #section(): SectionNode {
    const section = this.#kind()
    switch (section) {
      case 'SET':
        this.#next()
        return { section, actions: this.listOf(() => this.#setAction()) }
      case 'REMOVE':
        this.#next()
        return { section, actions: this.listOf((): ActionNode => ({ section, path: this.path() })) }
      case 'ADD':
      case 'DELETE':
        this.#next()
        return {
          section,
          actions: this.listOf((): ActionNode => ({ section, path: this.path(), value: this.#value() })),
        }
      default:
        throw this.#unexpected()
    }
  }

  #setAction(): ActionNode {
    const path = this.path()
    this.#expect('=')
    return { section: 'SET', path, value: this.#setValue() }
  }

  #setValue(): ExpressionNode {
    const left = this.#setOperand()
    const kind = this.#kind()
    if (kind !== '+' && kind !== '-') return left
    this.#operator()
    return { kind, left, right: this.#setOperand() }
  }

  #setOperand(): ExpressionNode {
    return this.#kind() === '(' ? this.#group(() => this.#setValue()) : this.#operand()
  }

  // What both have in common.

  #group(content: () => ExpressionNode): GroupNode {
    this.#expect('(')
    const inner = this.#deeper(content)
    this.#expect(')')
    // Refused as soon as the outer one closes, before anything that follows.
    if (inner.kind === 'group') throw redundantParentheses()
    return { kind: 'group', inner }
  }

  #call(operand: () => ExpressionNode): CallNode {
    const name = this.#next().text
    this.#operators += 1
    this.#expect('(')
    const operands = this.#deeper(() => this.listOf(operand))
    this.#expect(')')
    return { kind: 'call', name, operands }
  }

  #value(): ValueNode {
    return { kind: 'value', placeholder: this.#expect('value').text }
  }

  #step(): PathStep {
    const token = this.#token()
    if (token.kind !== 'identifier' && token.kind !== 'name') throw this.#unexpected()
    this.#position += 1
    return token.kind === 'name' ? { placeholder: token.text } : token.text
  }

  #deeper<T>(content: () => T): T {
    this.#depth += 1
    if (this.#depth > depthMax) throw this.#operators > operatorsMax ? tooManyOperators() : redundantParentheses()
    const parsed = content()
    this.#depth -= 1
    return parsed
  }

  #token(): Token {
    const token = this.#tokens[this.#position]
    if (token === undefined) throw this.#unexpected()
    return token
  }

  #kind(): TokenKind {
    return this.#token().kind
  }

  #next(): Token {
    const token = this.#token()
    this.#position += 1
    return token
  }

  #operator(): void {
    this.#position += 1
    this.#operators += 1
  }

  #takes(kind: TokenKind): boolean {
    if (this.#kind() !== kind) return false
    this.#position += 1
    return true
  }

  #expect(kind: TokenKind): Token {
    if (this.#kind() !== kind) throw this.#unexpected()
    return this.#next()
  }

  /** AWS shows the token where reading stopped and the text from the token before it to the token after it. */
  #unexpected(): ExpressionProblem {
    const position = Math.min(this.#position, this.#tokens.length - 1)
    const token = this.#tokens[position]
    const near = this.#text.slice(
      this.#tokens[position - 1]?.start ?? 0,
      this.#tokens[position + 1]?.end ?? this.#text.length,
    )
    return new ExpressionProblem(`Syntax error; token: "${token?.text}", near: "${near}"`)
  }
}

/** Paths, values and calls, in groups or not: what may stand beside a comparator. */
function isOperand(node: ExpressionNode): boolean {
  const inner = ungrouped(node)
  return inner.kind === 'path' || inner.kind === 'value' || inner.kind === 'call'
}

/** An operand that is no condition by itself; a call may be one. */
function isBareOperand(node: ExpressionNode | undefined): boolean {
  if (node === undefined) return false
  const inner = ungrouped(node)
  return inner.kind === 'path' || inner.kind === 'value'
}

function redundantParentheses(): ExpressionProblem {
  return new ExpressionProblem('The expression has redundant parentheses;')
}

function tooManyOperators(): ExpressionProblem {
  return new ExpressionProblem(`The expression contains too many operators; operator count: ${operatorsMax + 1}`)
}
