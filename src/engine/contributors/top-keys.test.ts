import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { TopKeys } from './top-keys.ts'

const stream = fc.array(
  fc.record({
    key: fc.oneof(fc.constantFrom('hot', 'warm', 'tepid'), fc.integer({ min: 0, max: 60 }).map(String)),
    weight: fc.integer({ min: 1, max: 20 }),
  }),
  { maxLength: 600 },
)

test('weights are never too low, and too high by at most their share of the total', () => {
  fc.assert(
    fc.property(stream, fc.integer({ min: 1, max: 30 }), (adds, places) => {
      const top = new TopKeys(places)
      const exact = new Map<string, number>()
      for (const { key, weight } of adds) {
        top.add(key, weight)
        exact.set(key, (exact.get(key) ?? 0) + weight)
      }
      const total = adds.reduce((sum, { weight }) => sum + weight, 0)
      assert.equal(top.total, total)
      const kept = new Map(top.heaviest(places).map(({ key, weight }) => [key, weight]))
      assert.equal(kept.size, Math.min(places, exact.size))
      for (const [key, weight] of kept) {
        const real = exact.get(key) ?? 0
        assert.ok(weight >= real, `${key}: ${weight} for ${real}`)
        assert.ok(weight - real <= total / places, `${key}: ${weight} for ${real} of ${total}`)
      }
      for (const [key, real] of exact) {
        if (real > total / places) assert.ok(kept.has(key), `${key} of ${real} in ${total} is kept`)
      }
    }),
  )
})

test('as long as there are places for all keys, the weights are exact and in order', () => {
  fc.assert(
    fc.property(stream, (adds) => {
      const top = new TopKeys(1000)
      const exact = new Map<string, number>()
      for (const { key, weight } of adds) {
        top.add(key, weight)
        exact.set(key, (exact.get(key) ?? 0) + weight)
      }
      const expected = [...exact].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
      assert.deepEqual(
        top.heaviest(10).map(({ key, weight }) => [key, weight]),
        expected.slice(0, 10),
      )
    }),
  )
})
