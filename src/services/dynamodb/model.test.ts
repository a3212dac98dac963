/**
 * Our request shapes against AWS's published model, as the SDK carries it: every member that AWS has is known here
 * (supported or refused, never passed over), and no member is ours alone. A new SDK that brings new members fails here.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AwsShape, awsOperations } from '../../../scripts/aws-model.ts'
import type { Shape } from '../../contract/shape.ts'
import { dynamodbService } from './service.ts'

const models = new Map((await awsOperations(dynamodbService.targetPrefix))?.map(({ name, input }) => [name, input]))

for (const { name, input } of dynamodbService.operations) {
  test(`the input of ${name} has the members of AWS's model`, () => {
    const compared = compare(input, models.get(name) ?? {}, name)
    assert.ok(compared > 0, 'the model was found')
  })
}

/** How many structures were compared. */
function compare(shape: Shape<unknown>, model: AwsShape, path: string): number {
  if (model.members !== undefined) return compareStructure(shape, model.members, path)
  if (model.element === undefined || shape.element === undefined) return 0
  return compare(shape.element, model.element(), `${path}[]`)
}

function compareStructure(shape: Shape<unknown>, members: NonNullable<AwsShape['members']>, path: string): number {
  // Parts of a member that is refused whole have no shape of ours.
  if (shape.members === undefined) return 0
  const ours = Object.keys(shape.members)
  assert.deepEqual([...ours].sort(), [...members.keys()].sort(), path)
  let count = 1
  for (const [name, model] of members) {
    const member = shape.members[name]
    if (member !== undefined) count += compare(member, model(), `${path}.${name}`)
  }
  return count
}

test('a member that AWS has and we have not is found', () => {
  const [operation] = dynamodbService.operations.filter(({ name }) => name === 'GetItem')
  assert.throws(() => compare(operation?.input as Shape<unknown>, models.get('Query') ?? {}, 'GetItem'))
})
