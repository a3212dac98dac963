/** `aws iam` and `aws sts`, unmodified, over HTTPS with the credentials file and the CA that Coffer wrote. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { type RunningCoffer, runCoffer } from '../run-coffer.ts'

const run = promisify(execFile)
const present = await run('aws', ['--version']).then(
  () => true,
  () => false,
)
const skip = present ? false : 'the AWS CLI is not installed (on Debian: apt-get install awscli)'

let coffer: RunningCoffer
let scratch: string

before(async () => {
  if (!present) return
  coffer = await runCoffer()
  scratch = await mkdtemp(join(tmpdir(), 'coffer-cli-iam-'))
})
after(async () => {
  await coffer?.stop()
  if (scratch !== undefined) await rm(scratch, { recursive: true, force: true })
})

type Answer = Readonly<Record<string, unknown>>

async function aws(args: readonly string[], keys: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const { stdout } = await run('aws', [...args, '--endpoint-url', coffer.httpsEndpoint, '--output', 'json'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: scratch,
      AWS_SHARED_CREDENTIALS_FILE: coffer.credentialsFile,
      AWS_CONFIG_FILE: join(scratch, 'no-config'),
      AWS_CA_BUNDLE: coffer.caFile,
      AWS_DEFAULT_REGION: coffer.region,
      AWS_PAGER: '',
      AWS_MAX_ATTEMPTS: '1',
      ...keys,
    },
  })
  return stdout.trim() === '' ? {} : (JSON.parse(stdout) as Answer)
}

test('a user, a role, and the role assumed, by the CLI', { skip }, async () => {
  const who = await aws(['sts', 'get-caller-identity'])
  assert.equal(who['Arn'], 'arn:aws:iam::000000000000:root')
  await aws(['iam', 'create-user', '--user-name', 'cli', '--tags', 'Key=desk,Value=fx'])
  const trust =
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:user/cli"},"Action":"sts:AssumeRole"}}'
  const made = await aws(['iam', 'create-role', '--role-name', 'cli-role', '--assume-role-policy-document', trust])
  // The CLI decodes documents by itself.
  assert.deepEqual((made['Role'] as Answer)['AssumeRolePolicyDocument'], JSON.parse(trust))
  await aws([
    ...['iam', 'attach-role-policy', '--role-name', 'cli-role'],
    ...['--policy-arn', 'arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess'],
  ])
  const key = (await aws(['iam', 'create-access-key', '--user-name', 'cli']))['AccessKey'] as Record<string, string>
  const user = {
    AWS_ACCESS_KEY_ID: key['AccessKeyId'] ?? '',
    AWS_SECRET_ACCESS_KEY: key['SecretAccessKey'] ?? '',
  }
  const assumed = await aws(
    ['sts', 'assume-role', '--role-arn', 'arn:aws:iam::000000000000:role/cli-role', '--role-session-name', 'shell'],
    user,
  )
  const session = assumed['Credentials'] as Record<string, string>
  const keys = {
    AWS_ACCESS_KEY_ID: session['AccessKeyId'] ?? '',
    AWS_SECRET_ACCESS_KEY: session['SecretAccessKey'] ?? '',
    AWS_SESSION_TOKEN: session['SessionToken'] ?? '',
  }
  assert.deepEqual((await aws(['dynamodb', 'list-tables'], keys))['TableNames'], [])
  await assert.rejects(aws(['dynamodb', 'list-tables'], user), /AccessDeniedException/)
  await assert.rejects(aws(['iam', 'get-user', '--user-name', 'none']), /NoSuchEntity.*cannot be found/)
  const summary = await aws(['iam', 'get-account-summary'])
  assert.equal((summary['SummaryMap'] as Record<string, number>)['Users'], 1)
})
