import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type JsonNode, positionOf, readJson } from './json-document.ts'

function plainValue(node: JsonNode): unknown {
  switch (node.kind) {
    case 'object':
      return Object.fromEntries([...node.members].map(([name, value]) => [name, plainValue(value)]))
    case 'array':
      return node.items.map(plainValue)
    case 'number':
      return Number(node.text)
    case 'null':
      return null
    default:
      return node.value
  }
}

test('what the platform writes is read as what it was', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(0, 2, '\t'), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent)
      const node = readJson(text)
      assert.ok(node !== undefined)
      // Through JSON again, since -0 and a member called __proto__ are lost on the way.
      assert.deepEqual(JSON.parse(JSON.stringify(plainValue(node))), JSON.parse(text))
    }),
  )
})

test('what the platform refuses is refused', () => {
  const pieces = [
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"b"',
    '1',
    '-',
    '.5',
    'true',
    'nul',
    ' ',
    '"\\x"',
    '"\u0001"',
    '01',
    '1e',
  ]
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 8 }), (drawn) => {
      const text = drawn.join('')
      const accepted = readJson(text) !== undefined
      assert.ok(!accepted || isJson(text), text)
      assert.ok(accepted || !isJson(text) || new Set(drawn).size < drawn.length, text)
    }),
    { numRuns: 5_000 },
  )
})

test('a name that comes twice in an object is refused, however it is written', () => {
  assert.equal(readJson('{"a":1,"a":1}'), undefined)
  assert.equal(readJson('{"a":1,"\\u0061":2}'), undefined)
  assert.equal(readJson('[{"a":1},{"a":2}]')?.kind, 'array')
  assert.equal(readJson('{"a":{"b":1},"b":1}')?.kind, 'object')
})

test('deep nesting is refused without deep recursion', () => {
  assert.equal(readJson('['.repeat(1_000_000)), undefined)
  assert.equal(readJson('{"a":'.repeat(100_000)), undefined)
})

test('spans and positions', () => {
  const text = '{\n  "a": [10, {"b": null}]\n}'
  const node = readJson(text)
  assert.ok(node?.kind === 'object')
  const list = node.members.get('a')
  assert.ok(list?.kind === 'array')
  const [ten, object] = list.items
  assert.equal(text.slice(ten?.span.start, ten?.span.end), '10')
  assert.equal(text.slice(object?.span.start, object?.span.end), '{"b": null}')
  assert.deepEqual(positionOf(text, list.span.start), { line: 2, column: 8 })
  assert.deepEqual(positionOf(text, node.span.end), { line: 3, column: 2 })
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
