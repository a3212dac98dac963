/**
 * Policy variables: `${key}`, `${key, 'default'}` and the escapes `${*}`, `${?}`, `${$}`. They exist in version
 * 2012-10-17 only; in older documents the same characters are plain text. What a variable brings in is literal: a
 * caller who can choose a tag's value cannot choose a wildcard. (IAM user guide, "Variables and tags".)
 */
import type { PolicyVersion } from './document.ts'
import { anyOne, anyRun, type GlobPart } from './glob.ts'

/** What the conditions of policies ask of a request. */
export interface ConditionContext {
  /** The values of a condition key, its name in lower case; undefined when the request does not have it. */
  value(key: string): readonly string[] | undefined
}

export interface Variable {
  /** In lower case. */
  readonly key: string
  readonly written: string
  readonly fallback: string | undefined
}

export type TemplatePart = GlobPart | Variable
export type Template = readonly TemplatePart[]

/** Takes a text apart. Without `wildcards`, `*` and `?` are text like any other, as in StringEquals. */
export function parseTemplate(text: string, version: PolicyVersion, wildcards: boolean): Template {
  const parts: TemplatePart[] = []
  let literal = ''
  const push = (part: TemplatePart) => {
    if (literal !== '') parts.push(literal)
    literal = ''
    parts.push(part)
  }
  for (let at = 0; at < text.length; ) {
    const variable = version === '2012-10-17' && text.startsWith('${', at) ? variableAt(text, at) : undefined
    if (variable !== undefined) {
      if (typeof variable.part === 'string') literal += variable.part
      else push(variable.part)
      at = variable.end
      continue
    }
    const character = text.charAt(at++)
    if (wildcards && character === '*') push(anyRun)
    else if (wildcards && character === '?') push(anyOne)
    else literal += character
  }
  if (literal !== '') parts.push(literal)
  return parts
}

export function isVariable(part: TemplatePart): part is Variable {
  return typeof part === 'object'
}

/** The parts of a template without variables; undefined for one that has some. */
export function fixedParts(template: Template): readonly GlobPart[] | undefined {
  const parts = template.filter((part) => typeof part !== 'object')
  return parts.length === template.length ? parts : undefined
}

/** Names of the keys that a template reads, as written. */
export function variableKeys(template: Template): readonly string[] {
  return template.filter(isVariable).map(({ written }) => written)
}

/** The template with its variables filled in, or undefined when one of them has neither a value nor a default. */
export function fillIn(template: Template, context: ConditionContext): readonly GlobPart[] | undefined {
  const filled: GlobPart[] = []
  for (const part of template) {
    if (!isVariable(part)) {
      filled.push(part)
      continue
    }
    const value = variableValue(part, context)
    if (value === undefined) return undefined
    filled.push(value)
  }
  return filled
}

/**
 * Whether a text is a template without wildcards, its variables filled in. `norm` says which texts are equal and is
 * applied to the text already. Literal ends are compared before any variable is asked for.
 */
export function compileFilledIn(
  template: Template,
  norm: (text: string) => string,
): (text: string, context: ConditionContext) => boolean {
  const parts = template.map((part) => (isVariable(part) ? part : norm(String(part))))
  const last = parts.at(-1)
  const tail = typeof last === 'string' ? last : ''
  return (text, context) => {
    if (!text.endsWith(tail)) return false
    let at = 0
    for (const part of parts) {
      const value = typeof part === 'string' ? part : variableValue(part, context)
      if (value === undefined) return false
      const wanted = typeof part === 'string' ? part : norm(value)
      if (!text.startsWith(wanted, at)) return false
      at += wanted.length
    }
    return at === text.length
  }
}

/** A key with several values is no variable: AWS allows only single-valued keys. */
function variableValue({ key, fallback }: Variable, context: ConditionContext): string | undefined {
  const values = context.value(key)
  return values?.length === 1 ? values[0] : fallback
}

const escapes = new Set(['*', '?', '$'])

/** The variable or escape that starts at `${`; undefined when it is not well formed, and so is text. */
function variableAt(
  text: string,
  start: number,
): { readonly part: string | Variable; readonly end: number } | undefined {
  const inner = start + 2
  const close = text.indexOf('}', inner)
  if (close === -1) return undefined
  const comma = text.indexOf(',', inner)
  if (comma !== -1 && comma < close) {
    const opening = ", '"
    const quote = text.indexOf("'}", comma + opening.length)
    const key = text.slice(inner, comma)
    if (!text.startsWith(opening, comma) || quote === -1 || key === '') return undefined
    return {
      part: { key: key.toLowerCase(), written: key, fallback: text.slice(comma + opening.length, quote) },
      end: quote + "'}".length,
    }
  }
  const key = text.slice(inner, close)
  if (key === '') return undefined
  if (escapes.has(key)) return { part: key, end: close + 1 }
  return { part: { key: key.toLowerCase(), written: key, fallback: undefined }, end: close + 1 }
}
