import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { heatDivisions, middleDivision, SizeWalk } from './split-point.ts'

const hash = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
/** Few hashes, so that many items share one. */
const nearHash = fc.bigInt({ min: 0n, max: 20n })
const sized = (of: fc.Arbitrary<bigint>) =>
  fc.array(fc.record({ hash: of, bytes: fc.integer({ min: 1, max: 1000 }) }), { maxLength: 200 })

interface Sized {
  readonly hash: bigint
  readonly bytes: number
}

function walked(items: readonly Sized[], stepBytes: number): SizeWalk {
  const walk = new SizeWalk(stepBytes)
  for (const { hash: at, bytes } of ascending(items)) walk.add(at, bytes)
  return walk
}

function ascending(items: readonly Sized[]): Sized[] {
  return [...items].sort((a, b) => (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0))
}

/** How far from half the best of all divisions leaves the parts; undefined when there is none. */
function bestUnevenness(items: readonly Sized[]): number | undefined {
  const total = items.reduce((sum, { bytes }) => sum + bytes, 0)
  const divisions = [...new Set(items.map((item) => item.hash))].map((division) => below(items, division))
  const unevenness = divisions.filter((bytes) => bytes > 0).map((bytes) => Math.abs(2 * bytes - total))
  return unevenness.length === 0 ? undefined : Math.min(...unevenness)
}

function below(items: readonly Sized[], division: bigint): number {
  return items.reduce((sum, item) => (item.hash < division ? sum + item.bytes : sum), 0)
}

for (const [name, arbitrary] of [
  ['spread', sized(hash)],
  ['crowded', sized(nearHash)],
] as const) {
  test(`with a step of nothing, half of the bytes is found as the model finds it (${name})`, () => {
    fc.assert(
      fc.property(arbitrary, (items) => {
        const walk = walked(items, 0)
        const half = walk.half()
        const total = items.reduce((sum, { bytes }) => sum + bytes, 0)
        assert.equal(walk.totalBytes, total)
        assert.equal(half && Math.abs(2 * half.belowBytes - total), bestUnevenness(items))
        if (half !== undefined) assert.equal(half.belowBytes, below(items, half.hash))
      }),
    )
  })

  test(`with a step, it is right to within two steps (${name})`, () => {
    fc.assert(
      fc.property(arbitrary, fc.integer({ min: 1, max: 5000 }), (items, step) => {
        const half = walked(items, step).half()
        const best = bestUnevenness(items)
        if (best === undefined) return assert.equal(half, undefined)
        assert.ok(half !== undefined, 'there is a division')
        assert.equal(half.belowBytes, below(items, half.hash))
        assert.ok(half.belowBytes > 0)
        const total = items.reduce((sum, { bytes }) => sum + bytes, 0)
        assert.ok(Math.abs(2 * half.belowBytes - total) <= best + 4 * step)
      }),
    )
  })
}

test('a heavy hash is divided from light ones on either side', () => {
  const light = (at: bigint) => ({ hash: at, bytes: 1 })
  const after = walked([light(1n), light(2n), { hash: 5n, bytes: 1000 }, light(9n)], 100).half()
  assert.ok(after?.hash === 5n || after?.hash === 9n)
  const alone = walked(
    [
      { hash: 5n, bytes: 1000 },
      { hash: 5n, bytes: 1000 },
    ],
    100,
  )
  assert.equal(alone.half(), undefined)
})

test('heat is divided at half, or around the one hash that has more than half', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(hash, nearHash), { maxLength: 256 }), (samples) => {
      const divisions = heatDivisions(samples, 0n, 2n ** 64n)
      const counts = new Map<bigint, number>()
      for (const sample of samples) counts.set(sample, (counts.get(sample) ?? 0) + 1)
      const hot = [...counts].find(([, count]) => count > samples.length / 2)?.[0]
      if (hot !== undefined) {
        const expected = [hot, hot + 1n].filter((division) => division > 0n && division < 2n ** 64n)
        return assert.deepEqual(divisions, expected)
      }
      const uneven = (division: bigint) =>
        Math.abs(2 * samples.filter((sample) => sample < division).length - samples.length)
      const candidates = [...counts.keys()].filter((at) => samples.some((sample) => sample < at))
      assert.equal(divisions.length, Math.min(1, candidates.length))
      for (const division of divisions) assert.equal(uneven(division), Math.min(...candidates.map(uneven)))
    }),
  )
})

test('what lies outside the partition does not count, and what is set apart already is left alone', () => {
  assert.deepEqual(heatDivisions([1n, 5n, 5n, 99n], 5n, 6n), [])
  assert.deepEqual(heatDivisions([5n, 5n, 7n], 5n, 10n), [6n])
  assert.deepEqual(heatDivisions([], 0n, 10n), [])
})

test('the middle lies strictly within', () => {
  assert.equal(middleDivision(0n, 2n ** 64n), 2n ** 63n)
  assert.equal(middleDivision(4n, 6n), 5n)
  assert.equal(middleDivision(4n, 5n), undefined)
})
