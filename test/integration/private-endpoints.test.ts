/** Private endpoints as a bank uses them: made by the SDK for EC2, and the only way to a table's data. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  CreateTableCommand,
  DynamoDBClient,
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
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
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
  local = new DynamoDBClient({ endpoint, region, credentials })
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
  const plain = new DynamoDBClient({ endpoint, region, credentials: trader })
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

const everyone = (effect: 'Allow' | 'Deny', action: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: effect, Principal: '*', Action: action, Resource: '*' },
  })

async function endpointFor(policy?: string, service = serviceName): Promise<{ id: string; address: string }> {
  const { VpcEndpoint: made } = await ec2.send(
    new CreateVpcEndpointCommand({
      VpcId: vpcId,
      ServiceName: service,
      VpcEndpointType: 'Interface',
      PolicyDocument: policy,
    }),
  )
  return { id: made?.VpcEndpointId ?? '', address: made?.DnsEntries?.[0]?.DnsName ?? '' }
}

const deleteEndpoint = (id: string) => ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] }))

test("an endpoint's policy binds everyone, the account's root too, and says so", async () => {
  const { id, address } = await endpointFor(everyone('Allow', 'dynamodb:GetItem'))
  const root = await clientAt(address, coffer)
  assert.equal((await getIt(root)).Item?.['price']?.N, '7')
  const put = () => root.send(new PutItemCommand({ TableName: 'trades', Item: key }))
  const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/trades'
  const refused = `User: arn:aws:iam::000000000000:root is not authorized to perform: dynamodb:PutItem on resource: ${table}`
  await assert.rejects(put(), {
    name: 'AccessDeniedException',
    message: `${refused} because no VPC endpoint policy allows the dynamodb:PutItem action`,
  })
  await ec2.send(
    new ModifyVpcEndpointCommand({ VpcEndpointId: id, PolicyDocument: everyone('Deny', 'dynamodb:PutItem') }),
  )
  await assert.rejects(put(), {
    name: 'AccessDeniedException',
    message: `${refused} with an explicit deny in a VPC endpoint policy`,
  })
  await ec2.send(new ModifyVpcEndpointCommand({ VpcEndpointId: id, ResetPolicy: true }))
  await put()
  await local.send(new PutItemCommand({ TableName: 'trades', Item: { ...key, price: { N: '7' } } }))
  await deleteEndpoint(id)
})

test('a policy that allows named principals only', async () => {
  const clerk = await userWith('clerk', { Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' })
  const other = await userWith('other', { Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' })
  const { id, address } = await endpointFor(
    JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::000000000000:user/clerk' },
        Action: 'dynamodb:*',
        Resource: '*',
        Condition: { IpAddress: { 'aws:VpcSourceIp': '127.1.0.0/24' }, Null: { 'aws:SourceIp': 'true' } },
      },
    }),
  )
  assert.ok((await getIt(await clientAt(address, coffer, { credentials: clerk }))).Item)
  await assert.rejects(getIt(await clientAt(address, coffer, { credentials: other })), /no VPC endpoint policy allows/)
  const farther = await clientAt(address, coffer, { credentials: clerk, localAddress: '127.1.5.5' })
  await assert.rejects(getIt(farther), /no VPC endpoint policy allows/)
  await deleteEndpoint(id)
})

test('a policy that is modified under load counts from the answer on', async () => {
  const { id, address } = await endpointFor()
  const root = await clientAt(address, coffer)
  let allowed: boolean | undefined = true
  let round = -1
  let stopped = false
  const wrong: string[] = []
  let decided = 0
  const load = async () => {
    while (!stopped) {
      const [expected, begun] = [allowed, round]
      const outcome = await getIt(root).then(
        () => true,
        (error: Error) => (error.name === 'AccessDeniedException' ? false : assert.fail(error)),
      )
      // What a change overtook may go either way.
      if (expected === undefined || begun !== round || allowed === undefined) continue
      decided++
      if (outcome !== expected) wrong.push(`round ${begun}: ${outcome}`)
    }
  }
  const loads = Array.from({ length: 6 }, load)
  for (round = 0; round < 20; round++) {
    const next = round % 2 === 1
    allowed = undefined
    await ec2.send(
      new ModifyVpcEndpointCommand({
        VpcEndpointId: id,
        PolicyDocument: everyone(next ? 'Allow' : 'Deny', 'dynamodb:GetItem'),
      }),
    )
    allowed = next
    const seen = decided
    for (let turn = 0; turn < 100_000 && decided < seen + 8; turn++) await new Promise(setImmediate)
  }
  stopped = true
  await Promise.all(loads)
  assert.deepEqual(wrong, [])
  assert.ok(decided >= 100, `${decided} requests were decided between changes`)
  await deleteEndpoint(id)
})

test('an endpoint carries its service and nothing else', async () => {
  const { region, credentials } = coffer
  const at = async (address: string) => {
    const { requestHandler } = (await clientAt(address, coffer)).config
    return { endpoint: `https://${address}`, region, credentials, requestHandler, maxAttempts: 1 }
  }
  const tables = await endpointFor()
  await assert.rejects(new IAMClient(await at(tables.address)).send(new CreateUserCommand({ UserName: 'x' })), {
    name: 'InvalidAction',
  })
  const tokens = await endpointFor(undefined, 'com.amazonaws.us-east-1.sts')
  const { Arn } = await new STSClient(await at(tokens.address)).send(new GetCallerIdentityCommand({}))
  assert.equal(Arn, 'arn:aws:iam::000000000000:root')
  await assert.rejects(getIt(await clientAt(tokens.address, coffer)), { name: 'UnknownOperationException' })
  await deleteEndpoint(tables.id)
  await deleteEndpoint(tokens.id)
})

test('EC2 asks for permission, by service, tag and network', async () => {
  const operator = await userWith('operator', [
    {
      Effect: 'Allow',
      Action: 'ec2:CreateVpcEndpoint',
      Resource: 'arn:aws:ec2:us-east-1:000000000000:vpc-endpoint/*',
      Condition: { StringEquals: { 'ec2:VpceServiceName': serviceName } },
    },
    {
      Effect: 'Allow',
      Action: 'ec2:CreateVpcEndpoint',
      Resource: `arn:aws:ec2:us-east-1:000000000000:vpc/${vpcId}`,
    },
    {
      Effect: 'Allow',
      Action: 'ec2:DeleteVpcEndpoints',
      Resource: '*',
      Condition: { StringEquals: { 'aws:ResourceTag/desk': 'fx' } },
    },
  ])
  const { endpoint, region } = coffer
  const limited = new EC2Client({ endpoint, region, credentials: operator, maxAttempts: 1 })
  const create = (input: object) =>
    limited.send(new CreateVpcEndpointCommand({ VpcId: vpcId, ServiceName: serviceName, ...input }))
  await assert.rejects(create({ DryRun: true }), { name: 'DryRunOperation' })
  const denied = (action: string, resource: string) => ({
    name: 'UnauthorizedOperation',
    message: `You are not authorized to perform this operation. User: arn:aws:iam::000000000000:user/operator is not authorized to perform: ec2:${action} on resource: arn:aws:ec2:us-east-1:000000000000:${resource} because no identity-based policy allows the ec2:${action} action`,
  })
  await assert.rejects(
    create({ ServiceName: 'com.amazonaws.us-east-1.sts' }),
    denied('CreateVpcEndpoint', 'vpc-endpoint/*'),
  )
  await assert.rejects(create({ VpcId: otherVpcId }), denied('CreateVpcEndpoint', `vpc/${otherVpcId}`))
  const tags = [{ ResourceType: 'vpc-endpoint' as const, Tags: [{ Key: 'desk', Value: 'fx' }] }]
  await assert.rejects(create({ TagSpecifications: tags }), denied('CreateTags', 'vpc-endpoint/*'))
  const { VpcEndpoint: untagged } = await create({})
  const id = untagged?.VpcEndpointId ?? ''
  await assert.rejects(
    limited.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] })),
    denied('DeleteVpcEndpoints', `vpc-endpoint/${id}`),
  )
  await deleteEndpoint(id)
  const { VpcEndpoint: tagged } = await ec2.send(
    new CreateVpcEndpointCommand({ VpcId: vpcId, ServiceName: serviceName, TagSpecifications: tags }),
  )
  const ids = [tagged?.VpcEndpointId ?? '']
  assert.deepEqual((await limited.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: ids }))).Unsuccessful ?? [], [])
})

test('endpoints stand after a restart, each with its address and policy', async () => {
  const { id, address } = await endpointFor(everyone('Allow', 'dynamodb:GetItem'))
  await coffer.kill('SIGKILL')
  await coffer.restart()
  const { VpcEndpoints = [] } = await ec2.send(new DescribeVpcEndpointsCommand({}))
  const live = VpcEndpoints.filter(({ State }) => String(State) !== 'deleting')
  assert.deepEqual(
    live.map(({ VpcEndpointId, State, DnsEntries }) => [VpcEndpointId, State, DnsEntries?.[0]?.DnsName]),
    [[id, 'available', address]],
  )
  const root = await clientAt(address, coffer)
  assert.equal((await getIt(root)).Item?.['price']?.N, '7')
  await assert.rejects(root.send(new ListTablesCommand({})), /no VPC endpoint policy allows/)
  await deleteEndpoint(id)
  await assert.rejects(getIt(root))
})
