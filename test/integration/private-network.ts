/** A network on loopback for tests of private endpoints: clients of 127.1.0.0/16, listeners on 127.0.0.2. */
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { Agent } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { type Credentials, freePort, type RunningCoffer } from '../run-coffer.ts'

export const vpcId = 'vpc-0a1b2c3d4e5f60718'
export const otherVpcId = 'vpc-0b1b2c3d4e5f60719'
/** Of clients in the network, and outside of it. */
export const inside = '127.1.0.7'
export const outside = '127.2.0.7'

export interface PrivateNetwork {
  readonly file: string
  /** `127.0.0.2:<port>` */
  readonly addresses: readonly string[]
}

export async function privateNetwork(): Promise<PrivateNetwork> {
  const ports = await Promise.all([freePort(), freePort(), freePort()])
  const [first, second, third] = ports.map((port) => `127.0.0.2:${port}`)
  const file = join(await mkdtemp(join(tmpdir(), 'coffer-networks-')), 'networks.yaml')
  await writeFile(
    file,
    `${vpcId}:
  cidrs: [127.1.0.0/16]
  listeners:
    - ${first}
    - ${second}
  subnets: [subnet-0a1b2c3d4e5f60001]
  route-tables: [rtb-0a1b2c3d4e5f60001, rtb-0a1b2c3d4e5f60002]
  security-groups: [sg-0a1b2c3d4e5f60001]
${otherVpcId}:
  cidrs: [127.3.0.0/16]
  listeners: ['${third}']
`,
  )
  return { file, addresses: [first ?? '', second ?? '', third ?? ''] }
}

/** An SDK client at an endpoint, calling from an address of loopback. */
export async function clientAt(
  address: string,
  coffer: Pick<RunningCoffer, 'caFile' | 'region' | 'credentials'>,
  options: { readonly localAddress?: string; readonly credentials?: Credentials } = {},
): Promise<DynamoDBClient> {
  const { localAddress = inside, credentials = coffer.credentials } = options
  return new DynamoDBClient({
    endpoint: `https://${address}`,
    region: coffer.region,
    credentials,
    maxAttempts: 1,
    requestHandler: {
      httpsAgent: new Agent({ ca: await readFile(coffer.caFile), localAddress, keepAlive: true }),
    },
  })
}
