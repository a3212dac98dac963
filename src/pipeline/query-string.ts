/** Query strings as signatures see them: percent-encoding only, no `+` for a blank. */

export interface QueryParameter {
  readonly name: string
  readonly value: string
}

export function parseQuery(query: string): readonly QueryParameter[] {
  if (query === '') return []
  return query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=')
      if (equals === -1) return { name: decode(part), value: '' }
      return { name: decode(part.slice(0, equals)), value: decode(part.slice(equals + 1)) }
    })
}

/** Sorted by encoded name, then by encoded value. */
export function canonicalQuery(parameters: readonly QueryParameter[]): string {
  return parameters
    .map(({ name, value }) => [encode(name), encode(value)] as const)
    .sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // Not percent-encoding at all: it stands for itself, and the signature decides.
    return text
  }
}

/** RFC 3986: everything but letters, digits, `-`, `.`, `_` and `~`. */
export function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
