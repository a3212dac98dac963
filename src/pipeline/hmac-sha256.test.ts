import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { hmacHex, hmacKey } from './hmac-sha256.ts'

test('it answers the test cases of RFC 4231', () => {
  const cases: readonly (readonly [key: Buffer, text: string, digest: string])[] = [
    [Buffer.alloc(20, 0x0b), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
    [
      Buffer.from('Jefe'),
      'what do ya want for nothing?',
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
    [
      Buffer.alloc(131, 0xaa),
      'Test Using Larger Than Block-Size Key - Hash Key First',
      '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    ],
  ]
  for (const [key, text, digest] of cases) assert.equal(hmacHex(hmacKey(key), text), digest)
})

test('it is the HMAC that OpenSSL makes, whatever was hashed before', () => {
  const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array))
  fc.assert(
    fc.property(bytes(100), bytes(700), (key, text) => {
      const expected = createHmac('sha256', key).update(text).digest('hex')
      assert.equal(hmacHex(hmacKey(key), text.toString('latin1')), expected)
    }),
  )
})
