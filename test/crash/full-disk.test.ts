/** No space left: writes fail with a clean error, reads go on, nothing acknowledged is lost, and space brings recovery. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type RunningCoffer, runCoffer, runCofferCommand } from '../run-coffer.ts'
import { createLedger, seededRandom, type WriteLoad, writeLoad } from './acknowledged-writes.ts'
import { clientOf } from './crash-client.ts'

const run = promisify(execFile)
const MiB = 2 ** 20
const fullWithinMs = 20_000

function bigLoad(): WriteLoad {
  return writeLoad({ workers: 16, keysPerWorker: 400, valueCharactersMax: 60_000, random: seededRandom(1) })
}

/** Writes until the server refuses, sees that it still reads, makes room, and sees that it writes again. */
async function fillAndRecover(coffer: RunningCoffer, makeRoom: () => Promise<unknown>, context: TestContext) {
  const load = bigLoad()
  const client = clientOf(coffer)
  await createLedger(client)
  load.start(client)
  const deadline = performance.now() + fullWithinMs
  while (load.errors().size === 0 && performance.now() < deadline) await sleep(20)
  await sleep(300)
  await load.stop()
  assert.deepEqual([...load.errors().keys()], ['InternalServerError 500'], `the server's log: ${coffer.output()}`)
  const acknowledgedWhenFull = load.acknowledged()
  await load.verify(client)

  await makeRoom()
  load.start(client)
  const recoveryDeadline = performance.now() + fullWithinMs
  while (load.acknowledged() < acknowledgedWhenFull + 50 && performance.now() < recoveryDeadline) await sleep(20)
  await load.stop()
  assert.ok(load.acknowledged() >= acknowledgedWhenFull + 50, 'writes go on once there is room')
  await load.verify(client)
  context.diagnostic(`${acknowledgedWhenFull} writes acknowledged before, ${load.acknowledged()} in all`)

  await coffer.kill('SIGKILL')
  await coffer.restart({ through: [] })
  await load.verify(client)
  client.destroy()
  await coffer.kill('SIGTERM')
  const check = await runCofferCommand(['check', '--data', coffer.folder])
  assert.equal(check.exitCode, 0, check.output)
}

test('a full file system', { timeout: 120_000 }, async (context) => {
  const mountPoint = await mkdtemp(join(tmpdir(), 'coffer-full-'))
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', mountPoint])
  } catch {
    await rm(mountPoint, { recursive: true, force: true })
    return context.skip('this test mounts a small tmpfs, which needs root on Linux')
  }
  try {
    const ballast = join(mountPoint, 'ballast')
    await writeFile(ballast, Buffer.alloc(24 * MiB))
    const coffer = await runCoffer({ folder: join(mountPoint, 'coffer-data') })
    try {
      await fillAndRecover(coffer, () => rm(ballast), context)
    } finally {
      await coffer.stop()
    }
  } finally {
    await run('umount', ['-l', mountPoint])
    await rm(mountPoint, { recursive: true, force: true })
  }
})

test('a limit on the size of files', { timeout: 120_000 }, async (context) => {
  const prlimit = await run('prlimit', ['--version']).then(
    () => true,
    () => false,
  )
  if (!prlimit) return context.skip('this test needs the command prlimit of util-linux')
  // Ignored here, SIGXFSZ is ignored in the server too: a write beyond the limit then fails with EFBIG.
  const coffer = await runCoffer({
    through: ['bash', '-c', `trap '' XFSZ; ulimit -S -f ${16 * 1024}; exec "$@"`, 'bash'],
  })
  try {
    const lift = () => run('prlimit', ['--pid', String(coffer.pid()), '--fsize=unlimited'])
    await fillAndRecover(coffer, lift, context)
  } finally {
    await coffer.stop()
  }
})
