/** Histories of hundreds of clients against the real server, killed in the middle: strictly serializable, nothing lost. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runHistories } from './run-histories.ts'

test('histories over the wire, with kill -9 in the middle, hold no anomaly', { timeout: 120_000 }, async (context) => {
  const seed = Date.now() >>> 0
  context.diagnostic(`seed ${seed}`)
  const result = await runHistories({ clients: 200, operations: 9_000, seed })
  const counts = { ok: 0, fail: 0, info: 0 }
  for (const { outcome } of result.history) counts[outcome] += 1
  const { done, refused, looks } = result.bank
  context.diagnostic(
    `lists: ${JSON.stringify(counts)}; bank: ${done.length} done, ${refused.length} refused, ${looks.length} looks`,
  )
  assert.deepEqual(result.surprises, [])
  assert.deepEqual(result.anomalies, [])
  assert.deepEqual(result.bankFaults, [])
  assert.equal(result.check.exitCode, 0, result.check.output)
  assert.ok(counts.ok > 5_000, 'enough succeeded')
  assert.ok(counts.fail > 50, 'clients met, and conditions failed')
  assert.ok(counts.info > 0, 'the kill left something unknown')
  assert.ok(done.length > 500 && refused.length > 10 && looks.length > 100)
})
