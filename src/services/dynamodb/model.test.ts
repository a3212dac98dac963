/**
 * Our request shapes against AWS's published model, as the SDK carries it: every member that AWS has is known here
 * (supported or refused, never passed over), and no member is ours alone. A new SDK that brings new members fails here.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-dynamodb'
import type { Shape } from '../../contract/shape.ts'
import { dynamodbService } from './service.ts'

/** The SDK's schemas: `[kind, namespace, name, traits, …]`, wrapped in functions where they refer to each other. */
type Schema = readonly unknown[]
const [listKind, mapKind, structureKind] = [1, 2, 3]

/** Inputs that the model names otherwise than after their operation. */
const inputNames: Readonly<Record<string, string>> = { DescribeEndpoints: 'DescribeEndpointsRequest' }

for (const { name, input } of dynamodbService.operations) {
  test(`the input of ${name} has the members of AWS's model`, () => {
    const schema = schemaNamed(inputNames[name] ?? `${name}Input`)
    const compared = compare(input, schema, name)
    assert.ok(compared > 0, 'the model was found')
  })
}

function schemaNamed(name: string): unknown {
  return (sdk as Readonly<Record<string, unknown>>)[`${name}$`]
}

/** How many structures were compared. */
function compare(shape: Shape<unknown>, schema: unknown, path: string): number {
  const found = typeof schema === 'function' ? (schema() as unknown) : schema
  if (!Array.isArray(found)) return 0
  const [kind, , , , fourth, fifth] = found as Schema
  if (kind === structureKind) return compareStructure(shape, fourth as readonly string[], fifth as Schema, path)
  const element = kind === listKind ? fourth : kind === mapKind ? fifth : undefined
  return element === undefined || shape.element === undefined ? 0 : compare(shape.element, element, `${path}[]`)
}

function compareStructure(shape: Shape<unknown>, names: readonly string[], schemas: Schema, path: string): number {
  // Parts of a member that is refused whole have no shape of ours.
  if (shape.members === undefined) return 0
  const ours = Object.keys(shape.members)
  assert.deepEqual([...ours].sort(), [...names].sort(), path)
  let count = 1
  for (const [position, name] of names.entries()) {
    const member = shape.members[name]
    if (member !== undefined) count += compare(member, schemas[position], `${path}.${name}`)
  }
  return count
}

test('a member that AWS has and we have not is found', () => {
  const [operation] = dynamodbService.operations.filter(({ name }) => name === 'GetItem')
  assert.throws(() => compare(operation?.input as Shape<unknown>, schemaNamed('QueryInput'), 'GetItem'))
})
