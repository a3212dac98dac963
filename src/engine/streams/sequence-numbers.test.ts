import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sequenceOf, sequenceText } from './sequence-numbers.ts'

const sequence = fc.integer({ min: 0, max: 2 ** 47 })

test('texts have 21 digits, sort as their numbers do, and are read back', () => {
  fc.assert(
    fc.property(sequence, sequence, (a, b) => {
      assert.match(sequenceText(a), /^\d{21}$/)
      assert.equal(sequenceText(a) < sequenceText(b), a < b)
      assert.equal(sequenceOf(sequenceText(a)), a)
    }),
  )
})

test('what is no sequence number is told apart from one that is too great', () => {
  for (const text of ['', '1', 'x'.repeat(21), `-${'1'.repeat(20)}`, '0'.repeat(21), '9'.repeat(41)]) {
    assert.equal(sequenceOf(text), undefined, text)
  }
  assert.equal(sequenceOf('9'.repeat(40)), Number.MAX_SAFE_INTEGER)
})
