/** Application Auto Scaling over the wire: what it takes, what it shows, and its refusals. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { autoscalingRoom } from '../../src/services/autoscaling/service.ts'
import {
  assertScalingRefused,
  autoscaling,
  indexTarget,
  provisionedTable,
  tracking,
  writeTarget,
} from './autoscaling.ts'
import type { Body, Client } from './client.ts'
import { answered, broken, violated } from './refusals.ts'
import { type ConformanceServer, startServer } from './server.ts'
import { createTables } from './tables.ts'

let server: ConformanceServer
let scaling: Client
before(async () => {
  server = await startServer()
  scaling = server.clientOf(autoscaling)
  await createTables(server.client, [provisionedTable, { ...provisionedTable, TableName: 'Other' }])
})
after(() => server.stop())

const readTarget = { ...writeTarget, ScalableDimension: 'dynamodb:table:ReadCapacityUnits' }
const otherTarget = { ...writeTarget, ResourceId: 'table/Other' }
const named = { ScheduledActionName: 'act', Schedule: 'rate(1 day)', ScalableTargetAction: { MinCapacity: 6 } }
const account = '000000000000'
const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}'

async function call(operation: string, input: Body): Promise<Body> {
  return answered(scaling.call(operation, input))
}

function refused(operation: string, input: unknown, message: string, code = 'ValidationException') {
  return async () => assertScalingRefused(await scaling.call(operation, input), code, message)
}

async function fresh(target: Body = writeTarget): Promise<string> {
  await scaling.call('DeregisterScalableTarget', target)
  const registered = await call('RegisterScalableTarget', { ...target, MinCapacity: 5, MaxCapacity: 20 })
  return String(registered['ScalableTargetARN'])
}

test('a target is registered, shown, changed by what is given only, and deregistered', async () => {
  const arn = await fresh()
  assert.match(arn, /^arn:aws:application-autoscaling:us-east-1:000000000000:scalable-target\/[0-9a-z]{36}$/)
  const again = await call('RegisterScalableTarget', {
    ...writeTarget,
    MaxCapacity: 30,
    RoleARN: `arn:aws:iam::${account}:role/mine`,
    SuspendedState: { ScheduledScalingSuspended: true },
  })
  assert.deepEqual(again, { ScalableTargetARN: arn })
  const described = await call('DescribeScalableTargets', {
    ServiceNamespace: 'dynamodb',
    ResourceIds: ['table/Scaled'],
  })
  const [shown, ...others] = described['ScalableTargets'] as readonly Body[]
  assert.deepEqual(others, [])
  const { CreationTime, ...rest } = shown as Body
  assert.equal(typeof CreationTime, 'number')
  assert.ok(Math.abs(Number(CreationTime) - Date.now() / 1000) < 60)
  assert.deepEqual(rest, {
    ...writeTarget,
    MinCapacity: 5,
    MaxCapacity: 30,
    RoleARN: `arn:aws:iam::${account}:role/aws-service-role/dynamodb.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_DynamoDBTable`,
    SuspendedState: {
      DynamicScalingInSuspended: false,
      DynamicScalingOutSuspended: false,
      ScheduledScalingSuspended: true,
    },
    ScalableTargetARN: arn,
  })
  assert.deepEqual(await call('DeregisterScalableTarget', writeTarget), {})
  assert.deepEqual(await call('DescribeScalableTargets', { ServiceNamespace: 'dynamodb' }), { ScalableTargets: [] })
})

test('a policy is put, shown, changed and deleted', async () => {
  await fresh()
  const put = await call('PutScalingPolicy', { ...writeTarget, ...tracking(70, { ScaleInCooldown: 60 }) })
  assert.match(
    String(put['PolicyARN']),
    new RegExp(
      `^arn:aws:autoscaling:us-east-1:${account}:scalingPolicy:${uuid}:resource/dynamodb/table/Scaled:policyName/follow$`,
    ),
  )
  const alarms = put['Alarms'] as readonly Body[]
  assert.deepEqual(
    alarms.map(({ AlarmName }) => String(AlarmName).replace(new RegExp(uuid), 'U')),
    [
      'TargetTracking-table/Scaled-AlarmHigh-U',
      'TargetTracking-table/Scaled-AlarmLow-U',
      'TargetTracking-table/Scaled-ProvisionedCapacityHigh-U',
      'TargetTracking-table/Scaled-ProvisionedCapacityLow-U',
    ],
  )
  for (const { AlarmName, AlarmARN } of alarms) {
    assert.equal(AlarmARN, `arn:aws:cloudwatch:us-east-1:${account}:alarm:${AlarmName}`)
  }
  const changed = await call('PutScalingPolicy', { ...writeTarget, ...tracking(55.5, { DisableScaleIn: true }) })
  assert.deepEqual(changed, put)
  const described = await call('DescribeScalingPolicies', { ServiceNamespace: 'dynamodb', PolicyNames: ['follow'] })
  const [shown] = described['ScalingPolicies'] as readonly Body[]
  const { CreationTime, ...rest } = shown as Body
  assert.equal(typeof CreationTime, 'number')
  assert.deepEqual(rest, { ...writeTarget, ...put, ...tracking(55.5, { DisableScaleIn: true }) })
  const filters: readonly Body[] = [
    { PolicyNames: ['none'] },
    { ResourceId: 'table/Other' },
    { ServiceNamespace: 'ecs' },
  ]
  for (const filter of filters) {
    const found = await call('DescribeScalingPolicies', { ServiceNamespace: 'dynamodb', ...filter })
    assert.deepEqual(found, { ScalingPolicies: [] })
  }
  assert.deepEqual(await call('DeleteScalingPolicy', { ...writeTarget, PolicyName: 'follow' }), {})
  assert.deepEqual(await call('DescribeScalingPolicies', { ServiceNamespace: 'dynamodb' }), { ScalingPolicies: [] })
})

test('a scheduled action is put, shown, changed and deleted', async () => {
  await fresh()
  const [StartTime, EndTime] = [4_000_000_000, 4_100_000_000.5]
  await call('PutScheduledAction', { ...writeTarget, ...named, StartTime, EndTime, Timezone: 'Europe/Zurich' })
  const show = async () => {
    const { ScheduledActions } = await call('DescribeScheduledActions', {
      ...writeTarget,
      ScheduledActionNames: ['act'],
    })
    const [{ CreationTime, ScheduledActionARN, ...rest }] = ScheduledActions as readonly [Body]
    assert.equal(typeof CreationTime, 'number')
    assert.match(
      String(ScheduledActionARN),
      new RegExp(
        `^arn:aws:autoscaling:us-east-1:${account}:scheduledAction:${uuid}:resource/dynamodb/table/Scaled:scheduledActionName/act$`,
      ),
    )
    return rest
  }
  assert.deepEqual(await show(), { ...writeTarget, ...named, StartTime, EndTime, Timezone: 'Europe/Zurich' })
  // What is left out stays, but for the bounds in time.
  await call('PutScheduledAction', { ...writeTarget, ScheduledActionName: 'act', Schedule: 'cron(0 8 ? * * *)' })
  assert.deepEqual(await show(), { ...writeTarget, ...named, Schedule: 'cron(0 8 ? * * *)', Timezone: 'Europe/Zurich' })
  assert.deepEqual(await call('DeleteScheduledAction', { ...writeTarget, ScheduledActionName: 'act' }), {})
  assert.deepEqual(await call('DescribeScheduledActions', writeTarget), { ScheduledActions: [] })
})

test('with a target go its policies and scheduled actions', async () => {
  await fresh()
  await call('PutScalingPolicy', { ...writeTarget, ...tracking(70) })
  await call('PutScheduledAction', { ...writeTarget, ...named })
  await call('DeregisterScalableTarget', writeTarget)
  assert.deepEqual(await call('DescribeScalingPolicies', { ServiceNamespace: 'dynamodb' }), { ScalingPolicies: [] })
  assert.deepEqual(await call('DescribeScheduledActions', { ServiceNamespace: 'dynamodb' }), { ScheduledActions: [] })
})

test('results come in pages, each behind the last', async () => {
  const all = [writeTarget, readTarget, otherTarget, indexTarget]
  for (const target of all) {
    await fresh(target)
    for (const name of ['c', 'a', 'b|x']) {
      await call('PutScheduledAction', { ...target, ...named, ScheduledActionName: name.replace('|', '-') })
    }
  }
  for (const [operation, member, total] of [
    ['DescribeScalableTargets', 'ScalableTargets', 4],
    ['DescribeScheduledActions', 'ScheduledActions', 12],
  ] as const) {
    const seen: string[] = []
    let token: unknown
    let pages = 0
    do {
      const page: Body = await call(operation, {
        ServiceNamespace: 'dynamodb',
        MaxResults: 3,
        ...(token !== undefined && { NextToken: token }),
      })
      const shown = page[member] as readonly Body[]
      assert.ok(shown.length <= 3)
      seen.push(...shown.map((one) => JSON.stringify(one)))
      token = page['NextToken']
      pages++
    } while (token !== undefined)
    assert.equal(new Set(seen).size, total)
    assert.equal(seen.length, total)
    assert.equal(pages, Math.ceil(total / 3))
  }
  for (const target of all) await call('DeregisterScalableTarget', target)
})

test('tags are given at registration or later, and taken away', async () => {
  await scaling.call('DeregisterScalableTarget', writeTarget)
  const { ScalableTargetARN: ResourceARN } = await call('RegisterScalableTarget', {
    ...writeTarget,
    MinCapacity: 5,
    MaxCapacity: 20,
    Tags: { team: 'payments', cost: '' },
  })
  await call('TagResource', { ResourceARN, Tags: { team: 'cards', more: 'x' } })
  await call('UntagResource', { ResourceARN, TagKeys: ['cost', 'absent'] })
  assert.deepEqual(await call('ListTagsForResource', { ResourceARN }), { Tags: { team: 'cards', more: 'x' } })
  assertScalingRefused(
    await scaling.call('RegisterScalableTarget', { ...writeTarget, Tags: { a: 'b' } }),
    'ValidationException',
    'The scalable target that you tried to tag already exists. To update tags on an existing scalable target, use the TagResource API.',
  )
  const many = Object.fromEntries(Array.from({ length: 49 }, (_, at) => [`key${at}`, 'v']))
  const answer = await scaling.call('TagResource', { ResourceARN, Tags: many })
  assert.equal(answer.code, 'TooManyTagsException')
  assert.equal(answer.body['ResourceName'], ResourceARN)
  const unknown = String(ResourceARN).replace(/.$/, 'x')
  const notFound = await scaling.call('ListTagsForResource', { ResourceARN: unknown })
  assert.equal(notFound.code, 'ResourceNotFoundException')
  assert.equal(notFound.body['ResourceName'], unknown)
})

const unsupported = 'Unsupported service namespace, resource type or scalable dimension'
const mismatched: readonly (readonly [string, Body])[] = [
  ['another service', { ...writeTarget, ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' }],
  ['a namespace that is not its dimension’s', { ...writeTarget, ServiceNamespace: 'ecs' }],
  ['a table as an index', { ...writeTarget, ScalableDimension: 'dynamodb:index:WriteCapacityUnits' }],
  ['an index as a table', { ...indexTarget, ScalableDimension: 'dynamodb:table:ReadCapacityUnits' }],
  ['a resource that is no table', { ...writeTarget, ResourceId: 'dynamo/Scaled' }],
  ['a bare name', { ...writeTarget, ResourceId: 'Scaled' }],
  ['an ARN', { ...writeTarget, ResourceId: `table/arn:aws:dynamodb:us-east-1:${account}:table/Scaled` }],
]
for (const [what, target] of mismatched) {
  const input = { ...target, MinCapacity: 1, MaxCapacity: 2 }
  test(`RegisterScalableTarget refuses ${what}`, refused('RegisterScalableTarget', input, unsupported))
}

const newTarget = { ...readTarget, MinCapacity: 1, MaxCapacity: 2 }
const registrations: readonly (readonly [string, Body, string])[] = [
  ['no minimum', { ...readTarget, MaxCapacity: 2 }, 'Minimum capacity must be specified'],
  ['no maximum', { ...readTarget, MinCapacity: 2 }, 'Maximum capacity must be specified'],
  ['a minimum of zero', { ...newTarget, MinCapacity: 0 }, 'Minimum capacity cannot be less than 1'],
  ['crossed bounds', { ...newTarget, MinCapacity: 3 }, 'Maximum capacity cannot be less than minimum capacity'],
  [
    'a table that is not there',
    { ...newTarget, ResourceId: 'table/Nowhere' },
    'DynamoDB table does not exist: table/Nowhere',
  ],
  [
    'an index that is not there',
    { ...newTarget, ResourceId: 'table/Scaled/index/none', ScalableDimension: 'dynamodb:index:ReadCapacityUnits' },
    'DynamoDB index does not exist: table/Scaled/index/none',
  ],
]
for (const [what, input, message] of registrations) {
  test(`RegisterScalableTarget refuses ${what}`, refused('RegisterScalableTarget', input, message))
}

test('constraints of the model are listed together, in the room’s own form', async () => {
  const answer = await scaling.call('RegisterScalableTarget', { ServiceNamespace: 'nothing', ResourceId: '' })
  const { message: _, ...rest } = answer
  const [first, ...others] = String(answer.body['Message']).split('; ')
  assert.match(
    String(first),
    /^3 validation errors detected: Value 'nothing' at 'serviceNamespace' failed to satisfy constraint: Member must satisfy enum value set: \[.*\bdynamodb\b.*\]$/,
  )
  assert.deepEqual(others, [
    broken("''", 'resourceId', 'Member must have length greater than or equal to 1'),
    broken('null', 'scalableDimension', 'Member must not be null'),
  ])
  assert.equal(rest.code, 'ValidationException')
  assert.equal(rest.headers['content-type'], 'application/x-amz-json-1.1')
})

const notRegistered =
  'No scalable target registered for service namespace: dynamodb, resource ID: table/Other, scalable dimension: dynamodb:table:WriteCapacityUnits'
for (const [operation, more] of [
  ['PutScalingPolicy', tracking(70)],
  ['DeleteScalingPolicy', { PolicyName: 'p' }],
  ['PutScheduledAction', named],
  ['DeleteScheduledAction', { ScheduledActionName: 'a' }],
  ['DeregisterScalableTarget', {}],
] as const) {
  const input = { ...otherTarget, ...more }
  test(`${operation} needs a registered target`, refused(operation, input, notRegistered, 'ObjectNotFoundException'))
}

test('what a target has not cannot be deleted', async () => {
  await fresh()
  const spelled =
    'service namespace: dynamodb, resource ID: table/Scaled, scalable dimension: dynamodb:table:WriteCapacityUnits'
  const code = 'ObjectNotFoundException'
  await refused(
    'DeleteScalingPolicy',
    { ...writeTarget, PolicyName: 'p' },
    `No scaling policy found for ${spelled}, policy name: p`,
    code,
  )()
  await refused(
    'DeleteScheduledAction',
    { ...writeTarget, ScheduledActionName: 'a' },
    `No scheduled action found for ${spelled}, scheduled action name: a`,
    code,
  )()
})

const metric = (PredefinedMetricType: string) => ({ PredefinedMetricSpecification: { PredefinedMetricType } })
const customized = { CustomizedMetricSpecification: { MetricName: 'm', Namespace: 'n', Statistic: 'Sum' } }
const configured = (configuration: Body) => ({
  ...tracking(70),
  TargetTrackingScalingPolicyConfiguration: { TargetValue: 70, ...configuration },
})
const valueRange =
  "For predefined metric type DynamoDBWriteCapacityUtilization, target value must be between '10.0' and '90.0'"
const single =
  'You must only provide a single scaling policy configuration, which must match the scaling policy type specified.'
const policies: readonly (readonly [string, Body, string])[] = [
  ['no type', { PolicyName: 'p' }, 'Policy type must be specified'],
  [
    'step scaling',
    { PolicyName: 'p', PolicyType: 'StepScaling', StepScalingPolicyConfiguration: {} },
    'Scaling policy type StepScaling is not supported for service namespace dynamodb',
  ],
  [
    'no configuration',
    { PolicyName: 'p', PolicyType: 'TargetTrackingScaling' },
    'TargetTrackingScaling policy configuration must be specified',
  ],
  ['two configurations', { ...tracking(70), StepScalingPolicyConfiguration: {} }, single],
  [
    'no metric',
    configured({}),
    'PredefinedMetricSpecification or CustomizedMetricSpecification must be set for target tracking scaling.',
  ],
  [
    'two metrics',
    configured({ ...metric('DynamoDBWriteCapacityUtilization'), ...customized }),
    'Only one of PredefinedMetricSpecification or CustomizedMetricSpecification can be set for target tracking scaling.',
  ],
  [
    'a metric of one’s own',
    configured(customized),
    'Scalable dimension dynamodb:table:WriteCapacityUnits does not support CustomizedMetricSpecification.',
  ],
  [
    'the metric of the other direction',
    configured(metric('DynamoDBReadCapacityUtilization')),
    'Scalable dimension dynamodb:table:WriteCapacityUnits only supports the following predefined metric types: DynamoDBWriteCapacityUtilization',
  ],
  ['a target too low', tracking(9.9), valueRange],
  ['a target too high', tracking(90.1), valueRange],
  ['a negative cooldown', tracking(70, { ScaleInCooldown: -1 }), 'ScaleInCooldown cannot be negative'],
]
for (const [what, input, message] of policies) {
  test(`PutScalingPolicy refuses ${what}`, async () => {
    await fresh()
    await refused('PutScalingPolicy', { ...writeTarget, ...input }, message)()
  })
}

test('a metric is followed by one policy only', async () => {
  await fresh()
  await call('PutScalingPolicy', { ...writeTarget, ...tracking(70) })
  const message = 'Only one TargetTrackingScaling policy for a given metric specification is allowed.'
  await refused('PutScalingPolicy', { ...writeTarget, ...tracking(70), PolicyName: 'second' }, message)()
})

const actions: readonly (readonly [string, Body, string])[] = [
  ['no action', { ScheduledActionName: 'a', Schedule: 'rate(1 day)' }, 'ScalableTargetAction must be set'],
  [
    'an empty action',
    { ...named, ScalableTargetAction: {} },
    'At least one of minimum capacity and maximum capacity should be provided',
  ],
  [
    'crossed bounds',
    { ...named, ScalableTargetAction: { MinCapacity: 3, MaxCapacity: 2 } },
    'Maximum capacity cannot be less than minimum capacity',
  ],
  [
    'a minimum of zero',
    { ...named, ScalableTargetAction: { MinCapacity: 0 } },
    'Minimum capacity cannot be less than 1',
  ],
  ['no schedule', { ScheduledActionName: 'a', ScalableTargetAction: { MinCapacity: 3 } }, 'Schedule must be set'],
  [
    'a bare cron line',
    { ...named, Schedule: '30 3 * * *' },
    "Invalid schedule expression. Details: Schedule expressions must have the following syntax: rate(<number>\\s?(minutes?|hours?|days?)), cron(<cron_expression>) or at(yyyy-MM-dd'T'HH:mm:ss).",
  ],
  ['an unknown time zone', { ...named, Timezone: 'Mars/Base' }, 'Invalid timezone: Mars/Base'],
  ['an end before the start', { ...named, StartTime: 20, EndTime: 10 }, 'StartTime must be before EndTime'],
]
for (const [what, input, message] of actions) {
  test(`PutScheduledAction refuses ${what}`, async () => {
    await fresh()
    await refused('PutScheduledAction', { ...writeTarget, ...input }, message)()
  })
}

test('names have patterns', async () => {
  const actionPattern = '(?!((^[ ]+.*)|(.*([\\u0000-\\u001f]|[\\u007f-\\u009f]|[:/|])+.*)|(.*[ ]+$))).+'
  for (const name of ['a/b', ' a', 'a ', 'a\u0007', 'a:b']) {
    const rule = `Member must satisfy regular expression pattern: ${actionPattern}`
    const message = violated(broken(`'${name}'`, 'scheduledActionName', rule))
    await refused('PutScheduledAction', { ...writeTarget, ...named, ScheduledActionName: name }, message)()
  }
  const message = violated(broken("'ü'", 'policyName', 'Member must satisfy regular expression pattern: \\p{Print}+'))
  await refused('PutScalingPolicy', { ...writeTarget, ...tracking(70), PolicyName: 'ü' }, message)()
})

for (const operation of ['DescribeScalingPolicies', 'DescribeScheduledActions', 'DescribeScalingActivities']) {
  const filtered = { ServiceNamespace: 'dynamodb', ScalableDimension: writeTarget.ScalableDimension }
  test(
    `${operation} takes no dimension without its resource`,
    refused(operation, filtered, 'Resource ID must be specified when scalable dimension is specified'),
  )
  test(
    `${operation} refuses a dimension of another type`,
    refused(operation, { ...filtered, ResourceId: 'table/T/index/I' }, unsupported),
  )
  for (const NextToken of ['x', 'YWZ0ZXI=', Buffer.from('before a').toString('base64')]) {
    const message = 'The next token supplied was invalid.'
    const input = { ServiceNamespace: 'dynamodb', NextToken }
    test(`${operation} refuses the token ${NextToken}`, refused(operation, input, message, 'InvalidNextTokenException'))
  }
  test(
    `${operation} shows at least one`,
    refused(
      operation,
      { ServiceNamespace: 'dynamodb', MaxResults: 0 },
      violated(broken("'0'", 'maxResults', 'Member must have value greater than or equal to 1')),
    ),
  )
}

test('forecasts are for other services', async () => {
  const answer = await scaling.call('GetPredictiveScalingForecast', writeTarget)
  assert.equal(answer.code, 'UnknownOperationException')
})

test('each service accepts its own signing name only', async () => {
  const asDynamodb = server.clientOf({ ...autoscaling, signingName: 'dynamodb' })
  const answer = await asDynamodb.call('DescribeScalableTargets', { ServiceNamespace: 'dynamodb' })
  assert.equal(answer.code, 'InvalidSignatureException')
  assert.equal(answer.message, "Credential should be scoped to correct service: 'application-autoscaling'. ")
  const asScaling = server.clientOf({
    signingName: 'application-autoscaling',
    targetPrefix: 'DynamoDB_20120810',
    contentType: 'application/x-amz-json-1.0',
  })
  const other = await asScaling.call('ListTables', {})
  assert.equal(other.code, 'InvalidSignatureException')
  assert.equal(other.message, "Credential should be scoped to correct service: 'dynamodb'. ")
})

/** Values that are nearly right, and such as nobody should send. */
const odd = fc.oneof(
  fc.constantFrom<unknown>(
    '',
    'table/Scaled',
    'table/Scaled/index/byG',
    'dynamodb',
    'dynamodb:table:WriteCapacityUnits',
  ),
  fc.constantFrom<unknown>(
    'cron(0 0 ? * * *)',
    'at(2030-01-01T00:00:00)',
    'rate(1 day)',
    'TargetTrackingScaling',
    'UTC',
  ),
  fc.constantFrom<unknown>(0, 1, -1, 2 ** 31, 1e300, 0.5, null, true, [], {}, { TargetValue: 50 }, { MinCapacity: 5 }),
  fc.constantFrom<unknown>(
    'x'.repeat(5000),
    '|'.repeat(1600),
    Buffer.from(`after ${'y'.repeat(9000)}`).toString('base64'),
  ),
  fc.constantFrom<unknown>(Buffer.from('after a').toString('base64'), Buffer.from('after a|b|c').toString('base64')),
  fc.jsonValue(),
)
const sound: Body = { ...writeTarget, PolicyName: 'p', ScheduledActionName: 'a', MinCapacity: 5, MaxCapacity: 9 }

test('whatever is sent, the answer is a result or a refusal, never a failure of ours', async () => {
  const shapes = autoscalingRoom().service.operations.map(
    ({ name, input }) => [name, Object.keys(input.members ?? {})] as const,
  )
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...shapes),
      fc.array(fc.tuple(fc.nat(20), odd), { maxLength: 4 }),
      async ([name, members], changes) => {
        const input: Record<string, unknown> = Object.fromEntries(
          members.filter((member) => member in sound).map((member) => [member, sound[member]]),
        )
        for (const [position, value] of changes) input[members[position % members.length] ?? ''] = value
        const { status, code } = await scaling.call(name, input)
        assert.ok(status === 200 || status === 400, `${status} ${code} for ${name} ${JSON.stringify(input)}`)
      },
    ),
    { numRuns: 400 },
  )
})
