/** Application Auto Scaling by its unmodified SDK and by the AWS CLI, on the endpoint of the tables. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import {
  ApplicationAutoScalingClient,
  DeleteScalingPolicyCommand,
  DeleteScheduledActionCommand,
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
  DescribeScalingPoliciesCommand,
  DescribeScheduledActionsCommand,
  ListTagsForResourceCommand,
  ObjectNotFoundException,
  PutScalingPolicyCommand,
  PutScheduledActionCommand,
  paginateDescribeScalableTargets,
  RegisterScalableTargetCommand,
  ResourceNotFoundException,
  TagResourceCommand,
  UntagResourceCommand,
  ValidationException,
} from '@aws-sdk/client-application-auto-scaling'
import { CreateTableCommand, DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { type RunningCoffer, runCoffer, runCofferCommand } from '../run-coffer.ts'
import { type ServerUnderTest, sdkClient } from './server-under-test.ts'

const run = promisify(execFile)
const hasCli = await run('aws', ['--version']).then(
  () => true,
  () => false,
)

let coffer: RunningCoffer
let dynamodb: DynamoDBClient
let scaling: ApplicationAutoScalingClient

before(async () => {
  coffer = await runCoffer()
  const { endpoint, credentials, region } = coffer
  dynamodb = await sdkClient({ endpoint, credentials, region } as ServerUnderTest)
  scaling = new ApplicationAutoScalingClient({ endpoint, credentials, region })
  await dynamodb.send(
    new CreateTableCommand({
      TableName: 'Orders',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
    }),
  )
})
after(async () => {
  scaling?.destroy()
  dynamodb?.destroy()
  await coffer?.stop()
})

const target = {
  ServiceNamespace: 'dynamodb',
  ResourceId: 'table/Orders',
  ScalableDimension: 'dynamodb:table:WriteCapacityUnits',
} as const

/** The duty works on a clock of its own: asks until it has done what is waited for, and no longer than 10 s. */
async function eventually<T>(ask: () => Promise<T>, isDone: (answer: T) => boolean): Promise<T> {
  for (let attempt = 0; attempt < 500; attempt++) {
    const answer = await ask()
    if (isDone(answer)) return answer
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return assert.fail('it did not happen')
}

test('a table is put under auto scaling by the SDK, and taken out again', async () => {
  const { ScalableTargetARN: ResourceARN } = await scaling.send(
    new RegisterScalableTargetCommand({ ...target, MinCapacity: 8, MaxCapacity: 100, Tags: { team: 'orders' } }),
  )
  const activities = await eventually(
    () => scaling.send(new DescribeScalingActivitiesCommand({ ServiceNamespace: 'dynamodb' })),
    ({ ScalingActivities }) => ScalingActivities?.[0]?.StatusCode === 'Successful',
  )
  assert.equal(activities.ScalingActivities?.[0]?.Cause, 'minimum capacity was set to 8')
  assert.ok(activities.ScalingActivities?.[0]?.EndTime instanceof Date)
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: 'Orders' }))
  assert.equal(Table?.ProvisionedThroughput?.WriteCapacityUnits, 8)

  const policy = await scaling.send(
    new PutScalingPolicyCommand({
      ...target,
      PolicyName: 'orders-writes',
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 70,
        PredefinedMetricSpecification: { PredefinedMetricType: 'DynamoDBWriteCapacityUtilization' },
        ScaleInCooldown: 60,
      },
    }),
  )
  assert.equal(policy.Alarms?.length, 4)
  const { ScalingPolicies } = await scaling.send(new DescribeScalingPoliciesCommand(target))
  assert.equal(ScalingPolicies?.[0]?.TargetTrackingScalingPolicyConfiguration?.TargetValue, 70)
  assert.equal(ScalingPolicies?.[0]?.PolicyARN, policy.PolicyARN)
  assert.ok(ScalingPolicies?.[0]?.CreationTime instanceof Date)

  const StartTime = new Date('2030-01-01T00:00:00.000Z')
  await scaling.send(
    new PutScheduledActionCommand({
      ...target,
      ScheduledActionName: 'month-end',
      Schedule: 'cron(0 22 L * ? *)',
      Timezone: 'Europe/Zurich',
      StartTime,
      ScalableTargetAction: { MinCapacity: 50 },
    }),
  )
  const { ScheduledActions } = await scaling.send(new DescribeScheduledActionsCommand(target))
  assert.deepEqual(ScheduledActions?.[0]?.StartTime, StartTime)
  assert.deepEqual(ScheduledActions?.[0]?.ScalableTargetAction, { MinCapacity: 50 })

  await scaling.send(new TagResourceCommand({ ResourceARN, Tags: { stage: 'live' } }))
  await scaling.send(new UntagResourceCommand({ ResourceARN, TagKeys: ['team'] }))
  assert.deepEqual((await scaling.send(new ListTagsForResourceCommand({ ResourceARN }))).Tags, { stage: 'live' })

  await scaling.send(new DeleteScheduledActionCommand({ ...target, ScheduledActionName: 'month-end' }))
  await scaling.send(new DeleteScalingPolicyCommand({ ...target, PolicyName: 'orders-writes' }))
  const found: string[] = []
  for await (const page of paginateDescribeScalableTargets(
    { client: scaling, pageSize: 1 },
    { ServiceNamespace: 'dynamodb' },
  )) {
    found.push(...(page.ScalableTargets ?? []).map(({ ScalableTargetARN }) => String(ScalableTargetARN)))
  }
  assert.deepEqual(found, [ResourceARN])
  await scaling.send(new DeregisterScalableTargetCommand(target))
  const { ScalableTargets } = await scaling.send(new DescribeScalableTargetsCommand({ ServiceNamespace: 'dynamodb' }))
  assert.deepEqual(ScalableTargets, [])
})

test('errors are the SDK’s own classes, with their words and members', async () => {
  await assert.rejects(
    scaling.send(new DeregisterScalableTargetCommand({ ...target, ResourceId: 'table/None' })),
    (error) => {
      assert.ok(error instanceof ObjectNotFoundException)
      assert.match(
        error.message,
        /^No scalable target registered for service namespace: dynamodb, resource ID: table\/None/,
      )
      return true
    },
  )
  const missing = new RegisterScalableTargetCommand({
    ...target,
    ResourceId: 'table/None',
    MinCapacity: 1,
    MaxCapacity: 2,
  })
  await assert.rejects(scaling.send(missing), (error) => {
    assert.ok(error instanceof ValidationException)
    assert.equal(error.message, 'DynamoDB table does not exist: table/None')
    return true
  })
  const ResourceARN = 'arn:aws:application-autoscaling:us-east-1:000000000000:scalable-target/none'
  await assert.rejects(scaling.send(new ListTagsForResourceCommand({ ResourceARN })), (error) => {
    assert.ok(error instanceof ResourceNotFoundException)
    assert.equal(error.ResourceName, ResourceARN)
    return true
  })
})

test('the AWS CLI does the same', { skip: hasCli ? false : 'the AWS CLI is not installed' }, async () => {
  const aws = async (...args: readonly string[]): Promise<Record<string, unknown>> => {
    const where = ['--endpoint-url', coffer.httpsEndpoint, '--output', 'json']
    const { stdout } = await run('aws', ['application-autoscaling', ...args, ...where], {
      env: {
        ...process.env,
        AWS_SHARED_CREDENTIALS_FILE: coffer.credentialsFile,
        AWS_CONFIG_FILE: `${coffer.folder}/no-config`,
        AWS_CA_BUNDLE: coffer.caFile,
        AWS_DEFAULT_REGION: coffer.region,
        AWS_PAGER: '',
        AWS_MAX_ATTEMPTS: '1',
      },
    })
    return stdout.trim() === '' ? {} : (JSON.parse(stdout) as Record<string, unknown>)
  }
  const named = [
    ...['--service-namespace', 'dynamodb', '--resource-id', 'table/Orders'],
    ...['--scalable-dimension', 'dynamodb:table:ReadCapacityUnits'],
  ]
  await aws('register-scalable-target', ...named, '--min-capacity', '5', '--max-capacity', '50')
  await aws(
    ...['put-scaling-policy', ...named, '--policy-name', 'reads', '--policy-type', 'TargetTrackingScaling'],
    '--target-tracking-scaling-policy-configuration',
    '{"TargetValue":50,"PredefinedMetricSpecification":{"PredefinedMetricType":"DynamoDBReadCapacityUtilization"}}',
  )
  await aws(
    ...['put-scheduled-action', ...named, '--scheduled-action-name', 'nightly', '--schedule', 'cron(0 2 ? * * *)'],
    ...['--scalable-target-action', 'MinCapacity=1'],
  )
  const policies = await aws('describe-scaling-policies', '--service-namespace', 'dynamodb')
  const [policy] = policies['ScalingPolicies'] as readonly Record<string, unknown>[]
  assert.equal(policy?.['PolicyName'], 'reads')
  await assert.rejects(aws('delete-scaling-policy', ...named, '--policy-name', 'none'), (error: unknown) => {
    assert.match((error as { stderr: string }).stderr, /\(ObjectNotFoundException\) .* No scaling policy found for/)
    return true
  })
  await aws('deregister-scalable-target', ...named)
  assert.deepEqual(await aws('describe-scalable-targets', '--service-namespace', 'dynamodb'), { ScalableTargets: [] })
})

test('`coffer check` reads what is kept of it', async () => {
  await scaling.send(new RegisterScalableTargetCommand({ ...target, MinCapacity: 1, MaxCapacity: 10 }))
  await coffer.kill('SIGTERM')
  const { exitCode, output } = await runCofferCommand(['check', '--data', coffer.folder])
  assert.equal(exitCode, 0, output)
  assert.match(output, /collections.*\b[1-9]\d* records/)
})
