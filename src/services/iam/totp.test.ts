import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { systemRandom } from '../../foundation/random.ts'
import { acceptedPair, acceptedStep } from './mfa-devices.ts'
import type { MfaDeviceRecord } from './records.ts'
import { base32, codeAt, fromBase32, matchingStep, newSeed, stepAt } from './totp.ts'

test('the codes of RFC 6238', () => {
  const seed = base32(Buffer.from('12345678901234567890'))
  const vectors: readonly (readonly [number, string])[] = [
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ]
  for (const [seconds, code] of vectors) assert.equal(codeAt(seed, stepAt(seconds * 1000)), code)
})

test('base32 there and back, in whole groups', () =>
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 5, maxLength: 40 }), (bytes) => {
      const whole = bytes.subarray(0, bytes.length - (bytes.length % 5))
      assert.deepEqual(fromBase32(base32(whole)), Buffer.from(whole))
    }),
  ))

const device: MfaDeviceRecord = { id: 'd', name: 'd', seed: newSeed(systemRandom), tags: [], createdAtMs: 0 }
const nowMs = 1_700_000_000_000
const now = stepAt(nowMs)

test('a code counts once, and one step to either side', () => {
  const code = (steps: number) => codeAt(device.seed, now + steps)
  assert.equal(acceptedStep(device, code(0), nowMs), now)
  assert.equal(acceptedStep(device, code(-1), nowMs), now - 1)
  assert.equal(acceptedStep(device, code(1), nowMs), now + 1)
  assert.equal(acceptedStep(device, code(2), nowMs), undefined)
  assert.equal(acceptedStep(device, code(-2), nowMs), undefined)
  assert.equal(acceptedStep({ ...device, lastStep: now }, code(0), nowMs), undefined)
  assert.equal(acceptedStep({ ...device, lastStep: now }, code(-1), nowMs), undefined)
  assert.equal(acceptedStep(device, '12345', nowMs), undefined)
})

test('two codes enable a device only when they follow each other', () => {
  const pair = (a: number, b: number) =>
    acceptedPair(device, [codeAt(device.seed, now + a), codeAt(device.seed, now + b)], nowMs)
  assert.equal(pair(-1, 0), now)
  assert.equal(pair(0, 1), now + 1)
  assert.equal(pair(0, 0), undefined)
  assert.equal(pair(1, 0), undefined)
  assert.equal(pair(-9, -8), undefined)
})

test('seeds differ', () => {
  assert.notEqual(newSeed(systemRandom), newSeed(systemRandom))
  assert.equal(matchingStep(device.seed, codeAt(device.seed, 5), 0, 4), undefined)
})
