import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jsonLog } from './log.ts'

const clock = { nowMs: () => 0, monotonicMs: () => 0, sleep: async () => {} }

test('a line is one JSON object, and lower levels are silent', () => {
  const lines: string[] = []
  const log = jsonLog({ level: 'warn', clock, write: (line) => lines.push(line) })
  log.debug('no')
  log.info('no')
  log.warn('yes', { text: 'two\nlines' })
  log.error('failed', { error: new Error('outer', { cause: new Error('inner') }) })
  assert.equal(lines.length, 2)
  assert.equal(lines[0], '{"time":"1970-01-01T00:00:00.000Z","level":"warn","message":"yes","text":"two\\nlines"}\n')
  const { error } = JSON.parse(lines[1] ?? '') as { error: { message: string; cause: { message: string } } }
  assert.deepEqual([error.message, error.cause.message], ['outer', 'inner'])
})

test('errors that cause each other in a circle are written', () => {
  const lines: string[] = []
  const error = new Error('circle')
  error.cause = error
  jsonLog({ level: 'info', clock, write: (line) => lines.push(line) }).error('failed', { error })
  assert.match(lines[0] ?? '', /"message":"circle"/)
})
