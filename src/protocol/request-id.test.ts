import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemRandom } from '../foundation/random.ts'
import { requestIds } from './request-id.ts'

test('ids have the form of AWS ids and do not repeat, over several draws of randomness', () => {
  let draws = 0
  const next = requestIds({
    bytes(count) {
      draws++
      return systemRandom.bytes(count)
    },
  })
  const ids = Array.from({ length: 2000 }, next)
  assert.ok(draws > 1 && draws < 10)
  assert.ok(ids.every((id) => /^[0-9A-Z]{52}$/.test(id)))
  assert.equal(new Set(ids).size, ids.length)
})
