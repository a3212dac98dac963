import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  bitString,
  boolean,
  explicit,
  implicit,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  time,
} from './der.ts'

test('encodings, byte by byte', () => {
  const cases: readonly [Buffer, string][] = [
    [integer(Buffer.from([0])), '020100'],
    [integer(Buffer.from([0, 0, 0x7f])), '02017f'],
    [integer(Buffer.from([0x80])), '02020080'],
    [integer(Buffer.from([0x01, 0x00])), '02020100'],
    [boolean(true), '0101ff'],
    [boolean(false), '010100'],
    [bitString(Buffer.from([0x06]), 1), '03020106'],
    [octetString(Buffer.from('hi')), '04026869'],
    [objectIdentifier('2.5.29.19'), '0603551d13'],
    [objectIdentifier('1.2.840.10045.4.3.2'), '06082a8648ce3d040302'],
    [explicit(3, integer(Buffer.from([1]))), 'a303020101'],
    [implicit(2, Buffer.from('a')), '820161'],
    [sequence(), '3000'],
    [sequence(boolean(true), boolean(false)), '30060101ff010100'],
    [time(Date.UTC(2049, 11, 31, 23, 59, 59, 999)), `170d${Buffer.from('491231235959Z').toString('hex')}`],
    [time(Date.UTC(2050, 0, 1)), `180f${Buffer.from('20500101000000Z').toString('hex')}`],
  ]
  for (const [encoded, hex] of cases) assert.equal(encoded.toString('hex'), hex)
})

test('lengths of one, two and three bytes', () => {
  assert.equal(octetString(Buffer.alloc(127)).subarray(0, 2).toString('hex'), '047f')
  assert.equal(octetString(Buffer.alloc(128)).subarray(0, 3).toString('hex'), '048180')
  assert.equal(octetString(Buffer.alloc(256)).subarray(0, 4).toString('hex'), '04820100')
  assert.throws(() => octetString(Buffer.alloc(65_536)), /shorter than 64 KiB/)
})
