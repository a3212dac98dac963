/** What the cases of Application Auto Scaling share. */
import assert from 'node:assert/strict'
import type { Answer, Body, Client, ServiceSpoken } from './client.ts'
import { answered } from './refusals.ts'
import { attributes, keys } from './tables.ts'

export const autoscaling: ServiceSpoken = {
  signingName: 'application-autoscaling',
  targetPrefix: 'AnyScaleFrontendService',
  contentType: 'application/x-amz-json-1.1',
}

/** Ten units each way, and a global index with as many. */
export const provisionedTable = {
  TableName: 'Scaled',
  AttributeDefinitions: attributes({ pk: 'S', g: 'S' }),
  KeySchema: keys('pk'),
  BillingMode: 'PROVISIONED',
  ProvisionedThroughput: { ReadCapacityUnits: 10, WriteCapacityUnits: 10 },
  GlobalSecondaryIndexes: [
    {
      IndexName: 'byG',
      KeySchema: keys('g'),
      Projection: { ProjectionType: 'KEYS_ONLY' },
      ProvisionedThroughput: { ReadCapacityUnits: 10, WriteCapacityUnits: 10 },
    },
  ],
}

export const writeTarget = {
  ServiceNamespace: 'dynamodb',
  ResourceId: 'table/Scaled',
  ScalableDimension: 'dynamodb:table:WriteCapacityUnits',
}

export const indexTarget = {
  ServiceNamespace: 'dynamodb',
  ResourceId: 'table/Scaled/index/byG',
  ScalableDimension: 'dynamodb:index:ReadCapacityUnits',
}

export function tracking(targetValue: number, more: Body = {}): Body {
  return {
    PolicyName: 'follow',
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: targetValue,
      PredefinedMetricSpecification: { PredefinedMetricType: 'DynamoDBWriteCapacityUtilization' },
      ...more,
    },
  }
}

/** Its errors bear their code alone, and their text in `Message`. */
export function assertScalingRefused(answer: Answer, code: string, message: string): void {
  const { status, namespace, body } = answer
  const expected = { status: 400, code, message, namespace: undefined }
  assert.deepEqual({ status, code: answer.code, message: body['Message'], namespace }, expected)
}

export async function activitiesOf(client: Client, more: Body = {}): Promise<readonly Body[]> {
  const input = { ServiceNamespace: 'dynamodb', ...more }
  return (await answered(client.call('DescribeScalingActivities', input)))['ScalingActivities'] as readonly Body[]
}

export async function throughputOf(client: Client, table: string): Promise<{ read: unknown; write: unknown }> {
  const found = (await answered(client.call('DescribeTable', { TableName: table })))['Table'] as Body
  const { ReadCapacityUnits: read, WriteCapacityUnits: write } = found['ProvisionedThroughput'] as Body
  return { read, write }
}
