import assert from 'node:assert/strict'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { usualPartitionLimits } from './engine/partitions/partition-limits.ts'
import { OperatorError } from './foundation/operator-error.ts'
import { settingHelp, settingNames } from './settings/setting-definitions.ts'
import { readSettings } from './settings.ts'

const read = (flags: readonly string[], environment = {}) => readSettings({ arguments: flags, environment })

async function faults(flags: readonly string[], environment = {}): Promise<readonly string[]> {
  try {
    await read(flags, environment)
  } catch (error) {
    assert.ok(error instanceof OperatorError)
    return error.message.split('\n')
  }
  return assert.fail('the settings were accepted')
}

function fileOf(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'coffer-settings-')), 'coffer.yaml')
  writeFileSync(path, text)
  return path
}

test('what nobody sets', async () => {
  assert.deepEqual(await read([], { PATH: '/bin', HOME: '/' }), {
    dataFolder: './coffer-data',
    host: '127.0.0.1',
    httpsPort: 8443,
    http: { host: '127.0.0.1', port: 8000 },
    accountId: '000000000000',
    region: 'us-east-1',
    cacheBytes: 134_217_728,
    corsOrigins: [],
    logLevel: 'info',
    tableTransitionMs: 0,
    tls: undefined,
    tlsMinVersion: 'TLSv1.2',
    tlsCiphers: undefined,
    tlsClients: undefined,
    identityProvidersFile: undefined,
    organizationFile: undefined,
    networksFile: undefined,
    public: true,
    trustedProxies: [],
    fips: false,
    connectionsMax: 4096,
    partitionLimits: usualPartitionLimits,
  })
})

test('every setting can be set, in every way', async () => {
  const values: Readonly<Record<string, string>> = {
    data: '/srv/coffer',
    host: '0.0.0.0',
    'https-port': '443',
    'http-port': '0',
    'http-host': '::1',
    'no-http': 'false',
    account: '000000000001',
    region: 'eu-central-2',
    cache: '1GiB',
    cors: 'https://a.example,http://localhost:3000',
    'log-level': 'debug',
    'table-transition-delay': '2s',
    'tls-cert': 'a.pem',
    'tls-key': 'a.key',
    'tls-min-version': '1.3',
    'tls-ciphers': 'TLS_AES_256_GCM_SHA384',
    'tls-client-ca': 'ca.pem',
    'tls-client-certificates': 'optional',
    'tls-client-principals': 'principals.yaml',
    'identity-providers': 'providers.yaml',
    organization: 'guardrails.yaml',
    networks: 'networks.yaml',
    'no-public': 'false',
    'trusted-proxies': '10.0.0.0/8,2001:db8::/32',
    fips: 'false',
    'max-connections': '10',
    'partition-bytes': '64KiB',
    'partition-read-units': '30',
    'partition-write-units': '20',
    'partition-heat-time': '1s',
  }
  assert.deepEqual(Object.keys(values), settingNames)
  const expected = {
    dataFolder: '/srv/coffer',
    host: '0.0.0.0',
    httpsPort: 443,
    http: { host: '::1', port: 0 },
    accountId: '000000000001',
    region: 'eu-central-2',
    cacheBytes: 2 ** 30,
    corsOrigins: ['https://a.example', 'http://localhost:3000'],
    logLevel: 'debug',
    tableTransitionMs: 2000,
    tls: { certificateFile: 'a.pem', keyFile: 'a.key' },
    tlsMinVersion: 'TLSv1.3',
    tlsCiphers: 'TLS_AES_256_GCM_SHA384',
    tlsClients: { authoritiesFile: 'ca.pem', required: false, principalsFile: 'principals.yaml' },
    identityProvidersFile: 'providers.yaml',
    organizationFile: 'guardrails.yaml',
    networksFile: 'networks.yaml',
    public: true,
    trustedProxies: ['10.0.0.0/8', '2001:db8::/32'],
    fips: false,
    connectionsMax: 10,
    partitionLimits: { bytes: 65_536, readUnitsPerSecond: 30, writeUnitsPerSecond: 20, heatMs: 1000 },
  }
  const alone = ['no-http', 'no-public', 'fips']
  const pairs = Object.entries(values).filter(([name]) => !alone.includes(name))
  assert.equal((await read(['--fips'])).fips, true)
  assert.deepEqual(await read(pairs.flatMap(([name, value]) => [`--${name}`, value])), expected)
  assert.deepEqual(await read(pairs.map(([name, value]) => `--${name}=${value}`)), expected)
  const variables = Object.entries(values).map(([name, value]) => [
    `COFFER_${name.toUpperCase().replaceAll('-', '_')}`,
    value,
  ])
  assert.deepEqual(await read([], Object.fromEntries(variables)), expected)
  const yaml = Object.entries(values).map(([name, value]) =>
    name === 'cors' ? `cors:\n  - ${value.replaceAll(',', '\n  - ')}` : `${name}: ${value}`,
  )
  assert.deepEqual(await read(['--config', fileOf(yaml.join('\n'))]), expected)
  assert.equal((await read(['--no-http'])).http, undefined)
  assert.equal((await read(['--no-public', '--networks', 'networks.yaml'])).public, false)
})

test('a flag counts more than the environment, and that more than the file', async () => {
  const file = fileOf('# comment\naccount: 000000000003\nregion: eu-west-3\ncache: 32MiB\n')
  const environment = { COFFER_ACCOUNT: '000000000002', COFFER_REGION: 'eu-west-2', COFFER_CONFIG: file }
  const { accountId, region, cacheBytes } = await read(['--account', '000000000001'], environment)
  assert.deepEqual([accountId, region, cacheBytes], ['000000000001', 'eu-west-2', 32 * 2 ** 20])
})

test('a file named by a flag counts, not the one that the environment names', async () => {
  const { region } = await read(['--config', fileOf('region: eu-west-1')], { COFFER_CONFIG: '/nowhere' })
  assert.equal(region, 'eu-west-1')
})

test('settings cannot be changed', async () => {
  const settings = await read([])
  assert.throws(() => Object.assign(settings, { region: 'x' }), TypeError)
  assert.throws(() => Object.assign(settings.http ?? {}, { host: '0.0.0.0' }), TypeError)
})

test('everything wrong is said, each with its place and what is allowed', async () => {
  const names = settingNames.join(', ')
  const file = fileOf('region: mars\n\n# comment\ncolour: red\nhttps-port: 70000\n')
  assert.deepEqual(await faults(['--account', '12', '--what', '--data'], { COFFER_WHY: 'x', COFFER_CONFIG: file }), [
    'flag --data: it needs a value: the path of a folder',
    `${file}:1: "mars" is not allowed for region; it must be a region such as us-east-1`,
    `${file}:4: there is no setting "colour"; there are ${names}`,
    `${file}:5: "70000" is not allowed for https-port; it must be a port from 0 to 65535 (0: any free port)`,
    `environment variable COFFER_WHY: there is no setting "why"; there are ${names}`,
    'flag --account: "12" is not allowed for account; it must be an account id of 12 digits',
    `flag --what: there is no setting "what"; there are ${names}`,
  ])
})

test('what is wrong is refused where something else counts more, too', async () => {
  assert.equal((await faults(['--cache', '1GiB'], { COFFER_CACHE: 'much' })).length, 1)
})

test('plain HTTP never leaves the machine', async () => {
  for (const host of ['0.0.0.0', '::', '192.168.0.1', 'example.com', '127.evil.example', '128.0.0.1']) {
    const [fault] = await faults(['--http-host', host])
    assert.match(
      fault ?? '',
      /it must be a loopback address such as 127.0.0.1, since plain HTTP never leaves the machine/,
    )
  }
  for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost']) assert.ok(await read(['--http-host', host]))
})

test('values at and beyond their bounds', async () => {
  const bounds: readonly [string, readonly string[], readonly string[]][] = [
    ['https-port', ['0', '65535'], ['65536', '-1', '1.5', '', 'https']],
    ['cache', ['16MiB', '1TiB'], ['15MiB', '2TiB', '0', 'lots']],
    ['table-transition-delay', ['0', '1h'], ['61m', '-1s']],
    ['max-connections', ['1', '1000000'], ['0', '1000001']],
    ['cors', ['*', 'https://a.example', 'https://a.example, http://b:1'], ['a.example', 'https://a.example/', '']],
    ['log-level', ['error'], ['loud', 'INFO']],
    ['trusted-proxies', ['10.0.0.0/8', '::/0, 10.0.0.1/32'], ['10.0.0.0', '10.0.0.0/33', 'all', '']],
  ]
  for (const [name, allowed, refused] of bounds) {
    for (const value of allowed) await read([`--${name}=${value}`])
    for (const value of refused) assert.equal((await faults([`--${name}=${value}`])).length, 1, `${name}=${value}`)
  }
  assert.deepEqual(await faults(['--tls-key', 'x']), ['flag --tls-key: tls-key needs tls-cert beside it'])
  assert.deepEqual(await faults(['--no-public']), ['flag --no-public: no-public needs networks beside it'])
  assert.deepEqual(await faults(['serve']), ['"serve": a flag was expected here, such as --data'])
})

test('a file that is not what it should be is named with the line', async () => {
  const wrong: readonly [string, RegExp][] = [
    ['region: us-east-1\nregion: us-east-2\n', /coffer\.yaml:2: Map keys must be unique/],
    ['cors: [\n', /coffer\.yaml:\d: /],
    ['- a\n- b\n', /coffer\.yaml:1: expected lines of the form name: value/],
    ['region: us-east-1\ndata: { a: 1 }\n', /coffer\.yaml:2: data must have a plain value/],
    ['data:\n', /coffer\.yaml:1: data must have a plain value/],
    ['config: other.yaml\n', /coffer\.yaml:1: there is no setting "config"/],
  ]
  for (const [text, expected] of wrong) assert.match((await faults(['--config', fileOf(text)]))[0] ?? '', expected)
  assert.deepEqual(await faults(['--config', '/nowhere/c.yaml']), [
    'cannot read the settings file /nowhere/c.yaml: no such file or folder',
  ])
  assert.ok(await read(['--config', fileOf('')]))
})

test('every setting has its line of help', () => {
  assert.deepEqual(Object.keys(settingHelp), settingNames)
})
