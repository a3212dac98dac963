import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { JsonFragment } from '../foundation/json-fragment.ts'
import { encodeJson } from './json-output.ts'
import { wholeBody } from './raw-response.ts'

const fragmentOf = (value: unknown) => new JsonFragment(Buffer.from(JSON.stringify(value)))

test('fragments anywhere are what their values would be', () => {
  const plain = fc.jsonValue({ maxDepth: 3 })
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      plain,
      plain.map((value) => ({ fragment: value })),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(fc.string({ unit: 'grapheme' }), tie('tree'), { maxKeys: 4 }),
    ),
  }))
  const isMark = (value: object): value is { fragment: unknown } => Object.keys(value).join() === 'fragment'
  const map = (value: unknown, fragment: (inner: unknown) => unknown): unknown => {
    if (Array.isArray(value)) return value.map((element) => map(element, fragment))
    if (typeof value !== 'object' || value === null) return value
    if (isMark(value)) return fragment(value.fragment)
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, map(member, fragment)]))
  }
  fc.assert(
    fc.property(tree, (value) => {
      const spliced = wholeBody(encodeJson(map(value, fragmentOf))).toString()
      assert.equal(spliced, JSON.stringify(map(value, (inner) => inner)))
    }),
    { numRuns: 500 },
  )
})

test('the bytes of a fragment are not touched', () => {
  const bytes = Buffer.from('{ "a" : 1.0e3 , "é":"\\u00e9" }')
  assert.equal(wholeBody(encodeJson({ Item: new JsonFragment(bytes) })).toString(), `{"Item":${bytes.toString()}}`)
  assert.equal(wholeBody(encodeJson(new JsonFragment(bytes))).toString(), bytes.toString())
})

test('undefined members are left out, beside fragments too', () => {
  assert.equal(wholeBody(encodeJson({ a: undefined, b: 1 })).toString(), '{"b":1}')
  const output = { a: undefined, b: fragmentOf([]), c: undefined, d: [undefined, fragmentOf(1)] }
  assert.equal(wholeBody(encodeJson(output)).toString(), '{"b":[],"d":[null,1]}')
  assert.equal(wholeBody(encodeJson({})).toString(), '{}')
})
