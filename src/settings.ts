/**
 * Settings: read once, from flags, the environment and a file, and then frozen. A flag counts more than the environment,
 * and that more than the file; what is wrong anywhere is refused, even where something else would count more.
 */
import type { PartitionLimits } from './engine/partitions/partition-limits.ts'
import type { LogLevel } from './foundation/log.ts'
import { OperatorError } from './foundation/operator-error.ts'
import {
  flagsWithoutValue,
  type SettingName,
  type SettingText,
  settingNames,
  settingsSchema,
} from './settings/setting-definitions.ts'
import { readSettingsFile } from './settings/settings-file.ts'

export interface Settings {
  readonly dataFolder: string
  /** Where HTTPS listens. */
  readonly host: string
  /** 0: any free port. */
  readonly httpsPort: number
  /** Undefined: no plain HTTP. The host is a loopback address. */
  readonly http: { readonly host: string; readonly port: number } | undefined
  /** 12 digits. */
  readonly accountId: string
  readonly region: string
  readonly cacheBytes: number
  /** Browser origins that may call; `*` for all. Empty: CORS is off. */
  readonly corsOrigins: readonly string[]
  readonly logLevel: LogLevel
  readonly tableTransitionMs: number
  /** PEM files of the operator's own certificate; undefined: the local CA's. */
  readonly tls: { readonly certificateFile: string; readonly keyFile: string } | undefined
  readonly tlsMinVersion: 'TLSv1.2' | 'TLSv1.3'
  /** OpenSSL's list; undefined: Node's own. */
  readonly tlsCiphers: string | undefined
  /** Undefined: clients are asked for no certificate. */
  readonly tlsClients:
    | {
        readonly authoritiesFile: string
        readonly required: boolean
        readonly principalsFile: string | undefined
      }
    | undefined
  /** What the operator says of OpenID Connect providers; undefined: nothing beyond IAM. */
  readonly identityProvidersFile: string | undefined
  /** The organisation's guardrails; undefined: the account is in none. */
  readonly organizationFile: string | undefined
  /** The networks (VPCs) that private endpoints may be made in; undefined: none. */
  readonly networksFile: string | undefined
  /** False: no HTTPS but through private endpoints. */
  readonly public: boolean
  /** CIDR ranges of proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[]
  /** Cryptography by OpenSSL's FIPS provider alone. */
  readonly fips: boolean
  /** Over all listeners. */
  readonly connectionsMax: number
  readonly partitionLimits: PartitionLimits
}

/** One line for each thing that is wrong. */
export class SettingsError extends OperatorError {
  override readonly name = 'SettingsError'
}

export interface SettingsSources {
  /** What follows the command's name. */
  readonly arguments: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** SettingsError that lists everything that is wrong, each with its place and with what is allowed. */
export async function readSettings(sources: SettingsSources): Promise<Settings> {
  const faults: string[] = []
  const flags = settingsOfArguments(sources.arguments, faults)
  const environment = settingsOfEnvironment(sources.environment)
  const configured = [...environment, ...flags].findLast(namesFile)
  const file = configured === undefined ? [] : await readSettingsFile(configured.text)
  return settingsOf([...file, ...[...environment, ...flags].filter((text) => !namesFile(text))], faults)
}

/** Names the settings file; not a setting itself, so a file cannot name another. */
const configName = 'config'
const namesFile = ({ name }: SettingText) => name === configName
const environmentPrefix = 'COFFER_'

/** Checks every text; of several with one name the last counts. */
export function settingsOf(texts: readonly SettingText[], faults: readonly string[] = []): Settings {
  const found = [...faults]
  const chosen: Partial<Record<SettingName, string>> = {}
  const places: Partial<Record<SettingName, string>> = {}
  for (const { name, text, where } of texts) {
    if (!isSettingName(name)) {
      found.push(`${where}: there is no setting "${name}"; there are ${settingNames.join(', ')}`)
      continue
    }
    const { success } = settingsSchema.shape[name].safeParse(text)
    if (!success) found.push(`${where}: "${text}" is not allowed for ${name}; it must be ${allowedFor(name)}`)
    chosen[name] = text
    places[name] = where
  }
  for (const [one, other] of companions) {
    if (chosen[one] !== undefined && chosen[one] !== 'false' && chosen[other] === undefined) {
      found.push(`${places[one]}: ${one} needs ${other} beside it`)
    }
  }
  const parsed = settingsSchema.safeParse(chosen)
  if (found.length > 0 || !parsed.success) throw new SettingsError(found.join('\n'))
  return frozen(parsed.data)
}

/** What makes sense only beside another setting. */
const companions = [
  ['tls-cert', 'tls-key'],
  ['tls-key', 'tls-cert'],
  ['tls-client-certificates', 'tls-client-ca'],
  ['tls-client-principals', 'tls-client-ca'],
  ['no-public', 'networks'],
] as const

function frozen(values: ReturnType<typeof settingsSchema.parse>): Settings {
  const certificateFile = values['tls-cert']
  const keyFile = values['tls-key']
  const clientAuthorities = values['tls-client-ca']
  return Object.freeze({
    dataFolder: values.data,
    host: values.host,
    httpsPort: values['https-port'],
    http: values['no-http'] ? undefined : Object.freeze({ host: values['http-host'], port: values['http-port'] }),
    accountId: values.account,
    region: values.region,
    cacheBytes: values.cache,
    corsOrigins: Object.freeze(values.cors),
    logLevel: values['log-level'],
    tableTransitionMs: values['table-transition-delay'],
    tls:
      certificateFile === undefined || keyFile === undefined ? undefined : Object.freeze({ certificateFile, keyFile }),
    tlsMinVersion: values['tls-min-version'],
    tlsCiphers: values['tls-ciphers'],
    tlsClients:
      clientAuthorities === undefined
        ? undefined
        : Object.freeze({
            authoritiesFile: clientAuthorities,
            required: values['tls-client-certificates'] === 'required',
            principalsFile: values['tls-client-principals'],
          }),
    identityProvidersFile: values['identity-providers'],
    organizationFile: values.organization,
    networksFile: values.networks,
    public: !values['no-public'],
    trustedProxies: Object.freeze(values['trusted-proxies']),
    fips: values.fips,
    connectionsMax: values['max-connections'],
    partitionLimits: Object.freeze({
      readUnitsPerSecond: values['partition-read-units'],
      writeUnitsPerSecond: values['partition-write-units'],
      bytes: values['partition-bytes'],
      heatMs: values['partition-heat-time'],
    }),
  })
}

function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(settingsSchema.shape, name)
}

function allowedFor(name: SettingName): string {
  return settingsSchema.shape[name].description ?? ''
}

/** `--name value`, `--name=value`, and `--name` alone where that means true. */
function settingsOfArguments(given: readonly string[], faults: string[]): readonly SettingText[] {
  const texts: SettingText[] = []
  for (let position = 0; position < given.length; position++) {
    const argument = given[position] ?? ''
    if (!argument.startsWith('--')) {
      faults.push(`"${argument}": a flag was expected here, such as --data`)
      continue
    }
    const equals = argument.indexOf('=')
    const name = argument.slice(2, equals === -1 ? undefined : equals)
    const where = `flag --${name}`
    const next = given[position + 1]
    if (equals !== -1) {
      texts.push({ name, text: argument.slice(equals + 1), where })
    } else if (flagsWithoutValue.some((flag) => flag === name)) {
      texts.push({ name, text: 'true', where })
    } else if (next !== undefined && !next.startsWith('--')) {
      texts.push({ name, text: next, where })
      position++
    } else if (isSettingName(name)) {
      faults.push(`${where}: it needs a value: ${allowedFor(name)}`)
    } else if (name === configName) {
      faults.push(`${where}: it needs a value: the path of a settings file`)
    } else {
      texts.push({ name, text: '', where })
    }
  }
  return texts
}

function settingsOfEnvironment(environment: SettingsSources['environment']): readonly SettingText[] {
  return Object.entries(environment).flatMap(([variable, text]) => {
    if (!variable.startsWith(environmentPrefix) || text === undefined) return []
    const name = variable.slice(environmentPrefix.length).toLowerCase().replaceAll('_', '-')
    return [{ name, text, where: `environment variable ${variable}` }]
  })
}
