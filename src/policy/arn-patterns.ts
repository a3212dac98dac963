/**
 * Patterns of ARNs. Pattern and ARN are split at their first five colons and compared part by part, so that no star
 * reaches over a colon into the next part; the sixth part, the resource, may contain colons and slashes itself.
 *
 * A pattern of fewer parts (`arn:aws:dynamodb:*`) that ends in a star stands for any rest; any other such pattern
 * matches nothing. Variables are read in the sixth part only.
 */
import type { PolicyVersion } from './document.ts'
import { compileGlob, glob, type Matcher } from './glob.ts'
import { type ConditionContext, fillIn, fixedParts, parseTemplate, variableKeys } from './templates.ts'

export type ArnPattern =
  | { readonly kind: 'static'; readonly matches: Matcher }
  | {
      readonly kind: 'variable'
      readonly keys: readonly string[]
      /** Whether all but the variable part fits; false means that no value can make it match. */
      readonly mayMatch: Matcher
      /** `unresolved` when a variable has no value: then the statement around it is void. */
      readonly matches: (arn: string, context: ConditionContext) => boolean | 'unresolved'
    }

const arnPartCount = 6

export function compileArnPattern(pattern: string, version: PolicyVersion): ArnPattern {
  if (/^\*+$/.test(pattern)) return { kind: 'static', matches: () => true }
  const parts = arnParts(pattern)
  if (parts.length < arnPartCount) {
    if (!pattern.endsWith('*')) return { kind: 'static', matches: () => false }
    while (parts.length < arnPartCount) parts.push('*')
  }
  const name = parseTemplate(parts[arnPartCount - 1] ?? '', version, true)
  const fixed = fixedParts(name)
  if (fixed !== undefined) {
    if (!/[*?$]/.test(parts.join(''))) return { kind: 'static', matches: (arn) => arn === pattern }
    const matchHead = headMatcher(parts)
    const matchName = compileGlob(fixed)
    return { kind: 'static', matches: (arn) => matchHead(arn, matchName) }
  }
  const matchHead = headMatcher(parts)
  return {
    kind: 'variable',
    keys: variableKeys(name),
    mayMatch: (arn) => matchHead(arn, () => true),
    matches: (arn, context) => {
      const filled = fillIn(name, context)
      return filled === undefined ? 'unresolved' : matchHead(arn, compileGlob(filled))
    },
  }
}

/** Matches the first five parts, then lets `matchName` look at the sixth. */
function headMatcher(parts: readonly string[]): (arn: string, matchName: Matcher) => boolean {
  const matchers = parts.slice(0, arnPartCount - 1).map(partMatcher)
  return (arn, matchName) => {
    let from = 0
    for (const matches of matchers) {
      const colon = arn.indexOf(':', from)
      if (colon === -1 || !matches(arn.slice(from, colon))) return false
      from = colon + 1
    }
    return matchName(arn.slice(from))
  }
}

function partMatcher(part: string): Matcher {
  if (part === '*') return () => true
  return /[*?]/.test(part) ? glob(part) : (text) => text === part
}

/** At most six parts. */
export function arnParts(text: string): string[] {
  const parts: string[] = []
  let from = 0
  for (let colon = text.indexOf(':'); colon !== -1 && parts.length < arnPartCount - 1; ) {
    parts.push(text.slice(from, colon))
    from = colon + 1
    colon = text.indexOf(':', from)
  }
  parts.push(text.slice(from))
  return parts
}
