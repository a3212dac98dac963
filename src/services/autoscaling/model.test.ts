/** Our request shapes against AWS's published model, as the SDK carries it: no member of AWS's is unknown here, and none is ours alone. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-application-auto-scaling'
import { autoscalingRoom } from './service.ts'

const { service } = autoscalingRoom()

/** The SDK's schemas: `[kind, namespace, name, traits, memberNames, …]`. */
function membersOf(name: string): readonly string[] {
  const schema = (sdk as Readonly<Record<string, unknown>>)[`${name}$`] as readonly unknown[]
  return schema[4] as readonly string[]
}

for (const { name, input } of service.operations) {
  test(`the input of ${name} has the members of AWS's model`, () => {
    assert.deepEqual(Object.keys(input.members ?? {}).sort(), [...membersOf(`${name}Request`)].sort())
  })
}

test('structures within have the members of the model', () => {
  const inputOf = (name: string) => service.operations.find((operation) => operation.name === name)?.input
  const nested = [
    [inputOf('RegisterScalableTarget')?.members?.['SuspendedState'], 'SuspendedState'],
    [inputOf('PutScheduledAction')?.members?.['ScalableTargetAction'], 'ScalableTargetAction'],
    [
      inputOf('PutScalingPolicy')?.members?.['TargetTrackingScalingPolicyConfiguration'],
      'TargetTrackingScalingPolicyConfiguration',
    ],
  ] as const
  for (const [shape, name] of nested) {
    assert.deepEqual(Object.keys(shape?.members ?? {}).sort(), [...membersOf(name)].sort())
  }
})

test('every operation of the model is here, but for the forecast, which DynamoDB has none of', () => {
  const names = Object.keys(sdk).flatMap((name) => /^(\w+)Command$/.exec(name)?.[1] ?? [])
  const ours = service.operations.map(({ name }) => name)
  assert.deepEqual(
    ours.toSorted(),
    names.filter((name) => name !== 'GetPredictiveScalingForecast' && name !== '$').sort(),
  )
})

test('the enums are those of the model', () => {
  const input = service.operations.find(({ name }) => name === 'RegisterScalableTarget')?.input
  const ours = (member: string) => /\[(.*)\]/.exec(input?.members?.[member]?.violations('?')[0] ?? '')?.[1]?.split(', ')
  assert.deepEqual(ours('ServiceNamespace')?.sort(), Object.values(sdk.ServiceNamespace).sort())
  assert.deepEqual(ours('ScalableDimension')?.sort(), Object.values(sdk.ScalableDimension).sort())
})
