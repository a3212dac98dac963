/** The words and signs of a statement. */
import { malformed, type Place } from './problem.ts'
import { isReserved } from './reserved-words.ts'

export type TokenKind =
  /** A name that is no reserved word. */
  | 'name'
  /** A name in double quotes, whatever it says; `text` is what it says. */
  | 'quoted-name'
  /** A reserved word; `text` is in lower case. */
  | 'word'
  /** `text` is what the literal says. */
  | 'string'
  /** `text` is as written, without a sign. */
  | 'number'
  | 'sign'
  | 'end'

export interface Token {
  readonly kind: TokenKind
  readonly text: string
  readonly at: Place
  /** Where the token begins and ends in the statement. */
  readonly start: number
  readonly end: number
}

/** Blanks and comments, names, quoted names, strings, numbers, signs; what is left over fits nowhere. */
const pattern =
  /\s+|--[^\n]*|\/\*[\s\S]*?\*\/|([A-Za-z_$][A-Za-z0-9_$]*)|("(?:[^"]|"")*")|('(?:[^']|'')*')|((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(<<|>>|<>|<=|>=|!=|\|\||[()[\]{}<>=+\-*/%.,:;?@])|([\s\S])/gu

/** The tokens of a statement, the last one of kind `end`; throws ValidationException for what is no token. */
export function tokenize(statement: string): readonly Token[] {
  const tokens: Token[] = []
  let line = 1
  let lineStart = 0
  for (const match of statement.matchAll(pattern)) {
    const [whole, word, quoted, string, number, sign, stray] = match
    const start = match.index
    const place = (): Place => ({ line, column: start - lineStart + 1, length: whole.length })
    const add = (kind: TokenKind, text: string): void => {
      tokens.push({ kind, text, at: place(), start, end: start + whole.length })
    }
    if (word !== undefined) {
      const lower = word.toLowerCase()
      if (isReserved(lower)) add('word', lower)
      else add('name', word)
    } else if (quoted !== undefined) add('quoted-name', quoted.slice(1, -1).replaceAll('""', '"'))
    else if (string !== undefined) add('string', string.slice(1, -1).replaceAll("''", "'"))
    else if (number !== undefined) {
      checkNumber(number, statement, start + whole.length)
      add('number', number)
    } else if (sign !== undefined) {
      if (whole === '/' && statement[start + 1] === '*') throw malformed()
      add('sign', sign === '!=' ? '<>' : sign)
    } else if (stray !== undefined) throw malformed()
    const lastBreak = whole.lastIndexOf('\n')
    if (lastBreak >= 0) {
      for (const character of whole) if (character === '\n') line += 1
      lineStart = start + lastBreak + 1
    }
  }
  const length = statement.length
  tokens.push({
    kind: 'end',
    text: '',
    at: { line, column: length - lineStart + 1, length: 0 },
    start: length,
    end: length,
  })
  return tokens
}

const int32Max = 2147483647
const nameCharacter = /[A-Za-z0-9_$]/

/** The service reads numbers as Java's BigDecimal does: exponent and scale fit an int. Names do not stick to numbers. */
function checkNumber(text: string, statement: string, end: number): void {
  if (nameCharacter.test(statement.charAt(end))) throw malformed()
  const [mantissa = '', exponent] = text.toLowerCase().split('e')
  if (exponent === undefined) return
  const point = mantissa.indexOf('.')
  const fraction = point < 0 ? 0 : mantissa.length - point - 1
  const written = Number(exponent)
  if (Math.abs(written) > int32Max || Math.abs(fraction - written) > int32Max) throw malformed()
}
