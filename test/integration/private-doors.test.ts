/** What the doors say of who comes in: the public one closed, proxies believed or not, TLS or not, addresses lost. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { type DynamoDBClient, ListTablesCommand, DynamoDBClient as Sdk } from '@aws-sdk/client-dynamodb'
import {
  CreateVpcEndpointCommand,
  DescribeVpcEndpointsCommand,
  EC2Client,
  ModifyVpcEndpointCommand,
} from '@aws-sdk/client-ec2'
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam'
import { type RunningCoffer, startCoffer } from '../../src/main.ts'
import { readSettings } from '../../src/settings.ts'
import type { Credentials } from '../run-coffer.ts'
import { clientAt, inside, privateNetwork, vpcId } from './private-network.ts'

let folder: string
let networks: string
let address: string
let coffer: RunningCoffer | undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coffer-doors-'))
  const network = await privateNetwork()
  networks = network.file
  address = network.addresses[0] ?? ''
})
afterEach(async () => {
  await coffer?.close()
  coffer = undefined
  await rm(folder, { recursive: true })
})

async function start(...more: readonly string[]): Promise<RunningCoffer> {
  await coffer?.close()
  coffer = undefined
  const args = ['--data', join(folder, 'data'), '--http-port', '0', '--https-port', '0', '--networks', networks]
  const settings = await readSettings({ arguments: [...args, '--log-level', 'error', ...more], environment: {} })
  const quiet = { debug() {}, info() {}, warn() {}, error() {} }
  coffer = await startCoffer(settings, { log: quiet })
  return coffer
}

async function keys(running: RunningCoffer): Promise<Credentials> {
  const text = await readFile(running.credentialsFile, 'utf8')
  const value = (name: string) => new RegExp(`^${name}\\s*=\\s*(\\S+)`, 'm').exec(text)?.[1] ?? ''
  return { accessKeyId: value('aws_access_key_id'), secretAccessKey: value('aws_secret_access_key') }
}

async function plainConfig(running: RunningCoffer) {
  const endpoint = `http://127.0.0.1:${running.httpPort}`
  return { endpoint, region: 'us-east-1', credentials: await keys(running), maxAttempts: 1 }
}

async function makeEndpoint(running: RunningCoffer): Promise<EC2Client> {
  const ec2 = new EC2Client(await plainConfig(running))
  await ec2.send(new CreateVpcEndpointCommand({ VpcId: vpcId, ServiceName: 'com.amazonaws.us-east-1.dynamodb' }))
  return ec2
}

async function privateClient(running: RunningCoffer, credentials?: Credentials): Promise<DynamoDBClient> {
  const facts = { caFile: running.authorityFile ?? '', region: 'us-east-1' as const }
  return clientAt(address, { ...facts, credentials: credentials ?? (await keys(running)) })
}

/** A user who may list tables under one condition. */
async function userIf(running: RunningCoffer, condition: object): Promise<Credentials> {
  const iam = new IAMClient(await plainConfig(running))
  await iam.send(new CreateUserCommand({ UserName: 'user' }))
  const statement = { Effect: 'Allow', Action: 'dynamodb:ListTables', Resource: '*', Condition: condition }
  const document = JSON.stringify({ Version: '2012-10-17', Statement: statement })
  await iam.send(new PutUserPolicyCommand({ UserName: 'user', PolicyName: 'own', PolicyDocument: document }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'user' }))
  return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }
}

/** As proxies do: unsigned, behind the client's back. */
function withHeaders(client: DynamoDBClient, headers: Readonly<Record<string, string>>): DynamoDBClient {
  client.middlewareStack.add(
    (next) => (args) => {
      Object.assign((args.request as { headers: object }).headers, headers)
      return next(args)
    },
    { step: 'finalizeRequest', priority: 'low', name: 'proxy' },
  )
  return client
}

const isAllowed = (client: DynamoDBClient) =>
  client.send(new ListTablesCommand({})).then(
    () => true,
    (error: Error) => (error.name === 'AccessDeniedException' ? false : Promise.reject(error)),
  )

test('the public door closed: endpoints and loopback HTTP, then endpoints alone', async () => {
  const first = await start('--no-public')
  assert.equal(first.httpsPort, undefined)
  await makeEndpoint(first)
  assert.equal(await isAllowed(await privateClient(first)), true)
  const second = await start('--no-public', '--no-http')
  assert.deepEqual([second.httpsPort, second.httpPort], [undefined, undefined])
  assert.equal(await isAllowed(await privateClient(second)), true)
})

test('a server that nobody could reach does not start', async () => {
  await assert.rejects(start('--no-public', '--no-http'), { name: 'OperatorError', message: /^nothing listens: / })
})

test('aws:SecureTransport is true exactly on TLS', async () => {
  const running = await start()
  await makeEndpoint(running)
  const credentials = await userIf(running, { Bool: { 'aws:SecureTransport': 'true' } })
  const plain = () => plainConfig(running).then((config) => new Sdk({ ...config, credentials }))
  assert.equal(await isAllowed(await plain()), false)
  assert.equal(await isAllowed(withHeaders(await plain(), { 'x-forwarded-proto': 'https' })), false)
  assert.equal(await isAllowed(await privateClient(running, credentials)), true)
  const facts = { caFile: running.authorityFile ?? '', region: 'us-east-1' as const, credentials }
  const https = await clientAt(`127.0.0.1:${running.httpsPort}`, facts, { localAddress: '127.0.0.1' })
  assert.equal(await isAllowed(https), true)
})

test('X-Forwarded-For is believed from trusted proxies only, and never at an endpoint', async () => {
  const untrusting = await start()
  const credentials = await userIf(untrusting, { IpAddress: { 'aws:SourceIp': '198.51.100.0/24' } })
  const from = async (running: RunningCoffer, header: string) =>
    withHeaders(new Sdk({ ...(await plainConfig(running)), credentials }), { 'x-forwarded-for': header })
  assert.equal(await isAllowed(await from(untrusting, '198.51.100.7')), false)

  const trusting = await start('--trusted-proxies', '127.0.0.1/32,10.0.0.0/8')
  assert.equal(await isAllowed(await from(trusting, '198.51.100.7')), true)
  assert.equal(await isAllowed(await from(trusting, '203.0.113.9, 198.51.100.7, 10.1.1.1')), true)
  assert.equal(await isAllowed(await from(trusting, '198.51.100.7, 203.0.113.9')), false)
  assert.equal(await isAllowed(await from(trusting, 'nonsense')), false)

  await start('--trusted-proxies', '127.0.0.0/8')
  const running = coffer ?? assert.fail('it was started')
  const ec2 = await makeEndpoint(running)
  const { VpcEndpoints = [] } = await ec2.send(new DescribeVpcEndpointsCommand({}))
  await ec2.send(
    new ModifyVpcEndpointCommand({
      VpcEndpointId: VpcEndpoints[0]?.VpcEndpointId,
      PolicyDocument: JSON.stringify({
        Statement: {
          ...{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' },
          Condition: { IpAddress: { 'aws:VpcSourceIp': `${inside}/32` } },
        },
      }),
    }),
  )
  const client = withHeaders(await privateClient(running), { 'x-forwarded-for': '198.51.100.7' })
  assert.equal(await isAllowed(client), true)
})

test('an endpoint whose address is taken or unnamed has failed, says why, and comes back', async () => {
  await makeEndpoint(await start())
  await coffer?.close()
  coffer = undefined
  const [host = '', port = ''] = address.split(':')
  const squatter = createServer()
  squatter.unref()
  squatter.listen(Number(port), host)
  await once(squatter, 'listening')
  const states = async () => {
    const running = await start()
    const { VpcEndpoints = [] } = await new EC2Client(await plainConfig(running)).send(
      new DescribeVpcEndpointsCommand({}),
    )
    return VpcEndpoints.map(({ State, LastError }) => [State, LastError?.Message])
  }
  assert.deepEqual(await states(), [['failed', `cannot listen on ${address}: another process listens there already`]])
  squatter.close()
  await once(squatter, 'close')
  const named = await readFile(networks, 'utf8')
  await writeFile(networks, named.replace(`    - ${address}\n`, ''))
  assert.deepEqual(await states(), [['failed', `the file of networks does not name ${address} in ${vpcId}`]])
  await writeFile(networks, named)
  assert.deepEqual(await states(), [['available', undefined]])
})
