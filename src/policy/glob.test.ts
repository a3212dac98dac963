import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyOne, anyRun, compileGlob, type GlobPart, glob } from './glob.ts'

/** The definition of a glob, one table row for each character of the pattern. */
function modelMatches(pattern: string, text: string): boolean {
  let fits = Array.from({ length: text.length + 1 }, (_, at) => at === 0)
  for (const character of pattern) {
    const before = fits
    let reached = false
    fits = before.map((_, at) => {
      if (character === '*') {
        reached ||= before[at] === true
        return reached
      }
      return at > 0 && before[at - 1] === true && (character === '?' || character === text[at - 1])
    })
  }
  return fits[text.length] === true
}

const letters = (...from: string[]) => fc.string({ unit: fc.constantFrom(...from), maxLength: 12 })

test('a glob agrees with its definition', () => {
  fc.assert(
    fc.property(letters('a', 'b', '*', '?'), letters('a', 'b', '/'), (pattern, text) => {
      assert.equal(glob(pattern)(text), modelMatches(pattern, text), `${pattern} on ${text}`)
    }),
    { numRuns: 5_000 },
  )
})

test('pieces longer than a machine word agree with the definition too', () => {
  const long = fc.string({ unit: fc.constantFrom('a', 'b', '?', '?', 'a'), minLength: 25, maxLength: 80 })
  fc.assert(
    fc.property(
      long,
      letters('a', '*'),
      fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 200 }),
      (piece, edge, noise) => {
        const pattern = `${edge}*${piece}*`
        for (const text of [noise, noise + piece.replaceAll('?', 'b') + noise, piece]) {
          assert.equal(glob(pattern)(text), modelMatches(pattern, text), `${pattern} on ${text}`)
        }
      },
    ),
    { numRuns: 500 },
  )
})

test('any text fits a pattern made of it by hiding characters', () => {
  const hidden = fc.array(fc.tuple(fc.string({ maxLength: 4 }), fc.constantFrom(anyRun, anyOne, undefined)))
  fc.assert(
    fc.property(hidden, (pieces) => {
      const parts = pieces.flatMap(([text, wildcard]): GlobPart[] => {
        if (wildcard === anyRun) return [anyRun]
        return wildcard === anyOne ? new Array<GlobPart>(text.length).fill(anyOne) : [text]
      })
      assert.ok(compileGlob(parts)(pieces.map(([text]) => text).join('')))
    }),
  )
})

test('what is literal stays literal', () => {
  assert.equal(compileGlob(['a*b'])('axb'), false)
  assert.equal(compileGlob(['a*b'])('a*b'), true)
  assert.equal(compileGlob(['a', anyRun, '?'])('axxx?'), true)
  assert.equal(compileGlob(['a', anyRun, '?'])('axxxy'), false)
})

test('hostile patterns are over in a moment: each would take backtracking longer than the universe has', () => {
  const text = 'a'.repeat(100_000)
  assert.equal(glob(`${'a*'.repeat(1_000)}b`)(text), false)
  assert.equal(glob(`${'*a'.repeat(1_000)}b*`)(text), false)
  assert.equal(glob(`*${'?a'.repeat(15)}b*`)(text), false)
  assert.equal(glob(`*${'a?'.repeat(500)}b*`)(text), false)
  assert.equal(glob(`${'*?'.repeat(1_000)}*`)(text), true)
  assert.equal(glob('*'.repeat(6_000))(text), true)
  assert.equal(glob(`*${'a'.repeat(5_000)}b*${'a'.repeat(5_000)}`)(text), false)
})
