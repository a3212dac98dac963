/** kill -9 at random moments: every acknowledged write is there afterwards, whole, in the table, in its index and in its stream. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { runCoffer, runCofferCommand } from '../run-coffer.ts'
import { createLedger, seededRandom, writeLoad } from './acknowledged-writes.ts'
import { clientOf } from './crash-client.ts'

const kills = 30
const loadMsMax = 500

test(`${kills} times kill -9 under load lose no acknowledged write`, { timeout: 180_000 }, async (context) => {
  const seed = Date.now() >>> 0
  context.diagnostic(`seed ${seed}`)
  const random = seededRandom(seed)
  const coffer = await runCoffer()
  try {
    const load = writeLoad({ workers: 24, keysPerWorker: 20, valueCharactersMax: 30_000, random })
    const first = clientOf(coffer)
    // `coffer check` holds the stream to the table: each change has its record, and each record its change.
    const StreamSpecification = { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' } as const
    await createLedger(first, { StreamSpecification })
    first.destroy()
    for (let kill = 0; kill < kills; kill += 1) {
      const client = clientOf(coffer)
      load.start(client)
      await sleep(20 + random() * loadMsMax)
      await coffer.kill('SIGKILL')
      await load.stop()
      client.destroy()
      await coffer.restart()
      const reader = clientOf(coffer)
      await load.verify(reader)
      reader.destroy()
    }
    assert.deepEqual([...load.errors()], [], 'the server answered no error')
    assert.ok(load.acknowledged() > kills * 20, `enough was written: ${load.acknowledged()}`)
    context.diagnostic(`${load.acknowledged()} acknowledged writes`)
    await coffer.kill('SIGKILL')
    const check = await runCofferCommand(['check', '--data', coffer.folder])
    assert.equal(check.exitCode, 0, check.output)
  } finally {
    await coffer.stop()
  }
})
