import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { systemRandom } from '../../foundation/random.ts'
import { SealedTokens } from './sealed-tokens.ts'

const key = systemRandom.bytes(32)
const tokens = new SealedTokens(key, systemRandom)

test('what was sealed opens, for its purpose and under its key alone', () =>
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.string()), (content) => {
      const token = tokens.seal('session', content)
      assert.deepEqual(tokens.open('session', token), JSON.parse(JSON.stringify(content)))
      assert.equal(tokens.open('authorization-message', token), undefined)
      assert.equal(new SealedTokens(systemRandom.bytes(32), systemRandom).open('session', token), undefined)
      assert.deepEqual(new SealedTokens(key, systemRandom).open('session', token), tokens.open('session', token))
    }),
  ))

test('a token that was changed anywhere does not open, whatever the bytes', () => {
  const token = Buffer.from(tokens.seal('session', { secret: 'nothing readable' }), 'base64')
  assert.ok(!token.toString('latin1').includes('readable'))
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const changed = Buffer.from(token)
      changed[at] = (changed[at] ?? 0) ^ change
      assert.equal(tokens.open('session', changed.toString('base64')), undefined)
    }),
  )
})

test('no text makes it do anything but say no', () =>
  fc.assert(
    fc.property(fc.oneof(fc.string({ maxLength: 200 }), fc.base64String({ maxLength: 400 })), (text) => {
      assert.equal(tokens.open('session', text), undefined)
    }),
    { numRuns: 2000 },
  ))

test('the same content never seals alike', () => {
  assert.notEqual(tokens.seal('session', {}), tokens.seal('session', {}))
})
