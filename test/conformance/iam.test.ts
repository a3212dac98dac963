/** What IAM refuses, in AWS's words and with its statuses, and what the wire looks like. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { element } from '../server/signed-query.ts'
import { callQuery, done, iamApi, type Refusal, refusals } from './query.ts'
import { type ConformanceServer, startServer } from './server.ts'

let server: ConformanceServer
before(async () => {
  server = await startServer()
})
after(() => server?.stop())

const account = '000000000000'
const allow = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:*","Resource":"*"}]}'
const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"${account}"},"Action":"sts:AssumeRole"}]}`
const x = (count: number) => 'x'.repeat(count)

function constraint(name: string, rule: string): string {
  return `1 validation error detected: Value at '${name}' failed to satisfy constraint: ${rule}`
}
const isNull = (name: string) => constraint(name, 'Member must not be null')
const atMost = (name: string, max: number) => constraint(name, `Member must have length less than or equal to ${max}`)
const badName = (name: string) =>
  `The specified value for ${name} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`
const badPath = (name: string) =>
  `The specified value for ${name} is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.`
const withTag = (key: string, value: string) => ({
  UserName: 'tagged',
  'Tags.member.1.Key': key,
  'Tags.member.1.Value': value,
})

function create(action: string, parameters: Readonly<Record<string, string>>) {
  return done(server, iamApi, action, parameters)
}

test('names, paths, tags and numbers', () => {
  const cases: readonly Refusal[] = [
    ['CreateUser', {}, 400, 'ValidationError', isNull('userName')],
    ['CreateUser', { UserName: x(65) }, 400, 'ValidationError', atMost('userName', 64)],
    ['CreateUser', { UserName: 'bad/name' }, 400, 'ValidationError', badName('userName')],
    ['CreateUser', { UserName: 'a', Path: 'bad' }, 400, 'ValidationError', badPath('path')],
    ['CreateUser', { UserName: 'a', Path: `/${x(511)}/` }, 400, 'ValidationError', atMost('path', 512)],
    ['GetUser', { UserName: x(129) }, 400, 'ValidationError', atMost('userName', 128)],
    ['UpdateUser', { UserName: 'a', NewUserName: 'b/c' }, 400, 'ValidationError', badName('newUserName')],
    ['UpdateUser', { UserName: 'a', NewPath: 'b' }, 400, 'ValidationError', badPath('newPath')],
    [
      'CreateUser',
      withTag('bad*key', 'v'),
      400,
      'ValidationError',
      constraint(
        'tags.1.member.key',
        'Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+',
      ),
    ],
    ['CreateUser', withTag(x(129), 'v'), 400, 'ValidationError', atMost('tags.1.member.key', 128)],
    ['CreateUser', withTag('k', x(257)), 400, 'ValidationError', atMost('tags.1.member.value', 256)],
    [
      'CreateUser',
      { ...withTag('dup', 'v'), 'Tags.member.2.Key': 'DUP', 'Tags.member.2.Value': 'w' },
      400,
      'InvalidInput',
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    ],
    [
      'CreateUser',
      { UserName: 'a', 'Tags.member.1.Value': 'v' },
      400,
      'MissingParameter',
      'The request must contain the parameter Tags.member.1.Key.',
    ],
    [
      'CreateUser',
      { UserName: 'a', 'Tags.member.1.Key': 'k' },
      400,
      'MissingParameter',
      'The request must contain the parameter Tags.member.1.Value.',
    ],
    [
      'ListUsers',
      { PathPrefix: 'x' },
      400,
      'ValidationError',
      'The specified value for pathPrefix is invalid. It must begin with the / character and contain only alphanumeric characters and/or / characters.',
    ],
    [
      'ListUsers',
      { MaxItems: '1001' },
      400,
      'ValidationError',
      constraint('maxItems', 'Member must have value less than or equal to 1000'),
    ],
    ['ListUsers', { Marker: 'nonsense' }, 400, 'ValidationError', 'Invalid Marker.'],
    [
      'CreateRole',
      { RoleName: 'r', AssumeRolePolicyDocument: trust, MaxSessionDuration: '3599' },
      400,
      'ValidationError',
      constraint('maxSessionDuration', 'Member must have value greater than or equal to 3600'),
    ],
    [
      'CreateRole',
      { RoleName: 'r', AssumeRolePolicyDocument: trust, Description: 'emoji\u{1f600}' },
      400,
      'ValidationError',
      constraint(
        'description',
        'Member must satisfy regular expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*',
      ),
    ],
    [
      'UpdateAccessKey',
      { UserName: 'a', AccessKeyId: 'AKIA000000000000', Status: 'Maybe' },
      400,
      'ValidationError',
      constraint('status', 'Member must satisfy enum value set: [Active, Inactive]'),
    ],
    [
      'PutUserPolicy',
      { UserName: 'a', PolicyName: 'p', PolicyDocument: 'emoji\u{1f600}' },
      400,
      'ValidationError',
      'The specified value for policyDocument is invalid. It must contain only printable ASCII characters.',
    ],
    [
      'PutUserPolicy',
      { UserName: 'a', PolicyName: 'p', PolicyDocument: x(131_073) },
      400,
      'ValidationError',
      atMost('policyDocument', 131_072),
    ],
  ]
  return refusals(server, iamApi, cases)
})

test('what is not there', () => {
  const user = 'The user with name nobody cannot be found.'
  const cases: readonly Refusal[] = [
    ['GetUser', { UserName: 'nobody' }, 404, 'NoSuchEntity', user],
    ['DeleteUser', { UserName: 'nobody' }, 404, 'NoSuchEntity', user],
    ['CreateAccessKey', { UserName: 'nobody' }, 404, 'NoSuchEntity', user],
    ['ListUserPolicies', { UserName: 'nobody' }, 404, 'NoSuchEntity', user],
    // The user is looked for before the document is read.
    ['PutUserPolicy', { UserName: 'nobody', PolicyName: 'p', PolicyDocument: '{' }, 404, 'NoSuchEntity', user],
    ['GetRole', { RoleName: 'none' }, 404, 'NoSuchEntity', 'The role with name none cannot be found.'],
    ['GetGroup', { GroupName: 'none' }, 404, 'NoSuchEntity', 'The group with name none cannot be found.'],
    [
      'GetPolicy',
      { PolicyArn: `arn:aws:iam::${account}:policy/none` },
      404,
      'NoSuchEntity',
      `Policy arn:aws:iam::${account}:policy/none was not found.`,
    ],
    ['GetPolicy', { PolicyArn: `${x(30)}` }, 400, 'InvalidInput', `ARN ${x(30)} is not valid.`],
    [
      'GetAccessKeyLastUsed',
      { AccessKeyId: 'AKIANOSUCHKEY0000000' },
      404,
      'NoSuchEntity',
      'The Access Key with id AKIANOSUCHKEY0000000 cannot be found.',
    ],
    [
      'GetOpenIDConnectProvider',
      { OpenIDConnectProviderArn: `arn:aws:iam::${account}:oidc-provider/none.test` },
      404,
      'NoSuchEntity',
      `OpenIDConnect Provider not found for arn arn:aws:iam::${account}:oidc-provider/none.test`,
    ],
    [
      'DeleteOpenIDConnectProvider',
      { OpenIDConnectProviderArn: `arn:aws:iam::${account}:oidc-provider/none.test` },
      404,
      'NoSuchEntity',
      `OpenId connect Provider arn:aws:iam::${account}:oidc-provider/none.test cannot be found.`,
    ],
    [
      'GetAccountPasswordPolicy',
      {},
      404,
      'NoSuchEntity',
      `The Password Policy with domain name ${account} cannot be found.`,
    ],
    ['GetCredentialReport', {}, 410, 'ReportNotPresent', 'No report exists.'],
    ['CreateAccessKey', {}, 400, 'ValidationError', 'Must specify userName when calling with non-User credentials'],
  ]
  return refusals(server, iamApi, cases)
})

test('what is there already, in whatever case', async () => {
  await create('CreateUser', { UserName: 'Taken' })
  await create('CreateGroup', { GroupName: 'Taken' })
  await create('CreateRole', { RoleName: 'Taken', AssumeRolePolicyDocument: trust })
  await create('CreatePolicy', { PolicyName: 'Taken', PolicyDocument: allow })
  await create('CreateUser', { UserName: 'other' })
  await create('CreateOpenIDConnectProvider', { Url: 'https://taken.test' })
  await refusals(server, iamApi, [
    ['CreateUser', { UserName: 'TAKEN' }, 409, 'EntityAlreadyExists', 'User with name TAKEN already exists.'],
    [
      'UpdateUser',
      { UserName: 'other', NewUserName: 'taken' },
      409,
      'EntityAlreadyExists',
      'User with name taken already exists.',
    ],
    ['CreateGroup', { GroupName: 'taken' }, 409, 'EntityAlreadyExists', 'Group with name taken already exists.'],
    [
      'CreateRole',
      { RoleName: 'taken', AssumeRolePolicyDocument: trust },
      409,
      'EntityAlreadyExists',
      'Role with name taken already exists.',
    ],
    [
      'CreatePolicy',
      { PolicyName: 'taken', PolicyDocument: allow },
      409,
      'EntityAlreadyExists',
      'A policy called taken already exists. Duplicate names are not allowed.',
    ],
    [
      'CreateOpenIDConnectProvider',
      { Url: 'https://taken.test' },
      409,
      'EntityAlreadyExists',
      'Provider with url https://taken.test already exists.',
    ],
  ])
})

test('documents', async () => {
  await create('CreateUser', { UserName: 'documents' })
  await create('CreateRole', { RoleName: 'documents', AssumeRolePolicyDocument: trust })
  const put = (PolicyDocument: string) => ({ UserName: 'documents', PolicyName: 'p', PolicyDocument })
  const role = (AssumeRolePolicyDocument: string) => ({ RoleName: 'bad', AssumeRolePolicyDocument })
  const statement = (more: object) => JSON.stringify({ Version: '2012-10-17', Statement: [more] })
  const principal = { AWS: '*' }
  const wide = (count: number) => statement({ Sid: x(count), Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' })
  const MalformedPolicyDocument = 'MalformedPolicyDocument'
  await refusals(server, iamApi, [
    ['PutUserPolicy', put('{not valid'), 400, MalformedPolicyDocument, 'Syntax errors in policy.'],
    [
      'PutUserPolicy',
      put(statement({ Effect: 'Allow', Principal: '*', Action: 'dynamodb:*', Resource: '*' })),
      400,
      MalformedPolicyDocument,
      'Policy document should not specify a principal.',
    ],
    [
      'PutUserPolicy',
      put(wide(2000)),
      409,
      'LimitExceeded',
      'Maximum policy size of 2048 bytes exceeded for user documents',
    ],
    [
      'CreatePolicy',
      { PolicyName: 'wide', PolicyDocument: wide(6200) },
      409,
      'LimitExceeded',
      'Cannot exceed quota for PolicySize: 6144',
    ],
    ['CreateRole', role('{invalid'), 400, MalformedPolicyDocument, 'This policy contains invalid Json'],
    [
      'CreateRole',
      role('{"Version":"2012-10-17","Statement":[]}'),
      400,
      MalformedPolicyDocument,
      'Could not parse the policy: Statement is empty!',
    ],
    [
      'CreateRole',
      role(statement({ Effect: 'Allow', Action: 'sts:AssumeRole' })),
      400,
      MalformedPolicyDocument,
      'Missing required field Principal',
    ],
    [
      'CreateRole',
      role(statement({ Effect: 'Allow', Principal: principal, Action: '*' })),
      400,
      MalformedPolicyDocument,
      'AssumeRole policy may only specify STS AssumeRole actions.',
    ],
    [
      'CreateRole',
      role(statement({ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole', Resource: '*' })),
      400,
      MalformedPolicyDocument,
      'Has prohibited field Resource',
    ],
    [
      'UpdateAssumeRolePolicy',
      {
        RoleName: 'documents',
        PolicyDocument: statement({ Sid: x(2000), Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }),
      },
      409,
      'LimitExceeded',
      'Cannot exceed quota for ACLSizePerRole: 2048',
    ],
  ])
})

test('quotas, and what must go first', async () => {
  await create('CreateUser', { UserName: 'limits' })
  const user = { UserName: 'limits' }
  await create('CreatePolicy', { PolicyName: 'limits', PolicyDocument: allow })
  const PolicyArn = `arn:aws:iam::${account}:policy/limits`
  for (let n = 2; n <= 5; n++) await create('CreatePolicyVersion', { PolicyArn, PolicyDocument: allow })
  await create('AttachUserPolicy', { ...user, PolicyArn })
  await create('PutUserPolicy', { ...user, PolicyName: 'own', PolicyDocument: allow })
  for (let n = 1; n <= 9; n++) {
    await create('CreatePolicy', { PolicyName: `limit-${n}`, PolicyDocument: allow })
    await create('AttachUserPolicy', { ...user, PolicyArn: `arn:aws:iam::${account}:policy/limit-${n}` })
  }
  const first = (what: string): Refusal => [
    'DeleteUser',
    user,
    409,
    'DeleteConflict',
    `Cannot delete entity, must ${what} first.`,
  ]
  await refusals(server, iamApi, [
    [
      'CreatePolicyVersion',
      { PolicyArn, PolicyDocument: allow },
      409,
      'LimitExceeded',
      'A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.',
    ],
    [
      'AttachUserPolicy',
      { ...user, PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
      409,
      'LimitExceeded',
      'Cannot exceed quota for PoliciesPerUser: 10',
    ],
    [
      'AttachUserPolicy',
      { ...user, PolicyArn: 'arn:aws:iam::aws:policy/None' },
      404,
      'NoSuchEntity',
      'Policy arn:aws:iam::aws:policy/None does not exist or is not attachable.',
    ],
    // Deprecated: who has it keeps it, and nobody gets it any more.
    [
      'AttachUserPolicy',
      { ...user, PolicyArn: 'arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess' },
      404,
      'NoSuchEntity',
      'Policy arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess does not exist or is not attachable.',
    ],
    ['DeletePolicy', { PolicyArn }, 409, 'DeleteConflict', 'Cannot delete a policy attached to entities.'],
    [
      'DeletePolicyVersion',
      { PolicyArn, VersionId: 'v1' },
      409,
      'DeleteConflict',
      'Cannot delete the default version of a policy.',
    ],
    [
      'GetPolicyVersion',
      { PolicyArn, VersionId: 'v9' },
      404,
      'NoSuchEntity',
      `Policy ${PolicyArn} version v9 does not exist or is not attachable.`,
    ],
    first('delete policies'),
  ])
  await create('DeleteUserPolicy', { ...user, PolicyName: 'own' })
  await refusals(server, iamApi, [first('detach all policies')])
  await create('DetachUserPolicy', { ...user, PolicyArn })
  await refusals(server, iamApi, [
    ['DetachUserPolicy', { ...user, PolicyArn }, 404, 'NoSuchEntity', `Policy ${PolicyArn} was not found.`],
    [
      'DeletePolicy',
      { PolicyArn },
      409,
      'DeleteConflict',
      "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
    ],
    [
      'DeletePolicy',
      { PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
      400,
      'InvalidInput',
      'Policy arn:aws:iam::aws:policy/ReadOnlyAccess is outside your own account.',
    ],
    [
      'PutUserPermissionsBoundary',
      { ...user, PermissionsBoundary: `arn:aws:iam::${account}:policy/none` },
      404,
      'NoSuchEntity',
      `Scope ARN: arn:aws:iam::${account}:policy/none does not exist or is not attachable.`,
    ],
  ])
  for (let n = 1; n <= 9; n++) {
    await create('DetachUserPolicy', { ...user, PolicyArn: `arn:aws:iam::${account}:policy/limit-${n}` })
  }
  const { text } = await create('CreateAccessKey', user)
  await refusals(server, iamApi, [first('delete access keys')])
  await create('DeleteAccessKey', { ...user, AccessKeyId: element(text, 'AccessKeyId') ?? '' })
  await create('CreateGroup', { GroupName: 'limits' })
  await create('AddUserToGroup', { ...user, GroupName: 'limits' })
  await refusals(server, iamApi, [
    first('remove users from group'),
    [
      'DeleteGroup',
      { GroupName: 'limits' },
      409,
      'DeleteConflict',
      'Cannot delete entity, must remove users from group first.',
    ],
  ])
  await create('RemoveUserFromGroup', { ...user, GroupName: 'limits' })
  await create('CreateLoginProfile', { ...user, Password: 'Correct-horse-9' })
  await refusals(server, iamApi, [
    first('delete login profile'),
    ['CreateLoginProfile', user, 409, 'EntityAlreadyExists', 'Login Profile for user limits already exists.'],
    [
      'UpdateLoginProfile',
      { ...user, Password: 'short' },
      400,
      'PasswordPolicyViolation',
      'Password should have a minimum length of 8',
    ],
  ])
  await create('DeleteLoginProfile', user)
  await create('DeleteUser', user)
})

test("a service's own role is not to be changed", async () => {
  const AWSServiceName = 'dynamodb.application-autoscaling.amazonaws.com'
  await create('CreateServiceLinkedRole', { AWSServiceName })
  const RoleName = 'AWSServiceRoleForApplicationAutoScaling_DynamoDBTable'
  const refused = `Cannot perform the operation on the protected role '${RoleName}' - this role is only modifiable by AWS`
  await refusals(server, iamApi, [
    ['DeleteRole', { RoleName }, 400, 'UnmodifiableEntity', refused],
    ['PutRolePolicy', { RoleName, PolicyName: 'p', PolicyDocument: allow }, 400, 'UnmodifiableEntity', refused],
    [
      'CreateServiceLinkedRole',
      { AWSServiceName: 'ec2.amazonaws.com' },
      400,
      'InvalidInput',
      'ec2.amazonaws.com is not a service that has a service-linked role here.',
    ],
  ])
  const { text } = await create('DeleteServiceLinkedRole', { RoleName })
  const status = await create('GetServiceLinkedRoleDeletionStatus', {
    DeletionTaskId: element(text, 'DeletionTaskId') ?? '',
  })
  assert.equal(element(status.text, 'Status'), 'SUCCEEDED')
})

test('OIDC providers', () =>
  refusals(server, iamApi, [
    ['CreateOpenIDConnectProvider', {}, 400, 'ValidationError', isNull('url')],
    [
      'CreateOpenIDConnectProvider',
      { Url: 'example.com' },
      400,
      'ValidationError',
      'Invalid Open ID Connect Provider URL',
    ],
    [
      'CreateOpenIDConnectProvider',
      { Url: 'http://example.com' },
      400,
      'InvalidInput',
      'Invalid Open ID Connect Provider URL. The URL must begin with https://.',
    ],
    [
      'CreateOpenIDConnectProvider',
      { Url: 'https://example.com:8443' },
      400,
      'InvalidInput',
      'Invalid Open ID Connect Provider URL.',
    ],
    [
      'CreateOpenIDConnectProvider',
      { Url: 'https://example.com?a=1' },
      400,
      'InvalidInput',
      'Invalid Open ID Connect Provider URL.',
    ],
    [
      'CreateOpenIDConnectProvider',
      { Url: 'https://example.com', 'ThumbprintList.member.1': x(39) },
      400,
      'InvalidInput',
      'Thumbprint must be exactly 40 characters.',
    ],
  ]))

test('an answer in XML, whole', async () => {
  const { text, headers } = await create('CreateGroup', { GroupName: 'shown', Path: '/a/b/' })
  const id = headers['x-amzn-requestid']
  const known = /<GroupId>(AGPA[A-Z2-7]{17})<\/GroupId>.*<CreateDate>([\d-]+T[\d:]+Z)<\/CreateDate>/.exec(text)
  assert.equal(
    text,
    '<CreateGroupResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><CreateGroupResult><Group>' +
      `<Path>/a/b/</Path><GroupName>shown</GroupName><GroupId>${known?.[1]}</GroupId>` +
      `<Arn>arn:aws:iam::${account}:group/a/b/shown</Arn><CreateDate>${known?.[2]}</CreateDate></Group></CreateGroupResult>` +
      `<ResponseMetadata><RequestId>${id}</RequestId></ResponseMetadata></CreateGroupResponse>\n`,
  )
  const empty = await create('UpdateRole', { RoleName: 'Taken' })
  assert.ok(empty.text.includes('<UpdateRoleResult></UpdateRoleResult>'))
  const without = await create('DeleteGroup', { GroupName: 'shown' })
  assert.ok(!without.text.includes('DeleteGroupResult'))
})

test('a key of a user without policies may do nothing, and is told so', async () => {
  await create('CreateUser', { UserName: 'powerless', Path: '/desk/' })
  const { text } = await create('CreateAccessKey', { UserName: 'powerless' })
  const keys = {
    accessKeyId: element(text, 'AccessKeyId') ?? '',
    secretAccessKey: element(text, 'SecretAccessKey') ?? '',
  }
  const me = `arn:aws:iam::${account}:user/desk/powerless`
  await refusals(
    server,
    iamApi,
    [
      [
        'DeleteUser',
        { UserName: 'powerless' },
        403,
        'AccessDenied',
        `User: ${me} is not authorized to perform: iam:DeleteUser on resource: ${me} because no identity-based policy allows the iam:DeleteUser action`,
      ],
      [
        'GetUser',
        {},
        403,
        'AccessDenied',
        `User: ${me} is not authorized to perform: iam:GetUser on resource: ${me} because no identity-based policy allows the iam:GetUser action`,
      ],
    ],
    keys,
  )
})

test('reports, summaries and simulations', async () => {
  await create('GenerateCredentialReport', {})
  const report = await create('GetCredentialReport', {})
  const csv = Buffer.from(element(report.text, 'Content') ?? '', 'base64').toString()
  assert.match(
    csv,
    /^user,arn,user_creation_time,.*cert_2_last_rotated\n<root_account>,arn:aws:iam::000000000000:root,/,
  )
  const summary = await create('GetAccountSummary', {})
  assert.match(summary.text, /<SummaryMap><entry><key>Users<\/key><value>\d+<\/value><\/entry>/)
  const details = await create('GetAccountAuthorizationDetails', { 'Filter.member.1': 'Role', MaxItems: '1' })
  assert.match(details.text, /<UserDetailList\/><GroupDetailList\/><RoleDetailList><member>/)
  const simulated = await callQuery(server, iamApi, 'SimulateCustomPolicy', {
    'PolicyInputList.member.1':
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:Get*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}',
    'ActionNames.member.1': 'dynamodb:GetItem',
    'ActionNames.member.2': 'dynamodb:PutItem',
    'ContextEntries.member.1.ContextKeyName': 'aws:SecureTransport',
    'ContextEntries.member.1.ContextKeyType': 'boolean',
    'ContextEntries.member.1.ContextKeyValues.member.1': 'true',
  })
  const decisions = [...simulated.text.matchAll(/<EvalDecision>(\w+)<\/EvalDecision>/g)].map(([, said]) => said)
  assert.deepEqual(decisions, ['allowed', 'implicitDeny'])
  assert.ok(simulated.text.includes('<SourcePolicyId>PolicyInputList.1</SourcePolicyId>'))
  const paged: string[] = []
  let marker: string | undefined
  do {
    const part = await create('SimulateCustomPolicy', {
      'PolicyInputList.member.1': allow,
      ...Object.fromEntries(['a:A', 'b:B', 'c:C'].map((name, at) => [`ActionNames.member.${at + 1}`, name])),
      ...Object.fromEntries(['x', 'y'].map((name, at) => [`ResourceArns.member.${at + 1}`, name])),
      MaxItems: '4',
      ...(marker !== undefined && { Marker: marker }),
    })
    const names = /<EvalActionName>([^<]+)<\/EvalActionName><EvalResourceName>([^<]+)<\/EvalResourceName>/g
    paged.push(...[...part.text.matchAll(names)].map(([, action, resource]) => `${action} on ${resource}`))
    marker = element(part.text, 'Marker')
  } while (marker !== undefined)
  assert.deepEqual(paged, ['a:A on x', 'a:A on y', 'b:B on x', 'b:B on y', 'c:C on x', 'c:C on y'])
  await create('CreateUser', { UserName: 'simulated' })
  await create('PutUserPolicy', { UserName: 'simulated', PolicyName: 'own', PolicyDocument: allow })
  const own = await create('SimulatePrincipalPolicy', {
    PolicySourceArn: `arn:aws:iam::${account}:user/simulated`,
    'ActionNames.member.1': 'dynamodb:Scan',
    'ResourceArns.member.1': `arn:aws:dynamodb:us-east-1:${account}:table/T`,
  })
  assert.equal(element(own.text, 'EvalDecision'), 'allowed')
  assert.equal(element(own.text, 'SourcePolicyId'), 'user_simulated_own')
  const keys = await create('GetContextKeysForCustomPolicy', {
    'PolicyInputList.member.1':
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of IAM's
      '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:dynamodb:*:*:table/${aws:username}","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}}',
  })
  assert.ok(keys.text.includes('<member>aws:SourceIp</member><member>aws:username</member>'))
})
