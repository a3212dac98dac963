/** Our request shapes against AWS's published model, as the SDK carries it: no member is missing and none is ours alone. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AwsShape, awsOperations } from '../../../scripts/aws-model.ts'
import type { Shape } from '../../contract/shape.ts'
import type { Iam } from './iam.ts'
import { iamService } from './service.ts'

/** Operations are declared without looking at what they work on. */
const service = iamService({ state: { accountId: '000000000000' } } as unknown as Iam)
const models = new Map((await awsOperations('iam'))?.map(({ name, input }) => [name, input]))

test('every operation is one of AWS, and no name is there twice', () => {
  const names = service.operations.map(({ name }) => name)
  assert.deepEqual(
    names.filter((name) => !models.has(name)),
    [],
  )
  assert.equal(new Set(names).size, names.length)
  assert.ok(names.length > 100)
})

for (const { name, input } of service.operations) {
  test(`the input of ${name} has the members of AWS's model`, () => compare(input, models.get(name) ?? {}, name))
}

function compare(shape: Shape<unknown>, model: AwsShape, path: string): void {
  if (model.element !== undefined && shape.element !== undefined) {
    compare(shape.element, model.element(), `${path}[]`)
  }
  // A union's members are not in the model's schemas as a structure's are.
  const { members } = model
  if (shape.members === undefined || (members === undefined && path.endsWith('[]'))) return
  assert.deepEqual(Object.keys(shape.members).sort(), [...(members?.keys() ?? [])].sort(), path)
  for (const [member, of] of members ?? []) compare(shape.members[member] as Shape<unknown>, of(), `${path}.${member}`)
}
