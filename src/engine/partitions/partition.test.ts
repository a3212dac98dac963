import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { evenPartitions, type Partition, type Partitions, partitionPosition } from './partition.ts'

const hash = fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Buffer.from(bytes))

/** Partitions that begin at zero and at the given hashes. */
function beginningAt(hashes: readonly Buffer[]): Partitions {
  const starts = [Buffer.alloc(8), ...hashes].sort(Buffer.compare)
  const distinct = starts.filter((start, at) => at === 0 || !start.equals(starts[at - 1] as Buffer))
  return distinct.map((from, id) => ({ id, from, parent: undefined, createdAtMs: 0 })) as unknown as Partitions
}

test('a key lies in the last partition that begins at or before it', () => {
  fc.assert(
    fc.property(fc.array(hash, { maxLength: 40 }), hash, fc.uint8Array({ maxLength: 8 }), (hashes, at, rest) => {
      const partitions = beginningAt(hashes)
      const expected = partitions.findLastIndex(({ from }) => Buffer.compare(from, at) <= 0)
      assert.equal(partitionPosition(partitions, Buffer.concat([at, rest])), expected)
    }),
  )
})

test('a partition begins with its own first hash', () => {
  const partitions = beginningAt([Buffer.from('4000000000000000', 'hex')])
  assert.equal(partitionPosition(partitions, Buffer.from('3fffffffffffffff', 'hex')), 0)
  assert.equal(partitionPosition(partitions, Buffer.from('4000000000000000', 'hex')), 1)
})

test('even partitions share the hashes and have ids of their own', () => {
  const partitions = evenPartitions(4, 5)
  const starts = partitions.map(({ from }: Partition) => from.toString('hex').slice(0, 2))
  assert.deepEqual(starts, ['00', '40', '80', 'c0'])
  assert.deepEqual(
    partitions.map(({ id }) => id),
    [0, 1, 2, 3],
  )
})
