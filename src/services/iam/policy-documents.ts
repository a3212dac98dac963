/** Documents as they come in and go out. */
import { MalformedPolicy, type PolicyKind } from '../../policy/document.ts'
import { charactersWithoutWhiteSpace, parsePolicy } from '../../policy/parse-policy.ts'
import { malformedPolicy } from './errors.ts'

/** MalformedPolicyDocument, in AWS's words for its fault. */
export function checkDocument(text: string, kind: PolicyKind): void {
  const parsed = parsePolicy(text, kind)
  if (parsed instanceof MalformedPolicy) throw malformedPolicy(parsed.message)
}

export function documentSize(text: string): number {
  return charactersWithoutWhiteSpace(text)
}

/** Answers hold documents percent-encoded (RFC 3986). */
export function encodedDocument(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
