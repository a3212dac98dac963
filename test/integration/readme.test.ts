/** The README's examples, run as pasted: only the folder and the port are this test's own. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type RunningCoffer, runCoffer } from '../run-coffer.ts'

const run = promisify(execFile)
const project = fileURLToPath(new URL('../..', import.meta.url))
const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
const blocks = [...readme.matchAll(/```sh\n(.*?)```/gs)].map((match) => match[1] ?? '')
let coffer: RunningCoffer

before(async () => {
  coffer = await runCoffer()
})
after(() => coffer?.stop())

function block(containing: string): string {
  const found = blocks.filter((text) => text.includes(containing))
  assert.equal(found.length, 1, `one block has ${containing}`)
  return (found[0] ?? '').replaceAll('$PWD/coffer-data', coffer.folder).replaceAll('8443', String(coffer.httpsPort))
}

/** Runs the exports and then the block, in an environment without settings of AWS's. */
async function paste(containing: string): Promise<string> {
  const script = `${block('export AWS_SHARED_CREDENTIALS_FILE')}\n${block(containing)}`
  const bare = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')))
  const { stdout } = await run('bash', ['-e', '-c', script], { cwd: project, env: bare })
  return stdout
}

test('the start is two commands', () => {
  assert.ok(blocks.includes('npm ci && npm start\n'))
})

test('the SDK example prints the item', async () => {
  const output = await paste("from '@aws-sdk/client-dynamodb'")
  assert.match(output, /bonjour/)
})

test('the CLI example prints both items, after kill -9 too', async (context) => {
  const present = await run('aws', ['--version']).then(
    () => true,
    () => false,
  )
  if (!present) return context.skip('the AWS CLI is not installed (on Debian: apt-get install awscli)')
  const output = await paste('aws dynamodb')
  assert.match(output, /guten Tag/)
  assert.match(output, /bonjour/)
  await coffer.kill('SIGKILL')
  await coffer.restart()
  assert.match(await paste('aws dynamodb'), /bonjour/)
})
