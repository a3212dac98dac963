import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonicalNumber } from '../encoding/numbers.ts'
import type { Item, KeyAttributeType } from '../items/attribute-value.ts'
import { itemKey } from '../tables/compiled-table.ts'
import type { KeySchema } from '../tables/table.ts'
import { keyTexts, partitionKeyEnd, sortKeyEnd } from './key-texts.ts'

interface Attribute {
  readonly type: KeyAttributeType
  readonly text: string
}

const attribute: fc.Arbitrary<Attribute> = fc.oneof(
  fc
    .string({ minLength: 1, unit: fc.constantFrom('a', '\0', '\u0001', 'é', '\u{1f600}') })
    .map((text) => ({ type: 'S' as const, text })),
  fc
    .uint8Array({ minLength: 1, maxLength: 12 })
    .map((bytes) => ({ type: 'B' as const, text: Buffer.from(bytes).toString('base64') })),
  fc
    .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.integer({ min: -90, max: 90 }))
    .map(([digits, exponent]) => ({ type: 'N' as const, text: canonicalNumber(`${digits}e${exponent}`) })),
)

test('the attributes of a key are found in its bytes, whatever comes behind them', () => {
  const attributes = (minLength: number) => fc.array(attribute, { minLength, maxLength: 4 })
  fc.assert(
    fc.property(attributes(1), attributes(0), fc.uint8Array({ maxLength: 20 }), (hash, range, behind) => {
      const named = [...hash, ...range].map(({ type, text }, at) => ({ name: `a${at}`, type, text }))
      const schema: KeySchema = { hash: named.slice(0, hash.length), range: named.slice(hash.length) }
      const item = Object.fromEntries(named.map(({ name, type, text }) => [name, { [type]: text }])) as Item
      const key = itemKey(schema, item)
      const longer = Buffer.concat([key, behind])
      const partitionEnd = partitionKeyEnd(schema, longer)
      assert.equal(sortKeyEnd(schema, longer, partitionEnd), key.length)
      assert.deepEqual(
        keyTexts(schema, key),
        named.map(({ text }) => text),
      )
      assert.deepEqual(
        keyTexts(schema, key.subarray(0, partitionEnd)),
        named.slice(0, hash.length).map(({ text }) => text),
      )
    }),
  )
})
