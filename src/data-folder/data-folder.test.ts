import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { OperatorError } from '../foundation/operator-error.ts'
import { systemRandom as random } from '../foundation/random.ts'
import { administratorKey } from './administrator-key.ts'
import { type DataFolder, openDataFolder, openExistingDataFolder } from './data-folder.ts'

const temporary = () => join(mkdtempSync(join(tmpdir(), 'coffer-folder-')), 'data')
const open = (path: string) => openDataFolder({ path, random, processId: process.pid })
const hexOf = ({ rootKey }: DataFolder) => rootKey.export().toString('hex')

test('a new folder has a key of its own, which stays', async () => {
  const path = temporary()
  const first = await open(path)
  const key = hexOf(first)
  assert.match(key, /^[0-9a-f]{64}$/)
  await first.release()
  const again = await open(path)
  assert.equal(hexOf(again), key)
  await again.release()
  assert.equal(statSync(path).mode & 0o777, 0o700)
  assert.equal(statSync(join(path, 'root.key')).mode & 0o777, 0o600)
  const other = await open(temporary())
  assert.notEqual(hexOf(other), key)
  await other.release()
})

test('a lost or spoilt root key is never replaced', async () => {
  const path = temporary()
  await (await open(path)).release()
  writeFileSync(join(path, 'pages.db'), '')
  rmSync(join(path, 'root.key'))
  await assert.rejects(open(path), /root\.key is missing, and without it the data beside it cannot be opened/)
  writeFileSync(join(path, 'root.key'), 'abc', { mode: 0o600 })
  await assert.rejects(open(path), /root\.key is not a root key/)
  writeFileSync(join(path, 'root.key'), 'a'.repeat(64))
  chmodSync(join(path, 'root.key'), 0o644)
  await assert.rejects(open(path), /chmod 600/)
  chmodSync(join(path, 'root.key'), 0o600)
  await (await open(path)).release()
})

test('a folder is looked into only where there is data', async () => {
  const path = temporary()
  const existing = { path, random, processId: process.pid }
  await assert.rejects(openExistingDataFolder(existing), /there is no data in/)
  await (await open(path)).release()
  await assert.rejects(openExistingDataFolder(existing), /there is no data in/)
  writeFileSync(join(path, 'pages.db'), '')
  await (await openExistingDataFolder(existing)).release()
})

test('a second holder is refused, in the same process too', async () => {
  const path = temporary()
  const held = await open(path)
  await assert.rejects(open(path), (error: Error) => {
    assert.ok(error instanceof OperatorError)
    assert.match(error.message, new RegExp(`another Coffer \\(process ${process.pid}\\) has the data folder`))
    return true
  })
  await held.release()
  await (await open(path)).release()
})

test('the lock goes with the process that held it, even by kill -9', async () => {
  const path = temporary()
  const holder = `
    import { openDataFolder } from ${JSON.stringify(new URL('./data-folder.ts', import.meta.url).href)}
    import { systemRandom as random } from ${JSON.stringify(new URL('../foundation/random.ts', import.meta.url).href)}
    globalThis.held = await openDataFolder({ path: ${JSON.stringify(path)}, random, processId: process.pid })
    process.stdout.write('held')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', holder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  await assert.rejects(open(path), new RegExp(`process ${child.pid}`))
  child.kill('SIGKILL')
  await once(child, 'exit')
  await (await open(path)).release()
})

test("the administrator's key is made once, in the form of AWS keys", async () => {
  const path = temporary()
  await (await open(path)).release()
  const key = await administratorKey(path, random)
  assert.match(key.accessKeyId, /^AKIA[A-Z2-7]{16}$/)
  assert.match(key.secretAccessKey, /^[A-Za-z0-9+/]{40}$/)
  assert.deepEqual(await administratorKey(path, random), key)
  const file = join(path, 'credentials')
  assert.equal(statSync(file).mode & 0o777, 0o600)
  const text = readFileSync(file, 'utf8')
  assert.match(text, new RegExp(`^\\[default\\]\\naws_access_key_id = ${key.accessKeyId}$`, 'm'))
})

test('a credentials file that people changed is read, and its secret never shown', async () => {
  const path = temporary()
  await (await open(path)).release()
  const file = join(path, 'credentials')
  const write = (text: string) => writeFileSync(file, text, { mode: 0o600 })
  write(
    '[other]\naws_access_key_id=AKIAOTHEROTHEROTHER\n\n[default]\n aws_access_key_id=AKIAMINEMINEMINEMINE\naws_secret_access_key=s\n',
  )
  assert.deepEqual(await administratorKey(path, random), {
    accessKeyId: 'AKIAMINEMINEMINEMINE',
    secretAccessKey: 's',
  })
  for (const text of ['', '[default]\naws_secret_access_key = hidden', '[other]\naws_secret_access_key = hidden']) {
    write(text)
    await assert.rejects(administratorKey(path, random), (error: Error) => {
      assert.match(error.message, /has no profile \[default\]/)
      assert.doesNotMatch(error.message, /hidden/)
      return true
    })
  }
  chmodSync(file, 0o640)
  await assert.rejects(administratorKey(path, random), /chmod 600/)
})
