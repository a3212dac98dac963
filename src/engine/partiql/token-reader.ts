/** Reads the tokens of a statement one after the other. */
import { malformed } from './problem.ts'
import { type Token, tokenize } from './tokens.ts'

export class TokenReader {
  readonly #tokens: readonly Token[]
  #position = 0
  /** How many `?` were read. */
  parameters = 0

  constructor(statement: string) {
    this.#tokens = tokenize(statement)
  }

  /** The token that comes next, or one further on; the last one stays. */
  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#position + ahead, this.#tokens.length - 1)] as Token
  }

  next(): Token {
    const token = this.peek()
    this.#position += 1
    return token
  }

  /** Whether a reserved word comes next. */
  isWord(word: string, ahead = 0): boolean {
    const { kind, text } = this.peek(ahead)
    return kind === 'word' && text === word
  }

  isSign(sign: string, ahead = 0): boolean {
    const { kind, text } = this.peek(ahead)
    return kind === 'sign' && text === sign
  }

  isName(ahead = 0): boolean {
    const { kind } = this.peek(ahead)
    return kind === 'name' || kind === 'quoted-name'
  }

  takesWord(word: string): boolean {
    if (!this.isWord(word)) return false
    this.#position += 1
    return true
  }

  takesSign(sign: string): boolean {
    if (!this.isSign(sign)) return false
    this.#position += 1
    return true
  }

  expectSign(sign: string): void {
    if (!this.takesSign(sign)) throw malformed(`Expected ${signNames[sign] ?? sign}`)
  }

  expectWord(word: string): void {
    if (!this.takesWord(word)) throw malformed(`Expected ${word.toUpperCase()}`)
  }
}

const signNames: Readonly<Record<string, string>> = {
  '(': 'LEFT_PAREN',
  ')': 'RIGHT_PAREN',
  ']': 'RIGHT_BRACKET',
  '}': 'RIGHT_CURLY',
  '>>': 'RIGHT_DOUBLE_ANGLE_BRACKET',
  ':': 'COLON',
}
