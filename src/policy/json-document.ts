/**
 * JSON that remembers where everything stood. A policy is a security document, so this reader is stricter than
 * `JSON.parse`: a name that appears twice in one object is refused (two readers could disagree on which one counts),
 * and so is nesting beyond any policy's need. It never throws and never recurses deeper than `depthMax`.
 */

export type JsonNode =
  | { readonly kind: 'object'; readonly members: ReadonlyMap<string, JsonNode>; readonly span: Span }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[]; readonly span: Span }
  | { readonly kind: 'string'; readonly value: string; readonly span: Span }
  | { readonly kind: 'number'; readonly text: string; readonly span: Span }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly span: Span }
  | { readonly kind: 'null'; readonly span: Span }

/** UTF-16 offsets in the text: of the first character, and of what follows the last. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Counted from 1, as IAM's simulator does. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** The deepest policy nests five levels: document, statements, condition block, operator, list of values. */
const depthMax = 16

/** The document, or undefined for what is not JSON, repeats a name within an object or nests too deep. */
export function readJson(text: string): JsonNode | undefined {
  const reader = { text, at: 0 }
  skipSpace(reader)
  const node = readValue(reader, 0)
  skipSpace(reader)
  return node !== undefined && reader.at === text.length ? node : undefined
}

export function positionOf(text: string, offset: number): Position {
  let line = 1
  let lineStart = 0
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) {
    line++
    lineStart = at + 1
  }
  return { line, column: offset - lineStart + 1 }
}

interface Reader {
  readonly text: string
  at: number
}

function readValue(reader: Reader, depth: number): JsonNode | undefined {
  if (depth > depthMax) return undefined
  const start = reader.at
  switch (reader.text[start]) {
    case '{':
      return readObject(reader, depth)
    case '[':
      return readArray(reader, depth)
    case '"': {
      const value = readString(reader)
      return value === undefined ? undefined : { kind: 'string', value, span: { start, end: reader.at } }
    }
    case 't':
      return readWord(reader, 'true') ? { kind: 'boolean', value: true, span: { start, end: reader.at } } : undefined
    case 'f':
      return readWord(reader, 'false') ? { kind: 'boolean', value: false, span: { start, end: reader.at } } : undefined
    case 'n':
      return readWord(reader, 'null') ? { kind: 'null', span: { start, end: reader.at } } : undefined
    default: {
      const text = readNumber(reader)
      return text === undefined ? undefined : { kind: 'number', text, span: { start, end: reader.at } }
    }
  }
}

function readObject(reader: Reader, depth: number): JsonNode | undefined {
  const start = reader.at
  const members = new Map<string, JsonNode>()
  reader.at++
  skipSpace(reader)
  if (take(reader, '}')) return { kind: 'object', members, span: { start, end: reader.at } }
  do {
    skipSpace(reader)
    const name = reader.text[reader.at] === '"' ? readString(reader) : undefined
    if (name === undefined || members.has(name)) return undefined
    skipSpace(reader)
    if (!take(reader, ':')) return undefined
    skipSpace(reader)
    const value = readValue(reader, depth + 1)
    if (value === undefined) return undefined
    members.set(name, value)
    skipSpace(reader)
  } while (take(reader, ','))
  return take(reader, '}') ? { kind: 'object', members, span: { start, end: reader.at } } : undefined
}

function readArray(reader: Reader, depth: number): JsonNode | undefined {
  const start = reader.at
  const items: JsonNode[] = []
  reader.at++
  skipSpace(reader)
  if (take(reader, ']')) return { kind: 'array', items, span: { start, end: reader.at } }
  do {
    skipSpace(reader)
    const item = readValue(reader, depth + 1)
    if (item === undefined) return undefined
    items.push(item)
    skipSpace(reader)
  } while (take(reader, ','))
  return take(reader, ']') ? { kind: 'array', items, span: { start, end: reader.at } } : undefined
}

/** A string without escapes is a slice; the platform decodes the others and refuses what JSON forbids in them. */
function readString(reader: Reader): string | undefined {
  const { text } = reader
  const start = reader.at
  let plain = true
  let at = start + 1
  for (; ; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) break
    // NaN, behind the end of the text, is not at least a space either.
    if (!(code >= space)) return undefined
    if (code === backslash) {
      plain = false
      at++
    }
  }
  reader.at = at + 1
  return plain ? text.slice(start + 1, at) : decoded(text.slice(start, reader.at))
}

const quote = 0x22
const backslash = 0x5c
const space = 0x20

function decoded(literal: string): string | undefined {
  try {
    const value: unknown = JSON.parse(literal)
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

const numberForm = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

function readNumber(reader: Reader): string | undefined {
  numberForm.lastIndex = reader.at
  const text = numberForm.exec(reader.text)?.[0]
  if (text === undefined) return undefined
  reader.at += text.length
  return text
}

function readWord(reader: Reader, word: string): boolean {
  if (!reader.text.startsWith(word, reader.at)) return false
  reader.at += word.length
  return true
}

function skipSpace(reader: Reader): void {
  for (;;) {
    const code = reader.text.charCodeAt(reader.at)
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
    reader.at++
  }
}

function take(reader: Reader, character: string): boolean {
  if (reader.text[reader.at] !== character) return false
  reader.at++
  return true
}
