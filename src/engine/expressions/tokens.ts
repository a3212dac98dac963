/** Words and signs of an expression text. One lexer serves every kind of expression, as in DynamoDB. */

export type TokenKind =
  /** An attribute or function name: a letter, then letters, digits and underscores. */
  | 'identifier'
  /** `#name` */
  | 'name'
  /** `:value` */
  | 'value'
  /** A list index without leading zeros; `03` reads as `0` and `3`. */
  | 'number'
  | 'AND'
  | 'OR'
  | 'NOT'
  | 'BETWEEN'
  | 'IN'
  | 'SET'
  | 'REMOVE'
  | 'ADD'
  | 'DELETE'
  | '='
  | '<>'
  | '<'
  | '<='
  | '>'
  | '>='
  | '('
  | ')'
  | '['
  | ']'
  | ','
  | '.'
  | '+'
  | '-'
  /** A character that no expression has. */
  | 'stray'
  | 'end'

export interface Token {
  readonly kind: TokenKind
  readonly text: string
  readonly start: number
  readonly end: number
}

const keywords: ReadonlySet<string> = new Set(['AND', 'OR', 'NOT', 'BETWEEN', 'IN', 'SET', 'REMOVE', 'ADD', 'DELETE'])
const longestKeyword = 7

/** The tokens of a text, the last one of kind `end`. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = []
  const pattern =
    /[ \t\r\n]+|([A-Za-z][A-Za-z0-9_]*)|(#[A-Za-z0-9_]+)|(:[A-Za-z0-9_]+)|(0|[1-9][0-9]*)|(<>|<=|>=|[=<>()[\],.+-])|./gsu
  for (const match of text.matchAll(pattern)) {
    const [whole, word, name, value, number, sign] = match
    const kind =
      word !== undefined
        ? wordKind(word)
        : name !== undefined
          ? 'name'
          : value !== undefined
            ? 'value'
            : number !== undefined
              ? 'number'
              : sign !== undefined
                ? (sign as TokenKind)
                : 'stray'
    if (kind !== 'stray' || !isBlank(whole)) {
      tokens.push({ kind, text: whole, start: match.index, end: match.index + whole.length })
    }
  }
  tokens.push({ kind: 'end', text: '<EOF>', start: text.length, end: text.length })
  return tokens
}

function wordKind(word: string): TokenKind {
  if (word.length > longestKeyword) return 'identifier'
  const upper = word.toUpperCase()
  return keywords.has(upper) ? (upper as TokenKind) : 'identifier'
}

function isBlank(text: string): boolean {
  const first = text.charCodeAt(0)
  return first === 0x20 || first === 0x09 || first === 0x0d || first === 0x0a
}
