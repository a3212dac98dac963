/** Runs the AWS CLI, unmodified (version 1 or 2), with the credentials file and the CA that Coffer wrote. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { RunningCoffer } from '../run-coffer.ts'

const run = promisify(execFile)

const present = await run('aws', ['--version']).then(
  () => true,
  () => false,
)

/** Why tests are skipped; false where it is installed. */
export const awsCliMissing = present ? false : 'the AWS CLI is not installed (on Debian: apt-get install awscli)'

/** Runs `aws dynamodb …`, or another service's, over HTTPS, or over the endpoint given, and returns its JSON. */
export async function awsCli(
  coffer: RunningCoffer,
  args: readonly string[],
  endpoint = coffer.httpsEndpoint,
  service = 'dynamodb',
): Promise<Record<string, unknown>> {
  const { stdout } = await run('aws', [service, ...args, '--endpoint-url', endpoint, '--output', 'json'], {
    env: {
      ...process.env,
      AWS_SHARED_CREDENTIALS_FILE: coffer.credentialsFile,
      AWS_CONFIG_FILE: join(coffer.folder, 'no-config'),
      AWS_CA_BUNDLE: coffer.caFile,
      AWS_DEFAULT_REGION: coffer.region,
      AWS_PAGER: '',
      AWS_MAX_ATTEMPTS: '1',
    },
  })
  return stdout.trim() === '' ? {} : (JSON.parse(stdout) as Record<string, unknown>)
}
