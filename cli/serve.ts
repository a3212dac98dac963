/** `coffer serve`: runs the server until a signal ends it. */
import { resolve } from 'node:path'
import process from 'node:process'
import { systemClock } from '../src/foundation/clock.ts'
import { jsonLog, type Log } from '../src/foundation/log.ts'
import { type RunningCoffer, startCoffer } from '../src/main.ts'
import { readSettings, type Settings } from '../src/settings.ts'
import { packageVersion } from './version.ts'

const defectExitCode = 70
const interruptedExitCode = 130

export async function serve(flags: readonly string[]): Promise<number> {
  const settings = await readSettings({ arguments: flags, environment: process.env })
  const log = jsonLog({ level: settings.logLevel, clock: systemClock })
  endOnDefects(log)
  const stopped = untilSignal()
  const coffer = await startCoffer(settings, { log })
  process.stdout.write(welcome(await packageVersion(), settings, coffer))
  log.info('stopping', { signal: await stopped })
  process.once('SIGINT', () => process.exit(interruptedExitCode))
  await coffer.close()
  log.info('stopped')
  return 0
}

function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve)
  })
}

/** A process whose state nobody can vouch for must not go on; the store is safe at every moment. */
function endOnDefects(log: Log): void {
  const end = (error: unknown) => {
    log.error('a defect ends the server', { error })
    process.exit(defectExitCode)
  }
  process.on('uncaughtException', end)
  process.on('unhandledRejection', end)
}

function welcome(version: string, settings: Settings, coffer: RunningCoffer): string {
  const https =
    coffer.httpsPort === undefined ? undefined : `https://${reachableHost(settings.host)}:${coffer.httpsPort}`
  const plain = settings.http && `http://${urlHost(settings.http.host)}:${coffer.httpPort}`
  const endpoint = https ?? plain ?? 'https://<a private endpoint>'
  const http = plain === undefined ? '' : `\n  HTTP   ${plain} (this machine only)`
  const authority =
    coffer.authorityFile === undefined
      ? ''
      : `
  export AWS_CA_BUNDLE=${shellWord(coffer.authorityFile)}
  export NODE_EXTRA_CA_CERTS=${shellWord(coffer.authorityFile)}`
  return `Coffer ${version} is ready.

  HTTPS  ${https ?? 'private endpoints only'}${http}
  Data   ${resolve(settings.dataFolder)}

For AWS SDKs and the AWS CLI in your shell:

  export AWS_SHARED_CREDENTIALS_FILE=${shellWord(coffer.credentialsFile)}${authority}
  export AWS_ENDPOINT_URL_DYNAMODB=${endpoint}
  export AWS_REGION=${settings.region} AWS_DEFAULT_REGION=${settings.region}

Try:

  aws dynamodb list-tables --endpoint-url ${endpoint} --region ${settings.region}

`
}

/** A name that the certificate bears. */
function reachableHost(host: string): string {
  return host === '127.0.0.1' || host === '0.0.0.0' || host === '::' ? 'localhost' : urlHost(host)
}

function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

/** The absolute path, quoted where a shell would take it apart. */
function shellWord(path: string): string {
  const absolute = resolve(path)
  return /^[\w./-]+$/.test(absolute) ? absolute : `'${absolute.replaceAll("'", "'\\''")}'`
}
