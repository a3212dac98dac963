/** A statement's text without its values, for audit records. */
import { tokenize } from './tokens.ts'

const redacted = '***(Redacted)'

/**
 * Strings, numbers, TRUE and FALSE give way to `***(Redacted)`; names of attributes stay, those in map literals too.
 * A text that is no statement is left out whole.
 */
export function redactedStatement(statement: string): string {
  try {
    const tokens = tokenize(statement)
    let text = ''
    let end = 0
    for (const [position, token] of tokens.entries()) {
      const follows = tokens[position + 1]
      const isMemberName = token.kind === 'string' && follows?.kind === 'sign' && follows.text === ':'
      const isBoolean = token.kind === 'word' && (token.text === 'true' || token.text === 'false')
      if (isMemberName || (token.kind !== 'string' && token.kind !== 'number' && !isBoolean)) continue
      text += statement.slice(end, token.start) + redacted
      end = token.end
    }
    // What stands between the tokens may be a comment, which may say anything.
    return withoutComments(text + statement.slice(end))
  } catch {
    return redacted
  }
}

function withoutComments(text: string): string {
  return text.replace(
    /("(?:[^"]|"")*"|'(?:[^']|'')*')|--[^\n]*|\/\*[\s\S]*?\*\//g,
    (_, quoted?: string) => quoted ?? '',
  )
}
