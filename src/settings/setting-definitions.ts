/** Every setting: its name in flags and files, what it may be, and what it is when nobody says. */
import { isIPv4 } from 'node:net'
import { z } from 'zod'
import { logLevels } from '../foundation/log.ts'
import { isCidr } from './networks.ts'
import { parseBytes, parseDurationMs } from './quantities.ts'

const MiB = 2 ** 20
const cacheBytesMin = 16 * MiB
const tableTransitionMsMax = 3_600_000
const partitionBytesMin = 4096
const partitionUnitsMax = 1_000_000
const partitionHeatMsMin = 100
const partitionHeatMsMax = 3_600_000

/** A whole number written in decimal digits. */
function wholeNumber(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max))
}

function quantity(parse: (text: string) => number | undefined, min: number, max: number) {
  return z
    .string()
    .transform((text) => parse(text) ?? Number.NaN)
    .pipe(z.number().min(min).max(max))
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
}

function isOrigin(text: string): boolean {
  return text === '*' || (URL.canParse(text) && new URL(text).origin === text)
}

const filePath = z.string().min(1)
const port = wholeNumber(0, 65_535)
const portAllowed = 'a port from 0 to 65535 (0: any free port)'

/**
 * One schema for flags, environment and file, which all bring text. Each `describe` completes "it must be …". The keys
 * are the flags' names without `--`; `COFFER_HTTPS_PORT` is the environment's name of `https-port`.
 */
export const settingsSchema = z.strictObject({
  data: filePath.default('./coffer-data').describe('the path of a folder'),
  host: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]+$/)
    .default('127.0.0.1')
    .describe('an IP address or host name'),
  'https-port': port.default(8443).describe(portAllowed),
  'http-port': port.default(8000).describe(portAllowed),
  'http-host': z
    .string()
    .refine(isLoopback)
    .default('127.0.0.1')
    .describe(
      'a loopback address such as 127.0.0.1, since plain HTTP never leaves the machine; HTTPS listens on --host',
    ),
  'no-http': z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .default(false)
    .describe('true or false'),
  account: z
    .string()
    .regex(/^\d{12}$/)
    .default('000000000000')
    .describe('an account id of 12 digits'),
  region: z
    .string()
    .regex(/^[a-z]{2,8}(-[a-z]+)+-\d{1,2}$/)
    .default('us-east-1')
    .describe('a region such as us-east-1'),
  cache: quantity(parseBytes, cacheBytesMin, 2 ** 40)
    .default(128 * MiB)
    .describe('a size from 16MiB to 1TiB, such as 256MiB'),
  cors: z
    .string()
    .transform((text) => text.split(',').map((origin) => origin.trim()))
    .refine((origins) => origins.every(isOrigin))
    .default([])
    .describe('origins such as https://app.example.com, or *, with commas between them'),
  'log-level': z
    .enum(logLevels)
    .default('info')
    .describe(`one of ${logLevels.join(', ')}`),
  'table-transition-delay': quantity(parseDurationMs, 0, tableTransitionMsMax)
    .default(0)
    .describe('a time from 0 to 1h, such as 500ms'),
  'tls-cert': filePath.optional().describe('the path of a PEM file'),
  'tls-key': filePath.optional().describe('the path of a PEM file'),
  'tls-min-version': z
    .enum(['1.2', '1.3'])
    .transform((text) => `TLSv${text}` as const)
    .default('TLSv1.2')
    .describe('1.2 or 1.3'),
  'tls-ciphers': z
    .string()
    .regex(/^[A-Za-z0-9_:+!@=.-]+$/)
    .optional()
    .describe('a list of ciphers in the words of OpenSSL, such as TLS_AES_256_GCM_SHA384:ECDHE+AESGCM'),
  'tls-client-ca': filePath.optional().describe('the path of a PEM file'),
  'tls-client-certificates': z
    .enum(['required', 'optional'])
    .default('required')
    .describe('required, or optional, which lets clients come without one'),
  'tls-client-principals': filePath.optional().describe('the path of a YAML file with lines "common name: ARN"'),
  'identity-providers': filePath.optional().describe('the path of a YAML file'),
  organization: filePath.optional().describe('the path of a YAML or JSON file'),
  networks: filePath.optional().describe('the path of a YAML file'),
  'no-public': z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .default(false)
    .describe('true or false'),
  'trusted-proxies': z
    .string()
    .transform((text) => text.split(',').map((range) => range.trim()))
    .refine((ranges) => ranges.every(isCidr))
    .default([])
    .describe('ranges such as 10.0.0.0/8, with commas between them'),
  fips: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .default(false)
    .describe('true or false'),
  'max-connections': wholeNumber(1, 1_000_000).default(4096).describe('a number from 1 to 1000000'),
  'partition-bytes': quantity(parseBytes, partitionBytesMin, 2 ** 40)
    .default(10 * 2 ** 30)
    .describe('a size from 4KiB to 1TiB, such as 10GiB'),
  'partition-read-units': wholeNumber(1, partitionUnitsMax).default(3000).describe('a number from 1 to 1000000'),
  'partition-write-units': wholeNumber(1, partitionUnitsMax).default(1000).describe('a number from 1 to 1000000'),
  'partition-heat-time': quantity(parseDurationMs, partitionHeatMsMin, partitionHeatMsMax)
    .default(10_000)
    .describe('a time from 100ms to 1h, such as 10s'),
})

/** A setting as it was written, and where: `flag --cache`, `environment variable COFFER_CACHE`, `coffer.yaml:3`. */
export interface SettingText {
  readonly name: string
  readonly text: string
  readonly where: string
}

export type SettingName = keyof typeof settingsSchema.shape
export const settingNames = Object.keys(settingsSchema.shape) as readonly SettingName[]

/** A flag that may stand alone, meaning true. */
export const flagsWithoutValue: readonly SettingName[] = ['no-http', 'no-public', 'fips']

/** For `coffer help serve`: the value's name and what the setting is for. */
export const settingHelp: Readonly<Record<SettingName, readonly [value: string, purpose: string]>> = {
  data: ['<folder>', 'where everything is kept (./coffer-data)'],
  host: ['<address>', 'where HTTPS listens (127.0.0.1)'],
  'https-port': ['<port>', 'the HTTPS port (8443)'],
  'http-port': ['<port>', 'the port of plain HTTP, on loopback only (8000)'],
  'http-host': ['<address>', 'the loopback address of plain HTTP (127.0.0.1)'],
  'no-http': ['', 'HTTPS only'],
  account: ['<id>', 'the account that owns the tables (000000000000)'],
  region: ['<region>', 'the region that this server is (us-east-1)'],
  cache: ['<size>', 'memory for decrypted pages (128MiB)'],
  cors: ['<origins>', 'browser origins that may call, commas between them (none)'],
  'log-level': ['<level>', 'debug, info, warn or error (info)'],
  'table-transition-delay': ['<time>', 'how long tables stay CREATING or UPDATING, for tests (0)'],
  'tls-cert': ['<file>', 'your own certificate chain, instead of the local CA'],
  'tls-key': ['<file>', 'the key of --tls-cert'],
  'tls-min-version': ['<version>', 'the oldest TLS that is spoken, 1.2 or 1.3 (1.2)'],
  'tls-ciphers': ['<list>', "OpenSSL's list of ciphers (Node's)"],
  'tls-client-ca': ['<file>', 'authorities whose certificates clients must show (none are asked for)'],
  'tls-client-certificates': ['<kind>', 'required or optional, with --tls-client-ca (required)'],
  'tls-client-principals': ['<file>', "which principal a certificate's common name stands for"],
  'identity-providers': ['<file>', 'where the keys of OpenID Connect providers are (as they publish)'],
  organization: ['<file>', 'the organisation of the account and its guardrails (none)'],
  networks: ['<file>', 'networks (VPCs) and the addresses of their private endpoints (none)'],
  'no-public': ['', 'no public HTTPS: private endpoints, and plain HTTP unless --no-http'],
  'trusted-proxies': ['<ranges>', 'proxies whose X-Forwarded-For is believed, commas between them (none)'],
  fips: ['', "OpenSSL's FIPS provider or nothing"],
  'max-connections': ['<count>', 'open connections at most, over all listeners (4096)'],
  'partition-bytes': ['<size>', 'the size beyond which a partition is split, for tests (10GiB)'],
  'partition-read-units': ['<count>', 'read units a second that a partition serves (3000)'],
  'partition-write-units': ['<count>', 'write units a second that a partition serves (1000)'],
  'partition-heat-time': ['<time>', 'how long a partition is near that before it is split (10s)'],
}
