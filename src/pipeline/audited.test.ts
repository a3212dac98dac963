import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AuditOutcome } from '../contract/ports.ts'
import { ServiceError } from '../foundation/service-error.ts'
import { audited } from './audited.ts'

test('a record is closed with what happened, and before the answer leaves', async () => {
  const closed: AuditOutcome[] = []
  const record = { close: (outcome: AuditOutcome) => void closed.push(outcome) }
  assert.equal(
    await audited(
      record,
      () => 1,
      (input) => Number(input) + 1,
    ),
    2,
  )
  const refusal = new ServiceError('X', 'no')
  const refuse = () => {
    throw refusal
  }
  await assert.rejects(
    audited(record, refuse, () => 2),
    refusal,
  )
  await assert.rejects(
    audited(record, () => 1, refuse),
    refusal,
  )
  await assert.rejects(
    audited(
      record,
      () => 1,
      async () => refuse(),
    ),
    refusal,
  )
  assert.deepEqual(closed, [
    { input: 1, output: 2 },
    { input: undefined, error: refusal },
    { input: 1, error: refusal },
    { input: 1, error: refusal },
  ])
})

test('an answer is withheld when its record cannot be closed', async () => {
  const full = new Error('the trail is full')
  const slow = { close: async () => Promise.reject(full) }
  await assert.rejects(
    audited(
      slow,
      () => 1,
      () => 2,
    ),
    full,
  )
})
