/** Terms of statements, by operator precedence: everything that may stand in WHERE, SET, VALUE and a select list. */
import { validationError } from '../../foundation/service-error.ts'
import { malformed, type Place } from './problem.ts'
import { functionWords, typeWords } from './reserved-words.ts'
import type { BinaryOperator, PathStep, PathTerm, SelectStatement, Term } from './statement-tree.ts'
import type { TokenReader } from './token-reader.ts'
import type { Token } from './tokens.ts'

/** How a subquery is read; it belongs to statements, which are made of terms. */
export type ReadSelect = (reader: TokenReader) => SelectStatement

/** Ours: deeper than any value or condition that DynamoDB takes, shallow enough for every walk over a tree. */
const depthMax = 150
/** AWS quota of expressions; a statement's operators are counted together. */
const operatorsMax = 300

const precedences: Readonly<Record<string, number>> = {
  or: 10,
  and: 20,
  '=': 40,
  '<>': 40,
  is: 40,
  in: 40,
  '<': 50,
  '<=': 50,
  '>': 50,
  '>=': 50,
  between: 50,
  like: 50,
  '+': 60,
  '-': 60,
  '||': 60,
  '*': 70,
  '/': 70,
  '%': 70,
}
const notPrecedence = 30

export class TermParser {
  readonly #reader: TokenReader
  readonly #readSelect: ReadSelect
  #depth = 0
  #operators = 0

  constructor(reader: TokenReader, readSelect: ReadSelect) {
    this.#reader = reader
    this.#readSelect = readSelect
  }

  /** A term of operators that bind closer than `precedence`. */
  term(precedence = -1): Term {
    this.#depth += 1
    if (this.#depth > depthMax) throw malformed()
    let left = this.#unary()
    for (;;) {
      const infix = this.#infix()
      if (infix === undefined || infix.precedence <= precedence) break
      this.#operators += 1
      if (this.#operators > operatorsMax) {
        throw validationError(`The expression contains too many operators; operator count: ${operatorsMax + 1}`)
      }
      left = this.#joined(left, infix)
    }
    this.#depth -= 1
    return left
  }

  listOf<T>(element: () => T): readonly T[] {
    const elements = [element()]
    while (this.#reader.takesSign(',')) elements.push(element())
    return elements
  }

  /** A path of names and indexes only: a table, or what SET and REMOVE change. */
  simplePath(): PathTerm {
    if (!this.#reader.isName()) throw malformed('Expected identifier for simple path')
    return this.#path(' for simple path')
  }

  // Infix operators.

  #infix(): { readonly operator: string; readonly negated: boolean; readonly precedence: number } | undefined {
    const { kind, text } = this.#reader.peek()
    if (kind !== 'word' && kind !== 'sign') return undefined
    if (text === 'not') {
      const { kind: nextKind, text: operator } = this.#reader.peek(1)
      if (nextKind !== 'word' || (operator !== 'in' && operator !== 'between' && operator !== 'like')) return undefined
      return { operator, negated: true, precedence: precedences[operator] as number }
    }
    const precedence = Object.hasOwn(precedences, text) ? precedences[text] : undefined
    return precedence === undefined ? undefined : { operator: text, negated: false, precedence }
  }

  #joined(
    left: Term,
    infix: { readonly operator: string; readonly negated: boolean; readonly precedence: number },
  ): Term {
    const { operator, negated, precedence } = infix
    const { at } = this.#reader.next()
    if (negated) this.#reader.next()
    const isNegated = negated || (operator === 'is' && this.#reader.takesWord('not'))
    const joined = this.#withRight(left, operator, precedence, at)
    return isNegated ? { kind: 'unary', operator: 'not', operand: joined, at } : joined
  }

  #withRight(left: Term, operator: string, precedence: number, at: Place): Term {
    switch (operator) {
      case 'is':
        return { kind: 'is', operand: left, type: this.#type(), at }
      case 'in':
        return { kind: 'binary', operator, left, right: this.#inList(precedence), at }
      case 'between': {
        const low = this.#right(precedence)
        this.#reader.expectWord('and')
        if (this.#reader.peek().kind === 'end') throw malformed('Expected expression after AND')
        return { kind: 'between', operand: left, low, high: this.term(precedence), at }
      }
      default:
        return { kind: 'binary', operator: operator as BinaryOperator, left, right: this.#right(precedence), at }
    }
  }

  #right(precedence: number): Term {
    if (this.#reader.peek().kind === 'end') throw malformed('Missing right-hand side expression of infix operator')
    return this.term(precedence)
  }

  /** `(a, b)` after IN is a list, even of one. */
  #inList(precedence: number): Term {
    const { at } = this.#reader.peek()
    if (!this.#reader.isSign('(') || this.#reader.isWord('select', 1)) return this.#right(precedence)
    this.#reader.next()
    const elements = this.listOf(() => this.term())
    this.#reader.expectSign(')')
    return { kind: 'list', elements, at }
  }

  #type(): string {
    const { kind, text } = this.#reader.peek()
    const second = twoWordTypes[text]
    if (kind !== 'word' || !(typeWords.has(text) || (second !== undefined && this.#reader.isWord(second, 1)))) {
      throw malformed('Expected type name')
    }
    this.#reader.next()
    if (second !== undefined && this.#reader.takesWord(second)) return `${text} ${second}`
    return text
  }

  // Terms.

  #unary(): Term {
    const { kind, text, at } = this.#reader.peek()
    if (kind === 'word' && text === 'not') {
      this.#reader.next()
      return { kind: 'unary', operator: 'not', operand: this.term(notPrecedence), at }
    }
    if (kind !== 'sign' || (text !== '-' && text !== '+')) return this.#pathTerm()
    this.#reader.next()
    this.#depth += 1
    if (this.#depth > depthMax) throw malformed()
    const operand = this.#unary()
    this.#depth -= 1
    if (operand.kind !== 'literal' || operand.type !== 'number') return { kind: 'unary', operator: text, operand, at }
    return text === '+' ? operand : { ...operand, text: negated(operand.text) }
  }

  #pathTerm(): Term {
    if (this.#reader.isName() && !this.#reader.isSign('(', 1)) return this.#path('')
    const term = this.#plainTerm()
    // Steps into anything but a name lead nowhere that DynamoDB knows.
    if (this.#reader.isSign('.') || this.#reader.isSign('[')) throw malformed('Unexpected token after expression')
    return term
  }

  #path(where: string): PathTerm {
    const { text: name, at } = this.#reader.next()
    const steps: PathStep[] = []
    for (;;) {
      const { at: signAt } = this.#reader.peek()
      if (this.#reader.takesSign('.')) steps.push(this.#memberStep(where))
      else if (this.#reader.takesSign('[')) {
        const element = this.#reader.takesSign('*') ? undefined : this.term()
        this.#reader.expectSign(']')
        steps.push(
          element === undefined ? { kind: 'every', at: signAt } : { kind: 'element', index: element, at: signAt },
        )
      } else return { kind: 'path', name, steps, at }
    }
  }

  #memberStep(where: string): PathStep {
    const { at } = this.#reader.peek()
    if (this.#reader.isName()) return { kind: 'member', name: this.#reader.next().text, at }
    if (!this.#reader.takesSign('*')) throw malformed('Invalid path dot component')
    if (where !== '') throw malformed(`Invalid path dot component${where}`)
    return { kind: 'every', at }
  }

  #plainTerm(): Term {
    const token = this.#reader.peek()
    const { kind, text, at } = token
    switch (kind) {
      case 'name':
      case 'quoted-name':
        return this.#call(this.#reader.next())
      case 'string':
      case 'number':
        this.#reader.next()
        return { kind: 'literal', type: kind, text, at }
      case 'word':
        return this.#wordTerm(token)
      case 'sign':
        return this.#signTerm(token)
      default:
        throw malformed('Unexpected term')
    }
  }

  #wordTerm(token: Token): Term {
    const { text, at } = token
    switch (text) {
      case 'true':
      case 'false':
        this.#reader.next()
        return { kind: 'literal', type: 'boolean', text, at }
      case 'null':
      case 'missing':
        this.#reader.next()
        return { kind: 'literal', type: text, text, at }
      case 'select':
        return { kind: 'select', select: this.#readSelect(this.#reader), at }
      // A FROM begins a manipulation, whose SET or REMOVE would have to follow.
      case 'from':
        throw malformed('Expected data manipulation')
      case 'and':
      case 'or':
      case 'is':
      case 'in':
      case 'like':
      case 'between':
      case 'union':
      case 'except':
      case 'intersect':
        throw malformed('Unexpected operator')
      default:
        if (!functionWords.has(text) || !this.#reader.isSign('(', 1)) throw malformed('Unexpected keyword')
        return this.#call(this.#reader.next())
    }
  }

  #signTerm({ text, at }: Token): Term {
    switch (text) {
      case '?':
        this.#reader.next()
        this.#reader.parameters += 1
        return { kind: 'parameter', position: this.#reader.parameters - 1, at }
      case '(':
        return this.#group(at)
      case '[':
        this.#reader.next()
        return { kind: 'list', elements: this.#elements(']'), at }
      case '<<':
        this.#reader.next()
        return { kind: 'bag', elements: this.#elements('>>'), at }
      case '{':
        return this.#struct(at)
      default:
        if (Object.hasOwn(precedences, text) && text !== '*') throw malformed('Unexpected operator')
        throw malformed('Unexpected term')
    }
  }

  /** One term in parentheses is itself; several are a list. */
  #group(at: Place): Term {
    this.#reader.next()
    const elements = this.listOf(() => this.term())
    this.#reader.expectSign(')')
    const [only, ...more] = elements
    return only !== undefined && more.length === 0 ? only : { kind: 'list', elements, at }
  }

  #elements(close: ']' | '>>' | ')'): readonly Term[] {
    if (this.#reader.takesSign(close)) return []
    const elements = this.listOf(() => this.term())
    this.#reader.expectSign(close)
    return elements
  }

  #struct(at: Place): Term {
    this.#reader.next()
    if (this.#reader.takesSign('}')) return { kind: 'struct', members: [], at }
    const members = this.listOf(() => {
      const name = this.term()
      this.#reader.expectSign(':')
      return { name, value: this.term() }
    })
    this.#reader.expectSign('}')
    return { kind: 'struct', members, at }
  }

  #call({ text, at }: Token): Term {
    const name = text.toLowerCase()
    this.#reader.expectSign('(')
    if (this.#reader.takesSign('*')) {
      if (name !== 'count') throw malformed(`${name}(*) is not allowed`)
      this.#reader.expectSign(')')
      return { kind: 'call', name, operands: [], at }
    }
    return { kind: 'call', name, operands: this.#elements(')'), at }
  }
}

const twoWordTypes: Readonly<Record<string, string | undefined>> = { double: 'precision', character: 'varying' }

function negated(number: string): string {
  return number.startsWith('-') ? number.slice(1) : `-${number}`
}
