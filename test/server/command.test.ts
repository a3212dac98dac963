/** The command as people meet it: a child process, its words, its exit codes. */
import assert from 'node:assert/strict'
import { getFips } from 'node:crypto'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort, type RunningCoffer, runCoffer, runCofferCommand } from '../run-coffer.ts'
import { signedRequest } from './signed-request.ts'
import { exchange } from './wire.ts'

let coffer: RunningCoffer
before(async () => {
  coffer = await runCoffer()
})
after(() => coffer.stop())

const noStack = (output: string) => assert.doesNotMatch(output, /^\s+at /m)

test('it says where it listens, how clients find the keys, and what to try', async () => {
  // /ready may answer a moment before the last line is printed.
  for (let tries = 0; tries < 100 && !coffer.output().includes('list-tables'); tries++) await sleep(50)
  const output = coffer.output()
  for (const line of [
    `  HTTPS  https://localhost:${coffer.httpsPort}`,
    `  HTTP   http://127.0.0.1:${coffer.httpPort} (this machine only)`,
    `  export AWS_SHARED_CREDENTIALS_FILE=${coffer.credentialsFile}`,
    `  export AWS_CA_BUNDLE=${coffer.caFile}`,
    `  export NODE_EXTRA_CA_CERTS=${coffer.caFile}`,
    `  export AWS_ENDPOINT_URL_DYNAMODB=https://localhost:${coffer.httpsPort}`,
    `  aws dynamodb list-tables --endpoint-url https://localhost:${coffer.httpsPort} --region us-east-1`,
  ]) {
    assert.ok(output.includes(`${line}\n`), line)
  }
})

test('it is ready within a second, or little more on a busy machine', () => {
  assert.ok(coffer.readyAfterMs() < 3000, `${coffer.readyAfterMs()} ms`)
})

test('no secret is in what it says', () => {
  const rootKey = readFileSync(join(coffer.folder, 'root.key'), 'utf8').trim()
  for (const secret of [coffer.credentials.secretAccessKey, rootKey]) assert.ok(!coffer.output().includes(secret))
})

test('the folder and the secrets in it are for the owner alone', () => {
  const modeOf = (...name: string[]) => statSync(join(coffer.folder, ...name)).mode & 0o777
  assert.equal(modeOf(), 0o700)
  for (const name of ['root.key', 'credentials', 'tls/ca.key', 'tls/server.key']) assert.equal(modeOf(name), 0o600)
})

test('the key that it wrote opens it, another does not', async () => {
  const list = (secretAccessKey: string) =>
    exchange(
      coffer.httpPort,
      signedRequest({ operation: 'ListTables', body: '{}', ...coffer.credentials, secretAccessKey }),
    )
  const answer = await list(coffer.credentials.secretAccessKey)
  assert.deepEqual([answer.status, answer.body.toString()], [200, '{"TableNames":[]}'])
  assert.match((await list('wrong')).body.toString(), /InvalidSignatureException/)
})

test('a second server on the folder is refused and told who holds it', async () => {
  const ports = ['--http-port', '0', '--https-port', '0']
  for (const command of [['serve', ...ports], ['check']]) {
    const { exitCode, output } = await runCofferCommand([...command, '--data', coffer.folder])
    assert.equal(exitCode, 1)
    assert.match(output, new RegExp(`coffer: another Coffer \\(process ${coffer.pid()}\\) has the data folder`))
    noStack(output)
  }
})

test('a port that is taken is named', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'coffer-port-')), 'data')
  const taken = ['--https-port', '0', '--http-port', String(coffer.httpPort)]
  const { exitCode, output } = await runCofferCommand(['serve', '--data', folder, ...taken])
  assert.equal(exitCode, 1)
  assert.match(
    output,
    new RegExp(
      `cannot listen on 127\\.0\\.0\\.1:${coffer.httpPort}: another process listens there already; choose another with --http-port`,
    ),
  )
  noStack(output)
})

test('wrong settings are refused with all that is wrong, exit code 2, and nothing made', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'coffer-wrong-')), 'data')
  const { exitCode, output } = await runCofferCommand([
    'serve',
    '--data',
    folder,
    '--cahce',
    '1',
    '--http-host',
    '0.0.0.0',
  ])
  assert.equal(exitCode, 2)
  assert.match(output, /coffer: flag --cahce: there is no setting "cahce"/)
  assert.match(output, /coffer: flag --http-host: "0\.0\.0\.0" is not allowed/)
  noStack(output)
  assert.equal(existsSync(folder), false)
})

test('help, version, and words that are no command', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  assert.deepEqual(await runCofferCommand(['version']), { exitCode: 0, output: `${version}\n` })
  assert.deepEqual(await runCofferCommand(['--version']), { exitCode: 0, output: `${version}\n` })
  for (const args of [['--help'], ['help'], ['-h']]) {
    const { exitCode, output } = await runCofferCommand(args)
    assert.equal(exitCode, 0)
    assert.match(output, /Usage: coffer <command>[\s\S]*serve[\s\S]*check[\s\S]*version/)
  }
  for (const args of [
    ['help', 'serve'],
    ['serve', '--help'],
  ]) {
    const { exitCode, output } = await runCofferCommand(args)
    assert.equal(exitCode, 0)
    assert.match(output, /--https-port <port> +the HTTPS port \(8443\)/)
  }
  for (const args of [[], ['sevre'], ['help', 'sevre']]) assert.equal((await runCofferCommand(args)).exitCode, 2)
})

test('SIGTERM and SIGINT end it cleanly, and its data and keys are there again', async () => {
  const other = await runCoffer()
  const table = JSON.stringify({
    TableName: 'Kept',
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  })
  const call = (operation: string, body: string) =>
    exchange(other.httpPort, signedRequest({ operation, body, ...other.credentials }))
  try {
    assert.equal((await call('CreateTable', table)).status, 200)
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGKILL'] as const) {
      await other.kill(signal)
      if (signal !== 'SIGKILL') {
        assert.match(other.output(), /"message":"stopped"/)
        assert.equal(existsSync(join(other.folder, 'lock.pid')), false)
      }
      const checked = await runCofferCommand(['check', '--data', other.folder])
      assert.deepEqual([checked.exitCode, checked.output.includes('No faults.')], [0, true], checked.output)
      await other.restart()
      assert.equal((await call('ListTables', '{}')).body.toString(), '{"TableNames":["Kept"]}')
    }
  } finally {
    await other.stop()
  }
})

test('a root key that others could read stops the start, with the way out', async () => {
  const other = await runCoffer()
  try {
    await other.kill('SIGTERM')
    const path = join(other.folder, 'root.key')
    chmodSync(path, 0o644)
    await assert.rejects(other.restart(), (error: Error) => {
      assert.match(
        error.message,
        new RegExp(`coffer: ${path} is open to others \\(mode 644\\); close it with: chmod 600`),
      )
      return true
    })
    chmodSync(path, 0o600)
    await other.restart()
  } finally {
    await other.stop()
  }
})

test('a key that is not the key of the store is refused', async () => {
  const other = await runCoffer()
  try {
    await other.kill('SIGTERM')
    rmSync(join(other.folder, 'root.key'))
    symlinkSync(join(coffer.folder, 'root.key'), join(other.folder, 'root.key'))
    const { exitCode, output } = await runCofferCommand(['check', '--data', other.folder])
    assert.equal(exitCode, 1)
    noStack(output)
    assert.match(output, /^coffer: the store in .* does not open: .*root\.key is not the key that it was made with$/m)
  } finally {
    await other.stop()
  }
})

test('check says so when there is nothing to check, and makes nothing', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'coffer-none-')), 'data')
  const { exitCode, output } = await runCofferCommand(['check', '--data', folder])
  assert.deepEqual([exitCode, output], [1, `coffer: there is no data in ${folder}\n`])
  assert.equal(existsSync(folder), false)
})

test('--no-http leaves HTTPS only', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'coffer-nohttp-')), 'data')
  const port = await freePort()
  // Without HTTP nothing answers /ready on it, so the runner gives up; what the server said remains.
  await assert.rejects(
    runCoffer({ folder, args: ['--no-http', '--https-port', String(port)], readyWithinMs: 1500 }),
    (error: Error) => {
      assert.ok(error.message.includes(`HTTPS  https://localhost:${port}\n  Data`), error.message)
      return true
    },
  )
})

test('--fips is the FIPS provider or no start at all', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'coffer-fips-')), 'data')
  const { output } = await runCofferCommand(['serve', '--fips', '--data', folder, '--https-port', 'x'])
  assert.match(output, /https-port/)
  if (getFips() === 1) return
  const refused = await runCofferCommand(['serve', '--fips', '--data', folder])
  assert.equal(refused.exitCode, 1)
  assert.match(refused.output, /^coffer: the OpenSSL of this Node has no FIPS provider; install one/)
  assert.equal(existsSync(folder), false)
})
