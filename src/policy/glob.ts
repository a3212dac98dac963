/**
 * Glob patterns: `*` stands for any run of characters, the empty one included, `?` for exactly one. No regular
 * expressions and no backtracking: pieces between stars are found from left to right, each character of the text is
 * looked at once for each piece's 32 characters at most, whatever the pattern. A character is a UTF-16 unit.
 */

/** `*` in a pattern that was taken apart. */
export const anyRun = 0
/** `?` in a pattern that was taken apart. */
export const anyOne = 1
/** Literal text, or one of the two wildcards: so that text which came from a variable stays literal. */
export type GlobPart = string | typeof anyRun | typeof anyOne

export type Matcher = (text: string) => boolean

/** Parts of a pattern in which every `*` and `?` is a wildcard. */
export function globParts(pattern: string): readonly GlobPart[] {
  const parts: GlobPart[] = []
  let from = 0
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]
    if (character !== '*' && character !== '?') continue
    if (at > from) parts.push(pattern.slice(from, at))
    parts.push(character === '*' ? anyRun : anyOne)
    from = at + 1
  }
  if (from < pattern.length) parts.push(pattern.slice(from))
  return parts
}

export function glob(pattern: string): Matcher {
  return compileGlob(globParts(pattern))
}

export function compileGlob(parts: readonly GlobPart[]): Matcher {
  const pieces = piecesOf(parts)
  const head = pieces[0] ?? emptyPiece
  const tail = pieces.at(-1) ?? emptyPiece
  if (pieces.length <= 1) return (text) => text.length === head.length && head.isAt(text, 0)
  const middle = pieces.slice(1, -1)
  if (middle.length === 0 && head.length === 0 && tail.length === 0) return () => true
  return (text) => {
    const end = text.length - tail.length
    if (end < head.length || !head.isAt(text, 0) || !tail.isAt(text, end)) return false
    let at = head.length
    for (const piece of middle) {
      const found = piece.find(text, at, end)
      if (found === -1) return false
      at = found + piece.length
    }
    return true
  }
}

/** What stands between two stars: literal text and single wildcards, so of one fixed length. */
interface Piece {
  readonly length: number
  isAt(text: string, at: number): boolean
  /** The leftmost place from `from` on where the piece fits before `end`, or -1. */
  find(text: string, from: number, end: number): number
}

function piecesOf(parts: readonly GlobPart[]): readonly Piece[] {
  const pieces: (string | typeof anyOne)[][] = [[]]
  for (const part of parts) {
    if (part === anyRun) pieces.push([])
    else pieces.at(-1)?.push(part)
  }
  // Stars side by side are one star: the empty pieces between them go, those at both ends stay.
  return pieces
    .filter((piece, index) => piece.length > 0 || index === 0 || index === pieces.length - 1)
    .map((piece) => {
      const literals = piece.filter((part) => part !== anyOne)
      return literals.length === piece.length ? literalPiece(literals.join('')) : maskedPiece(piece)
    })
}

function literalPiece(literal: string): Piece {
  return {
    length: literal.length,
    isAt: (text, at) => text.startsWith(literal, at),
    find(text, from, end) {
      const found = text.indexOf(literal, from)
      return found + literal.length <= end ? found : -1
    },
  }
}

const emptyPiece = literalPiece('')
const bitsPerWord = 32

/**
 * A piece with `?` in it, found by the shift-and method: bit i of the state says that the last i+1 characters fit the
 * first i+1 of the piece, and one step moves all of them at once.
 */
function maskedPiece(parts: readonly (string | typeof anyOne)[]): Piece {
  const units: (number | undefined)[] = parts.flatMap((part) =>
    part === anyOne ? [undefined] : Array.from({ length: part.length }, (_, at) => part.charCodeAt(at)),
  )
  const words = Math.ceil(units.length / bitsPerWord)
  const wildcards = new Uint32Array(words)
  units.forEach((unit, at) => {
    if (unit === undefined) setBit(wildcards, at)
  })
  const masks = new Map<number, Uint32Array>()
  units.forEach((unit, at) => {
    if (unit === undefined) return
    const mask = masks.get(unit) ?? wildcards.slice()
    setBit(mask, at)
    masks.set(unit, mask)
  })
  const lastWord = words - 1
  const lastBit = 1 << ((units.length - 1) % bitsPerWord)
  return {
    length: units.length,
    isAt: (text, at) =>
      text.length - at >= units.length &&
      units.every((unit, index) => unit === undefined || unit === text.charCodeAt(at + index)),
    find(text, from, end) {
      const state = new Uint32Array(words)
      for (let at = from; at < end; at++) {
        const mask = masks.get(text.charCodeAt(at)) ?? wildcards
        let carry = 1
        for (let word = 0; word < words; word++) {
          const before = state[word] ?? 0
          state[word] = ((before << 1) | carry) & (mask[word] ?? 0)
          carry = before >>> 31
        }
        if (((state[lastWord] ?? 0) & lastBit) !== 0) return at - units.length + 1
      }
      return -1
    },
  }
}

function setBit(words: Uint32Array, bit: number): void {
  const word = Math.floor(bit / bitsPerWord)
  words[word] = (words[word] ?? 0) | (1 << (bit % bitsPerWord))
}
