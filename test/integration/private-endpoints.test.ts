/** Private endpoints as a bank uses them: made by the SDK for EC2, and the only way to a table's data. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  CreateTableCommand,
  type DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import {
  CreateVpcEndpointCommand,
  DeleteVpcEndpointsCommand,
  DescribePrefixListsCommand,
  DescribeVpcEndpointServicesCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  EC2Client,
  ModifyVpcEndpointCommand,
} from '@aws-sdk/client-ec2'
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam'
import { type Credentials, type RunningCoffer, runCoffer } from '../run-coffer.ts'
import { clientAt, otherVpcId, outside, type PrivateNetwork, privateNetwork, vpcId } from './private-network.ts'

let coffer: RunningCoffer
let network: PrivateNetwork
let ec2: EC2Client
let local: DynamoDBClient

const serviceName = 'com.amazonaws.us-east-1.dynamodb'
const key = { pk: { S: 'a' } }

before(async () => {
  network = await privateNetwork()
  coffer = await runCoffer({ args: ['--networks', network.file] })
  const { endpoint, region, credentials } = coffer
  ec2 = new EC2Client({ endpoint, region, credentials, maxAttempts: 1 })
  local = new (await import('@aws-sdk/client-dynamodb')).DynamoDBClient({ endpoint, region, credentials })
  await local.send(
    new CreateTableCommand({
      TableName: 'trades',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    }),
  )
  await local.send(new PutItemCommand({ TableName: 'trades', Item: { ...key, price: { N: '7' } } }))
})
after(async () => {
  await coffer?.stop()
})

async function userWith(name: string, policy: object): Promise<Credentials> {
  const { endpoint, region, credentials } = coffer
  const iam = new IAMClient({ endpoint, region, credentials })
  await iam.send(new CreateUserCommand({ UserName: name }))
  const document = JSON.stringify({ Version: '2012-10-17', Statement: policy })
  await iam.send(new PutUserPolicyCommand({ UserName: name, PolicyName: 'own', PolicyDocument: document }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: name }))
  return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }
}

const getIt = (client: DynamoDBClient) => client.send(new GetItemCommand({ TableName: 'trades', Key: key }))

test('an endpoint is made, listed, changed and deleted by the SDK', async () => {
  const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({}))
  assert.deepEqual(
    Vpcs.map(({ VpcId, CidrBlock, State }) => [VpcId, CidrBlock, State]),
    [
      [vpcId, '127.1.0.0/16', 'available'],
      [otherVpcId, '127.3.0.0/16', 'available'],
    ],
  )
  const { VpcEndpoint: made, ClientToken } = await ec2.send(
    new CreateVpcEndpointCommand({
      VpcId: vpcId,
      ServiceName: serviceName,
      RouteTableIds: ['rtb-0a1b2c3d4e5f60001'],
      ClientToken: 'once',
      TagSpecifications: [{ ResourceType: 'vpc-endpoint', Tags: [{ Key: 'desk', Value: 'fx' }] }],
    }),
  )
  assert.equal(ClientToken, 'once')
  assert.match(made?.VpcEndpointId ?? '', /^vpce-[0-9a-f]{17}$/)
  assert.deepEqual(
    [made?.VpcEndpointType, made?.State, made?.VpcId, made?.ServiceName, made?.RouteTableIds, made?.Tags],
    ['Gateway', 'available', vpcId, serviceName, ['rtb-0a1b2c3d4e5f60001'], [{ Key: 'desk', Value: 'fx' }]],
  )
  assert.deepEqual(made?.DnsEntries, [{ DnsName: network.addresses[0] }])
  assert.match(made?.PolicyDocument ?? '', /"Principal":"\*"/)
  assert.ok(made?.CreationTimestamp instanceof Date)

  const ids = { VpcEndpointIds: [made?.VpcEndpointId ?? ''] }
  const client = await clientAt(network.addresses[0] ?? '', coffer)
  assert.deepEqual((await client.send(new ListTablesCommand({}))).TableNames, ['trades'])
  await ec2.send(
    new ModifyVpcEndpointCommand({
      VpcEndpointId: made?.VpcEndpointId,
      AddRouteTableIds: ['rtb-0a1b2c3d4e5f60002'],
      RemoveRouteTableIds: ['rtb-0a1b2c3d4e5f60001'],
    }),
  )
  const { VpcEndpoints = [] } = await ec2.send(
    new DescribeVpcEndpointsCommand({ Filters: [{ Name: 'tag:desk', Values: ['f?'] }] }),
  )
  assert.deepEqual(VpcEndpoints[0]?.RouteTableIds, ['rtb-0a1b2c3d4e5f60002'])
  const { PrefixLists = [] } = await ec2.send(new DescribePrefixListsCommand({}))
  assert.deepEqual(
    PrefixLists.map(({ PrefixListName, Cidrs }) => [PrefixListName, Cidrs]),
    [[serviceName, ['127.0.0.2/32']]],
  )
  const { ServiceNames = [] } = await ec2.send(new DescribeVpcEndpointServicesCommand({}))
  assert.ok(ServiceNames.includes(serviceName) && ServiceNames.includes('com.amazonaws.us-east-1.sts'))
  assert.deepEqual((await ec2.send(new DeleteVpcEndpointsCommand(ids))).Unsuccessful ?? [], [])
  await assert.rejects(client.send(new ListTablesCommand({})))
  const again = await ec2.send(new DeleteVpcEndpointsCommand(ids))
  assert.equal(again.Unsuccessful?.[0]?.Error?.Code, 'InvalidVpcEndpointId.NotFound')
})

test('data that is reached through the endpoint only', async () => {
  const { VpcEndpoint: made } = await ec2.send(
    new CreateVpcEndpointCommand({ VpcId: vpcId, ServiceName: serviceName, VpcEndpointType: 'Interface' }),
  )
  const { VpcEndpoint: elsewhere } = await ec2.send(
    new CreateVpcEndpointCommand({ VpcId: vpcId, ServiceName: serviceName, VpcEndpointType: 'Interface' }),
  )
  const trader = await userWith('trader', [
    { Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' },
    {
      Effect: 'Deny',
      Action: 'dynamodb:*',
      Resource: '*',
      Condition: { StringNotEquals: { 'aws:SourceVpce': made?.VpcEndpointId } },
    },
  ])
  const address = made?.DnsEntries?.[0]?.DnsName ?? ''
  const denied = { name: 'AccessDeniedException', message: /with an explicit deny in an identity-based policy$/ }
  const through = await clientAt(address, coffer, { credentials: trader })
  assert.equal((await getIt(through)).Item?.['price']?.N, '7')
  const wrongDoor = await clientAt(elsewhere?.DnsEntries?.[0]?.DnsName ?? '', coffer, { credentials: trader })
  await assert.rejects(getIt(wrongDoor), denied)
  const { endpoint, httpsEndpoint, region } = coffer
  const plain = new (await import('@aws-sdk/client-dynamodb')).DynamoDBClient({ endpoint, region, credentials: trader })
  await assert.rejects(getIt(plain), denied)
  const publicDoor = await clientAt(new URL(httpsEndpoint).host, coffer, {
    credentials: trader,
    localAddress: '127.0.0.1',
  })
  await assert.rejects(getIt(publicDoor), denied)
  // Who is not in the network is refused before anything is said.
  await assert.rejects(getIt(await clientAt(address, coffer, { localAddress: outside, credentials: trader })), {
    code: /ECONNRESET|EPIPE/,
  })
  await ec2.send(
    new DeleteVpcEndpointsCommand({ VpcEndpointIds: [made?.VpcEndpointId ?? '', elsewhere?.VpcEndpointId ?? ''] }),
  )
})
