/** A data folder that cannot be made or used: the start fails at once, with a message that names it. */
import assert from 'node:assert/strict'
import { chmod, chown, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { CofferDidNotStart, type RunCofferOptions, runCoffer } from '../run-coffer.ts'

/** Root is bound by no permission, so the server runs as `nobody` there. */
const nobody = 65_534
const asRoot = process.getuid?.() === 0
const identity: RunCofferOptions = asRoot ? { uid: nobody, gid: nobody } : {}
let parent: string

before(async () => {
  parent = await mkdtemp(join(tmpdir(), 'coffer-unwritable-'))
  await chmod(parent, 0o755)
})
after(async () => {
  await chmod(parent, 0o755)
  await rm(parent, { recursive: true, force: true })
})

async function refusedStart(folder: string): Promise<string> {
  try {
    const coffer = await runCoffer({ ...identity, folder, readyWithinMs: 10_000 })
    await coffer.stop()
  } catch (error) {
    assert.ok(error instanceof CofferDidNotStart)
    assert.ok((error.exitCode ?? 0) > 0, 'it ends by itself, with a code')
    assert.doesNotMatch(error.output, /\n\s+at .*:\d+:\d+/, 'no stack trace')
    return error.output
  }
  assert.fail('the server started')
}

test('a folder that may not be created', async () => {
  const closed = join(parent, 'closed')
  await mkdir(closed)
  await chmod(closed, 0o555)
  const folder = join(closed, 'coffer-data')
  const output = await refusedStart(folder)
  assert.ok(output.includes(folder), output)
  assert.match(output, /permission|EACCES/i)
})

test('a folder that belongs to another and may not be written', async () => {
  const folder = join(parent, 'readable-only')
  await mkdir(folder)
  await chmod(folder, 0o500)
  if (asRoot) await chown(folder, nobody, nobody)
  const output = await refusedStart(folder)
  assert.ok(output.includes(folder), output)
  assert.match(output, /permission|EACCES/i)
})
