import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeSecretFolder, readIfThere, readSecret, removeFile, writeDurably } from './durable-files.ts'
import { OperatorError } from './operator-error.ts'

const temporary = () => mkdtempSync(join(tmpdir(), 'coffer-files-'))
const modeOf = (path: string) => statSync(path).mode & 0o777

test('a folder is made for its owner alone, and one that exists is left alone', async () => {
  const folder = join(temporary(), 'a', 'b')
  await makeSecretFolder(folder)
  assert.equal(modeOf(folder), 0o700)
  chmodSync(folder, 0o755)
  await makeSecretFolder(folder)
  assert.equal(modeOf(folder), 0o755)
  const file = join(folder, 'file')
  writeFileSync(file, '')
  await assert.rejects(makeSecretFolder(file), OperatorError)
})

test('a file is replaced as a whole, with the mode asked for and nothing left beside it', async () => {
  const folder = temporary()
  const path = join(folder, 'secret')
  await writeDurably(path, 'one', 0o600)
  writeFileSync(join(folder, '.secret.new'), 'what a crash left')
  await writeDurably(path, 'two', 0o644)
  assert.deepEqual([readFileSync(path, 'utf8'), modeOf(path), readdirSync(folder)], ['two', 0o644, ['secret']])
})

test('a place that cannot be written is named with the reason', async () => {
  const path = join(temporary(), 'missing', 'file')
  await assert.rejects(writeDurably(path, 'x', 0o600), (error: Error) => {
    assert.ok(error instanceof OperatorError)
    assert.equal(error.message, `cannot write ${path}: no such file or folder`)
    return true
  })
})

test('a secret that others may read is refused with the way to close it', async () => {
  const path = join(temporary(), 'secret')
  assert.equal(await readSecret(path), undefined)
  await writeDurably(path, 'x', 0o600)
  assert.equal(await readSecret(path), 'x')
  for (const mode of [0o640, 0o604, 0o602, 0o610]) {
    chmodSync(path, mode)
    await assert.rejects(readSecret(path), (error: Error) => {
      assert.equal(
        error.message,
        `${path} is open to others (mode ${mode.toString(8)}); close it with: chmod 600 ${path}`,
      )
      return true
    })
  }
})

test('absent files are no errors where absence is an answer', async () => {
  const path = join(temporary(), 'nothing')
  await removeFile(path)
  assert.equal(await readIfThere(path), undefined)
  await assert.rejects(readIfThere(tmpdir()), /cannot read .*: it is a folder, not a file/)
})
