import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { BoundedCache } from './bounded-cache.ts'

test('what it answers is what was set last, and it holds the latest entries', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(20)), { maxLength: 300 }), (steps) => {
      const cache = new BoundedCache<number, number>(5)
      const model = new Map<number, number>()
      for (const [at, [isSet, key]] of steps.entries()) {
        if (isSet) {
          cache.set(key, at)
          model.set(key, at)
          assert.equal(cache.get(key), at)
        } else {
          const found = cache.get(key)
          if (found !== undefined) assert.equal(found, model.get(key))
        }
      }
      const held = [...model.keys()].filter((key) => cache.get(key) !== undefined)
      assert.ok(held.length <= 10)
    }),
  )
})

test('an entry in use stays, one that is not goes', () => {
  const cache = new BoundedCache<string, number>(3)
  cache.set('used', 1)
  cache.set('unused', 1)
  for (let number = 0; number < 20; number++) {
    cache.set(`other ${number}`, number)
    assert.equal(cache.get('used'), 1)
  }
  assert.equal(cache.get('unused'), undefined)
})
