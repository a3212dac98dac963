/** EC2's refusals on the wire: codes, texts, and in which order. */
import assert from 'node:assert/strict'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { freePort } from '../run-coffer.ts'
import { element } from '../server/signed-query.ts'
import { callQuery, done, ec2Api, type Refusal, refusals } from './query.ts'
import { type ConformanceServer, startServer } from './server.ts'

const vpc = 'vpc-0a1b2c3d4e5f60718'
const empty = 'vpc-0a1b2c3d4e5f60719'
const routeTable = 'rtb-0a1b2c3d4e5f60001'
const dynamodb = 'com.amazonaws.us-east-1.dynamodb'
const sts = 'com.amazonaws.us-east-1.sts'

let server: ConformanceServer
before(async () => {
  const [first, second] = [await freePort(), await freePort()]
  const file = join(await mkdtemp(join(tmpdir(), 'coffer-networks-')), 'networks.yaml')
  await writeFile(
    file,
    `${vpc}:
  cidrs: [127.0.0.0/8, '::1/128']
  listeners: ['127.0.0.2:${first}', '127.0.0.2:${second}']
  route-tables: [${routeTable}]
  subnets: [subnet-0a1b2c3d4e5f60001]
  security-groups: [sg-0a1b2c3d4e5f60001]
${empty}:
  cidrs: [10.0.0.0/8]
  listeners: ['192.0.2.1:${first}']
`,
  )
  server = await startServer({ args: ['--networks', file] })
})
after(() => server.stop())

const gateway = { VpcId: vpc, ServiceName: dynamodb }
const unknownEndpoint = 'vpce-00000000000000000'

test('requests that name what is not there, or not the right things', async () => {
  const create = (more: Readonly<Record<string, string>>, code: string, message: string, status = 400): Refusal => [
    'CreateVpcEndpoint',
    { ...gateway, ...more },
    status,
    code,
    message,
  ]
  const notInterface = 'Subnet IDs are only supported for Interface and GatewayLoadBalancer type VPC Endpoints.'
  await refusals(server, ec2Api, [
    [
      'CreateVpcEndpoint',
      { ServiceName: dynamodb },
      ...([400, 'MissingParameter', 'The request must contain the parameter VpcId'] as const),
    ],
    [
      'CreateVpcEndpoint',
      { VpcId: vpc },
      ...([400, 'MissingParameter', 'The request must contain the parameter ServiceName'] as const),
    ],
    create({ DryRun: 'true' }, 'DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412),
    create({ VpcId: 'mine' }, 'InvalidVpcId.Malformed', 'Invalid id: "mine" (expecting "vpc-...")'),
    create({ VpcId: 'vpc-12345678' }, 'InvalidVpcId.NotFound', "The vpc ID 'vpc-12345678' does not exist"),
    create(
      { ServiceName: 'com.amazonaws.us-east-1.s3' },
      'InvalidServiceName',
      "The Vpc Endpoint Service 'com.amazonaws.us-east-1.s3' does not exist",
    ),
    create(
      { ServiceName: sts },
      'InvalidParameter',
      'Endpoint type (Gateway) does not match available service types ([Interface]).',
    ),
    create({ 'SubnetId.1': 'subnet-0a1b2c3d4e5f60001' }, 'InvalidParameter', notInterface),
    create(
      { 'SecurityGroupId.1': 'sg-0a1b2c3d4e5f60001' },
      'InvalidParameter',
      'Security Group IDs are only supported for Interface type VPC Endpoint.',
    ),
    create(
      { VpcEndpointType: 'Interface', 'RouteTableId.1': routeTable },
      'InvalidParameter',
      'Route table IDs are only supported for Gateway type VPC Endpoint.',
    ),
    create(
      { 'RouteTableId.1': 'rtb-12345678' },
      'InvalidRouteTableId.NotFound',
      "The routeTable ID 'rtb-12345678' does not exist",
    ),
    create(
      { VpcEndpointType: 'Interface', 'SubnetId.1': 'subnet-12345678' },
      'InvalidSubnetId.NotFound',
      "The subnet ID 'subnet-12345678' does not exist",
    ),
    create(
      { VpcEndpointType: 'Interface', 'SecurityGroupId.1': 'sg-12345678' },
      'InvalidSecurityGroupId.NotFound',
      "The security group 'sg-12345678' does not exist",
    ),
    create(
      { VpcEndpointType: 'Interface', PrivateDnsEnabled: 'true' },
      'InvalidParameter',
      `Private DNS can't be enabled because the service ${dynamodb} does not provide a private DNS name.`,
    ),
    create({ PolicyDocument: 'no' }, 'InvalidPolicyDocument', 'This policy contains invalid Json'),
    create(
      { PolicyDocument: '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}' },
      'InvalidPolicyDocument',
      'Missing required field Principal',
    ),
    create(
      { PolicyDocument: `{"Statement":[{"Sid":"${'a'.repeat(20_480)}"}]}` },
      'InvalidPolicyDocument',
      'Policy document length exceeds the limit of 20480 characters.',
    ),
    create(
      { 'TagSpecification.1.ResourceType': 'vpc', 'TagSpecification.1.Tag.1.Key': 'a' },
      'InvalidParameterValue',
      "'vpc' is not a valid taggable resource type for this operation.",
    ),
    create(
      { IpAddressType: 'dualstack' },
      'InvalidParameter',
      "The IP address type 'dualstack' is not supported by the service.",
    ),
    create(
      { IpAddressType: 'ipv6' },
      'VpcEndpointLimitExceeded',
      `The maximum number of VPC endpoints has been reached for ${vpc}.`,
    ),
    // The address that the file names is none of this machine's.
    create(
      { VpcId: empty },
      'VpcEndpointLimitExceeded',
      `The maximum number of VPC endpoints has been reached for ${empty}.`,
    ),
    [
      'ModifyVpcEndpoint',
      { VpcEndpointId: unknownEndpoint },
      ...([400, 'InvalidVpcEndpointId.NotFound', `The Vpc Endpoint Id '${unknownEndpoint}' does not exist`] as const),
    ],
    [
      'DescribeVpcEndpoints',
      { 'VpcEndpointId.1': unknownEndpoint },
      ...([400, 'InvalidVpcEndpointId.NotFound', `The Vpc Endpoint Id '${unknownEndpoint}' does not exist`] as const),
    ],
    [
      'DeleteVpcEndpoints',
      { 'VpcEndpointId.1': 'x' },
      ...([400, 'InvalidVpcEndpointId.Malformed', 'Invalid id: "x" (expecting "vpce-...")'] as const),
    ],
    [
      'DescribeVpcs',
      { 'VpcId.1': 'vpc-12345678' },
      ...([400, 'InvalidVpcID.NotFound', "The vpc ID 'vpc-12345678' does not exist"] as const),
    ],
    [
      'DescribeVpcEndpoints',
      { 'Filter.1.Name': 'colour', 'Filter.1.Value.1': 'red' },
      ...([400, 'InvalidParameterValue', "The filter 'colour' is invalid"] as const),
    ],
    ['DescribeVpcEndpoints', { NextToken: 'x' }, 400, 'InvalidNextToken', 'The specified token is not valid.'],
    [
      'DescribePrefixLists',
      { 'PrefixListId.1': 'pl-0' },
      ...([400, 'InvalidPrefixListId.NotFound', "The prefix list ID 'pl-0' does not exist"] as const),
    ],
    ['RunInstances', {}, 400, 'InvalidAction', 'The action RunInstances is not valid for this web service.'],
  ])
  const { text } = await done(server, ec2Api, 'DescribeVpcEndpoints')
  assert.match(text, /<vpcEndpointSet\/>/)
})

test('one token makes one endpoint, one route table leads to a service once, and addresses come to an end', async () => {
  const create = { ...gateway, 'RouteTableId.1': routeTable, ClientToken: 'once' }
  const ids = await Promise.all(
    [1, 2, 3].map(async () => element((await done(server, ec2Api, 'CreateVpcEndpoint', create)).text, 'vpcEndpointId')),
  )
  assert.equal(new Set(ids).size, 1)
  const [id = ''] = ids
  const prefixList = element((await done(server, ec2Api, 'DescribePrefixLists')).text, 'prefixListId')
  await refusals(server, ec2Api, [
    [
      'CreateVpcEndpoint',
      { ...create, IpAddressType: 'ipv4' },
      400,
      'IdempotentParameterMismatch',
      'The request uses the same client token as a previous, but non-identical request.',
    ],
    [
      'CreateVpcEndpoint',
      { ...create, ClientToken: 'twice' },
      400,
      'RouteAlreadyExists',
      `route table ${routeTable} already has a route with destination-prefix-list-id ${prefixList}`,
    ],
    [
      'ModifyVpcEndpoint',
      { VpcEndpointId: id ?? '', PolicyDocument: '{}' },
      400,
      'InvalidPolicyDocument',
      'Could not parse the policy: Statement is empty!',
    ],
    [
      'ModifyVpcEndpoint',
      { VpcEndpointId: id ?? '', 'AddSubnetId.1': 'subnet-0a1b2c3d4e5f60001' },
      400,
      'InvalidParameter',
      'Subnet IDs are only supported for Interface and GatewayLoadBalancer type VPC Endpoints.',
    ],
  ])
  const second = element(
    (await done(server, ec2Api, 'CreateVpcEndpoint', { ...gateway, VpcEndpointType: 'Interface' })).text,
    'vpcEndpointId',
  )
  const full = await callQuery(server, ec2Api, 'CreateVpcEndpoint', gateway)
  assert.equal(full.code, 'VpcEndpointLimitExceeded')

  const first = await done(server, ec2Api, 'DescribeVpcEndpoints', { MaxResults: '1' })
  assert.equal(element(first.text, 'vpcEndpointId'), id)
  const token = element(first.text, 'nextToken') ?? ''
  const next = await done(server, ec2Api, 'DescribeVpcEndpoints', { MaxResults: '1', NextToken: token })
  assert.deepEqual([element(next.text, 'vpcEndpointId'), element(next.text, 'nextToken')], [second, undefined])

  const { text } = await done(server, ec2Api, 'DeleteVpcEndpoints', {
    'VpcEndpointId.1': id ?? '',
    'VpcEndpointId.2': unknownEndpoint,
    'VpcEndpointId.3': second ?? '',
  })
  assert.deepEqual(
    [...text.matchAll(/<resourceId>([^<]*)</g)].map(([, found]) => found),
    [unknownEndpoint],
  )
  assert.match(text, /<code>InvalidVpcEndpointId\.NotFound<\/code>/)
})
