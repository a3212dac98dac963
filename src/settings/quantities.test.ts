import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseBytes, parseDurationMs } from './quantities.ts'

test('sizes', () => {
  const cases: readonly [string, number | undefined][] = [
    ['256MiB', 268_435_456],
    ['256 mib', 268_435_456],
    ['1.5GB', 1_500_000_000],
    ['1.5KiB', 1536],
    ['123', 123],
    ['0', 0],
    ['12 B', 12],
    ['1TiB', 2 ** 40],
    ['', undefined],
    ['MiB', undefined],
    ['-1', undefined],
    ['1e3', undefined],
    ['1 parsec', undefined],
    ['99999999999TiB', undefined],
  ]
  for (const [text, bytes] of cases) assert.equal(parseBytes(text), bytes, text)
})

test('times', () => {
  const cases: readonly [string, number | undefined][] = [
    ['500ms', 500],
    ['2s', 2000],
    ['1.5 m', 90_000],
    ['1h', 3_600_000],
    ['7', 7],
    ['2 days', undefined],
    ['s', undefined],
  ]
  for (const [text, ms] of cases) assert.equal(parseDurationMs(text), ms, text)
})
