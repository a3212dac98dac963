import assert from 'node:assert/strict'
import { test } from 'node:test'
import { murmur32, writePartitionHash } from './partition-hash.ts'

test('the published vectors of MurmurHash3_x86_32', () => {
  const vectors: [string, number, number][] = [
    ['', 0, 0],
    ['', 1, 0x514e28b7],
    ['', 0xffffffff, 0x81f16f39],
    ['aaaa', 0x9747b28c, 0x5a97808a],
    ['aaa', 0x9747b28c, 0x283e0130],
    ['aa', 0x9747b28c, 0x5d211726],
    ['a', 0x9747b28c, 0x7fa09ea6],
    ['abc', 0x9747b28c, 0xc84a62dd],
    ['Hello, world!', 0x9747b28c, 0x24884cba],
    ['The quick brown fox jumps over the lazy dog', 0x9747b28c, 0x2fa826cd],
  ]
  for (const [text, seed, expected] of vectors) assert.equal(murmur32(Buffer.from(text), 0, seed), expected, text)
})

test('where a key lies does not change', () => {
  const target = Buffer.alloc(8)
  writePartitionHash(target, Buffer.from('ignoredcustomer-1'), 'ignored'.length)
  assert.equal(target.toString('hex'), '7d8d72c5ff4d8a96')
})

test('keys that count up spread over the whole range', () => {
  const counts = new Array<number>(64).fill(0)
  const target = Buffer.alloc(8)
  for (let n = 0; n < 64_000; n++) {
    writePartitionHash(target, Buffer.from(`customer-${n}`), 0)
    const slot = (target[0] as number) >> 2
    counts[slot] = (counts[slot] as number) + 1
  }
  assert.ok(Math.min(...counts) > 800 && Math.max(...counts) < 1200, counts.join(' '))
})
