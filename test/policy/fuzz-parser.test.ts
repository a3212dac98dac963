import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuzzParser } from './fuzz-parser.ts'

test('broken policies neither crash the parser nor slip through', () => {
  const { accepted } = fuzzParser(Date.now(), (rounds) => rounds < 4_000)
  assert.ok(accepted > 0, 'some spoilt documents are still policies, so acceptance is looked at too')
})
