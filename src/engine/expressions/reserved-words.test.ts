import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isReservedWord } from './reserved-words.ts'

test('reserved words are reserved in any mix of cases', () => {
  for (const word of ['ABORT', 'abort', 'Abort', 'name', 'status', 'DATA', 'zone', 'SPECIFICTYPE', 'localtimestamp']) {
    assert.ok(isReservedWord(word), word)
  }
})

test('other names are free', () => {
  for (const name of ['pk', 'sk', 'names1', 'id', 'title', 'aborted', 'created_at', 'constructor_', 'x'.repeat(300)]) {
    assert.ok(!isReservedWord(name), name)
  }
})
